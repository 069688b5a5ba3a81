//! Step 2: what is asked. Headers and body in, an `Incoming` out; the one place where the body is read.
//! It must never copy or parse the prompt: the envelope knows where each member lies.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use maig_core::translate::{BadRequest, Envelope};
use tokio::time::timeout;

use super::trace;
use crate::error::{ApiError, Code};
use crate::upstream::Betas;

/// A body that dribbles longer than this belongs to a connection that is as good as gone.
const BODY_TIME: Duration = Duration::from_secs(60);
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
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        let message = "Compressed request bodies are not taken. Send the JSON as it is.";
        return Err(ApiError::new(Code::UnsupportedEncoding, message).should_retry(false));
    }
    let envelope = Envelope::parse(read(headers, body, max_body).await?).map_err(bad_request)?;
    let text = |name: &str| header_text(headers, name);
    Ok(Incoming {
        resumable: resumable(headers, envelope.stream)?,
        user: text("x-maig-user").or_else(|| envelope.user.clone()),
        envelope,
        app: AppHeaders {
            version: text("x-maig-app-version"),
            platform: text("x-maig-platform"),
            bundle_id: text("x-maig-bundle-id"),
            install_id: text("x-maig-install-id"),
        },
        deadline: deadline(headers)?,
        trace: headers.get("traceparent").and_then(|parent| trace::continued(parent, span)),
        betas: Betas { openai: copied(headers, "openai-beta"), anthropic: copied(headers, "anthropic-beta") },
    })
}

/// A body that no provider need be asked about.
pub(super) fn bad_request(bad: BadRequest) -> ApiError {
    let error = ApiError::new(Code::InvalidRequest, bad.message).should_retry(false);
    match bad.param {
        Some(param) => error.param(param),
        None => error,
    }
}

async fn read(headers: &HeaderMap, body: Body, max: usize) -> Result<Bytes, ApiError> {
    let declared = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
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
fn resumable(headers: &HeaderMap, stream: bool) -> Result<bool, ApiError> {
    let message = match header_text(headers, "x-maig-resumable").as_deref() {
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
fn deadline(headers: &HeaderMap) -> Result<Option<Duration>, ApiError> {
    if let Some(text) = header_text(headers, "x-maig-timeout-ms") {
        return match text.parse::<u64>() {
            Ok(ms) if ms > 0 => Ok(Some(Duration::from_millis(ms))),
            _ => Err(ApiError::new(
                Code::InvalidRequest,
                "`x-maig-timeout-ms` must be a whole number above 0.",
            )
            .should_retry(false)),
        };
    }
    let seconds = header_text(headers, "x-stainless-read-timeout").and_then(|text| text.parse::<f64>().ok());
    Ok(seconds.filter(|s| *s > 0.0).and_then(|s| Duration::try_from_secs_f64(s).ok()))
}

fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    (!text.is_empty()).then(|| text.chars().take(HEADER_LENGTH).collect())
}

fn copied(headers: &HeaderMap, name: &str) -> Option<HeaderValue> {
    headers.get(name).cloned()
}
