//! What every speaker of OpenAI's wire may say, whoever it is: OpenAI's own codes, Azure's, those of the servers one runs
//! oneself, and sentences that mean one thing whoever says them. <https://platform.openai.com/docs/guides/error-codes>

use super::rule::{AUTH, CONTEXT, EMPTY, INVALID, MODEL, POLICY, RATE, Rule, SERVER, in_word, text, word};

pub(super) const RULES: &[Rule] = &[
    // A field that is too long (`user`, a tool's name), not the prompt, although its message reads alike.
    word("string_above_max_length", INVALID),
    // An account without money.
    word("insufficient_quota", EMPTY),
    word("credit_balance_exhausted", EMPTY),
    in_word("spend_limit_exceeded", EMPTY),
    word("organization_usage_limit_exceeded", EMPTY),
    word("billing_hard_limit_reached", EMPTY),
    word("billing_not_active", EMPTY),
    word("insufficient_balance", EMPTY),
    word("insufficient_credits", EMPTY),
    text("credit balance is too low", EMPTY).client(),
    text("insufficient balance", EMPTY).client(),
    text("insufficient credits", EMPTY).client(),
    text("exceeded your current quota, please check your plan and billing", EMPTY).on(400),
    // A prompt that does not fit. Under 429 the same words are about tokens a minute.
    word("context_length_exceeded", CONTEXT),
    word("context_window_exceeded", CONTEXT),
    word("exceed_context_size_error", CONTEXT),
    text("maximum context length", CONTEXT),
    text("context_length_exceeded", CONTEXT),
    text("exceeds the context window", CONTEXT),
    text("exceed context limit", CONTEXT),
    text("exceeds the maximum number of tokens", CONTEXT),
    text("prompt is too long", CONTEXT),
    text("prompt too long", CONTEXT),
    text("input is too long", CONTEXT),
    text("too many tokens", CONTEXT),
    text("too many input tokens", CONTEXT),
    text("exceeded max context length", CONTEXT),
    text("exceeds the available context size", CONTEXT),
    text("longer than the model's context length", CONTEXT),
    text("longer than the maximum model length", CONTEXT),
    text("maximum prompt length is", CONTEXT),
    text("input tokens exceeded", CONTEXT),
    // What the provider will not talk about.
    word("content_policy_violation", POLICY),
    word("content_filter", POLICY),
    word("content_filtered", POLICY),
    word("responsibleaipolicyviolation", POLICY),
    word("moderation_blocked", POLICY),
    word("invalid_prompt", POLICY).client(),
    text("content management policy", POLICY),
    text("content filtering policy", POLICY),
    text("safety system", POLICY),
    // A model that is not there.
    word("model_not_found", MODEL),
    word("deploymentnotfound", MODEL),
    word("model_not_available", MODEL),
    word("model_deprecated", MODEL),
    word("model_decommissioned", MODEL),
    text("has been decommissioned", MODEL).client(),
    text("invalid model id", MODEL).client(),
    word("unknown_model", MODEL),
    word("invalid_model", MODEL),
    text("model not exist", MODEL),
    text("model does not exist", MODEL),
    text("is not a valid model", MODEL),
    text("invalid model name", MODEL),
    text("unknown model", MODEL),
    // Our key, refused under a status that does not say so.
    word("invalid_api_key", AUTH),
    word("api_key_invalid", AUTH),
    word("wrong_api_key", AUTH),
    text("incorrect api key", AUTH),
    text("invalid api key", AUTH),
    text("api key not valid", AUTH),
    // Too fast.
    in_word("rate_limit", RATE).client(),
    word("ratelimitreached", RATE).client(),
    word("too_many_requests", RATE).client(),
    word("slow_down", RATE).client(),
    // The model wrote a tool call that its own server refuses; inside a stream it is no fault of the request's.
    word("tool_use_failed", SERVER).stream(),
];

/// The status that a type stands for, where it comes without one (inside a stream).
/// <https://docs.claude.com/en/api/errors>, and OpenAI's list above.
pub(super) fn status_of_type(kind: &str) -> Option<u16> {
    Some(match kind {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "api_error" | "server_error" | "internal_server_error" => 500,
        "service_unavailable_error" => 503,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => return None,
    })
}
