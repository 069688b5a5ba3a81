//! What an app sets, as records with defaults: once for its client, and for each request. The key is none of them: a
//! record prints itself in both languages.

use std::fmt;
use std::time::Duration;

use crate::message::{ImageInput, Message, Tool};

/// A length of time: seconds in Swift (`TimeInterval`), `kotlin.time.Duration` in Kotlin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeSpan(Duration);

uniffi::custom_type!(TimeSpan, f64, {
    // What no clock can wait for is a year; what lies in the past, or is no number, is nothing.
    try_lift: |seconds| {
        let seconds = if seconds.is_nan() { 0.0 } else { seconds.clamp(0.0, YEAR) };
        Ok(TimeSpan(Duration::from_secs_f64(seconds)))
    },
    lower: |span| span.0.as_secs_f64(),
});

const YEAR: f64 = 365.0 * 24.0 * 3600.0;

/// Settings of a client; each has a default that suits an app.
#[derive(Clone, Default, uniffi::Record)]
pub struct ClientOptions {
    /// Where the gateway is: `https://ai.example.com`, without or with `/v1`.
    #[uniffi(default = None)]
    pub base_url: Option<String>,
    /// The app's version, `2.4.0`: routes can have rules for versions.
    #[uniffi(default = None)]
    pub app_version: Option<String>,
    /// `ios`, `android`, ….
    #[uniffi(default = None)]
    pub platform: Option<String>,
    /// The app's bundle id or package name.
    #[uniffi(default = None)]
    pub bundle_id: Option<String>,
    /// An id that the app made up at its first start and keeps.
    #[uniffi(default = None)]
    pub install_id: Option<String>,
    /// Who uses the app; a request can name another.
    #[uniffi(default = None)]
    pub user: Option<String>,
    /// Until a connection stands; 10 seconds.
    #[uniffi(default = None)]
    pub connect_timeout: Option<TimeSpan>,
    /// Between two signs of life of a stream; 45 seconds.
    #[uniffi(default = None)]
    pub idle_timeout: Option<TimeSpan>,
    /// For a whole answer with all its retries; 150 seconds.
    #[uniffi(default = None)]
    pub total_timeout: Option<TimeSpan>,
    /// For a stream with all its reconnections; 20 minutes.
    #[uniffi(default = None)]
    pub stream_timeout: Option<TimeSpan>,
    /// Requests beyond the first, only ever while nothing was shown; 2.
    #[uniffi(default = None)]
    pub max_retries: Option<i32>,
    /// Streams go on by themselves after a lost connection.
    #[uniffi(default = true)]
    pub resume: bool,
    /// For how long to try to come back; 30 seconds, as long as gateways hold an answer by default.
    #[uniffi(default = None)]
    pub resume_within: Option<TimeSpan>,
    /// Certificates of authorities to trust beside the library's own, PEM or DER: a company's own gateway.
    #[uniffi(default = [])]
    pub extra_roots: Vec<Vec<u8>>,
}

/// One request. Only `model` is needed. It prints without what was said.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct GenerateOptions {
    /// A route's name, a model, or `auto`.
    pub model: String,
    /// Instructions that stand before the conversation.
    #[uniffi(default = None)]
    pub system: Option<String>,
    /// The conversation before the prompt. With it the prompt may be empty (after a tool's result, for example).
    #[uniffi(default = [])]
    pub messages: Vec<Message>,
    /// Pictures that belong to the prompt.
    #[uniffi(default = [])]
    pub images: Vec<ImageInput>,
    #[uniffi(default = None)]
    pub temperature: Option<f64>,
    #[uniffi(default = None)]
    pub top_p: Option<f64>,
    #[uniffi(default = None)]
    pub max_tokens: Option<i32>,
    #[uniffi(default = [])]
    pub stop: Vec<String>,
    #[uniffi(default = None)]
    pub seed: Option<i64>,
    #[uniffi(default = [])]
    pub tools: Vec<Tool>,
    /// Whether the model may call a tool; as it likes, if not set.
    #[uniffi(default = None)]
    pub tool_choice: Option<ToolChoice>,
    /// A JSON schema, as JSON text: the answer is JSON that fits it.
    #[uniffi(default = None)]
    pub json_schema: Option<String>,
    /// Who asks, in place of the client's user.
    #[uniffi(default = None)]
    pub user: Option<String>,
    /// The deadline of this request, told to the gateway too.
    #[uniffi(default = None)]
    pub timeout: Option<TimeSpan>,
    /// More members of the request, as the text of a JSON object; they win over everything above.
    #[uniffi(default = None)]
    pub extra: Option<String>,
}

impl fmt::Display for GenerateOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { model, messages, images, tools, .. } = self;
        let (messages, images, tools) = (messages.len(), images.len(), tools.len());
        write!(f, "GenerateOptions(model: {model}, {messages} messages, {images} images, {tools} tools)")
    }
}

/// Whether the model may call a tool.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ToolChoice {
    /// As the model likes.
    Auto,
    Never,
    /// Any tool, but one.
    Required,
    /// The tool of this name.
    Tool {
        name: String,
    },
}

impl From<ClientOptions> for maig_client::ClientOptions {
    fn from(options: ClientOptions) -> Self {
        let defaults = Self::default();
        let (timeouts, retries) = (defaults.timeouts, defaults.retries);
        Self {
            base_url: options.base_url,
            app: maig_client::App {
                version: options.app_version,
                platform: options.platform,
                bundle_id: options.bundle_id,
                install_id: options.install_id,
                user: options.user,
            },
            timeouts: maig_client::Timeouts {
                connect: options.connect_timeout.map_or(timeouts.connect, |span| span.0),
                idle: options.idle_timeout.map_or(timeouts.idle, |span| span.0),
                total: options.total_timeout.map_or(timeouts.total, |span| span.0),
                stream: options.stream_timeout.map_or(timeouts.stream, |span| span.0),
            },
            retries: maig_client::Retries {
                most: options.max_retries.map_or(retries.most, |most| u32::try_from(most).unwrap_or(0)),
                ..retries
            },
            extra_roots: options.extra_roots,
            resume: maig_client::Resume {
                enabled: options.resume,
                within: options.resume_within.map_or(defaults.resume.within, |span| span.0),
            },
        }
    }
}

impl From<GenerateOptions> for maig_client::GenerateOptions {
    fn from(options: GenerateOptions) -> Self {
        use maig_client::ToolChoice as Choice;
        Self {
            model: options.model,
            system: options.system,
            messages: options.messages.into_iter().map(Into::into).collect(),
            images: options.images.into_iter().map(Into::into).collect(),
            temperature: options.temperature,
            top_p: options.top_p,
            // The gateway refuses 0 with a message; a negative number cannot be meant otherwise.
            max_tokens: options.max_tokens.map(|most| u32::try_from(most).unwrap_or(0)),
            stop: options.stop,
            seed: options.seed,
            tools: options.tools.into_iter().map(Into::into).collect(),
            tool_choice: match options.tool_choice {
                None | Some(ToolChoice::Auto) => Choice::Auto,
                Some(ToolChoice::Never) => Choice::Never,
                Some(ToolChoice::Required) => Choice::Required,
                Some(ToolChoice::Tool { name }) => Choice::Tool(name),
            },
            json_schema: options.json_schema,
            user: options.user,
            timeout: options.timeout.map(|span| span.0),
            extra: options.extra,
        }
    }
}
