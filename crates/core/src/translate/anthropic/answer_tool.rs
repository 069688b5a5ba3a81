//! A JSON schema for models that cannot be held to one: the answer is asked for as the input of one forced tool, and
//! the readers turn that input back into text.

/// The tool's name. An app's own tool of this name would be taken for an answer, so it is an unlikely one.
pub(super) const ANSWER_TOOL: &str = "answer_in_json";
