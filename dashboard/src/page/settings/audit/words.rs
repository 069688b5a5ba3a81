//! Changes in words: what was done as a verb, and what it did as lines of fields. Pure. An action that it does not know
//! keeps its own name, so a newer gateway's log can be read too.

use std::collections::BTreeMap;

use maig_api::AuditEntry;
use serde_json::Value;

use crate::time;

/// Verbs before the subject's name.
const VERBS: &[(&str, &str)] = &[
    ("admin_token.create", "made the admin token"),
    ("admin_token.revoke", "revoked the admin token"),
    ("master_key.rotate", "changed the master key"),
    ("member.set_role", "changed the role of"),
    ("project.create", "made the project"),
    ("project.delete", "deleted the project"),
    ("project.resume", "resumed the project"),
    ("project.suspend", "suspended the project"),
    ("project.update", "changed the project"),
    ("project_key.create", "made the project key"),
    ("project_key.revoke", "revoked the project key"),
    ("project_key.roll", "rolled the project key"),
    ("project_key.update", "changed the project key"),
    ("provider_key.create", "added the provider key"),
    ("provider_key.delete", "deleted the provider key"),
    ("provider_key.update", "changed the provider key"),
    ("route.bring_back", "brought back a version of the route"),
    ("route.delete", "deleted the route"),
    ("route.force_fallback", "switched Force Fallback of the route"),
    ("route.save", "saved the route"),
    ("setup_token.use", "used a one-time link of"),
    ("user.create", "made the login of"),
    ("user.delete", "deleted the login of"),
    ("user.password", "changed the password of"),
    ("user.recovery_codes", "made new recovery codes of"),
    ("user.second_factor_off", "turned off the second factor of"),
    ("user.second_factor_on", "set up the second factor of"),
    ("user.update", "changed the login of"),
];

/// What can be changed: as the API calls it, and people do.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("route", "Routes"),
    ("provider_key", "Provider keys"),
    ("project_key", "Project keys"),
    ("user", "People"),
    ("project", "Project"),
    ("admin_token", "Admin tokens"),
];

pub(super) fn verb(entry: &AuditEntry) -> String {
    match (entry.action.as_str(), entry.before.is_some(), entry.after.is_some()) {
        ("member.set_role", false, true) => "added the member".to_owned(),
        ("member.set_role", true, false) => "removed the member".to_owned(),
        (action, ..) => VERBS
            .iter()
            .find(|(known, _)| *known == action)
            .map_or_else(|| format!("{action}:"), |(_, verb)| (*verb).to_owned()),
    }
}

/// One field, how it was and how it became; `None` where it was or is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) path: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// Only what differs, in the order of the fields' names.
pub(super) fn lines(before: Option<&Value>, after: Option<&Value>) -> Vec<Line> {
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    flatten(String::new(), before.unwrap_or(&Value::Null), &mut old);
    flatten(String::new(), after.unwrap_or(&Value::Null), &mut new);
    let mut paths: Vec<&String> = old.keys().chain(new.keys()).collect();
    paths.sort_by_key(|path| natural(path));
    paths.dedup();
    let line = |path: &String| Line {
        path: path.clone(),
        before: old.get(path).cloned(),
        after: new.get(path).cloned(),
    };
    paths.into_iter().map(line).filter(|line| line.before != line.after).collect()
}

/// `targets[10]` comes after `targets[9]`.
fn natural(path: &str) -> Vec<(u64, String)> {
    path.split(['[', ']']).map(|part| (part.parse().unwrap_or_default(), part.to_owned())).collect()
}

fn flatten(path: String, value: &Value, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(path, value, out);
            }
        }
        // A list of plain values is read at once; one of objects is not.
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            if !items.is_empty() {
                out.insert(path, items.iter().map(plain).collect::<Vec<_>>().join(", "));
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                flatten(format!("{path}[{index}]"), value, out);
            }
        }
        value => {
            let text = moment(&path, value).unwrap_or_else(|| plain(value));
            out.insert(path, text);
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    }
}

/// Rows hold moments as microseconds since 1970.
fn moment(path: &str, value: &Value) -> Option<String> {
    let named = path.ends_with("_at") || path.ends_with("_until");
    let at_us = value.as_i64().filter(|_| named)?;
    Some(format!("{} UTC", time::absolute(at_us / 1000, 0)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(before: Value, after: Value) -> Vec<String> {
        let text = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
        let lines = lines(Some(&before), Some(&after)).into_iter();
        lines.map(|line| format!("{}: {} → {}", line.path, text(line.before), text(line.after))).collect()
    }

    #[test]
    fn only_what_differs_is_told_field_by_field() {
        let route = |model: &str, on: bool| json!({"targets": [{"model": model}, {"model": "b"}], "force_fallback": on, "retry_on": ["timeout"]});
        for (before, after, expect) in [
            (json!(null), json!({"name": "shop", "limits": {}}), vec!["name: nothing → shop"]),
            (json!({"role": "viewer"}), json!({"role": "admin"}), vec!["role: viewer → admin"]),
            (
                route("a", false),
                route("c", true),
                vec!["force_fallback: no → yes", "targets[0].model: a → c"],
            ),
            (json!({"scopes": ["x", "y"]}), json!({"scopes": []}), vec!["scopes: x, y → nothing"]),
            (
                json!({"expires_at": null}),
                json!({"expires_at": 1_795_222_800_000_000_i64}),
                vec!["expires_at: nothing → 21 Nov 2026, 01:00:00 UTC"],
            ),
            (json!({"a": 1}), json!({"a": 1}), vec![]),
        ] {
            assert_eq!(told(before, after), expect);
        }
    }

    #[test]
    fn lists_are_told_in_their_order() {
        let many = json!({"targets": (0..11).map(|n| json!({"model": n.to_string()})).collect::<Vec<_>>()});
        let paths: Vec<_> = lines(None, Some(&many)).into_iter().map(|line| line.path).collect();
        assert_eq!(paths[9..], ["targets[9].model", "targets[10].model"]);
    }

    #[test]
    fn who_did_what_is_a_sentence() {
        let entry = |action: &str, before: Option<Value>, after: Option<Value>| AuditEntry {
            id: String::new(),
            at: String::new(),
            by: "ana@example.com".to_owned(),
            action: action.to_owned(),
            subject: "bob@example.com".to_owned(),
            kind: "user".to_owned(),
            ip: None,
            before,
            after,
        };
        let role = || Some(json!({"role": "viewer"}));
        for (entry, expect) in [
            (entry("member.set_role", None, role()), "added the member"),
            (entry("member.set_role", role(), None), "removed the member"),
            (entry("member.set_role", role(), role()), "changed the role of"),
            (entry("route.save", None, None), "saved the route"),
            (entry("thing.done", None, None), "thing.done:"),
        ] {
            assert_eq!(verb(&entry), expect);
        }
    }
}
