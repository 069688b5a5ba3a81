//! What is said: messages, pictures, tools and calls of them, as records.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Role {
    System,
    User,
    Assistant,
    /// The result of a tool call.
    Tool,
}

/// One turn of a conversation. It prints without what was said.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Message {
    pub role: Role,
    pub text: String,
    #[uniffi(default = [])]
    pub images: Vec<ImageInput>,
    /// Of the assistant: what it called.
    #[uniffi(default = [])]
    pub tool_calls: Vec<ToolCall>,
    /// Of a tool: the call that this answers.
    #[uniffi(default = None)]
    pub tool_call_id: Option<String>,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, text, images, tool_calls, .. } = self;
        let (characters, images, calls) = (text.chars().count(), images.len(), tool_calls.len());
        write!(f, "Message({role:?}, {characters} characters, {images} images, {calls} tool calls)")
    }
}

/// A picture, where it is or as its bytes.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum ImageInput {
    Url {
        url: String,
    },
    Bytes {
        data: Vec<u8>,
        /// `image/jpeg`, `image/png`, ….
        media_type: String,
    },
}

/// Something the model may ask the app to do.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct Tool {
    pub name: String,
    /// When to use it, in words for the model.
    #[uniffi(default = None)]
    pub description: Option<String>,
    /// The JSON schema of its arguments, as JSON text.
    #[uniffi(default = None)]
    pub parameters: Option<String>,
}

/// The model asks the app to do something.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ToolCall {
    /// Names the call when its result is given back as a message with this `tool_call_id`.
    pub id: String,
    pub name: String,
    /// JSON text. A model may break its schema: check before use.
    pub arguments: String,
}

impl From<Message> for maig_client::Message {
    fn from(message: Message) -> Self {
        Self {
            role: match message.role {
                Role::System => maig_client::Role::System,
                Role::User => maig_client::Role::User,
                Role::Assistant => maig_client::Role::Assistant,
                Role::Tool => maig_client::Role::Tool,
            },
            text: message.text,
            images: message.images.into_iter().map(Into::into).collect(),
            tool_calls: message.tool_calls.into_iter().map(Into::into).collect(),
            tool_call_id: message.tool_call_id,
        }
    }
}

impl From<ImageInput> for maig_client::ImageInput {
    fn from(image: ImageInput) -> Self {
        match image {
            ImageInput::Url { url } => Self::Url(url),
            ImageInput::Bytes { data, media_type } => Self::Bytes { data, media_type },
        }
    }
}

impl From<Tool> for maig_client::Tool {
    fn from(Tool { name, description, parameters }: Tool) -> Self {
        Self { name, description, parameters }
    }
}

impl From<ToolCall> for maig_client::ToolCall {
    fn from(ToolCall { id, name, arguments }: ToolCall) -> Self {
        Self { id, name, arguments }
    }
}

impl From<maig_client::ToolCall> for ToolCall {
    fn from(maig_client::ToolCall { id, name, arguments }: maig_client::ToolCall) -> Self {
        Self { id, name, arguments }
    }
}
