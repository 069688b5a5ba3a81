//! What is said: messages, pictures, tools and calls of them. No `Debug` here may tell their text.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    System,
    User,
    Assistant,
    /// The result of a tool call.
    Tool,
}

/// One turn of a conversation.
#[derive(Clone, PartialEq)]
pub struct Message {
    pub role: Role,
    pub text: String,
    pub images: Vec<ImageInput>,
    /// Of the assistant: what it called.
    pub tool_calls: Vec<ToolCall>,
    /// Of a tool: the call that this answers.
    pub tool_call_id: Option<String>,
}

impl Message {
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self { role, text: text.into(), images: Vec::new(), tool_calls: Vec::new(), tool_call_id: None }
    }

    pub fn system(text: impl Into<String>) -> Self {
        Self::new(Role::System, text)
    }

    pub fn user(text: impl Into<String>) -> Self {
        Self::new(Role::User, text)
    }

    pub fn assistant(text: impl Into<String>) -> Self {
        Self::new(Role::Assistant, text)
    }

    /// What a tool gave back for a call.
    pub fn tool(call_id: impl Into<String>, result: impl Into<String>) -> Self {
        Self { tool_call_id: Some(call_id.into()), ..Self::new(Role::Tool, result) }
    }
}

/// A picture, where it is or as its bytes.
#[derive(Clone, PartialEq, Eq)]
pub enum ImageInput {
    Url(String),
    Bytes {
        data: Vec<u8>,
        /// `image/jpeg`, `image/png`, ….
        media_type: String,
    },
}

/// Something the model may ask the app to do.
#[derive(Clone, PartialEq, Eq)]
pub struct Tool {
    pub name: String,
    /// When to use it, in words for the model.
    pub description: Option<String>,
    /// The JSON schema of its arguments, as JSON text.
    pub parameters: Option<String>,
}

/// The model asks the app to do something.
#[derive(Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// Names the call when its result is given back ([`Message::tool`]).
    pub id: String,
    pub name: String,
    /// JSON text. A model may break its schema: check before use.
    pub arguments: String,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({:?}, {} characters)", self.role, self.text.chars().count())
    }
}

impl fmt::Debug for ImageInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(_) => f.write_str("Image::Url"),
            Self::Bytes { data, media_type } => write!(f, "Image({media_type}, {} bytes)", data.len()),
        }
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tool({})", self.name)
    }
}

impl fmt::Debug for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToolCall({})", self.name)
    }
}
