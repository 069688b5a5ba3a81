//! The canary-key test: known secrets go through every path of the real binary, with logging at its loudest and a
//! provider that repeats what it was sent. Then everything that was said or written is searched for them. The only
//! places where a secret may be are listed in `canaries`.

mod echo;
mod sinks;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::cli_run::Home;
use sinks::{Canary, Sinks};

/// Provider keys in their vendors' shapes, and some that look like words: those nothing can tell from a sentence.
const SECRETS: &[(&str, &str, &str)] = &[
    ("openai", "OPENAI", "sk-proj-C4naryOpenAi0123456789abcdefXYZ"),
    ("anthropic", "ANTHROPIC", "sk-ant-api03-C4naryAnthropic0123456789-AA"),
    ("gemini", "GEMINI", "AIzaSyC4naryGemini0123456789abcdefgh"),
    ("azure", "AZURE", "quiet/meadow:azure=password"),
    ("mistral", "MISTRAL", "wordsOnlyMistralSecret"),
    ("openai-compatible", "COMPATIBLE", "correct-horse-battery-staple"),
];
const EXTRA: &str = "gentle-river-proxy-credential";
const BASE_PASSWORD: &str = "base-url-password-canary";
const BASE_QUERY: &str = "base-url-query-canary";
const DB_PASSWORD: &str = "database-password-canary";
const PASSWORD: &str = "owner-password-canary";
const OTHER_PASSWORD: &str = "second-password-canary";
const WRONG_PASSWORD: &str = "wrong-password-canary";
const LITERAL: &str = "literal-secret-in-a-faulty-file";
const PATCHED: &str = "rotated-over-the-api-canary";
const PROMPT: &str = "the-prompt-that-nobody-keeps";
const DEAD_HOST: &str = "hidden-upstream-host.invalid";
const MASTER: [u8; 32] = *b"master-key-canary-of-32-bytes-01";
const WRONG_MASTER: [u8; 32] = *b"another-master-key-of-32-bytes-2";

const CASES: &[&str] = &[
    "400",
    "401",
    "402",
    "403",
    "404",
    "408",
    "413",
    "422",
    "429",
    "500",
    "503",
    "529",
    "plain",
    "not-json",
    "error-in-200",
    "redirect",
    "closed",
    "not-http",
    "sse-before",
    "sse-after",
    "sse-cut",
    "sse-not-json",
];

struct Story {
    home: Home,
    echo: String,
    env: Vec<(&'static str, String)>,
    sinks: Sinks,
    canaries: Vec<Canary>,
    /// Of the running gateway.
    address: String,
}

#[test]
fn no_secret_shows_anywhere() {
    let mut story = Story::new();
    story.declare();
    let mut gateway = story.serve();
    let session = story.become_owner();
    let token = story.command_line_writes();
    story.apps();
    story.administer(&session, &token);
    story.command_line_reads();
    // The write-ahead log too, which the end of the process folds into the database.
    story.sinks.add_files(&story.home.path("data"));
    let pid = gateway.0.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    gateway.0.wait().unwrap();
    story.command_line_when_stopped();
    story.sinks.add_files(&story.home.path("data"));
    story.sinks.add("log", std::fs::read(story.home.path("log")).unwrap());

    let leaks = story.sinks.leaks(&story.canaries);
    if let Ok(folder) = std::env::var("CANARY_KEEP") {
        story.sinks.keep(folder.as_ref());
    }
    assert!(story.sinks.len() > 2 * CASES.len() * SECRETS.len(), "{}", story.sinks.len());
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
}

/// The running gateway, which must not outlive a test that fails.
struct Gateway(Child);

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Story {
    fn new() -> Self {
        let echo = echo::start();
        let pem = include_str!("../../fixtures/rsa-key-for-tests-only.pem");
        let account = |path: &str| {
            json!({"type": "service_account", "project_id": "cloud", "client_email": "gateway@cloud.example", "private_key": pem, "token_uri": format!("http://{echo}{path}")})
                .to_string()
        };
        let mut env = vec![
            ("MAIG_MASTER_KEY", STANDARD.encode(MASTER)),
            ("VERTEX", account("/token")),
            ("NO_TOKEN", account("/no-token")),
            ("EXTRA", EXTRA.to_owned()),
        ];
        env.extend(SECRETS.iter().map(|(_, name, secret)| (*name, (*secret).to_owned())));
        let mut canaries: Vec<Canary> =
            SECRETS.iter().map(|(provider, _, secret)| Canary::nowhere(provider, *secret)).collect();
        for (what, text) in [
            ("the extra header", EXTRA),
            ("base_url's password", BASE_PASSWORD),
            ("base_url's query", BASE_QUERY),
            ("the database's password", DB_PASSWORD),
            ("the owner's password", PASSWORD),
            ("the second password", OTHER_PASSWORD),
            ("a wrong password", WRONG_PASSWORD),
            ("a secret in a faulty file", LITERAL),
            ("a secret set over the API", PATCHED),
            ("the prompt", PROMPT),
            ("Vertex's access token", echo::ACCESS_TOKEN),
            ("the master key's bytes", std::str::from_utf8(&MASTER).unwrap()),
        ] {
            canaries.push(Canary::nowhere(what, text));
        }
        canaries.push(Canary::nowhere("the master key", STANDARD.encode(MASTER)));
        canaries.push(Canary::nowhere("a wrong master key", STANDARD.encode(WRONG_MASTER)));
        let line = pem.lines().nth(9).unwrap();
        canaries.push(Canary::nowhere("the service account's private key", line));
        canaries.push(Canary::operators("the provider's host", DEAD_HOST));
        canaries.push(Canary::operators("the provider's address", echo.clone()));
        Self { home: Home::new(), echo, env, sinks: Sinks::default(), canaries, address: String::new() }
    }

    /// A command; all it says is a sink.
    fn run_with(&mut self, args: &[&str], env: &[(&str, &str)], input: &str) -> String {
        let mut all: Vec<(&str, &str)> =
            self.env.iter().map(|(name, value)| (*name, value.as_str())).collect();
        all.extend(env);
        let ran = self.home.run_with(args, &all, input);
        self.sinks.add(format!("cli {}", args.join(" ")), format!("{}\n{}", ran.out, ran.err));
        ran.out
    }

    fn run(&mut self, args: &[&str]) -> String {
        self.run_with(args, &[("MAIG_LOG", "trace")], "")
    }

    fn declare(&mut self) {
        let echo = &self.echo;
        let mut file = String::from("project: shop\nprovider_keys:\n");
        for (provider, name, _) in SECRETS {
            let base = if matches!(*provider, "anthropic" | "gemini" | "azure") { "" } else { "/v1" };
            file.push_str(&format!("  - {{ name: {provider}-main, provider: {provider}, api_key: \"${{{name}}}\", base_url: \"http://{echo}{base}\", headers: {{ x-extra-canary: \"${{EXTRA}}\" }} }}\n"));
        }
        file.push_str(&format!("  - {{ name: vertex-main, provider: vertex, api_key: '${{VERTEX}}', base_url: \"http://{echo}\", region: global }}\n"));
        file.push_str(&format!("  - {{ name: vertex-bad, provider: vertex, api_key: '${{NO_TOKEN}}', base_url: \"http://{echo}\", region: global }}\n"));
        file.push_str(&format!("  - {{ name: dead, provider: openai, api_key: \"${{OPENAI}}\", base_url: \"http://{DEAD_HOST}/v1\" }}\n"));
        file.push_str("routes:\n  - { name: bad-sign-in, targets: [ { model: vertex/echo-500, provider_key: vertex-bad } ] }\n");
        file.push_str("  - { name: dead, targets: [ { model: openai/gpt-4o, provider_key: dead }, { model: openai/echo-503 } ] }\n");
        file.push_str("keys:\n  - { name: declared }\n");
        self.home.write("maig.yaml", &file);
        let out = self.run(&["apply", "-f", "maig.yaml"]);
        let key = word(&out, "maig_live_");
        self.canaries.push(Canary::shown("the declared project key", key, &["cli apply -f maig.yaml"]));

        // Faults near a secret: the message must not quote it.
        for (n, entry) in [
            format!("{{ name: a, provider: openai, api_key: [{LITERAL}] }}"),
            format!("{{ name: a, provider: openai, api_keyy: {LITERAL} }}"),
            format!("{{ name: a, provider: openai, api_key: \"{LITERAL} }}"),
            format!("{{ name: a, provider: vertex, api_key: {LITERAL}, region: global }}"),
            format!("{{ name: a, provider: openai, api_key: \"{LITERAL}\\n\" }}"),
            format!("{{ name: a, provider: openai, api_key: a, headers: {LITERAL} }}"),
            format!("{{ name: a, provider: openai, api_key: a, headers: {{ \"x y\": {LITERAL} }} }}"),
            format!("{{ name: a, provider: openai, api_key: a, headers: {{ x-y: [{LITERAL}] }} }}"),
            format!("{{ name: a, provider: openai, api_key: a, base_url: \"http://u:{BASE_PASSWORD}@127.0.0.1:1/v1\" }}"),
            format!("{{ name: a, provider: openai, api_key: a, base_url: \"http://127.0.0.1:1/v1?key={BASE_QUERY}\" }}"),
            format!("{{ name: a, provider: openai, api_key: a, base_url: \"u:{BASE_PASSWORD}@127.0.0.1:1/v1\" }}"),
        ]
        .into_iter()
        .enumerate()
        {
            let name = format!("faulty-{n}.yaml");
            self.home.write(&name, &format!("project: shop\nprovider_keys:\n  - {entry}\n"));
            let args = ["apply", "-f", &name];
            self.run(&args);
        }
        // A literal secret that is fine, which is warned about and taken.
        self.home.write(
            "literal.yaml",
            &format!(
                "project: other\nprovider_keys:\n  - {{ name: a, provider: openai, api_key: {LITERAL} }}\n"
            ),
        );
        self.run(&["apply", "-f", "literal.yaml", "--dry-run"]);
        self.run(&["apply", "-f", "literal.yaml"]);
        self.run(&["apply", "-f", "literal.yaml"]);
        let wrong = STANDARD.encode(WRONG_MASTER);
        self.run_with(&["check", "--offline"], &[("MAIG_MASTER_KEY", &wrong)], "");
        self.run_with(&["check", "--offline"], &[("MAIG_MASTER_KEY", &wrong[..20])], "");
        for url in [
            "postgres://maig:{}@127.0.0.1:1/maig",
            "postgres:/maig:{}@:x/",
            "mysql://maig:{}@127.0.0.1:1/maig",
        ] {
            let url = url.replace("{}", DB_PASSWORD);
            self.run_with(&["check", "--offline"], &[("MAIG_DATABASE_URL", &url), ("MAIG_LOG", "trace")], "");
            self.run_with(
                &["serve"],
                &[("MAIG_DATABASE_URL", &url), ("MAIG_LOG", "trace"), ("MAIG_LISTEN", "127.0.0.1:0")],
                "",
            );
            self.run_with(&["--help"], &[("MAIG_DATABASE_URL", &url)], "");
        }
    }

    /// `maig serve` at its loudest, everything it says in a file.
    fn serve(&mut self) -> Gateway {
        self.address = crate::port::free().to_string();
        let log = std::fs::File::create(self.home.path("log")).unwrap();
        let mut command = self.home.command(&["serve"]);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.env("MAIG_LISTEN", &self.address).env("MAIG_LOG", "trace").env("MAIG_LOG_FORMAT", "json");
        let gateway = Gateway(
            command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap(),
        );
        let begun = Instant::now();
        while !self.log().contains("maig is ready") {
            assert!(begun.elapsed() < Duration::from_secs(20), "{}", self.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        gateway
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.home.path("log")).unwrap()).into_owned()
    }

    /// One request; head and body of its answer are a sink.
    fn ask(&mut self, who: &str, request: &str, headers: &[(&str, &str)], body: &str) -> String {
        let mut text = format!("{request} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!(
            "content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ));
        let mut socket = TcpStream::connect(&self.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.write_all(text.as_bytes()).unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
        self.sinks.add(format!("{who} {request}"), answer.clone());
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The set-up link of the log makes the owner, who is then signed in: the cookie and the CSRF token.
    fn become_owner(&mut self) -> (String, String) {
        let log = self.log();
        let link = after(&log, "/setup?token=");
        assert_eq!(log.matches(&link).count(), 1, "the link is printed once");
        self.ask(
            "admin",
            "POST /api/v1/setup",
            &[],
            &json!({"token": "nonsense", "email": "a@b.cd", "password": WRONG_PASSWORD}).to_string(),
        );
        let body =
            json!({"token": link, "email": "owner@example.com", "password": PASSWORD, "project": "shop"});
        let answer = self.ask("admin", "POST /api/v1/setup", &[], &body.to_string());
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let first = after(&answer, "maig_session=");
        self.canaries.push(Canary::shown("the set-up link", link, &["log"]));
        self.canaries.push(Canary::shown("the owner's first cookie", first, &["admin POST /api/v1/setup"]));
        self.ask(
            "admin",
            "POST /api/v1/session",
            &[],
            &json!({"email": "owner@example.com", "password": WRONG_PASSWORD}).to_string(),
        );
        self.ask(
            "admin",
            "POST /api/v1/session",
            &[],
            &json!({"email": "owner@example.com", "password": [WRONG_PASSWORD]}).to_string(),
        );
        let answer = self.ask(
            "admin",
            "POST /api/v1/session",
            &[],
            &json!({"email": "owner@example.com", "password": PASSWORD}).to_string(),
        );
        let cookie = after(&answer, "maig_session=");
        let csrf = after(&answer, "\"csrf_token\":\"");
        self.canaries.push(Canary::shown(
            "the session cookie",
            cookie.clone(),
            &["admin POST /api/v1/session"],
        ));
        self.canaries.push(Canary::shown(
            "the CSRF token",
            csrf.clone(),
            &["admin POST /api/v1/session", "admin GET /api/v1/session"],
        ));
        (cookie, csrf)
    }

    /// Gives an admin token.
    fn command_line_writes(&mut self) -> String {
        self.run_with(
            &["admin", "create", "--email", "second@example.com"],
            &[],
            &format!("{OTHER_PASSWORD}\n"),
        );
        let out = self.run(&["admin", "token", "--name", "program"]);
        let token = word(&out, "maig_admin_");
        self.canaries.push(Canary::shown("the admin token", token.clone(), &["cli admin token"]));
        let out = self.run(&["key", "create", "--name", "made", "--json", "--project", "shop"]);
        self.canaries.push(Canary::shown(
            "the made key",
            word(&out, "maig_live_"),
            &["cli key create --name made"],
        ));
        let out = self.run(&["key", "roll", "made", "--project", "shop"]);
        self.canaries.push(Canary::shown("the rolled key", word(&out, "maig_live_"), &["cli key roll made"]));
        let out = self.run(&["key", "create", "--name", "test", "--test", "--project", "shop"]);
        self.canaries.push(Canary::shown(
            "the test key",
            word(&out, "maig_test_"),
            &["cli key create --name test"],
        ));
        token
    }

    /// Every way of failing of every wire, streamed and not.
    fn apps(&mut self) {
        let out = self.run(&["key", "create", "--name", "app", "--json", "--project", "shop"]);
        let key = word(&out, "maig_live_");
        self.canaries.push(Canary::shown("the app's key", key.clone(), &["cli key create --name app"]));
        let auth = format!("Bearer {key}");
        let headers = [("authorization", auth.as_str())];
        let begun = Instant::now();
        while !self.ask("app", "GET /v1/models", &headers, "").starts_with("HTTP/1.1 200") {
            assert!(begun.elapsed() < Duration::from_secs(5), "the key is in force within a second");
            std::thread::sleep(Duration::from_millis(50));
        }
        let providers: Vec<&str> = SECRETS.iter().map(|(provider, ..)| *provider).chain(["vertex"]).collect();
        for provider in providers {
            for case in CASES {
                for stream in [false, true] {
                    self.chat(&headers, &format!("{provider}/echo-{case}"), stream);
                }
            }
        }
        for stream in [false, true] {
            self.chat(&headers, "bad-sign-in", stream);
            self.chat(&headers, "dead", stream);
        }
        let wrong = format!("Bearer {}x", &key[..key.len() - 1]);
        self.chat(&[("authorization", &wrong)], "dead", false);
        self.chat(&[("x-api-key", &key)], "no-such-route", false);
        self.ask("app", "POST /v1/chat/completions", &headers, &format!("{{\"model\": {PROMPT}"));
        self.ask("app", "GET /v1/nothing", &headers, "");
        self.ask("app", "GET /health", &headers, "");
    }

    fn chat(&mut self, headers: &[(&str, &str)], model: &str, stream: bool) {
        let body =
            json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": PROMPT}]});
        let answer = self.ask("app", "POST /v1/chat/completions", headers, &body.to_string());
        // Named by what was asked, for the failure's message.
        self.sinks.add(format!("app {model}, streamed: {stream}"), answer);
    }

    fn administer(&mut self, (cookie, csrf): &(String, String), token: &str) {
        let cookie = format!("maig_session={cookie}");
        let person = [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str())];
        let bearer = format!("Bearer {token}");
        let program = [("authorization", bearer.as_str())];
        self.ask("admin", "GET /api/v1/session", &person, "");
        self.ask("admin", "DELETE /api/v1/projects/shop", &[("cookie", &cookie)], "");
        let shop = "/api/v1/projects/shop";
        for body in [
            json!({"name": "api", "provider": "openai", "api_key": LITERAL, "base_url": "http://127.0.0.1:1/v1", "headers": {"x-extra-canary": EXTRA}}),
            json!({"name": "b", "provider": "openai", "api_key": [LITERAL]}),
            json!({"name": "b", "provider": "openai", "api_keyy": LITERAL}),
            json!({"name": "b", "provider": "openai", "api_key": LITERAL, "headers": LITERAL}),
            json!({"name": "b", "provider": "openai", "api_key": {LITERAL: 1}}),
            json!({"name": "b", "provider": "openai", "api_key": format!("{LITERAL}\n{LITERAL}")}),
            json!({"name": "b", "provider": "openai", "api_key": "a", "headers": {"x y": LITERAL}}),
            json!({"name": "b", "provider": "vertex", "api_key": LITERAL, "region": "global"}),
            json!({"name": "b", "provider": "openai", "api_key": "a", "base_url": format!("http://u:{BASE_PASSWORD}@127.0.0.1:1/v1")}),
            json!({"name": "b", "provider": "openai", "api_key": "a", "base_url": format!("http://127.0.0.1:1/v1?key={BASE_QUERY}")}),
        ] {
            self.ask("admin", &format!("POST {shop}/provider-keys"), &person, &body.to_string());
        }
        self.ask(
            "admin",
            &format!("POST {shop}/provider-keys"),
            &person,
            &format!("{{\"api_key\": \"{LITERAL}"),
        );
        self.ask(
            "admin",
            &format!("PUT {shop}/provider-keys/api/secret"),
            &person,
            &json!({"api_key": PATCHED}).to_string(),
        );
        self.ask(
            "admin",
            &format!("PATCH {shop}/provider-keys/api"),
            &person,
            &json!({"headers": {"x-extra-canary": PATCHED}}).to_string(),
        );
        self.ask(
            "admin",
            &format!("PATCH {shop}/provider-keys/api"),
            &person,
            &json!({"headers": [PATCHED]}).to_string(),
        );
        for key in [
            "openai-main",
            "anthropic-main",
            "gemini-main",
            "azure-main",
            "mistral-main",
            "vertex-main",
            "vertex-bad",
            "dead",
        ] {
            self.ask("admin", &format!("POST {shop}/provider-keys/{key}/check"), &person, "");
            self.ask("admin", &format!("GET {shop}/provider-keys/{key}"), &person, "");
        }
        for (path, body, prefix, what) in [
            ("/projects/shop/keys", json!({"name": "over-api"}), "maig_live_", "a key made over the API"),
            (
                "/tokens",
                json!({"name": "over-api", "role": "owner"}),
                "maig_admin_",
                "a token made over the API",
            ),
        ] {
            let path = format!("POST /api/v1{path}");
            let answer = self.ask("admin", &path, &person, &body.to_string());
            let place: &'static [&'static str] = match prefix {
                "maig_live_" => &["admin POST /api/v1/projects/shop/keys"],
                _ => &["admin POST /api/v1/tokens"],
            };
            self.canaries.push(Canary::shown(what, word(&answer, prefix), place));
        }
        let change = json!({"current_password": WRONG_PASSWORD, "new_password": OTHER_PASSWORD});
        self.ask("admin", "POST /api/v1/session/password", &person, &change.to_string());
        // Rows are written behind the answers.
        std::thread::sleep(Duration::from_millis(1500));
        let logs = self.ask("admin", &format!("GET {shop}/logs?limit=200"), &program, "");
        let logs: Value = serde_json::from_str(logs.split_once("\r\n\r\n").unwrap().1).unwrap();
        let ids: Vec<String> = logs["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["request_id"].as_str().unwrap().to_owned())
            .collect();
        assert!(ids.len() > 100, "{logs}");
        for id in ids.iter().step_by(3) {
            self.ask("admin", &format!("GET {shop}/logs/{id}"), &program, "");
        }
        for path in [
            "/api/v1/audit?limit=200",
            "/api/v1/tokens",
            "/api/v1/projects",
            "/api/v1/catalog/providers",
            "/api/v1/projects/shop/audit?limit=200",
            "/api/v1/projects/shop/provider-keys",
            "/api/v1/projects/shop/keys",
            "/api/v1/projects/shop/routes",
            "/api/v1/projects/shop/health",
            "/api/v1/projects/shop/overview",
            "/api/v1/projects/shop/usage",
            "/api/v1/projects/shop/members",
            "/api/v1/projects/shop/logs/export",
            "/api/openapi.json",
            "/api/v1/nothing",
        ] {
            for who in [&program[..], &[("authorization", "Bearer maig_admin_wrong")], &[]] {
                self.ask("admin", &format!("GET {path}"), who, "");
            }
        }
        self.ask("admin", "DELETE /api/v1/session", &person, "");
    }

    fn command_line_reads(&mut self) {
        for args in [
            &["export"][..],
            &["export", "--project", "shop"],
            &["key", "list", "--project", "shop", "--all", "--json"],
            &["key", "list", "--project", "shop"],
            &["check"],
            &["check", "--json"],
            &["project", "list"],
            &["route", "list"],
            &["key", "revoke", "made", "--project", "shop"],
            &["key", "revoke", "nobody", "--project", "shop"],
            &["apply", "-f", "maig.yaml", "--dry-run"],
            &["apply", "-f", "maig.yaml", "--prune", "--yes"],
        ] {
            self.run(args);
        }
    }

    fn command_line_when_stopped(&mut self) {
        let out = self.run(&["rotate-master-key", "--yes"]);
        let new = out.trim().to_owned();
        let bytes = STANDARD.decode(&new).expect("the new master key is printed");
        assert_eq!(bytes.len(), 32);
        self.canaries.push(Canary::shown(
            "the new master key",
            new.clone(),
            &["cli rotate-master-key --yes"],
        ));
        self.env.retain(|(name, _)| *name != "MAIG_MASTER_KEY");
        self.env.push(("MAIG_MASTER_KEY", new));
        self.run(&["check"]);
        self.run(&["export"]);
    }
}

/// The word of the text that begins so: a key of ours.
fn word(text: &str, start: &str) -> String {
    let at = text.find(start).unwrap_or_else(|| panic!("no {start} in {text}"));
    text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// What stands behind the words, up to a delimiter.
fn after(text: &str, words: &str) -> String {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("no {words} in {text}"));
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).collect()
}
