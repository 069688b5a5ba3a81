//! JSON Schema for Anthropic. A schema that an answer is held to (`strict`) may use only part of the language: what is
//! refused is taken out and said in words in the `description`, so that the model still knows it. The schema of an
//! ordinary tool may be anything whose root is an object.

use serde_json::{Map, Value, json};

use crate::translate::schema::{for_each_child, merge_root_variants, note};

/// Keywords that are refused with a 400, and what they say in words.
const REFUSED: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "maxItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "prefixItems",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "unevaluatedProperties",
    "unevaluatedItems",
    "if",
    "then",
    "else",
    "not",
];

/// The schema that an answer, or a strict tool's input, is held to.
pub(super) fn strict(schema: &Value) -> Value {
    let mut schema = schema.clone();
    level(&mut schema);
    schema
}

/// The `input_schema` of a tool.
pub(super) fn tool_input(schema: Option<&Value>) -> Value {
    let mut root = match schema {
        Some(Value::Object(schema)) => schema.clone(),
        _ => Map::new(),
    };
    merge_root_variants(&mut root);
    if root.get("type").is_none_or(|kind| kind != "object") {
        root.insert("type".to_owned(), json!("object"));
    }
    root.entry("properties").or_insert_with(|| json!({}));
    Value::Object(root)
}

fn level(schema: &mut Value) {
    if let Value::Object(schema) = schema {
        let said = REFUSED.iter().filter_map(|name| schema.shift_remove(*name).map(|value| (*name, value)));
        let mut said: Vec<_> = said.collect();
        if schema.get("minItems").and_then(Value::as_u64).is_some_and(|least| least > 1) {
            said.extend(schema.shift_remove("minItems").map(|value| ("minItems", value)));
        }
        note(schema, &said);
        if let Some(variants) = schema.shift_remove("oneOf") {
            schema.entry("anyOf").or_insert(variants);
        }
        let is_object = match schema.get("type") {
            Some(Value::String(kind)) => kind == "object",
            Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
            _ => schema.contains_key("properties"),
        };
        if is_object {
            schema.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
    }
    for_each_child(schema, &mut level);
}
