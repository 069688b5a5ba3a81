//! A whole answer (`chat.completion`).

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Debug, Deserialize)]
pub struct Completion<'a> {
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub object: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub created: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub model: Option<&'a RawValue>,
    #[serde(borrow)]
    pub choices: Option<Vec<CompletionChoice<'a>>>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub usage: Option<&'a RawValue>,
    #[serde(borrow)]
    pub x_groq: Option<&'a RawValue>,
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
pub struct CompletionChoice<'a> {
    pub index: Option<u32>,
    /// Absent when Azure's filter took all of it.
    #[serde(borrow)]
    pub message: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub finish_reason: Option<&'a RawValue>,
}
