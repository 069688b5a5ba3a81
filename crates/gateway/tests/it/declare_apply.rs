//! The file that `apply` takes, through the real binary.

use crate::cli_run::Home;

const SHOP: &str = "\
project: shop
provider_keys:
  - { name: openai-main, provider: openai, api_key: \"${OPENAI_API_KEY}\", base_url: http://127.0.0.1:9/v1, headers: { x-team: canary-header-4711 } }
  - { name: anthropic-main, provider: anthropic, api_key: \"${ANTHROPIC_API_KEY}\" }
routes:
  - name: production-chat
    targets:
      - model: gpt-4o
      - model: claude-3-5-sonnet
  - name: summarize
    targets:
      - { model: claude-3-5-sonnet, provider_key: anthropic-main, retries: 1, parameters: { temperature: 0.2, stop: [\"a\"] } }
      - { model: route:production-chat }
    timeouts: { connect_ms: 5000, total_ms: 60000 }
    retry_on: [timeout, context_window]
keys:
  - { name: ios-app, routes: [production-chat], rate: 600/min, monthly_requests: 2500, per_user: 60/hour, expires: 2099-01-31 }
---
project: blog
";
const ENV: &[(&str, &str)] =
    &[("OPENAI_API_KEY", "sk-canary-openai-4711"), ("ANTHROPIC_API_KEY", "sk-canary-anthropic-4711")];

#[test]
fn applying_twice_changes_nothing_the_second_time_nor_does_applying_the_export() {
    let home = Home::new();
    home.write("maig.yaml", SHOP);
    let first = home.run_with(&["apply", "-f", "maig.yaml"], ENV, "").fine();
    assert!(first.out.contains("+ create route production-chat (shop)"), "{}", first.out);
    assert!(first.out.contains("maig_live_"), "a new key is printed once: {}", first.out);
    let second = home.run_with(&["apply", "-f", "maig.yaml"], ENV, "").fine();
    assert!(
        second.out.contains("= 5 unchanged") && second.out.contains("Nothing to change."),
        "{}",
        second.out
    );
    assert!(!second.out.contains("maig_live_"));
    let versions = home.run(&["route", "list", "--project", "shop", "--json"]).json();
    assert!(versions.as_array().unwrap().iter().all(|route| route["version"] == 1), "{versions}");

    let export = home.run(&["export"]).fine().out;
    assert!(!export.contains("canary"), "{export}");
    let again = home.run_with(&["apply", "-f", "-"], &[], &export).fine();
    assert!(again.out.contains("= 5 unchanged") && again.out.contains("Nothing to change."), "{}", again.out);
}

#[test]
fn all_faults_of_a_file_are_told_at_once_with_their_lines_and_nothing_is_applied() {
    let home = Home::new();
    home.write(
        "bad.yaml",
        "\
project: shop
provider_keys:
  - { name: a, provider: opnai, api_key: x }
  - { name: b, provider: bedrock, api_key: x }
  - { name: c, provider: mistral }
  - { name: d, provider: openai, api_key: \"${NOT_SET}\" }
routes:
  - name: r
    strategy: race
    targets:
      - { model: gpt-4o, weigth: 3 }
      - model: route:r
    retry_on: [server_eror]
  - name: r
    force_fallback: true
    targets: [ { model: gpt-4o } ]
keys:
  - { name: k, rate: fast, routes: [] }
  - { name: k, name: l }
---
project: x
routes: [
---
projct: y
",
    );
    let ran = home.run(&["apply", "-f", "bad.yaml"]);
    assert_eq!(ran.code, 1);
    for expected in [
        "bad.yaml:3: provider_keys[0].provider: unknown provider \"opnai\"; did you mean `openai`?",
        "bad.yaml:4: provider_keys[1].provider: bedrock is not supported by this version",
        "bad.yaml:5: provider_keys[2].api_key: it has no secret",
        "bad.yaml:6: provider_keys[3].api_key: the environment has no NOT_SET",
        "bad.yaml:9: routes[0].strategy: `strategy` is not supported by this version",
        "bad.yaml:11: routes[0].targets[0].weigth: unknown field `weigth`; `weight` is not supported by this version: remove it (targets are tried in the order they are written)",
        "bad.yaml:12: routes[0].targets[1].model: ",
        "bad.yaml:13: routes[0].retry_on[0]: \"server_eror\" is no kind of failure; did you mean `server_error`?",
        "bad.yaml:14: routes[1].name: the name \"r\" is already taken on line 8",
        "bad.yaml:15: routes[1].force_fallback: ",
        "bad.yaml:18: keys[0].rate: \"fast\" is no rate",
        "bad.yaml:18: keys[0].routes: the list is empty",
        "bad.yaml:19: keys[1].name: `name` was already given on line 19",
        ": not valid YAML: ",
        "bad.yaml:24: projct: unknown field `projct`; did you mean `project`?",
        "nothing was applied",
    ] {
        assert!(ran.err.contains(expected), "missing {expected:?} in:\n{}", ran.err);
    }
    assert_eq!(home.run(&["project", "list"]).fine().out, "");
}

#[test]
fn a_dry_run_shows_the_changes_and_makes_none() {
    let home = Home::new();
    home.write("maig.yaml", SHOP);
    home.run_with(&["apply", "-f", "maig.yaml"], ENV, "").fine();
    home.write("maig.yaml", &SHOP.replace("total_ms: 60000", "total_ms: 90000"));
    for _ in 0..2 {
        let ran = home.run_with(&["apply", "-f", "maig.yaml", "--dry-run"], ENV, "").fine();
        assert!(
            ran.out.contains("~ update route summarize (shop)") && ran.out.contains("90000"),
            "{}",
            ran.out
        );
    }
}

#[test]
fn pruning_asks_first_and_never_takes_a_project_key() {
    let home = Home::new();
    home.write("maig.yaml", SHOP);
    home.run_with(&["apply", "-f", "maig.yaml"], ENV, "").fine();
    let less =
        "project: shop\nroutes:\n  - { name: production-chat, targets: [ { model: gpt-4o } ] }\nkeys:\n";
    home.write("less.yaml", less);
    let refused = home.run(&["apply", "-f", "less.yaml", "--prune"]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("--yes"), "{}", refused.err);
    let ran = home.run(&["apply", "-f", "less.yaml", "--prune", "--yes"]).fine();
    assert!(ran.out.contains("- delete route summarize (shop)"), "{}", ran.out);
    assert!(!ran.out.contains("provider key"), "the file has no such section: {}", ran.out);
    let keys = home.run(&["key", "list", "--project", "shop", "--json"]).json();
    assert_eq!(keys[0]["name"], "ios-app");
}

#[test]
fn a_forced_fallback_survives_a_file_that_does_not_speak_of_it() {
    let home = Home::new();
    home.write("maig.yaml", SHOP);
    home.run_with(&["apply", "-f", "maig.yaml"], ENV, "").fine();
    home.run(&["route", "force", "production-chat", "on", "--project", "shop"]).fine();
    let ran = home.run_with(&["apply", "-f", "maig.yaml"], ENV, "").fine();
    assert!(ran.out.contains("Nothing to change."), "{}", ran.out);
}
