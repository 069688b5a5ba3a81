//! What an app sets: once for its client, and for each request. No `Debug` here may tell a prompt or a key.

use std::fmt;
use std::time::Duration;

use crate::message::{ImageInput, Message, Tool};

/// Settings of a client; each has a default that suits an app.
#[derive(Clone, Debug, Default)]
pub struct ClientOptions {
    /// Where the gateway is: `https://ai.example.com`, without or with `/v1`. Absent: the environment's
    /// `MAIG_BASE_URL`, else `http://127.0.0.1:8080`; on a phone, which has neither, the first call is refused.
    pub base_url: Option<String>,
    /// Who the app is, told to the gateway for its rules, limits and logs.
    pub app: App,
    pub timeouts: Timeouts,
    pub retries: Retries,
    /// Certificates of authorities to trust beside the library's own, PEM or DER: a company's own gateway.
    pub extra_roots: Vec<Vec<u8>>,
    /// Streams continue by themselves after a lost connection. Off: a lost connection ends the stream.
    pub resume: Resume,
}

/// Sent as `x-maig-app-version`, `-platform`, `-bundle-id`, `-install-id` and `-user`; MAIG never sends them on.
#[derive(Clone, Debug, Default)]
pub struct App {
    /// `2.4.0`: routes can have rules for versions.
    pub version: Option<String>,
    /// `ios`, `android`, ….
    pub platform: Option<String>,
    pub bundle_id: Option<String>,
    /// An id that the app made up at its first start and keeps.
    pub install_id: Option<String>,
    /// Who uses the app; a request can name another.
    pub user: Option<String>,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands. 10 s.
    pub connect: Duration,
    /// Between two signs of life of a stream (comments count), and until its first. 45 s: the gateway gives one
    /// every 15 s.
    pub idle: Duration,
    /// For a whole answer with all its retries. 150 s: the gateway's own end is at 120 s.
    pub total: Duration,
    /// For a stream with all its reconnections. 20 minutes: the gateway's own end is at 15.
    pub stream: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(45),
            total: Duration::from_secs(150),
            stream: Duration::from_secs(20 * 60),
        }
    }
}

/// Sending the same request again, only ever while nothing of an answer was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// Beyond the first request. 2; 0 for none.
    pub most: u32,
    /// The longest wait between two. Where the gateway asks for a longer one, the error tells it instead. 10 s.
    pub longest_wait: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self { most: 2, longest_wait: Duration::from_secs(10) }
    }
}

/// What a stream does when its connection is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Asks the gateway to hold the answer while the app is away.
    pub enabled: bool,
    /// For how long to try to come back, unless the gateway says that it holds the answer longer or shorter. 30 s.
    pub within: Duration,
}

impl Default for Resume {
    fn default() -> Self {
        Self { enabled: true, within: Duration::from_secs(30) }
    }
}

/// One request. Only `model` is needed.
#[derive(Clone, Default, PartialEq)]
pub struct GenerateOptions {
    /// A route's name, a model, or `auto`.
    pub model: String,
    /// Instructions that stand before the conversation.
    pub system: Option<String>,
    /// The conversation before the prompt. With it the prompt may be empty (after a tool's result, for example).
    pub messages: Vec<Message>,
    /// Pictures that belong to the prompt.
    pub images: Vec<ImageInput>,
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub max_tokens: Option<u32>,
    pub stop: Vec<String>,
    pub seed: Option<i64>,
    pub tools: Vec<Tool>,
    pub tool_choice: ToolChoice,
    /// A JSON schema, as JSON text: the answer is JSON that fits it.
    pub json_schema: Option<String>,
    /// Who asks, in place of the client's `App::user`.
    pub user: Option<String>,
    /// The deadline of this request, told to the gateway too.
    pub timeout: Option<Duration>,
    /// More members of the request, as the text of a JSON object; they win over everything above.
    pub extra: Option<String>,
}

impl GenerateOptions {
    pub fn new(model: impl Into<String>) -> Self {
        Self { model: model.into(), ..Self::default() }
    }
}

/// Whether the model may call a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ToolChoice {
    /// As the model likes.
    #[default]
    Auto,
    Never,
    /// Any tool, but one.
    Required,
    /// The tool of this name.
    Tool(String),
}

impl fmt::Debug for GenerateOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenerateOptions")
            .field("model", &self.model)
            .field("messages", &self.messages.len())
            .field("images", &self.images.len())
            .field("tools", &self.tools.len())
            .finish_non_exhaustive()
    }
}
