//! The commands and their bad inputs, through the real binary.

use std::net::TcpListener;

use crate::cli_run::Home;

const FILE: &str = "\
project: shop
provider_keys:
  - { name: sim, provider: simulator }
routes:
  - { name: chat, targets: [ { model: simulator/gpt-4o }, { model: simulator/claude } ] }
";

#[test]
fn a_key_works_until_it_is_revoked_while_the_gateway_runs() {
    let home = Home::new();
    let gateway = home.serve();
    home.write("maig.yaml", FILE);
    home.run(&["apply", "-f", "maig.yaml"]).fine();
    let made = home.run(&["key", "create", "--name", "ios", "--test", "--json"]).json();
    let key = made["key"].as_str().unwrap().to_owned();
    let heard = gateway.until(|g| g.chat(&key, "chat"), |heard| heard.status == 200);
    assert_eq!(heard.status, 200, "{}", heard.body);

    let rolled = home.run(&["key", "roll", "ios", "--grace-s", "0", "--json"]).json();
    assert_eq!(gateway.until(|g| g.chat(&key, "chat"), |heard| heard.status == 401).status, 401);
    let key = rolled["key"].as_str().unwrap().to_owned();
    assert_eq!(gateway.chat(&key, "chat").status, 200);

    home.run(&["project", "suspend"]).fine();
    let heard = gateway.until(|g| g.chat(&key, "chat"), |heard| heard.status == 402);
    assert_eq!(heard.body["error"]["code"], "project_suspended");
    home.run(&["project", "resume"]).fine();

    home.run(&["key", "revoke", "ios"]).fine();
    let heard = gateway.until(|g| g.chat(&key, "chat"), |heard| heard.status == 401);
    assert_eq!((heard.status, &heard.body["error"]["code"]), (401, &"invalid_api_key".into()));
}

#[test]
fn a_wrong_master_key_is_refused_in_one_line() {
    let home = Home::new();
    home.run(&["project", "list"]).fine();
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for command in [&["check"][..], &["serve"], &["export"]] {
        let ran = home.run_with(command, &[("MAIG_MASTER_KEY", zeros), ("MAIG_LISTEN", "127.0.0.1:0")], "");
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("wrong master key") && ran.err.trim().lines().count() == 1, "{}", ran.err);
    }
}

#[test]
fn a_setting_that_cannot_work_is_refused_by_its_name() {
    let home = Home::new();
    for (name, value) in [
        ("MAIG_PUBLIC_URL", "maig.example.com"),
        ("MAIG_PUBLIC_URL", "ftp://maig.example.com"),
        ("MAIG_CORS_ORIGINS", "app.example.com"),
        ("MAIG_CORS_ORIGINS", "https://a.example,https://app.example.com/"),
        ("MAIG_WORKERS", "0"),
        ("MAIG_WORKERS", "100000"),
        ("MAIG_MAX_BODY", "0"),
        ("MAIG_LOG", "=bad="),
        ("MAIG_REDIS_URL", "redis://127.0.0.1"),
    ] {
        let ran = home.run_with(&["serve"], &[("MAIG_LISTEN", "127.0.0.1:0"), (name, value)], "");
        assert_eq!(ran.code, 1, "{name}={value}: {}", ran.err);
        assert!(ran.err.contains(name) && ran.err.trim().lines().count() == 1, "{}", ran.err);
    }
    for (name, value) in [
        ("MAIG_PUBLIC_URL", "https://example.com/maig/"),
        ("MAIG_CORS_ORIGINS", "*,https://a.example:8443,capacitor://localhost"),
    ] {
        home.run_with(&["project", "list"], &[(name, value)], "").fine();
    }
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = home.run_with(&["serve"], &[("MAIG_LISTEN", &address)], "");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains(&address) && ran.err.contains("MAIG_LISTEN"), "{}", ran.err);
}

#[test]
fn rotating_the_master_key_leaves_every_secret_readable() {
    let home = Home::new();
    home.write(
        "maig.yaml",
        "project: p\nprovider_keys:\n  - { name: a, provider: openai, api_key: sk-canary-4711-long }\n",
    );
    home.run(&["apply", "-f", "maig.yaml"]).fine();
    let before = std::fs::read(home.path("data/master.key")).unwrap();
    home.run(&["rotate-master-key", "--yes"]).fine();
    assert_ne!(std::fs::read(home.path("data/master.key")).unwrap(), before);
    let ran = home.run(&["check", "--offline"]).fine();
    assert!(ran.out.contains("its secret opens"), "{}", ran.out);
    assert!(!ran.out.contains("canary"));
}

#[test]
fn a_rotation_that_was_stopped_before_its_last_step_is_finished_by_the_next_start() {
    let home = Home::new();
    home.write(
        "maig.yaml",
        "project: p\nprovider_keys:\n  - { name: a, provider: openai, api_key: sk-canary-4711-long }\n",
    );
    home.run(&["apply", "-f", "maig.yaml"]).fine();
    let (file, staged) = (home.path("data/master.key"), home.path("data/master.key.new"));
    let before = std::fs::read(&file).unwrap();
    home.run(&["rotate-master-key", "--yes"]).fine();
    let after = std::fs::read(&file).unwrap();
    // As if the power had gone after the database was resealed and before the file was renamed.
    std::fs::rename(&file, &staged).unwrap();
    std::fs::copy(&staged, &file).unwrap();
    std::fs::write(&file, &before).unwrap();
    let ran = home.run(&["check", "--offline"]).fine();
    assert!(ran.out.contains("its secret opens"), "{}", ran.out);
    assert_eq!(std::fs::read(&file).unwrap(), after);
    assert!(!staged.exists());
    // Without the staged key it is what it looks like: the wrong one.
    std::fs::write(&file, &before).unwrap();
    let ran = home.run(&["check", "--offline"]);
    assert_eq!(ran.code, 1);
    assert!((ran.err + &ran.out).contains("wrong master key"));
}

#[test]
fn check_says_which_provider_is_dead_and_exits_1() {
    let home = Home::new();
    home.write("maig.yaml", "project: p\nprovider_keys:\n  - { name: dead, provider: openai, api_key: sk-canary-4711-long, base_url: http://127.0.0.1:9/v1 }\n");
    home.run(&["apply", "-f", "maig.yaml"]).fine();
    let ran = home.run(&["check"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("provider key dead: no connection to OpenAI"), "{}", ran.out);
}

#[test]
fn a_wrong_command_line_exits_2_and_a_short_password_1() {
    let home = Home::new();
    assert_eq!(home.run(&["key"]).code, 2);
    assert_eq!(home.run(&["route", "force", "chat", "sideways"]).code, 2);
    let ran = home.run_with(&["admin", "create", "--email", "a@b.cd"], &[], "short\n");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("at least 10"), "{}", ran.err);
    home.run_with(&["admin", "create", "--email", "a@b.cd"], &[], "long enough\n").fine();
}
