//! Why there is no answer, or no more of it, in the words of an app: what went wrong, what its UI should offer, and
//! whether a part of the answer was already shown. It must never carry a prompt, an answer or a key.

use std::fmt;
use std::time::Duration;

/// What went wrong. `Error::code` says it in more detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The call itself is wrong, and nothing was sent: an empty key, a key with a typo, a base URL over plain HTTP.
    BadInput,
    /// The server cannot be reached, or the connection was lost: no network, airplane mode, a restart.
    Network,
    /// The server was reached and said nothing for too long.
    Timeout,
    /// The device's clock is wrong, so that the server's certificate looks expired or not yet valid.
    Clock,
    /// The server's certificate is not trusted.
    Untrusted,
    /// Something answered that is not MAIG: a wrong base URL, or the sign-in page of a Wi-Fi.
    NotMaig,
    /// 401: the project key is unknown, revoked or expired.
    KeyRefused,
    /// 402: the project is suspended, or its budget is spent.
    Suspended,
    /// 403: the key may not do this.
    Forbidden,
    /// 404: there is no such route or model.
    NotFound,
    /// Any other 4xx: the request is not one that the model takes.
    Rejected,
    /// 429: too many requests, or too many this month.
    RateLimited,
    /// 5xx: no model could answer.
    Unavailable,
    /// The answer began and broke off.
    Interrupted,
    /// More came than an answer can be.
    TooLarge,
    /// The app cancelled the call.
    Cancelled,
}

/// What a UI should offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhatToDo {
    /// A button that tries again.
    Retry,
    /// The same, after so long.
    Wait(Duration),
    /// A way to sign in: the gateway must know who asks.
    SignIn,
    /// A hint to update the app: this version's key or route is no longer served.
    UpdateApp,
    /// Nothing that a person at the device can do helps.
    ContactSupport,
}

/// One request that the gateway sent to a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// `provider/model`.
    pub model: String,
    /// MAIG's word for the failure: `server_error`, `rate_limit`, `timeout`, ….
    pub kind: String,
    /// The provider's HTTP status, if it gave one.
    pub status: Option<u16>,
    pub ms: u64,
}

/// Why a call failed. Its text says what to do and may be logged.
#[derive(Clone)]
pub struct Error(Box<Facts>);

#[derive(Clone)]
struct Facts {
    kind: ErrorKind,
    code: String,
    message: String,
    status: Option<u16>,
    param: Option<String>,
    request_id: Option<String>,
    attempts: Vec<Attempt>,
    retry_after: Option<Duration>,
    should_retry: Option<bool>,
    shown: bool,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, code: &str, message: impl Into<String>) -> Self {
        Self(Box::new(Facts {
            kind,
            code: code.to_owned(),
            message: message.into(),
            status: None,
            param: None,
            request_id: None,
            attempts: Vec::new(),
            retry_after: None,
            should_retry: None,
            shown: false,
        }))
    }

    pub(crate) fn bad_input(code: &str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::BadInput, code, message)
    }

    pub(crate) fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "cancelled", "The app cancelled the request.")
    }

    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The gateway's `error.code` (CONTRACT §4), or this client's own word: `empty_key`, `key_typo`, `offline`, ….
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// A sentence for developers and logs.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The HTTP status, if the gateway gave one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The field or header that the gateway refused.
    pub fn param(&self) -> Option<&str> {
        self.0.param.as_deref()
    }

    /// What to name when asking for help; the gateway's log knows it.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What the gateway tried before it gave up.
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }

    /// Whether the app was already given a part of the answer.
    pub fn shown(&self) -> bool {
        self.0.shown
    }

    /// What a UI should offer.
    pub fn what_to_do(&self) -> WhatToDo {
        match self.0.kind {
            ErrorKind::RateLimited | ErrorKind::Unavailable => match self.0.retry_after {
                Some(wait) => WhatToDo::Wait(wait),
                None if self.0.code == "quota_exhausted" || self.0.code == "provider_auth_failed" => {
                    WhatToDo::ContactSupport
                }
                None => WhatToDo::Retry,
            },
            // A clock and a Wi-Fi's sign-in page are things that a person puts right and then tries again.
            ErrorKind::Network
            | ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::Cancelled
            | ErrorKind::Clock
            | ErrorKind::NotMaig => WhatToDo::Retry,
            ErrorKind::Forbidden if self.0.code == "attestation_required" => WhatToDo::SignIn,
            ErrorKind::Rejected if self.0.param.as_deref() == Some("x-maig-user") => WhatToDo::SignIn,
            ErrorKind::KeyRefused | ErrorKind::Forbidden | ErrorKind::NotFound => WhatToDo::UpdateApp,
            ErrorKind::BadInput
            | ErrorKind::Untrusted
            | ErrorKind::Suspended
            | ErrorKind::Rejected
            | ErrorKind::TooLarge => WhatToDo::ContactSupport,
        }
    }

    /// What the gateway says about trying again, if it says anything.
    pub(crate) fn should_retry(&self) -> Option<bool> {
        self.0.should_retry
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_param(mut self, param: Option<String>) -> Self {
        self.0.param = param;
        self
    }

    pub(crate) fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: Vec<Attempt>) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_advice(mut self, should_retry: Option<bool>, retry_after: Option<Duration>) -> Self {
        self.0.should_retry = should_retry;
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn with_shown(mut self, shown: bool) -> Self {
        self.0.shown = shown;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.0.message, self.0.code)?;
        if let Some(status) = self.0.status {
            write!(f, ", HTTP {status}")?;
        }
        if let Some(id) = &self.0.request_id {
            write!(f, ", request {id}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {}
