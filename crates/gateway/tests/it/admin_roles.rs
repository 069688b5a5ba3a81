//! Who may do what over the admin API: every endpoint that the description names, as each role, through the real
//! binary. An endpoint without a rule here fails the test.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli_run::{Heard, Home, Served};

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Without a login.
    Everybody,
    /// With any login, whatever the role.
    SignedIn,
    /// A person with a login; no program.
    Person,
    /// From this role on, in the project.
    From(&'static str),
    /// An administrator of the whole gateway; no role in a project is enough.
    Gateway,
}

use Who::{Everybody, From, Gateway, Person, SignedIn};

const VIEWER: Who = From("viewer");
const EDITOR: Who = From("editor");
const ADMIN: Who = From("admin");
const OWNER: Who = From("owner");
/// From least to most.
const ROLES: [&str; 4] = ["viewer", "editor", "admin", "owner"];

/// Method and path as described, and who may. Below `/api/v1`; `{project}` is `shop`.
const RULES: &[(&str, &str, Who)] = &[
    ("get", "/setup", Everybody),
    ("post", "/setup", Everybody),
    ("post", "/setup/link", Everybody),
    ("post", "/session", Everybody),
    ("get", "/session", SignedIn),
    ("get", "/sessions", SignedIn),
    ("get", "/projects", SignedIn),
    ("get", "/catalog", SignedIn),
    ("get", "/catalog/models", SignedIn),
    ("get", "/catalog/providers", SignedIn),
    ("post", "/session/password", Person),
    ("get", "/session/second-factor", Person),
    ("post", "/session/second-factor", Person),
    ("post", "/session/second-factor/confirm", Person),
    ("post", "/session/second-factor/recovery-codes", Person),
    ("post", "/session/second-factor/remove", Person),
    ("delete", "/sessions/{session}", Person),
    ("get", "/projects/{project}", VIEWER),
    ("get", "/projects/{project}/export", VIEWER),
    ("get", "/projects/{project}/forced-routes", VIEWER),
    ("get", "/projects/{project}/health", VIEWER),
    ("get", "/projects/{project}/keys", VIEWER),
    ("get", "/projects/{project}/keys/{key}", VIEWER),
    ("get", "/projects/{project}/log-export", VIEWER),
    ("get", "/projects/{project}/logs", VIEWER),
    ("get", "/projects/{project}/logs/{request}", VIEWER),
    ("get", "/projects/{project}/members", VIEWER),
    ("get", "/projects/{project}/overview", VIEWER),
    ("get", "/projects/{project}/provider-keys", VIEWER),
    ("get", "/projects/{project}/provider-keys/{key}", VIEWER),
    ("get", "/projects/{project}/routes", VIEWER),
    ("get", "/projects/{project}/routes/{route}", VIEWER),
    ("get", "/projects/{project}/routes/{route}/force-fallback", VIEWER),
    ("get", "/projects/{project}/routes/{route}/versions", VIEWER),
    ("get", "/projects/{project}/usage", VIEWER),
    // It stores nothing: the editor's warnings, for whoever looks on.
    ("post", "/projects/{project}/route-check", VIEWER),
    ("put", "/projects/{project}/routes/{route}", EDITOR),
    ("delete", "/projects/{project}/routes/{route}", EDITOR),
    ("put", "/projects/{project}/routes/{route}/force-fallback", EDITOR),
    ("post", "/projects/{project}/routes/{route}/versions/{version}/bring-back", EDITOR),
    ("post", "/projects/{project}/playground-key", EDITOR),
    ("patch", "/projects/{project}", ADMIN),
    ("get", "/projects/{project}/audit", ADMIN),
    ("post", "/projects/{project}/members", ADMIN),
    ("put", "/projects/{project}/members/{user}", ADMIN),
    ("delete", "/projects/{project}/members/{user}", ADMIN),
    ("post", "/projects/{project}/members/{user}/invite", ADMIN),
    ("post", "/projects/{project}/keys", ADMIN),
    ("patch", "/projects/{project}/keys/{key}", ADMIN),
    ("post", "/projects/{project}/keys/{key}/revoke", ADMIN),
    ("post", "/projects/{project}/keys/{key}/roll", ADMIN),
    ("post", "/projects/{project}/provider-keys", ADMIN),
    ("post", "/projects/{project}/provider-key-check", ADMIN),
    ("patch", "/projects/{project}/provider-keys/{key}", ADMIN),
    ("delete", "/projects/{project}/provider-keys/{key}", ADMIN),
    ("put", "/projects/{project}/provider-keys/{key}/secret", ADMIN),
    ("post", "/projects/{project}/provider-keys/{key}/check", ADMIN),
    ("delete", "/projects/{project}/members/{user}/second-factor", OWNER),
    ("get", "/projects/{project}/tokens", OWNER),
    ("post", "/projects/{project}/tokens", OWNER),
    ("delete", "/projects/{project}/tokens/{token}", OWNER),
    ("delete", "/projects/{project}", OWNER),
    ("post", "/projects", Gateway),
    ("get", "/audit", Gateway),
    ("get", "/tokens", Gateway),
    ("post", "/tokens", Gateway),
    ("delete", "/tokens/{token}", Gateway),
    ("delete", "/sessions", SignedIn),
    // Last: it ends the session that asks.
    ("delete", "/session", SignedIn),
];

/// A body that the endpoint can read, so that its answer is about who asks; nothing in it must be right.
fn body(method: &str, path: &str) -> Value {
    let spec = json!({"spec": {"name": "chat", "targets": [{"model": "gpt-4o"}, {"model": "gpt-4o-mini"}]}});
    let key = json!({"name": "main", "provider": "simulator"});
    match (method, path) {
        ("post", "/session") => json!({"email": "nobody@example.com", "password": "not a password"}),
        ("post", "/setup") => json!({"token": "none", "password": "long enough"}),
        ("post", "/setup/link") => json!({"token": "none"}),
        ("post", "/session/password") => {
            json!({"current_password": "wrong", "new_password": "another long one"})
        }
        ("post", "/session/second-factor/confirm") => json!({"code": "000000"}),
        ("post", path) if path.starts_with("/session/second-factor") => json!({"password": "wrong"}),
        ("post", "/projects") => json!({"name": "another"}),
        ("patch", _) => json!({}),
        ("post", "/projects/{project}/members") => json!({"email": "bob@example.com", "role": "viewer"}),
        ("put", "/projects/{project}/members/{user}") => json!({"role": "viewer"}),
        ("post", "/projects/{project}/keys") => json!({"name": "ios"}),
        ("post", "/projects/{project}/keys/{key}/roll") => json!({}),
        ("post", "/projects/{project}/provider-keys" | "/projects/{project}/provider-key-check") => key,
        ("put", "/projects/{project}/provider-keys/{key}/secret") => json!({"api_key": "sk-new-one"}),
        ("put", "/projects/{project}/routes/{route}") | ("post", "/projects/{project}/route-check") => spec,
        ("put", "/projects/{project}/routes/{route}/force-fallback") => json!({"on": false}),
        ("post", "/tokens" | "/projects/{project}/tokens") => json!({"name": "ci", "role": "viewer"}),
        _ => Value::Null,
    }
}

/// What the path's parameters are: a project and a route that are there, and otherwise nothing that is.
fn address(method: &str, path: &str, project: &str) -> String {
    // All of them but the one that asks, which goes on asking.
    if (method, path) == ("delete", "/sessions") {
        return "/api/v1/sessions?others=true".to_owned();
    }
    let mut path = path.replace("{project}", project).replace("{route}", "chat").replace("{version}", "1");
    for name in ["{key}", "{user}", "{token}", "{request}", "{session}"] {
        path = path.replace(name, "none");
    }
    format!("/api/v1{path}")
}

/// Somebody who calls: a person with a session, or a program with a token.
struct Caller<'g> {
    gateway: &'g Served,
    headers: Vec<(&'static str, String)>,
}

impl Caller<'_> {
    fn ask(&self, method: &str, path: &str, project: &str) -> Heard {
        // A version that nothing has: what is allowed to end the project finds that somebody else was first.
        let mut headers = vec![("if-match", "\"999999\"")];
        headers.extend(self.headers.iter().map(|(name, value)| (*name, value.as_str())));
        let body = body(method, path);
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.gateway.ask(&method.to_uppercase(), &address(method, path, project), &headers, &text)
    }
}

const PASSWORD: &str = "long enough";

fn person<'g>(gateway: &'g Served, email: &str) -> Caller<'g> {
    let sign_in = json!({"email": email, "password": PASSWORD}).to_string();
    let heard = gateway.ask("POST", "/api/v1/session", &[], &sign_in);
    assert_eq!(heard.status, 200, "{email}: {}", heard.body);
    let cookie = heard.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let csrf = heard.body["csrf_token"].as_str().unwrap().to_owned();
    Caller { gateway, headers: vec![("cookie", cookie), ("x-csrf-token", csrf)] }
}

fn program<'g>(home: &Home, gateway: &'g Served, args: &[&str]) -> Caller<'g> {
    let made = home.run(&[&["admin", "token", "--json"], args].concat()).json();
    let auth = format!("Bearer {}", made["token"].as_str().unwrap());
    Caller { gateway, headers: vec![("authorization", auth)] }
}

/// A gateway with the projects `shop` and `blog`, and a person of each role in `shop`.
fn gateway(home: &Home) -> Served {
    let gateway = home.serve();
    let all = program(home, &gateway, &["--name", "everything"]);
    let make = |path: &str, body: Value| {
        let heard = gateway.ask(
            "POST",
            &format!("/api/v1{path}"),
            &[("authorization", &all.headers[0].1)],
            &body.to_string(),
        );
        assert_eq!(heard.status, 201, "{path}: {}", heard.body);
    };
    make("/projects", json!({"name": "shop"}));
    make("/projects", json!({"name": "blog"}));
    for role in ROLES {
        let body = json!({"email": format!("{role}@example.com"), "role": role, "password": PASSWORD});
        make("/projects/shop/members", body);
    }
    gateway
}

fn place(role: &str) -> usize {
    ROLES.iter().position(|known| *known == role).unwrap()
}

/// Refused for who one is, and not for what was sent.
fn refused(heard: &Heard) -> bool {
    heard.status == 401 || (heard.status == 403 && heard.body["error"]["code"] == "forbidden")
}

#[test]
fn every_described_endpoint_has_a_rule() {
    let home = Home::new();
    let gateway = home.serve();
    let document = gateway.ask("GET", "/api/openapi.json", &[], "").body;
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(path) = path.strip_prefix("/api/v1") else { continue };
        described.extend(methods.as_object().unwrap().keys().map(|method| format!("{method} {path}")));
    }
    let ruled: BTreeSet<_> = RULES.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    assert_eq!(ruled.len(), RULES.len(), "a rule stands twice");
    let without: Vec<_> = described.difference(&ruled).collect();
    assert!(without.is_empty(), "say who may: {without:?}");
    let gone: Vec<_> = ruled.difference(&described).collect();
    assert!(gone.is_empty(), "no such endpoint: {gone:?}");
}

#[test]
fn each_role_may_what_its_rule_says_and_nothing_more() {
    let home = Home::new();
    let gateway = gateway(&home);
    let mut wrong = Vec::new();
    for role in ROLES {
        let person = person(&gateway, &format!("{role}@example.com"));
        let program = program(&home, &gateway, &["--name", role, "--project", "shop", "--role", role]);
        for (method, path, who) in RULES.iter().filter(|(.., who)| *who != Everybody) {
            for (caller, is_person) in [(&person, true), (&program, false)] {
                let heard = caller.ask(method, path, "shop");
                let expect = match who {
                    Everybody | SignedIn => true,
                    Person => is_person,
                    From(least) => place(role) >= place(least),
                    Gateway => false,
                };
                let kind = if is_person { "person" } else { "program" };
                if refused(&heard) == expect {
                    let may = if expect { "may" } else { "may not" };
                    wrong.push(format!(
                        "{role} ({kind}) {may} {method} {path}: {} {}",
                        heard.status, heard.body
                    ));
                }
                if let (From(least), false) = (who, expect) {
                    let words = format!("This needs the role {least} in shop; yours is {role}.");
                    assert_eq!(heard.body["error"]["message"], words.as_str(), "{method} {path}");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_a_login_nothing_answers_and_a_stranger_finds_no_project() {
    let home = Home::new();
    let gateway = gateway(&home);
    let nobody = Caller { gateway: &gateway, headers: Vec::new() };
    let stranger = person(&gateway, "owner@example.com");
    for (method, path, who) in RULES {
        let heard = nobody.ask(method, path, "shop");
        // A wrong password is a 401 of its own.
        if *who != Everybody {
            assert_eq!(heard.body["error"]["code"], "unauthenticated", "{method} {path}");
            assert_eq!(heard.status, 401, "{method} {path}");
        } else {
            assert_ne!(
                heard.body["error"]["message"],
                "Sign in at POST /api/v1/session, or send a maig_admin_ token as a bearer."
            );
        }
        if let From(_) = who {
            let heard = stranger.ask(method, path, "blog");
            assert_eq!(
                (heard.status, &heard.body["error"]["message"]),
                (404, &json!("There is no such project.")),
                "{method} {path}"
            );
        }
    }
}

#[test]
fn a_write_from_another_site_is_refused_whoever_is_signed_in() {
    let home = Home::new();
    let gateway = gateway(&home);
    let mut owner = person(&gateway, "owner@example.com");
    // The cookie comes along; the token that proves the page does not.
    owner.headers.truncate(1);
    for (method, path, who) in RULES.iter().filter(|(method, _, who)| *method != "get" && *who != Everybody) {
        let heard = owner.ask(method, path, "shop");
        assert_eq!(heard.status, 403, "{method} {path} ({who:?})");
        assert_eq!(
            heard.body["error"]["message"], "Send the session's csrf_token in x-csrf-token with every write.",
            "{method} {path}"
        );
    }
}

#[test]
fn an_owner_is_made_and_unmade_by_owners_alone() {
    let home = Home::new();
    let gateway = gateway(&home);
    let (admin, owner) = (person(&gateway, "admin@example.com"), person(&gateway, "owner@example.com"));
    let ask = |caller: &Caller<'_>, method: &str, path: &str, body: Value| {
        let headers: Vec<_> = caller.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let text = if body.is_null() { String::new() } else { body.to_string() };
        gateway.ask(method, &format!("/api/v1/projects/shop/members{path}"), &headers, &text)
    };
    let members = ask(&owner, "GET", "", Value::Null).body;
    let id = |email: &str| {
        let members = members["data"].as_array().unwrap();
        let found = members.iter().find(|member| member["email"] == email).unwrap();
        format!("/{}", found["user_id"].as_str().unwrap())
    };
    let (own, other) = (id("owner@example.com"), id("editor@example.com"));
    let as_owner = json!({"role": "owner"});
    for (method, path, body) in [
        ("POST", "", json!({"email": "eve@example.com", "role": "owner"})),
        ("PUT", other.as_str(), as_owner.clone()),
        ("PUT", own.as_str(), json!({"role": "viewer"})),
        ("DELETE", own.as_str(), Value::Null),
    ] {
        let heard = ask(&admin, method, path, body);
        let words = "This needs the role owner in shop; yours is admin.";
        assert_eq!((heard.status, &heard.body["error"]["message"]), (403, &json!(words)), "{method} {path}");
    }
    let stays = ask(&owner, "DELETE", &own, Value::Null);
    assert_eq!(stays.status, 400);
    let words = "A project's last owner stays; make someone else owner first.";
    assert_eq!(stays.body["error"]["message"], words);
    assert_eq!(ask(&owner, "PUT", &other, as_owner).status, 204);
    assert_eq!(ask(&owner, "DELETE", &own, Value::Null).status, 204);
}
