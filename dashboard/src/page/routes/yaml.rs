//! The route as `maig apply` takes it. It writes YAML and never reads it.

use maig_core::route::RouteSpec;
use serde_json::Value;

/// The whole document: the project and the one route.
pub fn of_route(project: &str, route: &RouteSpec) -> String {
    let mut out = format!("project: {}\nroutes:\n", scalar(&Value::String(project.to_owned())));
    let Ok(value) = serde_json::to_value(route) else { return out };
    write(&Value::Array(vec![value]), 2, &mut out);
    out
}

/// A mapping or a list, each line indented by `depth`.
fn write(value: &Value, depth: usize, out: &mut String) {
    let pad = " ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                *out += &format!("{pad}{}:", scalar(&Value::String(name.clone())));
                nested(value, depth + 2, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                let mut inner = String::new();
                write(item, depth + 2, &mut inner);
                // The dash takes the place of the first line's indent.
                *out += &format!("{pad}- {}", inner.get(depth + 2..).unwrap_or_default());
            }
        }
        scalar_value => *out += &format!("{pad}{}\n", scalar(scalar_value)),
    }
}

/// What follows a colon.
fn nested(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            out.push('\n');
            write(value, depth, out);
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            out.push('\n');
            write(value, depth, out);
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(scalar).collect();
            *out += &format!(" [{}]\n", items.join(", "));
        }
        other => *out += &format!(" {}\n", scalar(other)),
    }
}

/// Plain where it cannot be read as anything else, else in quotes; JSON's quotes are YAML's.
fn scalar(value: &Value) -> String {
    let Value::String(text) = value else { return value.to_string() };
    let plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/' | ':');
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic());
    let word = matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
    );
    match starts && !word && text.chars().all(plain) && !text.ends_with(':') {
        true => text.clone(),
        false => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_written_as_apply_takes_it() {
        let route = serde_json::from_value(serde_json::json!({
            "name": "chat",
            "targets": [
                {"model": "openai/gpt-4o", "retries": 1, "timeouts": {"idle_ms": 5}, "parameters": {"temperature": 0.2, "user": "on", "stop": ["a b", "#"]}},
                {"model": "route:other"},
            ],
            "retry_on": ["timeout"],
        }));
        let text = "project: \"1st shop\"\nroutes:\n  - name: chat\n    targets:\n      - model: openai/gpt-4o\n        retries: 1\n        timeouts:\n          idle_ms: 5\n        parameters:\n          temperature: 0.2\n          user: \"on\"\n          stop: [\"a b\", \"#\"]\n      - model: route:other\n    retry_on: [timeout]\n    force_fallback: false\n";
        assert_eq!(of_route("1st shop", &route.unwrap()), text);
    }
}
