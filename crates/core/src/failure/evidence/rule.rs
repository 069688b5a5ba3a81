//! What a row of evidence is: under which status, by which sign, and what it then means. Data only.

use super::said::Said;
use crate::failure::FailureKind;

/// One row of evidence.
#[derive(Debug)]
pub(super) struct Rule {
    on: On,
    sign: Sign,
    pub(super) means: Means,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    Kind(FailureKind),
    /// A rate limit that only money or a new day lifts.
    AccountEmpty,
}

pub(super) const SERVER: Means = Means::Kind(FailureKind::ServerError);
pub(super) const RATE: Means = Means::Kind(FailureKind::RateLimit);
pub(super) const CONTEXT: Means = Means::Kind(FailureKind::ContextWindow);
pub(super) const POLICY: Means = Means::Kind(FailureKind::ContentPolicy);
pub(super) const AUTH: Means = Means::Kind(FailureKind::ProviderAuth);
pub(super) const MODEL: Means = Means::Kind(FailureKind::ModelUnavailable);
pub(super) const INVALID: Means = Means::Kind(FailureKind::InvalidRequest);
pub(super) const EMPTY: Means = Means::AccountEmpty;

/// The HTTP statuses under which a row counts; an error inside a 200 has none and counts with each of the first three.
#[derive(Clone, Copy, Debug)]
enum On {
    Any,
    /// 4xx: a word that would be noise in a 5xx.
    Client,
    /// 400, 413, 422: where a message may be trusted to speak of the request.
    Refused,
    Status(u16),
    /// Only inside a 200.
    Stream,
}

/// All texts are lowercase.
#[derive(Clone, Copy, Debug)]
enum Sign {
    /// One of the machine words (type, code, reason …) is this.
    Word(&'static str),
    /// One of the machine words contains this.
    InWord(&'static str),
    /// The message contains this.
    Text(&'static str),
    Always,
}

/// A machine word, under any status.
pub(super) const fn word(word: &'static str, means: Means) -> Rule {
    Rule { on: On::Any, sign: Sign::Word(word), means }
}

/// A part of a machine word, under any status.
pub(super) const fn in_word(part: &'static str, means: Means) -> Rule {
    Rule { on: On::Any, sign: Sign::InWord(part), means }
}

/// A part of the message, in a refusal of the request.
pub(super) const fn text(part: &'static str, means: Means) -> Rule {
    Rule { on: On::Refused, sign: Sign::Text(part), means }
}

/// A status of the vendor's own making.
pub(super) const fn status(status: u16, means: Means) -> Rule {
    Rule { on: On::Status(status), sign: Sign::Always, means }
}

impl Rule {
    /// Counts under every 4xx.
    pub(super) const fn client(self) -> Self {
        Self { on: On::Client, ..self }
    }

    /// Counts under this status alone.
    pub(super) const fn on(self, status: u16) -> Self {
        Self { on: On::Status(status), ..self }
    }

    /// Counts only inside a 200.
    pub(super) const fn stream(self) -> Self {
        Self { on: On::Stream, ..self }
    }

    pub(super) fn holds(&self, http: Option<u16>, said: &Said) -> bool {
        let counts = match (self.on, http) {
            (On::Any | On::Client | On::Refused | On::Stream, None) | (On::Any, Some(_)) => true,
            (On::Client, Some(status)) => (400..500).contains(&status),
            (On::Refused, Some(status)) => matches!(status, 400 | 413 | 422),
            (On::Status(wanted), http) => http.or(said.status) == Some(wanted),
            (On::Stream, Some(_)) => false,
        };
        counts
            && match self.sign {
                Sign::Word(word) => said.words.iter().any(|said| said == word),
                Sign::InWord(part) => said.words.iter().any(|said| said.contains(part)),
                Sign::Text(part) => said.text.contains(part),
                Sign::Always => true,
            }
    }
}
