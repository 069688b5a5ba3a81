//! Walking JSON Schemas, for vendors that take only part of the language. What is taken out of a schema is said in its
//! `description`: it must never vanish, because the model can still obey words.

use serde_json::{Map, Value};

/// Keywords whose value is one schema.
const ONE: &[&str] =
    &["items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else"];
/// Keywords whose value is a list of schemas.
const LIST: &[&str] = &["anyOf", "oneOf", "allOf", "prefixItems"];
/// Keywords whose value maps names to schemas.
const NAMED: &[&str] = &["properties", "$defs", "definitions", "patternProperties", "dependentSchemas"];

/// Calls `visit` on each schema directly inside this one. It goes by keyword, so a property that is called `items` or a
/// value inside `enum` is not taken for a schema.
pub(crate) fn for_each_child(schema: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    let Value::Object(schema) = schema else { return };
    for (name, value) in schema.iter_mut() {
        match value {
            Value::Object(_) if ONE.contains(&name.as_str()) => visit(value),
            Value::Object(named) if NAMED.contains(&name.as_str()) => {
                named.values_mut().for_each(&mut *visit)
            }
            Value::Array(list) if LIST.contains(&name.as_str()) || name == "items" => {
                list.iter_mut().for_each(&mut *visit);
            }
            _ => {}
        }
    }
}

/// Says in the description what was taken out.
pub(crate) fn note(schema: &mut Map<String, Value>, taken: &[(&str, Value)]) {
    if taken.is_empty() {
        return;
    }
    let words: Vec<String> = taken.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let words = format!("({})", words.join(", "));
    let description = match schema.get("description").and_then(Value::as_str) {
        Some(text) if !text.is_empty() => format!("{text} {words}"),
        _ => words,
    };
    schema.insert("description".to_owned(), Value::String(description));
}

/// Makes one object of a root that is a choice or a sum of objects, for vendors that want a plain object there: all
/// properties, and required only what every variant (of a sum: any) requires.
pub(crate) fn merge_root_variants(root: &mut Map<String, Value>) {
    for (keyword, all_hold) in [("allOf", true), ("anyOf", false), ("oneOf", false)] {
        let Some(Value::Array(variants)) = root.shift_remove(keyword) else { continue };
        let mut required: Option<Vec<Value>> = None;
        for variant in &variants {
            let names = variant["required"].as_array().cloned().unwrap_or_default();
            required = Some(match required {
                None => names,
                Some(so_far) if all_hold => union(so_far, names),
                Some(so_far) => so_far.into_iter().filter(|name| names.contains(name)).collect(),
            });
            if let Some(properties) = variant["properties"].as_object() {
                let place = root.entry("properties").or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(place) = place {
                    for (name, schema) in properties {
                        place.entry(name.as_str()).or_insert_with(|| schema.clone());
                    }
                }
            }
        }
        let own = root.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let required = union(own, required.unwrap_or_default());
        if !required.is_empty() {
            root.insert("required".to_owned(), Value::Array(required));
        }
    }
}

fn union(mut these: Vec<Value>, those: Vec<Value>) -> Vec<Value> {
    for name in those {
        if !these.contains(&name) {
            these.push(name);
        }
    }
    these
}
