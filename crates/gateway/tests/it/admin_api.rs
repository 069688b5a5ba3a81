//! The admin API, through the real binary.

use serde_json::{Value, json};

use crate::cli_run::{Heard, Home, Served};

/// A program with a token.
struct Program<'g> {
    gateway: &'g Served,
    auth: String,
}

impl Program<'_> {
    fn ask(&self, method: &str, path: &str, body: &Value) -> Heard {
        self.ask_if(method, path, body, None)
    }

    fn ask_if(&self, method: &str, path: &str, body: &Value, version: Option<&str>) -> Heard {
        let mut headers = vec![("authorization", self.auth.as_str())];
        headers.extend(version.map(|version| ("if-match", version)));
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.gateway.ask(method, &format!("/api/v1{path}"), &headers, &text)
    }
}

fn program<'g>(home: &Home, gateway: &'g Served, args: &[&str]) -> Program<'g> {
    let made = home.run(&[&["admin", "token", "--json"], args].concat()).json();
    Program { gateway, auth: format!("Bearer {}", made["token"].as_str().unwrap()) }
}

#[test]
fn the_first_owner_is_made_once_and_writes_need_the_csrf_token() {
    let home = Home::new();
    let gateway = home.serve();
    let token = gateway.said.split("token=").nth(1).unwrap().lines().next().unwrap().to_owned();
    let body = json!({"token": token, "email": "Ann@example.com", "password": "long enough"}).to_string();
    let heard = gateway.ask("POST", "/api/v1/setup", &[], &body);
    assert_eq!(heard.status, 200, "{}", heard.body);
    assert_eq!(gateway.ask("POST", "/api/v1/setup", &[], &body).status, 403, "the link works once");
    let cookie = heard.header("set-cookie").unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let csrf = heard.body["csrf_token"].as_str().unwrap();
    let project = json!({"name": "shop"}).to_string();
    let without = gateway.ask("POST", "/api/v1/projects", &[("cookie", cookie)], &project);
    assert_eq!(without.status, 403);
    let with =
        gateway.ask("POST", "/api/v1/projects", &[("cookie", cookie), ("x-csrf-token", csrf)], &project);
    assert_eq!(with.status, 201, "{}", with.body);
    assert_eq!(
        gateway.ask("DELETE", "/api/v1/session", &[("cookie", cookie), ("x-csrf-token", csrf)], "").status,
        204
    );
    assert_eq!(gateway.ask("GET", "/api/v1/session", &[("cookie", cookie)], "").status, 401);
}

#[test]
fn sign_in_tells_nothing_apart_and_is_throttled() {
    let home = Home::new();
    home.run_with(&["admin", "create", "--email", "ann@example.com"], &[], "long enough\n").fine();
    let gateway = home.serve();
    let sign_in = |email: &str, password: &str| {
        gateway.ask(
            "POST",
            "/api/v1/session",
            &[],
            &json!({"email": email, "password": password}).to_string(),
        )
    };
    assert_eq!(sign_in("ANN@example.com", "long enough").status, 200);
    let (wrong, nobody) = (sign_in("ann@example.com", "wrong"), sign_in("bob@example.com", "wrong"));
    assert_eq!((wrong.status, &wrong.body), (401, &nobody.body));
    for _ in 0..12 {
        sign_in("ann@example.com", "wrong");
    }
    let last = sign_in("ann@example.com", "wrong");
    assert_eq!(last.status, 429);
    assert!(last.header("retry-after").is_some());
}

#[test]
fn a_route_has_versions_that_can_be_brought_back_and_two_people_cannot_overwrite_each_other() {
    let home = Home::new();
    let gateway = home.serve();
    let owner = program(&home, &gateway, &["--name", "ci"]);
    assert_eq!(owner.ask("POST", "/projects", &json!({"name": "shop"})).status, 201);
    let key = json!({"name": "main", "provider": "openai", "api_key": "sk-canary-4711-long"});
    let stored = owner.ask("POST", "/projects/shop/provider-keys", &key);
    assert_eq!(stored.status, 201, "{}", stored.body);
    assert!(!stored.body.to_string().contains("canary"));
    let spec = |model: &str| json!({"spec": {"name": "chat", "targets": [{"model": model}]}});
    let put = |model: &str, version: Option<&str>| {
        owner.ask_if("PUT", "/projects/shop/routes/chat", &spec(model), version)
    };
    assert_eq!(put("gpt-4o", Some("\"0\"")).header("etag"), Some("\"1\""));
    assert_eq!(put("gpt-4o-mini", Some("\"1\"")).status, 200);
    let stale = put("gpt-4o", Some("\"1\""));
    assert_eq!((stale.status, stale.header("etag")), (412, Some("\"2\"")), "{}", stale.body);
    assert_eq!(stale.body["error"]["current"]["version"], 2);
    let back = owner.ask("POST", "/projects/shop/routes/chat/versions/1/bring-back", &Value::Null);
    assert_eq!((back.status, &back.body["version"]), (200, &json!(3)), "{}", back.body);
    assert_eq!(back.body["spec"]["targets"][0]["model"], "gpt-4o");
    let refused = put("route:chat", None);
    assert_eq!(refused.status, 422);
    assert_eq!(refused.body["error"]["faults"][0]["path"], "targets[0].model");
    let forced = owner.ask("PUT", "/projects/shop/routes/chat/force-fallback", &json!({"on": true}));
    assert_eq!(forced.status, 422, "there is no second target");
    let audit = owner.ask("GET", "/projects/shop/audit?limit=2", &Value::Null);
    assert_eq!(audit.body["data"][0]["action"], "route.bring_back");
    assert_eq!(audit.body["data"][0]["by"], "token:ci");
    assert!(audit.body["next_cursor"].is_string());
    let older = &audit.body["data"][1];
    let path = format!("/projects/shop/audit?id={}", older["id"].as_str().unwrap());
    assert_eq!(owner.ask("GET", &path, &Value::Null).body["data"], json!([older]), "one change by its id");
}

#[test]
fn a_role_may_what_the_table_says_and_other_projects_do_not_exist() {
    let home = Home::new();
    let gateway = home.serve();
    let owner = program(&home, &gateway, &["--name", "owner"]);
    for name in ["shop", "blog"] {
        owner.ask("POST", "/projects", &json!({"name": name}));
    }
    let viewer = program(&home, &gateway, &["--name", "viewer", "--project", "shop", "--role", "viewer"]);
    assert_eq!(viewer.ask("GET", "/projects/shop", &Value::Null).status, 200);
    assert_eq!(viewer.ask("GET", "/projects/blog", &Value::Null).status, 404);
    assert_eq!(viewer.ask("POST", "/projects/shop/keys", &json!({"name": "k"})).status, 403);
    assert_eq!(viewer.ask("GET", "/projects/shop/audit", &Value::Null).status, 403);
    assert_eq!(viewer.ask("GET", "/tokens", &Value::Null).status, 403);
    assert_eq!(viewer.ask("GET", "/projects", &Value::Null).body["data"].as_array().unwrap().len(), 1);
    let editor = program(&home, &gateway, &["--name", "editor", "--project", "shop", "--role", "editor"]);
    let spec = json!({"spec": {"name": "chat", "targets": [{"model": "gpt-4o"}]}});
    assert_eq!(editor.ask("PUT", "/projects/shop/routes/chat", &spec).status, 200);
    assert_eq!(editor.ask("POST", "/projects/shop/keys", &json!({"name": "k"})).status, 403);
    assert_eq!(
        gateway.ask("GET", "/api/v1/projects", &[("authorization", "Bearer nonsense")], "").status,
        401
    );
    assert_eq!(gateway.ask("GET", "/api/v1/projects", &[], "").status, 401);
}

#[test]
fn a_request_is_in_the_log_with_its_attempts() {
    let home = Home::new();
    let gateway = home.serve();
    let owner = program(&home, &gateway, &["--name", "ci"]);
    owner.ask("POST", "/projects", &json!({"name": "shop"}));
    owner.ask("POST", "/projects/shop/provider-keys", &json!({"name": "sim", "provider": "simulator"}));
    let spec = json!({"spec": {"name": "chat", "targets": [{"model": "simulator/gpt-4o"}]}});
    assert_eq!(owner.ask("PUT", "/projects/shop/routes/chat", &spec).status, 200);
    let made = owner.ask("POST", "/projects/shop/keys", &json!({"name": "ios", "test": true}));
    let key = made.body["key"].as_str().unwrap().to_owned();
    let heard = gateway.until(|g| g.chat(&key, "chat"), |heard| heard.status == 200);
    let id = heard.header("x-maig-request-id").unwrap().to_owned();
    let path = format!("/api/v1/projects/shop/logs/{id}");
    let row = gateway
        .until(|g| g.ask("GET", &path, &[("authorization", &owner.auth)], ""), |row| row.status == 200);
    assert_eq!(row.status, 200, "{}", row.body);
    assert_eq!(row.body["request_id"], id.as_str());
    assert_eq!(row.body["attempt_log"].as_array().unwrap().len(), 1, "{}", row.body);
    let list = owner.ask("GET", "/projects/shop/logs?route=chat&status=ok", &Value::Null);
    assert_eq!(list.body["data"][0]["request_id"], id.as_str());
    for (query, param) in [("status=odd", "status"), ("limit=many", ""), ("colour=red", "")] {
        let refused = owner.ask("GET", &format!("/projects/shop/logs?{query}"), &Value::Null);
        assert_eq!(
            (refused.status, &refused.body["error"]["code"]),
            (400, &json!("invalid_request")),
            "{query}"
        );
        assert_eq!(refused.body["error"]["param"].as_str().unwrap_or_default(), param);
    }
    let export = owner.ask("GET", "/projects/shop/log-export?format=csv", &Value::Null);
    assert_eq!(export.header("content-type"), Some("text/csv; charset=utf-8"));
    let health = owner.ask("GET", "/projects/shop/health", &Value::Null);
    assert_eq!(health.status, 200, "{}", health.body);
    let overview = owner.ask("GET", "/projects/shop/overview", &Value::Null);
    assert_eq!(overview.body["has_requests"], true, "{}", overview.body);
}

#[test]
fn deleting_a_provider_key_names_the_routes_that_lose_a_target_and_no_other() {
    let home = Home::new();
    let gateway = home.serve();
    let owner = program(&home, &gateway, &["--name", "ci"]);
    owner.ask("POST", "/projects", &json!({"name": "shop"}));
    for (name, provider) in [("main", "openai"), ("second", "anthropic"), ("spare", "groq")] {
        let key = json!({"name": name, "provider": provider, "api_key": "sk-a-long-secret"});
        assert_eq!(owner.ask("POST", "/projects/shop/provider-keys", &key).status, 201);
    }
    let targets = json!([
        {"model": "gpt-4o", "provider_key": "main"},
        {"model": "claude-haiku-4-5", "provider_key": "second"},
    ]);
    let spec = json!({"spec": {"name": "chat", "targets": targets}});
    let put = owner.ask("PUT", "/projects/shop/routes/chat", &spec);
    assert_eq!(put.status, 200, "{}", put.body);
    let delete =
        |path: &str| owner.ask("DELETE", &format!("/projects/shop/provider-keys/{path}"), &Value::Null);
    let refused = delete("main");
    assert_eq!(refused.status, 409, "{}", refused.body);
    assert_eq!(refused.body["error"]["faults"][0]["path"], "routes.chat");
    assert_eq!(delete("main?force=true").status, 204);
    // The route is broken already, and not by this one.
    assert_eq!(delete("spare").status, 204);
    assert_eq!(delete("second").status, 409);
}

#[test]
fn a_playground_key_works_for_ten_minutes_at_most_and_is_nobodys_to_manage() {
    let home = Home::new();
    let gateway = home.serve();
    let owner = program(&home, &gateway, &["--name", "owner"]);
    owner.ask("POST", "/projects", &json!({"name": "shop"}));
    owner.ask("POST", "/projects/shop/provider-keys", &json!({"name": "sim", "provider": "simulator"}));
    let spec = json!({"spec": {"name": "chat", "targets": [{"model": "simulator/gpt-4o"}]}});
    assert_eq!(owner.ask("PUT", "/projects/shop/routes/chat", &spec).status, 200);
    let viewer = program(&home, &gateway, &["--name", "viewer", "--project", "shop", "--role", "viewer"]);
    assert_eq!(viewer.ask("POST", "/projects/shop/playground-key", &Value::Null).status, 403);
    let editor = program(&home, &gateway, &["--name", "editor", "--project", "shop", "--role", "editor"]);
    let made = editor.ask("POST", "/projects/shop/playground-key", &Value::Null);
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.header("cache-control"), Some("no-store"));
    assert_eq!((&made.body["playground"], &made.body["created_by"]), (&json!(true), &json!("token:editor")));
    let moment = |name: &str| made.body[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let life = moment("expires_at").duration_since(moment("created_at")).as_secs();
    assert!((590..=600).contains(&life), "{life} s");
    let key = made.body["key"].as_str().unwrap().to_owned();
    let heard = gateway.until(|g| g.chat(&key, "chat"), |heard| heard.status == 200);
    assert_eq!(heard.status, 200, "{}", heard.body);

    let (id, name) = (made.body["id"].as_str().unwrap(), made.body["name"].as_str().unwrap());
    for which in [id, name] {
        let at = format!("/projects/shop/keys/{which}");
        let longer = json!({"expires_at": "2100-01-01T00:00:00Z"});
        assert_eq!(owner.ask("PATCH", &at, &longer).status, 404);
        assert_eq!(owner.ask("POST", &format!("{at}/roll"), &json!({})).status, 404);
    }
    let list = owner.ask("GET", "/projects/shop/keys", &Value::Null);
    assert_eq!(list.body["data"], json!([]));
    let overview = owner.ask("GET", "/projects/shop/overview", &Value::Null);
    assert_eq!(overview.body["project_keys"], 0);
    let file = home.run(&["export", "--project", "shop"]).fine().out;
    assert!(file.contains("chat") && !file.contains("playground"), "{file}");
}

#[test]
fn what_is_wrong_is_told_at_its_field() {
    let home = Home::new();
    let gateway = home.serve();
    let owner = program(&home, &gateway, &["--name", "ci"]);
    assert_eq!(owner.ask("POST", "/projects", &json!({"name": "shop"})).status, 201);
    let ann = json!({"email": "ann@example.com", "role": "viewer"});
    assert_eq!(owner.ask("POST", "/projects/shop/members", &ann).status, 201);
    let short = json!({"email": "bob@example.com", "role": "viewer", "password": "short"});
    for (method, path, body, status, field, words) in [
        ("POST", "/projects", json!({"name": "my shop"}), 400, "name", "cannot be a name"),
        ("POST", "/projects", json!({"name": "shop"}), 409, "name", "already a project named shop"),
        ("PATCH", "/projects/shop", json!({"name": "-"}), 400, "name", "cannot be a name"),
        ("PATCH", "/projects/shop", json!({"rate": "fast"}), 400, "rate", "not a rate"),
        ("PATCH", "/projects/shop", json!({"monthly_requests": 0}), 400, "monthly_requests", "above 0"),
        ("PATCH", "/projects/shop", json!({"log_retention_days": 0}), 400, "log_retention_days", "1 to 3650"),
        ("POST", "/projects/shop/members", json!({"email": "ann", "role": "viewer"}), 400, "email", "e-mail"),
        ("POST", "/projects/shop/members", ann, 409, "email", "is a member already"),
        ("POST", "/projects/shop/members", short, 400, "password", "5 more characters"),
        (
            "POST",
            "/projects/shop/tokens",
            json!({"name": "my ci", "role": "viewer"}),
            400,
            "name",
            "cannot be",
        ),
        (
            "POST",
            "/projects/shop/tokens",
            json!({"name": "ci", "role": "viewer", "expires_at": "soon"}),
            400,
            "expires_at",
            "is no time",
        ),
    ] {
        let heard = owner.ask(method, path, &body);
        let error = &heard.body["error"];
        assert_eq!((heard.status, &error["param"]), (status, &json!(field)), "{body}: {error}");
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
    }
}

#[test]
fn a_port_of_its_own_for_people_serves_the_playground_and_apps_do_not_find_the_admin_api() {
    let home = Home::new();
    let people = crate::port::free().to_string();
    let mut gateway = home.serve_with(&[("MAIG_ADMIN_LISTEN", &people)]);
    let apps = std::mem::replace(&mut gateway.address, people);
    let owner = program(&home, &gateway, &["--name", "ci"]);
    assert_eq!(owner.ask("POST", "/projects", &json!({"name": "shop"})).status, 201);
    owner.ask("POST", "/projects/shop/provider-keys", &json!({"name": "sim", "provider": "simulator"}));
    let spec = json!({"spec": {"name": "chat", "targets": [{"model": "simulator/gpt-4o"}]}});
    assert_eq!(owner.ask("PUT", "/projects/shop/routes/chat", &spec).status, 200);
    let made = owner.ask("POST", "/projects/shop/playground-key", &Value::Null);
    let key = made.body["key"].as_str().unwrap().to_owned();
    let heard = gateway.until(|g| g.chat(&key, "chat"), |heard| heard.status == 200);
    assert_eq!(heard.status, 200, "{}", heard.body);
    gateway.address = apps;
    let strange = gateway.ask("GET", "/api/v1/projects", &[], "");
    assert_eq!((strange.status, &strange.body["error"]["code"]), (404, &json!("unknown_url")));
    assert_eq!(gateway.chat(&key, "chat").status, 200);
}

#[test]
fn whatever_is_wrong_with_a_request_is_told_in_the_described_shape() {
    let home = Home::new();
    let gateway = home.serve();
    let ann = program(&home, &gateway, &["--name", "t"]);
    assert_eq!(ann.ask("POST", "/projects", &json!({"name": "shop"})).status, 201);
    let document = gateway.ask("GET", "/api/openapi.json", &[], "").body;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let other = &operation["responses"]["default"]["content"]["application/json"]["schema"]["$ref"];
            assert_eq!(other, "#/components/schemas/ErrorBody", "{method} {path}");
        }
    }
    let long = json!({"spec": {"name": "chat", "targets": [{"model": "m".repeat(1_000_000)}]}});
    for (method, path, body, status) in [
        ("POST", "/projects/shop/routes/chat/versions/abc/bring-back", json!({}), 404),
        ("GET", "/projects/%ff", Value::Null, 404),
        ("GET", "/projects?limit=few", Value::Null, 400),
        ("POST", "/projects", json!({"name": 5}), 400),
        ("POST", "/projects", json!({"name": "a\u{0}b"}), 400),
        ("GET", "/projects/%00", Value::Null, 404),
        ("GET", "/projects/shop/logs?user=%00", Value::Null, 400),
        ("PUT", "/projects/shop/routes/chat", long, 422),
    ] {
        let heard = ann.ask(method, path, &body);
        assert_eq!(heard.status, status, "{method} {path}: {}", heard.body);
        let message = heard.body["error"]["message"].as_str().unwrap_or_default();
        assert!(!message.is_empty() && message.len() < 300, "{method} {path}: {}", heard.body);
    }
}

#[test]
fn every_described_path_is_served() {
    let home = Home::new();
    let gateway = home.serve();
    let document = gateway.ask("GET", "/api/openapi.json", &[], "").body;
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 30, "{}", paths.len());
    for (path, methods) in paths {
        for method in methods.as_object().unwrap().keys() {
            let heard = gateway.ask(&method.to_uppercase(), &path.replace(['{', '}'], ""), &[], "");
            // Without a login most answer 401; what is not served answers `unknown_url` or 405.
            assert_ne!(heard.body["error"]["code"], "unknown_url", "{method} {path}");
            assert_ne!(heard.status, 405, "{method} {path}");
        }
    }
    let filters =
        document["paths"]["/api/v1/projects/{project}/logs"]["get"]["parameters"].as_array().unwrap();
    for parameter in filters {
        let place = if parameter["name"] == "project" { "path" } else { "query" };
        assert_eq!(parameter["in"], place, "{parameter}");
    }
    for path in [
        "/v1/chat/completions",
        "/v1/models",
        "/v1/streams/{id}",
        "/api/v1/projects/{project}/logs/{request}",
    ] {
        assert!(paths.contains_key(path), "{path} is not described");
    }
}
