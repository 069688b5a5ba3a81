//! The subset of a schema that `parameters` and `responseSchema` take; any other word is an unknown field.

use serde_json::Value;

use super::ask::known;
use super::error::invalid;
use crate::wire::ErrorAnswer;

const WORDS: &str = " type format title description nullable enum items minItems maxItems properties required \
    minProperties maxProperties minLength maxLength pattern minimum maximum anyOf propertyOrdering default example ";

pub(super) fn check(schema: &Value, place: &str) -> Result<(), ErrorAnswer> {
    let Some(fields) = schema.as_object() else {
        return Err(invalid(&format!("Invalid value at '{place}' (type.googleapis.com/google.ai.Schema)")));
    };
    known(fields.keys(), WORDS, place)?;
    match &schema["type"] {
        // The number of the enum's value is taken as its name is.
        Value::Null | Value::Number(_) => {}
        Value::String(kind)
            if ["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"]
                .contains(&kind.to_ascii_uppercase().as_str()) => {}
        _ => {
            return Err(invalid(&format!(
                "Invalid value at '{place}.type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type)"
            )));
        }
    }
    if schema["type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("array"))
        && schema["items"].is_null()
    {
        return Err(invalid(&format!("GenerateContentRequest.{place}.items: missing field.")));
    }
    if schema["enum"].as_array().is_some_and(|all| all.iter().any(|one| !one.is_string())) {
        return Err(invalid(&format!("Invalid value at '{place}.enum[0]' (TYPE_STRING)")));
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        check(inner, &format!("{place}.properties[{name}]"))?;
    }
    if !schema["items"].is_null() {
        check(&schema["items"], &format!("{place}.items"))?;
    }
    schema["anyOf"]
        .as_array()
        .into_iter()
        .flatten()
        .try_for_each(|one| check(one, &format!("{place}.any_of")))
}
