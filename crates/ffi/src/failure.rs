//! Why a call failed, as records. The SDKs' own error types are built of them, since generated errors carry no text that
//! a person should read.

use std::fmt;

use maig_client::{Error, ErrorKind as Kind, WhatToDo as Advice};

/// What went wrong. `code` says it in more detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum WhatToDo {
    /// A button that tries again.
    Retry,
    /// The same, after so many seconds.
    Wait { seconds: i64 },
    /// A way to sign in: the gateway must know who asks.
    SignIn,
    /// A hint to update the app: this version's key or route is no longer served.
    UpdateApp,
    /// Nothing that a person at the device can do helps.
    ContactSupport,
}

impl fmt::Display for WhatToDo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retry => f.write_str("retry"),
            Self::Wait { seconds } => write!(f, "wait {seconds} s"),
            Self::SignIn => f.write_str("sign in"),
            Self::UpdateApp => f.write_str("update the app"),
            Self::ContactSupport => f.write_str("contact support"),
        }
    }
}

/// One request that the gateway sent to a provider.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Attempt {
    /// `provider/model`.
    pub model: String,
    /// MAIG's word for the failure: `server_error`, `rate_limit`, `timeout`, ….
    pub kind: String,
    /// The provider's HTTP status, if it gave one.
    pub status: Option<i32>,
    pub ms: i64,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RawFailure {
    pub kind: ErrorKind,
    /// The gateway's `error.code`, or this client's own word: `empty_key`, `key_typo`, `offline`, ….
    pub code: String,
    /// A sentence for developers and logs: what happened and what to do. It holds no prompt and no key.
    pub message: String,
    /// What a UI should offer.
    pub what_to_do: WhatToDo,
    /// Whether the app was already given a part of the answer.
    pub shown: bool,
    /// The HTTP status, if the gateway gave one.
    pub status: Option<i32>,
    /// The field or header that the gateway refused.
    pub param: Option<String>,
    /// What to name when asking for help; the gateway's log knows it.
    pub request_id: Option<String>,
    /// What the gateway tried before it gave up.
    pub attempts: Vec<Attempt>,
}

/// What generated functions throw.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Error)]
pub enum RawError {
    Failed { failure: RawFailure },
}

impl std::fmt::Display for RawError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::Failed { failure } = self;
        f.write_str(&failure.message)
    }
}

impl std::error::Error for RawError {}

impl RawError {
    pub(crate) fn cancelled() -> Self {
        Self::own(ErrorKind::Cancelled, "cancelled", "The app cancelled the request.", WhatToDo::Retry)
    }

    /// A task that panicked: a fault of this library.
    pub(crate) fn internal() -> Self {
        let message = "The SDK itself failed; please report it with your version.";
        Self::own(ErrorKind::Interrupted, "sdk_fault", message, WhatToDo::ContactSupport)
    }

    fn own(kind: ErrorKind, code: &str, message: &str, what_to_do: WhatToDo) -> Self {
        Self::Failed {
            failure: RawFailure {
                kind,
                code: code.to_owned(),
                message: message.to_owned(),
                what_to_do,
                shown: false,
                status: None,
                param: None,
                request_id: None,
                attempts: Vec::new(),
            },
        }
    }
}

impl From<Error> for RawError {
    fn from(error: Error) -> Self {
        let attempts = error.attempts().iter().map(|attempt| Attempt {
            model: attempt.model.clone(),
            kind: attempt.kind.clone(),
            status: attempt.status.map(i32::from),
            ms: i64::try_from(attempt.ms).unwrap_or(i64::MAX),
        });
        Self::Failed {
            failure: RawFailure {
                kind: error.kind().into(),
                code: error.code().to_owned(),
                message: error.message().to_owned(),
                what_to_do: error.what_to_do().into(),
                shown: error.shown(),
                status: error.status().map(i32::from),
                param: error.param().map(str::to_owned),
                request_id: error.request_id().map(str::to_owned),
                attempts: attempts.collect(),
            },
        }
    }
}

impl From<Kind> for ErrorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::BadInput => Self::BadInput,
            Kind::Network => Self::Network,
            Kind::Timeout => Self::Timeout,
            Kind::Clock => Self::Clock,
            Kind::Untrusted => Self::Untrusted,
            Kind::NotMaig => Self::NotMaig,
            Kind::KeyRefused => Self::KeyRefused,
            Kind::Suspended => Self::Suspended,
            Kind::Forbidden => Self::Forbidden,
            Kind::NotFound => Self::NotFound,
            Kind::Rejected => Self::Rejected,
            Kind::RateLimited => Self::RateLimited,
            Kind::Unavailable => Self::Unavailable,
            Kind::Interrupted => Self::Interrupted,
            Kind::TooLarge => Self::TooLarge,
            Kind::Cancelled => Self::Cancelled,
        }
    }
}

impl From<Advice> for WhatToDo {
    fn from(advice: Advice) -> Self {
        match advice {
            Advice::Retry => Self::Retry,
            // Rounded up: a second too early would be refused again.
            Advice::Wait(wait) => {
                Self::Wait { seconds: i64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(i64::MAX) }
            }
            Advice::SignIn => Self::SignIn,
            Advice::UpdateApp => Self::UpdateApp,
            Advice::ContactSupport => Self::ContactSupport,
        }
    }
}
