//! What is asked and answered: the same bytes for every subject.

use bytes::Bytes;

/// Chunks of content in a streamed answer.
pub(crate) const CHUNKS: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Workload {
    /// A short prompt, a 256-byte answer.
    Whole,
    /// A 64 KiB prompt, a 256-byte answer: cost must not grow with the prompt beyond copying it.
    LongPrompt,
    /// A short prompt, an answer in 100 chunks of about 250 bytes, each written on its own.
    Stream,
}

impl Workload {
    pub(crate) const ALL: &[Self] = &[Self::Whole, Self::LongPrompt, Self::Stream];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Whole => "256-byte answer",
            Self::LongPrompt => "64 KiB prompt",
            Self::Stream => "stream of 100 chunks",
        }
    }

    /// Connections that load a subject at once.
    pub(crate) fn connections(self) -> usize {
        match self {
            Self::Whole | Self::LongPrompt => 16,
            Self::Stream => 32,
        }
    }

    /// How many units of work one request is: chunks of a stream, else the request itself.
    pub(crate) fn units(self) -> usize {
        if self == Self::Stream { CHUNKS } else { 1 }
    }

    pub(crate) fn unit(self) -> &'static str {
        if self == Self::Stream { "chunk" } else { "request" }
    }

    /// The body that asks `model`, where streamed for `chunks` of content: the upstream gives one a token.
    pub(crate) fn body(self, model: &str, chunks: usize) -> Bytes {
        let prompt = match self {
            Self::LongPrompt => "All work and no play. ".repeat(64 * 1024 / 22),
            Self::Whole | Self::Stream => "Say hello.".to_owned(),
        };
        let stream = if self == Self::Stream { ",\"stream\":true" } else { "" };
        Bytes::from(format!(
            r#"{{"model":"{model}","messages":[{{"role":"user","content":"{prompt}"}}],"max_tokens":{chunks}{stream}}}"#
        ))
    }
}

/// A piece of text that brings a frame of `envelope` bytes to about 250.
pub(crate) fn words(length: usize) -> String {
    "word ".chars().cycle().take(length).collect()
}
