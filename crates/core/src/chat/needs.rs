//! What a request cannot do without. A target that cannot do one of these is skipped without an attempt, never asked
//! with the field left out (CONTRACT §4, "What a target cannot do").

/// Needs that are never dropped. Hints (seed, penalties, …) are not here: they are dropped and named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    pub several_choices: bool,
    pub tools: bool,
    /// `required`, or a named tool.
    pub forced_tool_choice: bool,
    pub json_schema: bool,
    pub image: bool,
    pub audio: bool,
    pub file: bool,
}

impl Needs {
    /// The parameter that an error names when no target can do it.
    pub fn first_param(self, can: Needs) -> Option<&'static str> {
        [
            (self.several_choices && !can.several_choices, "n"),
            (self.tools && !can.tools, "tools"),
            (self.forced_tool_choice && !can.forced_tool_choice, "tool_choice"),
            (self.json_schema && !can.json_schema, "response_format"),
            (self.image && !can.image, "messages"),
            (self.audio && !can.audio, "messages"),
            (self.file && !can.file, "messages"),
        ]
        .into_iter()
        .find_map(|(missing, param)| missing.then_some(param))
    }
}
