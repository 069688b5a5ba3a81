//! The client: holds the settings and the pool, and sends a call until it is answered or it makes no sense to go on.
//! It must never send the same request again once a part of its answer was shown.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use maig_core::secret::Secret;
use reqwest::Method;
use tokio::time::{Instant, sleep};

use crate::error::{Error, ErrorKind};
use crate::options::{ClientOptions, GenerateOptions};
use crate::response::GenerateResponse;
use crate::said::Said;
use crate::stream::TextStream;
use crate::transport::{self, Transport};
use crate::{request, retry};

/// Where requests go.
pub(crate) const COMPLETIONS: &str = "/v1/chat/completions";

/// A whole answer longer than this is no answer.
const MAX_ANSWER: usize = 32 * 1024 * 1024;

/// A gateway, seen from an app. Cheap to make and to clone; clones share connections.
///
/// Making one neither connects nor fails: a bad key or base URL is told by the first call. Calls need a tokio runtime
/// with its I/O and time enabled.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    key: Secret<String>,
    pub options: ClientOptions,
    /// Made at the first call, and kept even if it is an error: the same settings fail the same way.
    transport: OnceLock<Result<Transport, Error>>,
}

impl Client {
    /// With a project key (`maig_live_…`) and defaults for everything else.
    pub fn new(api_key: impl Into<String>) -> Self {
        Self::with_options(api_key, ClientOptions::default())
    }

    pub fn with_options(api_key: impl Into<String>, options: ClientOptions) -> Self {
        let key = Secret::new(api_key.into().trim().to_owned());
        Self { shared: Arc::new(Shared { key, options, transport: OnceLock::new() }) }
    }

    /// A whole answer. Dropping the future cancels the request, up to the provider.
    pub async fn generate(&self, prompt: &str, options: &GenerateOptions) -> Result<GenerateResponse, Error> {
        let call = Call::new(&self.shared, prompt, options, false)?;
        let mut sent = 0;
        loop {
            sent += 1;
            let error = match call.whole().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match retry::wait(&error, sent, &self.shared.options.retries, call.left()) {
                Some(wait) => sleep(wait).await,
                None => return Err(error),
            }
        }
    }

    /// A stream of text. Nothing is sent before its first piece is asked for; dropping it cancels the request, up to
    /// the provider.
    pub fn stream(&self, prompt: &str, options: &GenerateOptions) -> TextStream {
        TextStream::new(Call::new(&self.shared, prompt, options, true))
    }
}

impl Shared {
    pub(crate) fn transport(&self) -> Result<&Transport, Error> {
        let made = self.transport.get_or_init(|| Transport::new(&self.key, &self.options));
        made.as_ref().map_err(Clone::clone)
    }
}

/// One call of the app's: what is sent, as often as it takes.
pub(crate) struct Call {
    pub shared: Arc<Shared>,
    pub body: bytes::Bytes,
    pub headers: HeaderMap,
    /// How long it may take with everything.
    pub within: Duration,
    began: OnceLock<Instant>,
}

impl Call {
    fn new(
        shared: &Arc<Shared>,
        prompt: &str,
        options: &GenerateOptions,
        stream: bool,
    ) -> Result<Self, Error> {
        let mut headers = HeaderMap::new();
        if let Some(user) = &options.user {
            let name = "x-maig-user";
            headers.insert(HeaderName::from_static(name), transport::header_value(name, user)?);
        }
        if let Some(timeout) = options.timeout {
            let ms = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
            headers.insert(HeaderName::from_static("x-maig-timeout-ms"), HeaderValue::from(ms));
        }
        let timeouts = &shared.options.timeouts;
        let default = if stream { timeouts.stream } else { timeouts.total };
        Ok(Self {
            body: request::body(prompt, options, stream)?.into(),
            headers,
            within: options.timeout.unwrap_or(default),
            shared: Arc::clone(shared),
            began: OnceLock::new(),
        })
    }

    /// The end of it all. The clock starts with the first request, since a stream may lie unread before it.
    pub(crate) fn deadline(&self) -> Instant {
        *self.began.get_or_init(Instant::now) + self.within
    }

    pub(crate) fn left(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    async fn whole(&self) -> Result<GenerateResponse, Error> {
        let transport = self.shared.transport()?;
        let deadline = self.deadline();
        let body = Some(self.body.clone());
        let mut response =
            transport.send(Method::POST, COMPLETIONS, self.headers.clone(), body, deadline).await?;
        let mut said = Said::default();
        said.head(response.headers());
        let body = transport::read(&mut response, MAX_ANSWER, deadline).await?;
        if said.whole(&body).is_none() {
            let message = "The gateway's answer is not one that this client understands: update the app.";
            return Err(Error::new(ErrorKind::NotMaig, "bad_answer", message)
                .with_request_id(transport::text(response.headers(), transport::REQUEST_ID)));
        }
        Ok(said.finish())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("options", &self.shared.options).finish_non_exhaustive()
    }
}
