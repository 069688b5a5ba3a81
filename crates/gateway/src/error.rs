//! What an app is told when it gets no answer (CONTRACT §4): OpenAI's error object, a status, and whether trying again
//! helps. It must never carry a provider's secret or URL; `chat::render` makes the response.

use std::borrow::Cow;
use std::time::Duration;

use serde::Serialize;

/// The closed list of codes that MAIG itself gives; a provider's own code passes through as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    InvalidRequest,
    UnsupportedParameter,
    ContextLengthExceeded,
    InvalidApiKey,
    ProjectSuspended,
    RouteNotAllowed,
    RouteNotFound,
    UnknownUrl,
    MethodNotAllowed,
    RequestTooLarge,
    UnsupportedEncoding,
    RateLimited,
    QuotaExhausted,
    AllTargetsRateLimited,
    AllTargetsFailed,
    ProviderAuthFailed,
    NoTargetAvailable,
    ShuttingDown,
    AllTargetsTimedOut,
    StreamInterrupted,
    StreamNotFound,
    StreamExpired,
    StreamTakenOver,
    Internal,
}

impl Code {
    /// The code, its status, and OpenAI's `type` for it.
    const fn facts(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::InvalidRequest => ("invalid_request", 400, "invalid_request_error"),
            Self::UnsupportedParameter => ("unsupported_parameter", 400, "invalid_request_error"),
            Self::ContextLengthExceeded => ("context_length_exceeded", 400, "invalid_request_error"),
            Self::InvalidApiKey => ("invalid_api_key", 401, "authentication_error"),
            Self::ProjectSuspended => ("project_suspended", 402, "billing_error"),
            Self::RouteNotAllowed => ("route_not_allowed", 403, "permission_error"),
            Self::RouteNotFound => ("route_not_found", 404, "invalid_request_error"),
            Self::UnknownUrl => ("unknown_url", 404, "invalid_request_error"),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "invalid_request_error"),
            Self::RequestTooLarge => ("request_too_large", 413, "invalid_request_error"),
            Self::UnsupportedEncoding => ("unsupported_encoding", 415, "invalid_request_error"),
            Self::RateLimited => ("rate_limited", 429, "rate_limit_error"),
            Self::QuotaExhausted => ("quota_exhausted", 429, "insufficient_quota"),
            Self::AllTargetsRateLimited => ("all_targets_rate_limited", 429, "rate_limit_error"),
            Self::AllTargetsFailed => ("all_targets_failed", 502, "api_error"),
            Self::ProviderAuthFailed => ("provider_auth_failed", 502, "api_error"),
            Self::NoTargetAvailable => ("no_target_available", 503, "api_error"),
            Self::ShuttingDown => ("shutting_down", 503, "api_error"),
            Self::AllTargetsTimedOut => ("all_targets_timed_out", 504, "timeout_error"),
            Self::StreamInterrupted => ("stream_interrupted", 502, "api_error"),
            Self::StreamNotFound => ("stream_not_found", 404, "invalid_request_error"),
            Self::StreamExpired => ("stream_expired", 410, "invalid_request_error"),
            Self::StreamTakenOver => ("stream_taken_over", 409, "invalid_request_error"),
            Self::Internal => ("internal_error", 500, "api_error"),
        }
    }

    pub fn as_str(self) -> &'static str {
        self.facts().0
    }

    pub fn status(self) -> u16 {
        self.facts().1
    }

    pub fn kind(self) -> &'static str {
        self.facts().2
    }
}

/// One answer that is an error.
#[derive(Clone, Debug)]
pub struct ApiError {
    pub status: u16,
    /// Boxed, since every step returns this type and few requests make one.
    pub body: Box<ErrorBody>,
    pub retry_after: Option<Duration>,
    /// `x-should-retry`, which the official clients obey; `None` leaves the choice to them.
    pub should_retry: Option<bool>,
}

/// OpenAI's error object, and the attempts behind it.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorBody {
    pub message: Cow<'static, str>,
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    pub param: Option<Cow<'static, str>>,
    pub code: Option<Cow<'static, str>>,
    /// What was tried; only on errors after dispatch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<Vec<AttemptSummary>>,
}

/// One attempt, as an error tells it.
#[derive(Clone, Debug, Serialize)]
pub struct AttemptSummary {
    /// `provider/model`.
    pub model: String,
    pub kind: &'static str,
    /// The provider's HTTP status; null when it came to none.
    pub status: Option<u16>,
    pub ms: u64,
}

impl ApiError {
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status: code.status(),
            body: Box::new(ErrorBody {
                message: message.into(),
                kind: code.kind().into(),
                param: None,
                code: Some(code.as_str().into()),
                attempts: None,
            }),
            retry_after: None,
            should_retry: None,
        }
    }

    #[must_use]
    pub fn param(mut self, param: impl Into<Cow<'static, str>>) -> Self {
        self.body.param = Some(param.into());
        self
    }

    /// Says when to come back, and that coming back helps.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self.should_retry = Some(true);
        self
    }

    #[must_use]
    pub fn should_retry(mut self, retry: bool) -> Self {
        self.should_retry = Some(retry);
        self
    }

    /// The code as text, for the log.
    pub fn code(&self) -> &str {
        self.body.code.as_deref().unwrap_or("provider_error")
    }
}
