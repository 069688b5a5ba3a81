//! JSON Schema for Gemini (`parametersJsonSchema`, `responseJsonSchema`), which knows most of the language. What it does
//! not know is rewritten where it can be (`const`, `allOf`, `oneOf`, lists of types) and else said in words.

use serde_json::{Map, Value, json};

use crate::translate::schema::{for_each_child, note};

/// What the vendor documents, and what recordings show to be taken.
const KNOWN: &[&str] = &[
    "$id",
    "$defs",
    "$ref",
    "$anchor",
    "definitions",
    "type",
    "format",
    "title",
    "description",
    "enum",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "anyOf",
    "properties",
    "additionalProperties",
    "required",
    "propertyOrdering",
    "default",
];

/// Keywords that say nothing a model could obey.
const SILENT: &[&str] =
    &["$schema", "$comment", "examples", "example", "readOnly", "writeOnly", "deprecated", "nullable"];

pub(super) fn level(schema: &Value) -> Value {
    let mut schema = schema.clone();
    level_in_place(&mut schema);
    schema
}

fn level_in_place(schema: &mut Value) {
    if let Value::Object(object) = schema {
        if let Some(parts) = object.shift_remove("allOf") {
            take_all(object, parts);
        }
        if let Some(variants) = object.shift_remove("oneOf") {
            object.entry("anyOf").or_insert(variants);
        }
        if let Some(value) = object.shift_remove("const") {
            object.insert("enum".to_owned(), json!([value]));
        }
        if object.shift_remove("nullable") == Some(Value::Bool(true))
            && let Some(Value::String(kind)) = object.get("type")
        {
            let kinds = json!([kind, "null"]);
            object.insert("type".to_owned(), kinds);
        }
        // A reference may have no neighbours but those that begin with `$`.
        if object.contains_key("$ref") {
            object.retain(|name, _| name.starts_with('$'));
        }
        let taken: Vec<(String, Value)> = object
            .iter()
            .filter(|(name, _)| !KNOWN.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        object.retain(|name, _| KNOWN.contains(&name.as_str()));
        let said: Vec<(&str, Value)> = taken
            .iter()
            .filter(|(name, _)| !SILENT.contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        note(object, &said);
        split_types(object);
    }
    for_each_child(schema, &mut level_in_place);
}

/// Takes every member of the parts that the whole does not have; `properties` and `required` are joined.
fn take_all(object: &mut Map<String, Value>, parts: Value) {
    let Value::Array(parts) = parts else { return };
    for part in parts {
        let Value::Object(part) = part else { continue };
        for (name, value) in part {
            match (object.get_mut(&name), value) {
                (Some(Value::Object(have)), Value::Object(more)) => {
                    for (name, value) in more {
                        have.entry(name).or_insert(value);
                    }
                }
                (Some(Value::Array(have)), Value::Array(more)) if name == "required" => {
                    let new: Vec<Value> = more.into_iter().filter(|name| !have.contains(name)).collect();
                    have.extend(new);
                }
                (Some(_), _) => {}
                (None, value) => {
                    object.insert(name, value);
                }
            }
        }
    }
}

/// `"type": ["string", "null"]` → `anyOf` of one type each: each keeps the keywords that are about it.
fn split_types(object: &mut Map<String, Value>) {
    let Some(Value::Array(kinds)) = object.get("type").cloned() else { return };
    if object.contains_key("anyOf") {
        object.shift_remove("type");
        return;
    }
    let mut rest = std::mem::take(object);
    for shared in ["title", "description", "default", "$defs", "definitions"] {
        if let Some(value) = rest.shift_remove(shared) {
            object.insert(shared.to_owned(), value);
        }
    }
    let variants = kinds.into_iter().map(|kind| {
        let about = |name: &str| match name {
            "properties" | "required" | "additionalProperties" | "propertyOrdering" => kind == "object",
            "items" | "prefixItems" | "minItems" | "maxItems" => kind == "array",
            "minLength" | "maxLength" | "pattern" | "format" => kind == "string",
            "minimum" | "maximum" => kind == "number" || kind == "integer",
            "enum" => kind != "null",
            _ => false,
        };
        let kept: Map<String, Value> = rest
            .iter()
            .filter(|(name, _)| about(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let mut variant = Map::from_iter([("type".to_owned(), kind.clone())]);
        variant.extend(kept);
        Value::Object(variant)
    });
    let variants: Vec<Value> = variants.collect();
    object.insert("anyOf".to_owned(), Value::Array(variants));
}
