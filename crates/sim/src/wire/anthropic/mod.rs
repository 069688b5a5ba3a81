//! Anthropic's Messages wire, in both API versions.

mod answer;
mod ask;
mod error;
mod messages;

pub(crate) use answer::{stream, whole};
pub(crate) use ask::{authorise, read};
pub(crate) use error::{error, invalid};
