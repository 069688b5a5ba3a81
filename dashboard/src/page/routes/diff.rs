//! What differs between two routes, field by field and in words; and, of three, who changed what. Pure. It knows targets
//! and timeouts; a field that is new to a route is compared like any other, without a line here.

use maig_core::route::RouteSpec;
use maig_core::route::spec::nested_route;
use serde_json::{Map, Value};

use super::words;

/// One difference. `None`: it was not there, or is no more.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// `targets`, `targets[1].retries`, `timeouts.idle_ms`.
    pub path: String,
    /// The field as people call it.
    pub name: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// A field that another person has changed since both began.
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    pub path: String,
    pub name: String,
    pub was: Option<String>,
    pub mine: Option<String>,
    pub theirs: Option<String>,
    /// I have changed it too, to something else.
    pub both: bool,
}

/// A place in a route, and what stands there.
type Leaf = (String, Value);

/// Every difference, in the order of the fields.
pub fn changes(before: &RouteSpec, after: &RouteSpec) -> Vec<Change> {
    let whole = !same_models(&[before, after]);
    let (old, new) = (leaves(before, whole), leaves(after, whole));
    paths(&[&old, &new])
        .into_iter()
        .filter_map(|path| {
            let (one, other) = (find(&old, &path), find(&new, &path));
            (one != other).then(|| Change {
                name: name(&path, after),
                before: one.map(|value| shown(&path, value)),
                after: other.map(|value| shown(&path, value)),
                path,
            })
        })
        .collect()
}

/// What they have changed since `base`, beside what I have made of it.
pub fn clashes(base: &RouteSpec, mine: &RouteSpec, theirs: &RouteSpec) -> Vec<Clash> {
    let whole = !same_models(&[base, mine, theirs]);
    let (was, my, their) = (leaves(base, whole), leaves(mine, whole), leaves(theirs, whole));
    paths(&[&was, &my, &their])
        .into_iter()
        .filter_map(|path| {
            let (old, own, other) = (find(&was, &path), find(&my, &path), find(&their, &path));
            let tell = |value: Option<&Value>| value.map(|value| shown(&path, value));
            (other != old && other != own).then(|| Clash {
                name: name(&path, theirs),
                was: tell(old),
                mine: tell(own),
                theirs: tell(other),
                both: own != old,
                path: path.clone(),
            })
        })
        .collect()
}

/// `mine` with `theirs` at that place. A place that is not known changes nothing.
pub fn take(mine: &RouteSpec, theirs: &RouteSpec, path: &str) -> RouteSpec {
    let merged = || {
        let mut own = serde_json::to_value(mine).ok()?;
        let other = serde_json::to_value(theirs).ok()?;
        put(&mut own, path, value_at(&other, path).cloned())?;
        serde_json::from_value(own).ok()
    };
    merged().unwrap_or_else(|| mine.clone())
}

/// Whether all ask the same models in the same order, so that their targets can be compared one by one.
fn same_models(routes: &[&RouteSpec]) -> bool {
    let models =
        |route: &RouteSpec| route.targets.iter().map(|target| target.model.clone()).collect::<Vec<_>>();
    routes.windows(2).all(|pair| models(pair[0]) == models(pair[1]))
}

/// Every field with its value. `whole`: the list of targets is one field.
fn leaves(route: &RouteSpec, whole: bool) -> Vec<Leaf> {
    let mut out = Vec::new();
    let Ok(Value::Object(fields)) = serde_json::to_value(route) else { return out };
    for (key, value) in fields {
        match value {
            // A route is found by its name, which never changes.
            _ if key == "name" => {}
            Value::Array(targets) if key == "targets" && !whole => {
                for (index, target) in targets.into_iter().enumerate() {
                    if let Value::Object(fields) = target {
                        spread(&format!("targets[{index}]."), fields, &mut out);
                    }
                }
            }
            Value::Object(inner) => spread(&format!("{key}."), inner, &mut out),
            value => out.push((key, value)),
        }
    }
    out
}

fn spread(stem: &str, fields: Map<String, Value>, out: &mut Vec<Leaf>) {
    for (key, value) in fields {
        match value {
            Value::Object(inner) => spread(&format!("{stem}{key}."), inner, out),
            value => out.push((format!("{stem}{key}"), value)),
        }
    }
}

/// The places of all of them, in the order of their first appearance.
fn paths(all: &[&Vec<Leaf>]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for (path, _) in all.iter().flat_map(|leaves| leaves.iter()) {
        if !paths.contains(path) {
            paths.push(path.clone());
        }
    }
    paths
}

fn find<'a>(leaves: &'a [Leaf], path: &str) -> Option<&'a Value> {
    leaves.iter().find(|(own, _)| own == path).map(|(_, value)| value)
}

/// A path's steps: `targets[1].timeouts` → `targets`, `1`, `timeouts`.
fn steps(path: &str) -> Vec<&str> {
    path.split(['.', '[']).map(|step| step.trim_end_matches(']')).collect()
}

fn value_at<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    steps(path).into_iter().try_fold(root, |here, step| match here {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
    })
}

/// Sets or removes; objects on the way are made.
fn put(root: &mut Value, path: &str, value: Option<Value>) -> Option<()> {
    let steps = steps(path);
    let (last, way) = steps.split_last()?;
    let mut here = root;
    for step in way {
        here = match here {
            Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?)?,
            Value::Object(fields) => {
                fields.entry((*step).to_owned()).or_insert_with(|| Value::Object(Map::new()))
            }
            _ => return None,
        };
    }
    let fields = here.as_object_mut()?;
    match value {
        Some(value) => drop(fields.insert((*last).to_owned(), value)),
        None => drop(fields.shift_remove(*last)),
    }
    Some(())
}

/// The field as people call it: "Targets", "gpt-4o: retries", "Timeouts: idle".
fn name(path: &str, route: &RouteSpec) -> String {
    let steps = steps(path);
    let field = |parts: &[&str]| {
        let parts: Vec<String> =
            parts.iter().map(|part| part.trim_end_matches("_ms").replace('_', " ")).collect();
        parts.join(": ")
    };
    match steps.as_slice() {
        ["targets", index, rest @ ..] => {
            let index: usize = index.parse().unwrap_or(0);
            let model = route
                .targets
                .get(index)
                .map_or_else(|| words::place(index), |target| words::target(&target.model));
            format!("{model}: {}", field(rest))
        }
        ["retry_on"] => "Falls over on".to_owned(),
        ["force_fallback"] => "Force Fallback".to_owned(),
        ["force_fallback_until"] => "Force Fallback ends".to_owned(),
        parts => {
            let text = field(parts);
            text.get(..1).map(str::to_uppercase).unwrap_or_default() + text.get(1..).unwrap_or_default()
        }
    }
}

/// A value as people read it.
fn shown(path: &str, value: &Value) -> String {
    match value {
        Value::Bool(on) => if *on { "on" } else { "off" }.to_owned(),
        Value::Number(ms) if path.ends_with("_ms") => {
            ms.as_u64().map_or_else(|| ms.to_string(), words::clock)
        }
        Value::String(text) => text.clone(),
        Value::Array(items) if path == "targets" => {
            let targets: Vec<String> = items.iter().map(target).collect();
            targets.join(" → ")
        }
        Value::Array(items) if path == "retry_on" => {
            let kinds =
                items.iter().filter_map(|word| maig_core::failure::FailureKind::from_word(word.as_str()?));
            let kinds: Vec<String> = kinds.map(|kind| words::kind(kind).to_owned()).collect();
            if kinds.is_empty() { "nothing".to_owned() } else { words::list(&kinds) }
        }
        other => other.to_string(),
    }
}

/// `gpt-4o (key main, 2 retries)`.
fn target(target: &Value) -> String {
    let Some(fields) = target.as_object() else { return target.to_string() };
    let model = fields.get("model").and_then(Value::as_str).unwrap_or_default();
    let model = nested_route(model).map_or_else(|| model.to_owned(), |route| format!("route {route}"));
    let more =
        fields.iter().filter(|(key, _)| *key != "model").map(|(key, value)| match (key.as_str(), value) {
            ("provider_key", Value::String(name)) => format!("key {name}"),
            ("retries", times) => format!("retries {times}"),
            (key, Value::Object(inner)) => {
                let inner = inner.iter().map(|(key, value)| {
                    format!("{} {}", key.trim_end_matches("_ms").replace('_', " "), shown(key, value))
                });
                format!("{key}: {}", inner.collect::<Vec<_>>().join(", "))
            }
            (key, value) => format!("{} {}", key.replace('_', " "), shown(key, value)),
        });
    let more: Vec<String> = more.collect();
    if more.is_empty() { model } else { format!("{model} ({})", more.join("; ")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn route(fields: Value) -> RouteSpec {
        let mut spec = json!({"name": "r", "targets": [{"model": "gpt-4o"}, {"model": "o3"}]});
        for (key, value) in fields.as_object().unwrap() {
            spec[key] = value.clone();
        }
        serde_json::from_value(spec).unwrap()
    }

    /// `name: before → after`, one a line.
    fn told(before: Value, after: Value) -> String {
        let tell = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
        let changes = changes(&route(before), &route(after));
        changes
            .into_iter()
            .map(|one| format!("{}: {} → {}\n", one.name, tell(one.before), tell(one.after)))
            .collect()
    }

    #[test]
    fn every_difference_is_told_in_words() {
        assert_eq!(told(json!({}), json!({})), "");
        assert_eq!(
            told(
                json!({}),
                json!({"retry_on": ["timeout", "context_window"], "force_fallback": true, "timeouts": {"idle_ms": 1500}})
            ),
            "Falls over on: server errors, rate limits and timeouts → timeouts and prompts that are too long\n\
             Force Fallback: off → on\nTimeouts: idle: – → 1.5 s\n"
        );
        assert_eq!(
            told(
                json!({}),
                json!({"targets": [{"model": "gpt-4o", "retries": 2, "parameters": {"temperature": 0.5}}, {"model": "o3"}]})
            ),
            "gpt-4o: retries: – → 2\ngpt-4o: parameters: temperature: – → 0.5\n"
        );
        assert_eq!(
            told(
                json!({}),
                json!({"targets": [{"model": "o3"}, {"model": "route:x"}, {"model": "gpt-4o", "provider_key": "eu", "timeouts": {"idle_ms": 900}}]})
            ),
            "Targets: gpt-4o → o3 → o3 → route x → gpt-4o (key eu; timeouts: idle 900 ms)\n"
        );
    }

    #[test]
    fn of_three_routes_only_what_others_have_changed_is_asked_about() {
        let base = route(json!({}));
        let mine = route(json!({"retry_on": ["timeout"], "timeouts": {"idle_ms": 5}}));
        let theirs = route(json!({"retry_on": ["rate_limit"], "force_fallback": true}));
        let clashes = clashes(&base, &mine, &theirs);
        let short: Vec<_> = clashes.iter().map(|clash| (clash.path.as_str(), clash.both)).collect();
        assert_eq!(short, [("retry_on", true), ("force_fallback", false)]);
        // The same change by both is none.
        assert_eq!(super::clashes(&base, &theirs, &theirs), []);
    }

    #[test]
    fn what_is_taken_over_is_theirs_and_nothing_else_is() {
        let mine = route(json!({"retry_on": ["timeout"], "timeouts": {"idle_ms": 5}}));
        let theirs = route(
            json!({"targets": [{"model": "gpt-4o", "retries": 3}, {"model": "o3"}], "timeouts": {"total_ms": 9}}),
        );
        for (path, expect) in [
            ("retry_on", json!({"timeouts": {"idle_ms": 5}})),
            ("timeouts.idle_ms", json!({"retry_on": ["timeout"]})),
            (
                "timeouts.total_ms",
                json!({"retry_on": ["timeout"], "timeouts": {"idle_ms": 5, "total_ms": 9}}),
            ),
            (
                "targets[0].retries",
                json!({"retry_on": ["timeout"], "timeouts": {"idle_ms": 5}, "targets": [{"model": "gpt-4o", "retries": 3}, {"model": "o3"}]}),
            ),
            ("nonsense[4].x", json!({"retry_on": ["timeout"], "timeouts": {"idle_ms": 5}})),
        ] {
            assert_eq!(take(&mine, &theirs, path), route(expect), "{path}");
        }
    }
}
