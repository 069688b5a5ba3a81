//! A minimal instance of a JSON schema: what a model gives that does as it is told and no more.

use serde_json::{Map, Value, json};

/// An instance of `schema`. `nth` makes several calls of one tool differ in their texts.
pub(crate) fn instance(schema: &Value, nth: usize) -> Value {
    build(schema, schema, "value", nth, 0)
}

/// Schemas may refer to themselves; below this depth a value is `null`.
const DEPTH: usize = 24;

fn build(schema: &Value, root: &Value, name: &str, nth: usize, depth: usize) -> Value {
    if depth > DEPTH {
        return Value::Null;
    }
    let deeper = |inner: &Value| build(inner, root, name, nth, depth + 1);
    if let Some(path) = schema["$ref"].as_str() {
        return path.strip_prefix('#').and_then(|pointer| root.pointer(pointer)).map_or(Value::Null, deeper);
    }
    if let Some(fixed) = schema.get("const").or_else(|| schema["enum"].get(0)) {
        return fixed.clone();
    }
    for one_of in ["anyOf", "oneOf", "allOf"] {
        if let Some(first) = schema[one_of].as_array().and_then(|all| {
            all.iter().find(|one| one["type"].as_str().is_none_or(|kind| !kind.eq_ignore_ascii_case("null")))
        }) {
            return deeper(first);
        }
    }
    let kind = match &schema["type"] {
        Value::String(kind) => kind.to_ascii_lowercase(),
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null").to_owned()
        }
        _ if schema["properties"].is_object() => "object".to_owned(),
        _ => String::new(),
    };
    match kind.as_str() {
        "object" => object(schema, root, nth, depth),
        "array" => {
            let least = schema["minItems"].as_u64().unwrap_or(1).clamp(1, 8);
            Value::Array((0..least).map(|_| deeper(&schema["items"])).collect())
        }
        "integer" => schema["minimum"].as_i64().map_or(json!(1), |least| json!(least)),
        "number" => schema["minimum"].as_f64().map_or(json!(1.5), |least| json!(least)),
        "boolean" => json!(true),
        "null" => Value::Null,
        _ => json!(text(schema, name, nth)),
    }
}

fn object(schema: &Value, root: &Value, nth: usize, depth: usize) -> Value {
    let Some(properties) = schema["properties"].as_object() else { return json!({}) };
    let required = schema["required"].as_array();
    let wanted = |key: &String| required.is_none_or(|names| names.iter().any(|name| name == key));
    let fields = properties.iter().filter(|(key, _)| wanted(key));
    let built: Map<String, Value> =
        fields.map(|(key, inner)| (key.clone(), build(inner, root, key, nth, depth + 1))).collect();
    Value::Object(built)
}

fn text(schema: &Value, name: &str, nth: usize) -> String {
    match schema["format"].as_str() {
        Some("date") => return "2026-11-21".to_owned(),
        Some("date-time") => return "2026-11-21T12:00:00Z".to_owned(),
        Some("email") => return "someone@example.com".to_owned(),
        Some("uri" | "url") => return "https://example.com/".to_owned(),
        Some("uuid") => return "00000000-0000-4000-8000-000000000000".to_owned(),
        _ => {}
    }
    let mut text = if nth == 0 { format!("some {name}") } else { format!("some {name} {}", nth + 1) };
    let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(0)).unwrap_or(0).min(10_000);
    while text.chars().count() < least {
        text.push('.');
    }
    match schema["maxLength"].as_u64().and_then(|most| usize::try_from(most).ok()) {
        Some(most) => text.chars().take(most).collect(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schema: &Value, expect: &Value) {
        assert_eq!(&instance(schema, 0), expect, "{schema}");
    }

    #[test]
    fn an_instance_is_minimal_and_valid() {
        check(&json!({"type": "object", "properties": {}}), &json!({}));
        check(
            &json!({"type": "object", "required": ["city"], "properties": {
                "city": {"type": "string"}, "unit": {"enum": ["c", "f"]}}}),
            &json!({"city": "some city"}),
        );
        check(&json!({"type": ["string", "null"], "maxLength": 4}), &json!("some"));
        check(&json!({"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 5}]}), &json!(5));
        check(
            &json!({"$defs": {"p": {"type": "object", "properties": {"on": {"type": "boolean"}}}},
                "type": "array", "minItems": 2, "items": {"$ref": "#/$defs/p"}}),
            &json!([{"on": true}, {"on": true}]),
        );
        check(&json!({"type": "OBJECT", "properties": {"n": {"type": "NUMBER"}}}), &json!({"n": 1.5}));
    }

    #[test]
    fn a_schema_that_contains_itself_ends() {
        let endless = json!({"type": "object", "properties": {"next": {"$ref": "#"}}});
        assert!(instance(&endless, 0).is_object());
    }
}
