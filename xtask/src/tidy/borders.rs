//! Who may know whom. What a crate must not know, it cannot come to depend on by accident.

use std::collections::{BTreeMap, BTreeSet};

use crate::cargo::{Metadata, Package};
use crate::tidy::sources::{is_test, production_lines};
use crate::workspace::SourceFile;

/// Our crates, and those of ours that each may depend on (tests may depend on any).
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("maig-core", &[]),
    ("maig-api", &["maig-core"]),
    ("maig-store", &["maig-core"]),
    ("maig-sim", &["maig-core"]),
    ("maig-client", &["maig-core"]),
    ("maig-ffi", &["maig-client"]),
    ("maig-bindgen", &[]),
    ("maig-gateway", &["maig-core", "maig-api", "maig-store", "maig-sim"]),
    ("maig-dashboard", &["maig-core", "maig-api"]),
    ("maig-dashboard-bundle", &[]),
    ("maig-stories", &["maig-core", "maig-sim", "maig-gateway"]),
    ("xtask", &[]),
];

/// Others' crates that only these of ours may use directly.
const ONLY: &[(&str, &[&str])] = &[
    ("axum", &["maig-gateway", "maig-sim", "maig-stories"]),
    ("sqlx", &["maig-store"]),
    ("hyper-rustls", &["maig-gateway"]),
    ("reqwest", &["maig-client"]),
    ("uniffi", &["maig-ffi"]),
    ("leptos", &["maig-dashboard"]),
];

/// What maig-core must not reach, however indirectly: runtimes, sockets, randomness.
const IMPURE: &[&str] =
    &["tokio", "async-std", "smol", "mio", "socket2", "hyper", "axum", "reqwest", "sqlx", "getrandom"];

pub(crate) fn who_may_know_whom(metadata: &Metadata) -> Vec<String> {
    let ours: BTreeSet<&str> = metadata.members().map(|package| package.name.as_str()).collect();
    let mut faults = Vec::new();
    for package in metadata.members() {
        let Some((_, allowed)) = MAY_KNOW.iter().find(|(name, _)| *name == package.name) else {
            faults.push(format!("{}: say in xtask/src/tidy/borders.rs whom it may know", package.name));
            continue;
        };
        for known in direct(package).filter(|name| ours.contains(name)) {
            if !allowed.contains(&known) {
                faults.push(format!("{} must not depend on {known}", package.name));
            }
        }
    }
    faults
}

pub(crate) fn only_these_may_use(metadata: &Metadata) -> Vec<String> {
    let mut faults = Vec::new();
    for package in metadata.members() {
        for (name, users) in ONLY {
            if direct(package).any(|dependency| dependency == *name)
                && !users.contains(&package.name.as_str())
            {
                faults.push(format!("{} must not depend on {name}: only {users:?} may", package.name));
            }
        }
    }
    faults
}

pub(crate) fn core_is_pure(metadata: &Metadata) -> Vec<String> {
    let names: BTreeMap<&str, &str> =
        metadata.packages.iter().map(|package| (package.id.as_str(), package.name.as_str())).collect();
    let Some(core) = metadata.packages.iter().find(|package| package.name == "maig-core") else {
        return vec!["maig-core is not in the workspace".to_owned()];
    };
    let mut reached = BTreeSet::new();
    let mut open = vec![core.id.as_str()];
    while let Some(id) = open.pop() {
        if !reached.insert(id) {
            continue;
        }
        let node = metadata.resolve.nodes.iter().find(|node| node.id == id);
        let deps = node.into_iter().flat_map(|node| &node.deps);
        // What only its tests or build scripts use does not end up in the crate.
        open.extend(
            deps.filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind.is_none()))
                .map(|dep| dep.pkg.as_str()),
        );
    }
    let reached = reached.iter().filter_map(|id| names.get(id));
    reached
        .filter(|name| IMPURE.contains(name))
        .map(|name| {
            format!("maig-core must not reach {name}: it does no I/O, reads no clock, draws no random number")
        })
        .collect()
}

/// What std would let core do all the same.
pub(crate) fn core_touches_nothing(files: &[SourceFile]) -> Vec<String> {
    let doors = ["std::fs", "std::net", "std::env", "std::thread", "std::process", "std::io::std"];
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with("crates/core/src/") && !is_test(&file.path))
    {
        for (number, line) in (1..).zip(file.text.lines().take(production_lines(&file.text))) {
            if !line.trim_start().starts_with("//") && doors.iter().any(|door| line.contains(door)) {
                faults.push(format!(
                    "{}:{number}: maig-core touches no files, sockets, threads or environment",
                    file.path
                ));
            }
        }
    }
    faults
}

/// Requests leave through one door, so that pools, clocks and secrets have one place.
pub(crate) fn one_http_client(files: &[SourceFile]) -> Vec<String> {
    let client = ["hyper_util::client", "hyper::client", "hyper_rustls::", "reqwest::"];
    let doors = [
        "crates/gateway/src/upstream/",
        // Of the client: one file sends, one reads a URL as it will be sent.
        "crates/client/src/",
        "xtask/src/bench/",
        "xtask/src/tidy/",
    ];
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        if file.path.contains("/tests/") || doors.iter().any(|door| file.path.starts_with(door)) {
            continue;
        }
        for (number, line) in (1..).zip(file.text.lines()) {
            if !line.trim_start().starts_with("//") && client.iter().any(|path| line.contains(path)) {
                faults.push(format!(
                    "{}:{number}: only crates/gateway/src/upstream and crates/client may use an HTTP client",
                    file.path
                ));
            }
        }
    }
    faults
}

fn direct(package: &Package) -> impl Iterator<Item = &str> {
    package.dependencies.iter().filter(|dep| dep.kind.as_deref() != Some("dev")).map(|dep| dep.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace of packages, each with its direct dependencies; all are members whose name begins with `maig` or `x`.
    fn metadata(packages: &[(&str, &[&str])]) -> Metadata {
        let package = |(name, deps): &(&str, &[&str])| {
            let deps: Vec<_> =
                deps.iter().map(|dep| serde_json::json!({"name": dep, "kind": null})).collect();
            serde_json::json!({"id": name, "name": name, "version": "1.0.0", "dependencies": deps})
        };
        let node = |(name, deps): &(&str, &[&str])| {
            let deps: Vec<_> = deps
                .iter()
                .map(|dep| serde_json::json!({"pkg": dep, "dep_kinds": [{"kind": null}]}))
                .collect();
            serde_json::json!({"id": name, "deps": deps})
        };
        let members = packages.iter().map(|(name, _)| *name).filter(|name| name.starts_with("maig"));
        serde_json::from_value(serde_json::json!({
            "packages": packages.iter().map(package).collect::<Vec<_>>(),
            "workspace_members": members.collect::<Vec<_>>(),
            "resolve": {"nodes": packages.iter().map(node).collect::<Vec<_>>()},
            "target_directory": "target",
        }))
        .unwrap()
    }

    #[test]
    fn a_crate_that_knows_one_it_may_not_is_a_fault() {
        let good = metadata(&[("maig-core", &[]), ("maig-store", &["maig-core"])]);
        assert_eq!(who_may_know_whom(&good), Vec::<String>::new());
        let bad = metadata(&[("maig-core", &["maig-store"]), ("maig-store", &[])]);
        assert_eq!(who_may_know_whom(&bad), ["maig-core must not depend on maig-store"]);
    }

    #[test]
    fn a_new_crate_must_be_entered_in_the_table() {
        assert_eq!(who_may_know_whom(&metadata(&[("maig-new", &[])])).len(), 1);
    }

    #[test]
    fn only_the_store_may_use_sqlx() {
        let bad = metadata(&[("maig-gateway", &["sqlx"]), ("maig-store", &["sqlx"])]);
        assert_eq!(
            only_these_may_use(&bad),
            [r#"maig-gateway must not depend on sqlx: only ["maig-store"] may"#]
        );
    }

    #[test]
    fn core_must_not_reach_a_runtime_through_anyone() {
        let good = metadata(&[("maig-core", &["serde"]), ("serde", &[])]);
        assert_eq!(core_is_pure(&good), Vec::<String>::new());
        let bad = metadata(&[("maig-core", &["harmless"]), ("harmless", &["tokio"]), ("tokio", &[])]);
        assert_eq!(core_is_pure(&bad).len(), 1);
    }

    #[test]
    fn core_must_not_open_a_file_outside_its_tests() {
        let check = |path: &str, text: &str| {
            core_touches_nothing(&[SourceFile { path: path.to_owned(), text: text.to_owned() }]).len()
        };
        let reads = "fn f() { std::fs::read(\"x\"); }\n";
        assert_eq!(check("crates/core/src/a.rs", reads), 1);
        assert_eq!(check("crates/core/tests/it/a.rs", reads), 0);
        assert_eq!(check("crates/core/src/a.rs", &format!("#[cfg(test)]\nmod tests {{\n{reads}}}\n")), 0);
    }

    #[test]
    fn a_second_http_client_is_a_fault() {
        let file = |path: &str| SourceFile {
            path: path.to_owned(),
            text: "//! hyper_util::client is spoken of here.\nuse hyper_util::client::legacy::Client;\n"
                .to_owned(),
        };
        assert_eq!(one_http_client(&[file("crates/gateway/src/upstream/send.rs")]), Vec::<String>::new());
        assert_eq!(
            one_http_client(&[file("crates/gateway/src/admin/probe.rs")]),
            [
                "crates/gateway/src/admin/probe.rs:2: only crates/gateway/src/upstream and crates/client may use an HTTP client"
            ]
        );
    }
}
