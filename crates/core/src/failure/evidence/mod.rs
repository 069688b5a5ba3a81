//! Recognising each vendor's way of failing: from an HTTP answer, or from an error inside a stream, to a `Failure`.
//!
//! What tells one failure from another is data, one table a family of vendors; this file only walks the tables, most
//! particular first: the vendor's, then what all speakers of OpenAI's wire say, then the bare status. A number inside
//! a message proves nothing, since validation errors echo prompts. Nothing here may put a secret or a URL into a failure.

mod anthropic;
mod asia;
mod gemini;
mod general;
mod hosts;
mod rule;
mod said;
mod scrub;
mod wait;

use std::time::Duration;

use serde_json::Value;

use super::{Failure, FailureKind, ProviderError};
use crate::provider::Provider;
use rule::{Means, Rule};
use said::Said;

pub use scrub::scrub;

/// What an answer with an error status means. `headers` looks a header up by its lowercase name; `now_unix` (seconds) is
/// for a `Retry-After` that names a date.
pub fn from_response<'h>(
    provider: Provider,
    status: u16,
    headers: &dyn Fn(&str) -> Option<&'h str>,
    body: &[u8],
    now_unix: u64,
) -> Failure {
    let said = Said::read(body);
    let means = judge(provider, Some(status), &said);
    // Some vendors send `retry-after` with answers that are no errors.
    let asked = if status >= 400 { wait::in_headers(headers, now_unix) } else { None };
    failure(means, Some(status), said, asked)
}

/// What an error inside a 200 means: an error event of a stream, or a whole body that holds an error. `json` is the
/// event's data or the body. Such an error has a status only if it names one itself.
pub fn from_stream_error(provider: Provider, json: &Value) -> Failure {
    let said = Said::of(json);
    let means = judge(provider, None, &said);
    let status = said.status.or_else(|| general::status_of_type(said.kind.as_deref()?));
    failure(means, status, said, None)
}

/// The kind that the words prove, or else the status.
fn judge(provider: Provider, http: Option<u16>, said: &Said) -> Means {
    let tables = [vendor_rules(provider), general::RULES];
    let proven = tables.into_iter().flatten().find(|rule| rule.holds(http, said)).map(|rule| rule.means);
    proven.unwrap_or_else(|| match http.or(said.status) {
        Some(status) => by_status(status),
        // An error event without a status or a known word: the provider failed while it was answering.
        None => said.kind.as_deref().and_then(general::status_of_type).map_or(rule::SERVER, by_status),
    })
}

fn vendor_rules(provider: Provider) -> &'static [Rule] {
    match provider {
        Provider::Anthropic => anthropic::RULES,
        Provider::Gemini | Provider::Vertex => gemini::RULES,
        Provider::DeepSeek => asia::DEEPSEEK,
        Provider::Qwen => asia::QWEN,
        Provider::Zhipu => asia::ZHIPU,
        Provider::Doubao => asia::DOUBAO,
        Provider::Moonshot => asia::MOONSHOT,
        Provider::Mistral => hosts::MISTRAL,
        Provider::Groq => hosts::GROQ,
        Provider::Xai => hosts::XAI,
        Provider::Together => hosts::TOGETHER,
        Provider::OpenRouter => hosts::OPENROUTER,
        Provider::Perplexity => hosts::PERPLEXITY,
        Provider::Cerebras => hosts::CEREBRAS,
        Provider::OpenAi
        | Provider::Azure
        | Provider::Ollama
        | Provider::Vllm
        | Provider::OpenAiCompatible
        | Provider::Simulator => &[],
    }
}

fn by_status(status: u16) -> Means {
    match status {
        402 => Means::AccountEmpty,
        401 | 403 => rule::AUTH,
        // 410: a model that was retired for good.
        404 | 410 => rule::MODEL,
        408 => Means::Kind(FailureKind::Timeout),
        429 => rule::RATE,
        400..=499 => rule::INVALID,
        500.. => rule::SERVER,
        // A redirect or an informational answer is no answer.
        _ => Means::Kind(FailureKind::BadResponse),
    }
}

fn failure(means: Means, status: Option<u16>, said: Said, in_headers: Option<Duration>) -> Failure {
    let (kind, account_empty) = match means {
        Means::Kind(kind) => (kind, false),
        Means::AccountEmpty => (FailureKind::RateLimit, true),
    };
    let retry_after = in_headers.max(said.retry_after);
    Failure { kind, status, error: shown(kind, account_empty, status, said), retry_after, account_empty }
}

/// The provider's words in OpenAI's four fields, with what it left out told by the kind.
fn shown(kind: FailureKind, account_empty: bool, status: Option<u16>, said: Said) -> ProviderError {
    let (default_type, default_code) = match kind {
        FailureKind::RateLimit if account_empty => ("insufficient_quota", Some("insufficient_quota")),
        FailureKind::RateLimit => ("rate_limit_error", Some("rate_limit_exceeded")),
        FailureKind::ContextWindow => ("invalid_request_error", Some("context_length_exceeded")),
        FailureKind::ContentPolicy => ("invalid_request_error", Some("content_filter")),
        FailureKind::ModelUnavailable => ("invalid_request_error", Some("model_not_found")),
        FailureKind::ProviderAuth => ("authentication_error", Some("invalid_api_key")),
        FailureKind::Timeout => ("timeout_error", None),
        FailureKind::InvalidRequest => ("invalid_request_error", None),
        _ => ("api_error", None),
    };
    let message = scrub(&said.message);
    let message = match status {
        Some(status) if message.is_empty() => {
            format!("The provider answered with status {status} and no explanation.")
        }
        None if message.is_empty() => "The provider reported an error and no explanation.".to_owned(),
        _ => message,
    };
    let code = match kind {
        // The one code that clients know; vendors have none, or one that says nothing.
        FailureKind::ContextWindow => None,
        _ => said.code.map(|code| scrub(&code)),
    };
    ProviderError {
        message,
        kind: said.kind.map(|kind| scrub(&kind)).or(Some(default_type.to_owned())),
        param: said.param.map(|param| scrub(&param)),
        code: code.or(default_code.map(str::to_owned)),
    }
}
