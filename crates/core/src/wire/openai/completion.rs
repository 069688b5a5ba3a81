//! A whole answer (`chat.completion`).

use serde::Deserialize;

use super::Raw;

#[derive(Debug, Default, PartialEq, Deserialize)]
pub struct Completion<'a> {
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub id: Option<Raw<'a>>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub object: Option<Raw<'a>>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub created: Option<Raw<'a>>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub model: Option<Raw<'a>>,
    #[serde(borrow)]
    pub choices: Option<Vec<CompletionChoice<'a>>>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub usage: Option<Raw<'a>>,
    #[serde(borrow)]
    pub x_groq: Option<Raw<'a>>,
    #[serde(borrow)]
    pub error: Option<Raw<'a>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
pub struct CompletionChoice<'a> {
    pub index: Option<u32>,
    /// Absent when Azure's filter took all of it.
    #[serde(borrow)]
    pub message: Option<Raw<'a>>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub finish_reason: Option<Raw<'a>>,
}
