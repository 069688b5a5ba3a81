//! Step 2: what is asked. Headers and body in, an `Incoming` out; the one place where the body is read.
//! It must never copy or parse the prompt: the envelope knows where each member lies.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::EXPECT;
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use maig_core::translate::{BadRequest, Envelope};
use tokio::time::timeout;

use super::trace;
use crate::error::{ApiError, Code};
use crate::upstream::Betas;

/// A body that dribbles longer than this belongs to a connection that is as good as gone.
const BODY_TIME: Duration = Duration::from_secs(60);
/// What is let go by of a body that nobody wants.
const SPILL: usize = 256 * 1024 * 1024;
const SPILL_TIME: Duration = Duration::from_secs(5);
/// Longer values say nothing more, and are logged.
const HEADER_LENGTH: usize = 256;

/// A request, read and opened.
pub(super) struct Incoming {
    pub(super) envelope: Envelope,
    pub(super) app: AppHeaders,
    /// `x-maig-user`, else the body's `user`.
    pub(super) user: Option<String>,
    /// The client's own deadline, from now.
    pub(super) deadline: Option<Duration>,
    /// The stream is to outlive its connection.
    pub(super) resumable: bool,
    pub(super) betas: Betas,
    /// The caller's trace, one step further.
    pub(super) trace: Option<HeaderValue>,
}

/// What the SDK says of the app; logged, never sent upstream.
#[derive(Clone, Debug, Default)]
pub(super) struct AppHeaders {
    pub(super) version: Option<String>,
    pub(super) platform: Option<String>,
    pub(super) bundle_id: Option<String>,
    pub(super) install_id: Option<String>,
}

/// `span`: random bits that name our part of the caller's trace.
pub(super) async fn parse(
    headers: &HeaderMap,
    body: Body,
    max_body: usize,
    span: u64,
) -> Result<Incoming, ApiError> {
    let said = Said::of(headers);
    if said.encoding.is_some_and(|encoding| encoding != "identity") {
        let message = "Compressed request bodies are not taken. Send the JSON as it is.";
        return Err(ApiError::new(Code::UnsupportedEncoding, message).should_retry(false));
    }
    let mut body = body;
    let bytes = match read(said.length, &mut body, max_body).await {
        Ok(bytes) => bytes,
        Err(error) => {
            Box::pin(spill(headers, body)).await;
            return Err(error);
        }
    };
    let envelope = Envelope::parse(bytes).map_err(bad_request)?;
    Ok(Incoming {
        resumable: resumable(&said, envelope.stream)?,
        user: text(said.user).or_else(|| envelope.user.as_deref().and_then(plain)),
        envelope,
        app: AppHeaders {
            version: text(said.version),
            platform: text(said.platform),
            bundle_id: text(said.bundle_id),
            install_id: text(said.install_id),
        },
        deadline: deadline(&said)?,
        trace: said.trace.and_then(|parent| trace::continued(parent, span)),
        betas: Betas { openai: said.openai_beta.cloned(), anthropic: said.anthropic_beta.cloned() },
    })
}

/// The headers that are read here, found in one walk: most requests have fewer headers than there are names for them.
#[derive(Default)]
struct Said<'h> {
    encoding: Option<&'h HeaderValue>,
    length: Option<&'h HeaderValue>,
    resumable: Option<&'h HeaderValue>,
    user: Option<&'h HeaderValue>,
    version: Option<&'h HeaderValue>,
    platform: Option<&'h HeaderValue>,
    bundle_id: Option<&'h HeaderValue>,
    install_id: Option<&'h HeaderValue>,
    timeout: Option<&'h HeaderValue>,
    patience: Option<&'h HeaderValue>,
    trace: Option<&'h HeaderValue>,
    openai_beta: Option<&'h HeaderValue>,
    anthropic_beta: Option<&'h HeaderValue>,
}

impl<'h> Said<'h> {
    fn of(headers: &'h HeaderMap) -> Self {
        let mut said = Self::default();
        for (name, value) in headers {
            let place = match name.as_str() {
                "content-encoding" => &mut said.encoding,
                "content-length" => &mut said.length,
                "x-maig-resumable" => &mut said.resumable,
                "x-maig-user" => &mut said.user,
                "x-maig-app-version" => &mut said.version,
                "x-maig-platform" => &mut said.platform,
                "x-maig-bundle-id" => &mut said.bundle_id,
                "x-maig-install-id" => &mut said.install_id,
                "x-maig-timeout-ms" => &mut said.timeout,
                "x-stainless-read-timeout" => &mut said.patience,
                "traceparent" => &mut said.trace,
                "openai-beta" => &mut said.openai_beta,
                "anthropic-beta" => &mut said.anthropic_beta,
                _ => continue,
            };
            place.get_or_insert(value);
        }
        said
    }
}

/// A body that no provider need be asked about.
pub(super) fn bad_request(bad: BadRequest) -> ApiError {
    let error = ApiError::new(Code::InvalidRequest, bad.message).should_retry(false);
    match bad.param {
        Some(param) => error.param(param),
        None => error,
    }
}

/// Lets a body go by of which nobody will read more. A client that is still sending when its connection is closed sees
/// a lost connection and never its answer; one that waits for a word before it sends need not send at all.
pub(super) async fn spill(headers: &HeaderMap, mut body: Body) {
    if headers.contains_key(EXPECT) {
        return;
    }
    let mut room = SPILL;
    let _ = timeout(SPILL_TIME, async {
        while let Some(Ok(frame)) = body.frame().await {
            room = room.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if room == 0 {
                return;
            }
        }
    })
    .await;
}

async fn read(length: Option<&HeaderValue>, body: &mut Body, max: usize) -> Result<Bytes, ApiError> {
    let declared = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > max) {
        return Err(too_large(max));
    }
    match timeout(BODY_TIME, Limited::new(body, max).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(max)),
        Ok(Err(_)) => Err(ApiError::new(Code::InvalidRequest, "The request body broke off.")),
        Err(_) => {
            Err(ApiError::new(Code::InvalidRequest, "The request body did not arrive within 60 seconds."))
        }
    }
}

fn too_large(max: usize) -> ApiError {
    let message =
        format!("The request body is larger than {max} bytes. Send smaller images, or raise MAIG_MAX_BODY.");
    ApiError::new(Code::RequestTooLarge, message).should_retry(false)
}

/// `x-maig-resumable`. What cannot be granted is refused: an app that counts on it would lose its text.
fn resumable(said: &Said<'_>, stream: bool) -> Result<bool, ApiError> {
    let message = match text(said.resumable).as_deref() {
        None | Some("false") => return Ok(false),
        Some("true") if stream => return Ok(true),
        Some("true") => {
            "Only a stream can be resumed: set `\"stream\": true`, or leave `x-maig-resumable` out."
        }
        Some(_) => "`x-maig-resumable` is `true` or `false`.",
    };
    Err(ApiError::new(Code::InvalidRequest, message).param("x-maig-resumable").should_retry(false))
}

/// `x-maig-timeout-ms`, or what OpenAI's client says of its own patience, in seconds.
fn deadline(said: &Said<'_>) -> Result<Option<Duration>, ApiError> {
    if let Some(text) = text(said.timeout) {
        return match text.parse::<u64>() {
            Ok(ms) if ms > 0 => Ok(Some(Duration::from_millis(ms))),
            _ => Err(ApiError::new(
                Code::InvalidRequest,
                "`x-maig-timeout-ms` must be a whole number above 0.",
            )
            .should_retry(false)),
        };
    }
    let seconds = text(said.patience).and_then(|text| text.parse::<f64>().ok());
    Ok(seconds.filter(|s| *s > 0.0).and_then(|s| Duration::try_from_secs_f64(s).ok()))
}

fn text(header: Option<&HeaderValue>) -> Option<String> {
    plain(header?.to_str().ok()?)
}

/// Without what no header holds: a body may say anything, and Postgres takes no NUL in a text.
fn plain(text: &str) -> Option<String> {
    let text = text.trim();
    let printed = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    (!text.is_empty()).then(|| text.chars().take(HEADER_LENGTH).map(printed).collect())
}
