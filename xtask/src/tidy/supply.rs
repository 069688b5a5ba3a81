//! Licences, bans and sources of others' code, by the same `deny.toml` that cargo-deny reads. Checked here because
//! cargo-deny takes longer to build than all of MAIG; its advisories need a network and stay a person's command.

use serde::Deserialize;

use crate::cargo::{Metadata, Package};

/// What this reads of `deny.toml`.
#[derive(Deserialize)]
pub(crate) struct Policy {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

/// What one crate may have beside.
#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    name: String,
    reason: String,
    /// Our crates that may have it all the same.
    #[serde(default)]
    wrappers: Vec<String>,
}

impl Licenses {
    fn allowed(&self, name: &str) -> Vec<String> {
        let own = self.exceptions.iter().filter(|exception| exception.name == name);
        self.allow.iter().chain(own.flat_map(|exception| &exception.allow)).cloned().collect()
    }
}

pub(crate) fn licences(metadata: &Metadata, policy: &Policy) -> Vec<String> {
    let refused = |package: &&Package| match &package.license {
        Some(expression) => !is_allowed(expression, &policy.licenses.allowed(&package.name)),
        None => true,
    };
    let of =
        |package: &Package| package.license.clone().unwrap_or_else(|| "no licence expression".to_owned());
    let refused = others(metadata).filter(refused);
    refused
        .map(|package| format!("{} {}: {} is not in deny.toml", package.name, package.version, of(package)))
        .collect()
}

pub(crate) fn banned(metadata: &Metadata, policy: &Policy) -> Vec<String> {
    let forbidden = |ban: &&Ban| !only_for(metadata, ban);
    let ban =
        |package: &Package| policy.bans.deny.iter().filter(|ban| ban.name == package.name).find(forbidden);
    others(metadata)
        .filter_map(|package| {
            ban(package).map(|ban| format!("{} {}: {}", package.name, package.version, ban.reason))
        })
        .collect()
}

/// Whether a banned crate is here for those alone that may have it.
fn only_for(metadata: &Metadata, ban: &Ban) -> bool {
    // The resolved graph, since a manifest also names what its features never turn on.
    let id =
        |name: &str| metadata.packages.iter().find(|package| package.name == name).map(|p| p.id.as_str());
    let banned = id(&ban.name);
    let mut users = metadata.resolve.nodes.iter().filter(|node| {
        node.deps.iter().any(|dep| {
            Some(dep.pkg.as_str()) == banned && dep.dep_kinds.iter().any(|kind| kind.kind.is_none())
        })
    });
    let may: Vec<&str> = ban.wrappers.iter().filter_map(|name| id(name)).collect();
    !may.is_empty() && users.all(|user| may.contains(&user.id.as_str()))
}

pub(crate) fn foreign_sources(metadata: &Metadata) -> Vec<String> {
    // The registry that cargo is set to is not ours to name; but it is one, and what comes from git or a second
    // registry does not come from it.
    let is_registry = |source: &&str| source.starts_with("registry+") || source.starts_with("sparse+");
    let default = others(metadata).filter_map(|package| package.source.as_deref()).find(is_registry);
    let foreign =
        others(metadata).filter(|package| package.source.is_none() || package.source.as_deref() != default);
    foreign
        .map(|package| {
            format!("{} {} does not come from the default registry", package.name, package.version)
        })
        .collect()
}

fn others(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    metadata.packages.iter().filter(|package| !metadata.workspace_members.contains(&package.id))
}

/// Whether an SPDX expression can be satisfied by the allowed licences. `A/B` is the old way to write `A OR B`.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let fine = any_of(&tokens, &mut at, allowed);
    fine && at == tokens.len()
}

fn any_of(tokens: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut fine = all_of(tokens, at, allowed);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        fine |= all_of(tokens, at, allowed);
    }
    fine
}

fn all_of(tokens: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let mut fine = one(tokens, at, allowed);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        fine &= one(tokens, at, allowed);
    }
    fine
}

fn one(tokens: &[&str], at: &mut usize, allowed: &[String]) -> bool {
    let Some(&token) = tokens.get(*at) else { return false };
    *at += 1;
    if token == "(" {
        let fine = any_of(tokens, at, allowed);
        let closed = tokens.get(*at) == Some(&")");
        *at += 1;
        return fine && closed;
    }
    let mut name = token.to_owned();
    if tokens.get(*at) == Some(&"WITH") {
        name = format!("{token} WITH {}", tokens.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    allowed.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: &str = "registry+https://index.example";

    fn metadata(name: &str, license: Option<&str>, source: &str) -> Metadata {
        serde_json::from_value(serde_json::json!({
            "packages": [{"id": name, "name": name, "version": "1.0.0", "license": license, "source": source, "dependencies": []}],
            "workspace_members": [], "resolve": {"nodes": []}, "target_directory": "",
        }))
        .unwrap()
    }

    fn policy() -> Policy {
        toml::from_str(
            "[licenses]\nallow = [\"MIT\"]\n[bans]\ndeny = [{ name = \"openssl\", reason = \"we use rustls\" }]\n",
        )
        .unwrap()
    }

    #[test]
    fn a_licence_that_is_not_allowed_is_a_fault() {
        assert_eq!(licences(&metadata("a", Some("MIT"), REGISTRY), &policy()), Vec::<String>::new());
        assert_eq!(licences(&metadata("a", Some("GPL-3.0"), REGISTRY), &policy()).len(), 1);
        assert_eq!(licences(&metadata("a", None, REGISTRY), &policy()).len(), 1);
    }

    #[test]
    fn a_banned_crate_is_a_fault() {
        assert_eq!(
            banned(&metadata("openssl", Some("MIT"), REGISTRY), &policy()),
            ["openssl 1.0.0: we use rustls"]
        );
    }

    #[test]
    fn an_exception_holds_for_one_crate() {
        let mut policy = policy();
        policy.licenses.exceptions =
            vec![Exception { name: "a".to_owned(), allow: vec!["MPL-2.0".to_owned()] }];
        assert_eq!(licences(&metadata("a", Some("MPL-2.0"), REGISTRY), &policy), Vec::<String>::new());
        assert_eq!(licences(&metadata("b", Some("MPL-2.0"), REGISTRY), &policy).len(), 1);
    }

    #[test]
    fn a_banned_crate_is_left_to_those_that_may_have_it() {
        let with_user = |user: &str| -> Metadata {
            let package = |name: &str| serde_json::json!({"id": name, "name": name, "version": "1.0.0", "source": REGISTRY, "dependencies": []});
            serde_json::from_value(serde_json::json!({
                "packages": [package("openssl"), package(user)],
                "workspace_members": [user],
                "resolve": {"nodes": [{"id": user, "deps": [{"pkg": "openssl", "dep_kinds": [{"kind": null}]}]}]},
                "target_directory": "",
            }))
            .unwrap()
        };
        let mut policy = policy();
        policy.bans.deny[0].wrappers = vec!["maig-client".to_owned()];
        assert_eq!(banned(&with_user("maig-client"), &policy), Vec::<String>::new());
        assert_eq!(banned(&with_user("other"), &policy).len(), 1);
    }

    #[test]
    fn a_crate_from_elsewhere_is_a_fault() {
        assert_eq!(foreign_sources(&metadata("a", Some("MIT"), REGISTRY)), Vec::<String>::new());
        assert_eq!(foreign_sources(&metadata("a", Some("MIT"), "git+https://example.com/a")).len(), 1);
    }

    #[test]
    fn licence_expressions_are_read_with_their_precedence() {
        let allowed: Vec<String> =
            ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
        let check = |expression: &str, expect: bool| {
            assert_eq!(is_allowed(expression, &allowed), expect, "{expression}")
        };
        check("MIT OR GPL-3.0", true);
        check("MIT AND GPL-3.0", false);
        check("GPL-3.0 OR MIT AND Apache-2.0", true);
        check("(MIT OR GPL-3.0) AND Unicode-3.0", false);
        check("MIT/Apache-2.0", true);
        check("Apache-2.0 WITH LLVM-exception", true);
        check("GPL-3.0 WITH LLVM-exception", false);
        check("(MIT", false);
        check("", false);
    }
}
