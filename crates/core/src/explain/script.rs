//! What a rehearsal is told: the request, and how each target fares. Data, and the failure that each fate is.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::chat::Needs;
use crate::failure::{Failure, FailureKind, ProviderError};

/// A target as it fails: a model behind one provider key. Two routes that ask the same one share its fate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who {
    /// `provider/model`
    pub label: String,
    /// The provider key's name; `None`: the project has no usable one, and the target is skipped.
    pub key: Option<String>,
}

/// The request, and the day that its targets have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    pub stream: bool,
    pub needs: Needs,
    /// `None`: short enough for every target.
    pub prompt_tokens: Option<u64>,
    /// The app's own deadline.
    pub deadline: Option<Duration>,
    /// Who is not listed answers.
    pub fares: BTreeMap<Who, Fare>,
}

/// How one target fares.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fare {
    pub fate: Fate,
    /// What opened its breaker before the request came; it reopens in half a minute.
    pub held_back: Option<FailureKind>,
}

/// What a target does with every request that it is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    #[default]
    Answers,
    /// An HTTP status of 5xx.
    ServerError,
    /// 429, with the provider's Retry-After.
    RateLimit {
        retry_after: Option<Duration>,
    },
    /// The account's money is used up.
    EmptyAccount,
    /// It takes the request and never says a word.
    Silent,
    RefusesConnection,
    /// 200, and nothing in it.
    Empty,
    ContextTooSmall,
    /// Its policy refuses the prompt.
    RefusesPrompt,
    /// 401: the provider key is bad.
    BadKey,
    /// 404: it does not know the model.
    UnknownModel,
    /// 400: the request itself is wrong.
    BadRequest,
    /// A stream that breaks after its first words; an answer that is not streamed is cut before the app gets any of it.
    Cut,
}

/// How long things take in a rehearsal, unless a clock ends them sooner.
pub(super) const TO_REFUSE: Duration = Duration::from_millis(20);
pub(super) const TO_FAIL: Duration = Duration::from_millis(250);
pub(super) const TO_FIRST_WORD: Duration = Duration::from_millis(600);
pub(super) const TO_ANSWER: Duration = Duration::from_secs(2);
/// How long a breaker that is open at the beginning stays so.
pub(super) const HELD_FOR: Duration = Duration::from_secs(30);

impl Fate {
    /// Every fate, the usual ones first.
    pub const ALL: [Self; 13] = [
        Self::Answers,
        Self::ServerError,
        Self::RateLimit { retry_after: Some(Duration::from_secs(2)) },
        Self::Silent,
        Self::RefusesConnection,
        Self::ContextTooSmall,
        Self::RefusesPrompt,
        Self::BadKey,
        Self::EmptyAccount,
        Self::UnknownModel,
        Self::BadRequest,
        Self::Empty,
        Self::Cut,
    ];

    /// The failure that the gateway would see, and after how long; `None` for those that are no failure by themselves.
    pub(super) fn failure(self) -> Option<(Failure, Duration)> {
        use FailureKind as K;
        let said = |kind, status, message: &str| Failure {
            status: Some(status),
            error: ProviderError { message: message.to_owned(), ..ProviderError::default() },
            ..Failure::seen(kind, "")
        };
        Some(match self {
            Self::Answers | Self::Silent | Self::Empty | Self::Cut => return None,
            Self::ServerError => (said(K::ServerError, 503, "the provider is overloaded"), TO_FAIL),
            Self::RateLimit { retry_after } => (
                Failure { retry_after, ..said(K::RateLimit, 429, "the provider's rate limit is reached") },
                TO_FAIL,
            ),
            Self::EmptyAccount => {
                let empty = said(K::RateLimit, 429, "the account's credit is used up");
                (Failure { account_empty: true, ..empty }, TO_FAIL)
            }
            Self::RefusesConnection => (Failure::seen(K::Connect, "the connection was refused"), TO_REFUSE),
            Self::ContextTooSmall => {
                (said(K::ContextWindow, 400, "the prompt is longer than the model's window"), TO_FAIL)
            }
            Self::RefusesPrompt => {
                (said(K::ContentPolicy, 400, "the provider's policy refused the prompt"), TO_FAIL)
            }
            Self::BadKey => (said(K::ProviderAuth, 401, "the provider key was refused"), TO_FAIL),
            Self::UnknownModel => {
                (said(K::ModelUnavailable, 404, "the provider does not know the model"), TO_FAIL)
            }
            Self::BadRequest => {
                (said(K::InvalidRequest, 400, "the provider calls the request wrong"), TO_FAIL)
            }
        })
    }
}
