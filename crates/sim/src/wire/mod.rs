//! The three wires. Each is one folder with the same doors: `ask` (a request, read as strictly as its vendor does),
//! `answer` (whole and streamed) and `error`. This file is the switch between them; it must never know a vendor's word.

pub(crate) mod anthropic;
pub(crate) mod gemini;
pub(crate) mod openai;

use std::time::Duration;

use serde_json::Value;

use crate::behaviour::{Behaviour, Trouble};
use crate::http::request::Request;
use crate::http::step::Headers;
use crate::say::{Asked, Said};
use crate::state::Shared;

/// Whose rules a request is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    OpenAi(openai::Vendor),
    Anthropic,
    /// AI Studio, or Vertex.
    Gemini {
        vertex: bool,
    },
}

/// A part of a stream's body that is sent in one write.
#[derive(Clone, Debug, Default)]
pub(crate) struct Piece {
    pub(crate) bytes: Vec<u8>,
    /// It carries text, a call, a refusal or reasoning.
    pub(crate) content: bool,
    /// It carries the reason for which the answer ended.
    pub(crate) finish: bool,
    /// The wire's end mark.
    pub(crate) end: bool,
}

/// An error in its wire's shape.
#[derive(Clone, Debug)]
pub(crate) struct ErrorAnswer {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Value,
}

impl Wire {
    /// Whether the credentials are there, in the place where this vendor wants them.
    pub(crate) fn authorise(self, request: &Request, shared: &Shared) -> Result<(), ErrorAnswer> {
        match self {
            Self::OpenAi(vendor) => openai::authorise(vendor, request, shared),
            Self::Anthropic => anthropic::authorise(request, shared),
            Self::Gemini { vertex } => gemini::authorise(vertex, request, shared),
        }
    }

    /// `model` is the one of the path, where this wire has it there.
    pub(crate) fn read(self, request: &Request, model: Option<&str>) -> Result<Asked, ErrorAnswer> {
        match self {
            Self::OpenAi(vendor) => openai::read(vendor, request, model),
            Self::Anthropic => anthropic::read(request),
            Self::Gemini { vertex } => gemini::read(vertex, request, model.unwrap_or_default()),
        }
    }

    pub(crate) fn whole(self, asked: &Asked, said: &Said, behaviour: &Behaviour) -> Value {
        match self {
            Self::OpenAi(vendor) => openai::whole(vendor, asked, said, behaviour),
            Self::Anthropic => anthropic::whole(said, behaviour),
            Self::Gemini { .. } => gemini::whole(said, behaviour),
        }
    }

    pub(crate) fn stream(self, asked: &Asked, said: &Said, behaviour: &Behaviour) -> Vec<Piece> {
        match self {
            Self::OpenAi(vendor) => openai::stream(vendor, asked, said, behaviour),
            Self::Anthropic => anthropic::stream(said, behaviour),
            Self::Gemini { .. } => gemini::stream(said, behaviour),
        }
    }

    pub(crate) fn error(self, trouble: Trouble, model: &str, retry_after: Option<Duration>) -> ErrorAnswer {
        match self {
            Self::OpenAi(vendor) => openai::error(vendor, trouble, model, retry_after),
            Self::Anthropic => anthropic::error(trouble, model, retry_after),
            Self::Gemini { vertex } => gemini::error(vertex, trouble, model, retry_after),
        }
    }

    /// How this vendor says that it has no room.
    pub(crate) fn overloaded(self) -> Trouble {
        Trouble::Status(if self == Self::Anthropic { 529 } else { 503 })
    }

    /// A frame that reports an error.
    pub(crate) fn error_piece(self, error: &ErrorAnswer) -> Piece {
        match self {
            Self::OpenAi(_) => Piece::data(&error.body),
            Self::Anthropic => Piece::event(&error.body),
            Self::Gemini { .. } => Piece::crlf_data(&error.body),
        }
    }

    /// A frame that says no more than that the provider lives.
    pub(crate) fn ping(self) -> Piece {
        match self {
            Self::Anthropic => Piece::event(&serde_json::json!({ "type": "ping" })),
            Self::OpenAi(_) | Self::Gemini { .. } => {
                Piece { bytes: b": keep-alive\n\n".into(), ..Piece::default() }
            }
        }
    }

    /// A frame whose payload is `payload`, JSON or not.
    pub(crate) fn raw_frame(self, payload: &[u8]) -> Piece {
        let (before, after): (&[u8], &[u8]) = match self {
            Self::OpenAi(_) => (b"data: ", b"\n\n"),
            Self::Anthropic => (b"event: content_block_delta\ndata: ", b"\n\n"),
            Self::Gemini { .. } => (b"data: ", b"\r\n\r\n"),
        };
        Piece { bytes: [before, payload, after].concat(), ..Piece::default() }
    }

    /// Headers of every answer of this vendor.
    pub(crate) fn headers(self, serial: u64) -> Headers {
        match self {
            Self::OpenAi(_) => vec![("x-request-id", format!("req_sim{serial}"))],
            Self::Anthropic => vec![("request-id", format!("req_sim{serial}"))],
            Self::Gemini { .. } => Vec::new(),
        }
    }
}

impl Piece {
    /// `data:` alone, with LF.
    pub(crate) fn data(payload: &Value) -> Self {
        Self { bytes: format!("data: {payload}\n\n").into_bytes(), ..Self::default() }
    }

    /// `event:` with the payload's `type`, and `data:`.
    pub(crate) fn event(payload: &Value) -> Self {
        let name = payload["type"].as_str().unwrap_or_default();
        Self { bytes: format!("event: {name}\ndata: {payload}\n\n").into_bytes(), ..Self::default() }
    }

    /// `data:` alone, with CRLF.
    pub(crate) fn crlf_data(payload: &Value) -> Self {
        Self { bytes: format!("data: {payload}\r\n\r\n").into_bytes(), ..Self::default() }
    }

    pub(crate) fn with_content(self) -> Self {
        Self { content: true, ..self }
    }

    pub(crate) fn with_finish(self) -> Self {
        Self { finish: true, ..self }
    }

    pub(crate) fn at_end(self) -> Self {
        Self { end: true, ..self }
    }
}

/// Whole seconds for `Retry-After`, never rounded down.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The key behind `Authorization: Bearer`.
pub(crate) fn bearer(headers: &[(String, String)]) -> Option<&str> {
    header(headers, "authorization")?.strip_prefix("Bearer ")
}

pub(crate) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Seconds since 1970.
pub(crate) fn unix_now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
