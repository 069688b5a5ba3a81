//! Small facts of writing bodies for the wires that are not the caller's.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;

/// A mirror of a vendor's request as JSON.
pub(super) fn json(body: &impl Serialize) -> Bytes {
    // The mirrors hold strings, numbers and JSON values: nothing that JSON lacks.
    serde_json::to_vec(body).expect("a mirror of JSON is JSON").into()
}

/// A tool call's arguments as the object that the vendors want where OpenAI has text. No arguments are `{}`; what a
/// model wrote wrongly is kept under a name, since a request must not fail for what an answer said earlier.
pub(super) fn arguments_object(arguments: &str) -> Cow<'_, RawValue> {
    let arguments = if arguments.trim().is_empty() { "{}" } else { arguments.trim() };
    match serde_json::from_str::<&RawValue>(arguments) {
        Ok(object) if arguments.starts_with('{') => Cow::Borrowed(object),
        _ => {
            let wrapped = serde_json::json!({ "arguments": arguments }).to_string();
            Cow::Owned(RawValue::from_string(wrapped).expect("a value as text is JSON"))
        }
    }
}
