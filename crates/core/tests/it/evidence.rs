//! Every recorded error, and every shape that vendors document, gets the kind and the status of the contract.

use std::collections::BTreeMap;
use std::time::Duration;

use maig_core::failure::evidence::{from_response, from_stream_error};
use maig_core::failure::{Failure, FailureKind};
use maig_core::provider::Provider;
use serde_json::{Value, json};

use crate::corpus;

/// Recordings of providers that speak none of our wires.
const OTHER_WIRES: &[&str] = &["bedrock", "cohere"];

/// What each recorded error is, told by a person who read it.
const RECORDED: &[(&str, u16, FailureKind)] = {
    use FailureKind::{
        ContextWindow, InvalidRequest, ModelUnavailable, ProviderAuth, RateLimit, ServerError,
    };
    &[
        ("anthropic__messages__1b31bcf467", 400, ContextWindow),
        ("anthropic__messages__8e4ac3a089", 404, ModelUnavailable),
        ("anthropic__messages__113631f747", 400, InvalidRequest),
        ("azure__chat.completions__68c31e76a2", 429, RateLimit),
        ("azure__chat.completions__5df2091a30", 404, ModelUnavailable),
        ("deepseek__chat.completions__2730f87477", 401, ProviderAuth),
        ("deepseek__chat.completions__426e280b85", 400, ContextWindow),
        ("deepseek__responses__f82d3e06b6", 400, InvalidRequest),
        ("gemini__generateContent__8056f6bc02", 429, RateLimit),
        ("gemini__generateContent__5ffb73d720", 404, ModelUnavailable),
        ("groq__chat.completions__523a46035a", 404, ModelUnavailable),
        // Error events in a stream: the model wrote a call that its server refuses.
        ("groq__chat.completions__9a175d0699", 400, ServerError),
        ("groq__chat.completions__924ea98e4a", 400, ServerError),
        ("ollama__api-chat__ea3b1e2152", 404, ModelUnavailable),
        ("ollama__chat.completions__cfcddc3308", 400, ContextWindow),
        ("openai__chat.completions__5875aa0dc4", 401, ProviderAuth),
        ("openai__chat.completions__0c837e0c08", 401, ProviderAuth),
        ("openai__chat.completions__574a33120b", 400, InvalidRequest),
        ("openai__chat.completions__0bc32c112a", 400, InvalidRequest),
        ("openai__chat.completions__c54cab8b2a", 404, ModelUnavailable),
        ("openai__chat.completions__1dfad8fbf0", 400, InvalidRequest),
        ("openai__chat.completions__d961cfe759", 400, InvalidRequest),
        ("openai__embeddings__00ac9d2931", 404, ModelUnavailable),
        ("openai__embeddings__abc648b6ce", 404, ModelUnavailable),
        ("openai__responses__79d53b1653", 401, ProviderAuth),
        ("openai__responses__bc3d22fa06", 400, ModelUnavailable),
        ("openai__responses__ee0398a4e6", 400, InvalidRequest),
        ("openai__responses__d23b130f2a", 400, InvalidRequest),
        ("openrouter__chat.completions__b163fac095", 429, RateLimit),
        ("perplexity__chat.completions__374eb32aa7", 401, ProviderAuth),
        ("vertex__generateContent__1388d5935f", 400, ContextWindow),
        ("vertex__generateContent__eab34d7cd0", 404, ModelUnavailable),
        ("xai__responses__d06665aafb", 400, ProviderAuth),
    ]
};

#[test]
fn every_recorded_error_is_what_a_person_read_in_it() {
    let mut expected: BTreeMap<&str, (u16, FailureKind)> =
        RECORDED.iter().map(|(id, s, k)| (*id, (*s, *k))).collect();
    let index = corpus::index();
    for line in &index {
        let tags: Vec<&str> = line["tags"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let is_error = line["status"].as_u64() >= Some(400)
            || tags.contains(&"error_in_stream")
            || tags.contains(&"error");
        let provider = corpus::text(line, "provider");
        if !is_error || OTHER_WIRES.contains(&provider) {
            continue;
        }
        let id = corpus::text(line, "id");
        let (status, kind) =
            expected.remove(id).unwrap_or_else(|| panic!("{id} is a recorded error without an expectation"));
        let failure =
            judge_recording(Provider::from_slug(provider).unwrap(), &corpus::exchange(line)["response"]);
        assert_eq!((failure.kind, failure.status), (kind, Some(status)), "{id}: {failure:?}");
        assert!(!failure.account_empty, "{id}");
        assert_fit_to_show(&failure);
        if kind == FailureKind::ContextWindow {
            assert_eq!(failure.error.code.as_deref(), Some("context_length_exceeded"), "{id}");
        }
    }
    assert!(index.is_empty() || expected.is_empty(), "expected but not recorded: {expected:?}");
}

fn judge_recording(provider: Provider, response: &Value) -> Failure {
    if let Some(sse) = response["sse"].as_str() {
        let event = sse.split("\n\n").find_map(|frame| frame.strip_prefix("event: error\ndata: ")).unwrap();
        return from_stream_error(provider, &serde_json::from_str(event).unwrap());
    }
    let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
    let body = match &response["body"] {
        Value::Null => response["text"].as_str().unwrap_or_default().to_owned(),
        body => body.to_string(),
    };
    from_response(
        provider,
        status,
        &|name| response["headers"][name].as_str(),
        body.as_bytes(),
        1_795_219_200,
    )
}

fn assert_fit_to_show(failure: &Failure) {
    let shown = format!("{:?}", failure.error);
    for secret in ["http", "sk-", "***", "AIza"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(!failure.error.message.is_empty());
}

#[test]
fn recorded_waits_are_read() {
    for line in corpus::index() {
        let expect = match corpus::text(&line, "id") {
            // `retry-after-ms: 0` beside `retry-after: 1`.
            "azure__chat.completions__68c31e76a2" => Duration::from_secs(1),
            // `retryDelay` in the body's details.
            "gemini__generateContent__8056f6bc02" => Duration::from_secs(48),
            _ => continue,
        };
        let provider = Provider::from_slug(corpus::text(&line, "provider")).unwrap();
        let wait = judge_recording(provider, &corpus::exchange(&line)["response"]).retry_after;
        assert_eq!(wait.map(|wait| wait.as_secs()), Some(expect.as_secs()), "{line}");
    }
}

/// What is expected beside the kind.
#[derive(Debug, PartialEq)]
enum Is {
    Kind(FailureKind),
    AccountEmpty,
}

use FailureKind::*;

#[test]
fn documented_shapes_are_recognised() {
    let check = |provider: Provider, status: u16, body: &str, expect: Is| {
        let failure = from_response(provider, status, &|_| None, body.as_bytes(), 0);
        let got = if failure.account_empty { Is::AccountEmpty } else { Is::Kind(failure.kind) };
        assert_eq!(got, expect, "{provider} {status} {body}");
        assert_eq!(failure.status, Some(status));
        assert!(!failure.account_empty || failure.kind == RateLimit);
        assert_fit_to_show(&failure);
    };
    let oai = |kind: &str, code: Value, message: &str| {
        json!({"error": {"message": message, "type": kind, "param": null, "code": code}}).to_string()
    };
    use Provider::*;

    // OpenAI and Azure.
    check(
        OpenAi,
        429,
        &oai("insufficient_quota", json!("insufficient_quota"), "You exceeded your current quota"),
        Is::AccountEmpty,
    );
    check(
        OpenAi,
        400,
        &oai("insufficient_quota", json!("insufficient_quota"), "You exceeded your current quota"),
        Is::AccountEmpty,
    );
    check(OpenAi, 429, &oai("insufficient_quota", json!("credit_balance_exhausted"), "no"), Is::AccountEmpty);
    check(OpenAi, 429, &oai("billing", json!("project_spend_limit_exceeded"), "no"), Is::AccountEmpty);
    check(
        OpenAi,
        429,
        &oai("requests", json!("rate_limit_exceeded"), "Rate limit reached for gpt-4o"),
        Is::Kind(RateLimit),
    );
    check(
        OpenAi,
        429,
        &oai(
            "tokens",
            json!("rate_limit_exceeded"),
            "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000",
        ),
        Is::Kind(RateLimit),
    );
    check(
        OpenAi,
        400,
        &oai(
            "invalid_request_error",
            json!("context_length_exceeded"),
            "This model's maximum context length is 8192 tokens",
        ),
        Is::Kind(ContextWindow),
    );
    check(
        OpenAi,
        400,
        &oai(
            "invalid_request_error",
            json!("string_above_max_length"),
            "Invalid 'user': string too long. Expected maximum context length 64",
        ),
        Is::Kind(InvalidRequest),
    );
    check(
        OpenAi,
        400,
        &oai("invalid_request_error", json!("content_policy_violation"), "no"),
        Is::Kind(ContentPolicy),
    );
    check(OpenAi, 400, &oai("invalid_request_error", json!("invalid_prompt"), "no"), Is::Kind(ContentPolicy));
    check(
        OpenAi,
        400,
        &oai("invalid_request_error", Value::Null, "Could not parse '429 Too Many Requests'"),
        Is::Kind(InvalidRequest),
    );
    check(
        OpenAi,
        403,
        &oai("request_forbidden", json!("unsupported_country_region_territory"), "Country not supported"),
        Is::Kind(ProviderAuth),
    );
    check(
        OpenAi,
        403,
        &oai(
            "invalid_request_error",
            json!("model_not_found"),
            "Project does not have access to model gpt-9",
        ),
        Is::Kind(ModelUnavailable),
    );
    check(OpenAi, 408, "", Is::Kind(Timeout));
    check(OpenAi, 409, "", Is::Kind(InvalidRequest));
    check(OpenAi, 500, &oai("server_error", Value::Null, "The server had an error"), Is::Kind(ServerError));
    check(OpenAi, 500, &oai("server_error", Value::Null, "maximum context length"), Is::Kind(ServerError));
    check(
        OpenAi,
        503,
        &oai("service_unavailable_error", json!("server_is_overloaded"), "overloaded"),
        Is::Kind(ServerError),
    );
    check(OpenAi, 504, "", Is::Kind(ServerError));
    check(OpenAi, 302, "", Is::Kind(BadResponse));
    check(
        Azure,
        400,
        r#"{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
        Is::Kind(ContentPolicy),
    );
    check(
        Azure,
        401,
        r#"{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}"#,
        Is::Kind(ProviderAuth),
    );
    check(
        Azure,
        401,
        r#"{ "statusCode": 401, "message": "Access denied due to missing subscription key." }"#,
        Is::Kind(ProviderAuth),
    );
    check(
        Azure,
        429,
        r#"{"error":{"code":"429","message":"Requests have exceeded call rate limit. Please retry after 6 seconds."}}"#,
        Is::Kind(RateLimit),
    );

    // Anthropic.
    let anthropic = |kind: &str, message: &str, details: Value| {
        json!({"type": "error", "error": {"type": kind, "message": message, "details": details}, "request_id": "req_1"}).to_string()
    };
    check(Anthropic, 529, &anthropic("overloaded_error", "Overloaded", Value::Null), Is::Kind(ServerError));
    check(
        Anthropic,
        429,
        &anthropic("rate_limit_error", "This request would exceed your rate limit", Value::Null),
        Is::Kind(RateLimit),
    );
    check(
        Anthropic,
        429,
        &anthropic("rate_limit_error", "limit", json!({"error_code": "enforced_spend_limit_reached"})),
        Is::AccountEmpty,
    );
    check(
        Anthropic,
        429,
        &anthropic("rate_limit_error", "ramp", json!({"error_code": "ramp_limit_exceeded"})),
        Is::Kind(RateLimit),
    );
    check(
        Anthropic,
        400,
        &anthropic(
            "invalid_request_error",
            "Your credit balance is too low to access the Anthropic API.",
            Value::Null,
        ),
        Is::AccountEmpty,
    );
    check(Anthropic, 402, &anthropic("billing_error", "pay", Value::Null), Is::AccountEmpty);
    check(
        Anthropic,
        401,
        &anthropic("authentication_error", "invalid x-api-key", Value::Null),
        Is::Kind(ProviderAuth),
    );
    check(Anthropic, 403, &anthropic("permission_error", "no", Value::Null), Is::Kind(ProviderAuth));
    check(
        Anthropic,
        400,
        &anthropic(
            "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 199000 + 8000 > 200000",
            Value::Null,
        ),
        Is::Kind(ContextWindow),
    );
    check(
        Anthropic,
        413,
        &anthropic("request_too_large", "Request exceeds the maximum size", Value::Null),
        Is::Kind(ContextWindow),
    );
    check(
        Anthropic,
        413,
        "<html><head><title>413 Request Entity Too Large</title></head></html>",
        Is::Kind(InvalidRequest),
    );
    check(
        Anthropic,
        400,
        &anthropic("invalid_request_error", "Output blocked by content filtering policy", Value::Null),
        Is::Kind(ContentPolicy),
    );
    check(
        Anthropic,
        400,
        &anthropic("invalid_request_error", "messages.0: text content blocks must be non-empty", Value::Null),
        Is::Kind(InvalidRequest),
    );

    // Gemini and Vertex.
    let google = |code: u16, status: &str, message: &str, details: Value| json!({"error": {"code": code, "message": message, "status": status, "details": details}});
    let bad_key = google(
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
        json!([{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}]),
    );
    check(Gemini, 400, &bad_key.to_string(), Is::Kind(ProviderAuth));
    check(Gemini, 400, &json!([bad_key]).to_string(), Is::Kind(ProviderAuth));
    check(
        Gemini,
        400,
        &google(400, "FAILED_PRECONDITION", "User location is not supported for the API use.", json!([]))
            .to_string(),
        Is::Kind(ProviderAuth),
    );
    check(
        Gemini,
        400,
        &google(400, "INVALID_ARGUMENT", "Please use a valid role: user, model.", json!([])).to_string(),
        Is::Kind(InvalidRequest),
    );
    check(
        Gemini,
        402,
        &google(402, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.", json!([])).to_string(),
        Is::AccountEmpty,
    );
    check(
        Gemini,
        403,
        &google(403, "PERMISSION_DENIED", "no", json!([])).to_string(),
        Is::Kind(ProviderAuth),
    );
    check(
        Gemini,
        429,
        &google(
            429,
            "RESOURCE_EXHAUSTED",
            "quota",
            json!([{"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]),
        )
        .to_string(),
        Is::AccountEmpty,
    );
    check(
        Gemini,
        429,
        &google(
            429,
            "RESOURCE_EXHAUSTED",
            "quota",
            json!([{"violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}]}]),
        )
        .to_string(),
        Is::Kind(RateLimit),
    );
    check(
        Gemini,
        503,
        &google(503, "UNAVAILABLE", "The model is overloaded.", json!([])).to_string(),
        Is::Kind(ServerError),
    );
    check(
        Vertex,
        504,
        &google(504, "DEADLINE_EXCEEDED", "slow", json!([])).to_string(),
        Is::Kind(ServerError),
    );
    check(Vertex, 500, &google(500, "INTERNAL", "oops", json!([])).to_string(), Is::Kind(ServerError));

    // Mistral, whose message is a text, an object or a list.
    check(Mistral, 401, r#"{"detail":"Invalid API Key"}"#, Is::Kind(ProviderAuth));
    check(
        Groq,
        400,
        &oai("invalid_request_error", json!("model_decommissioned"), "The model `m` has been decommissioned"),
        Is::Kind(ModelUnavailable),
    );
    check(
        OpenAi,
        400,
        &oai("invalid_request_error", json!(null), "invalid model ID"),
        Is::Kind(ModelUnavailable),
    );
    check(
        Mistral,
        422,
        r#"{"detail":[{"loc":["body","user"],"msg":"Extra inputs are not permitted","type":"extra_forbidden"}]}"#,
        Is::Kind(InvalidRequest),
    );
    check(
        Mistral,
        422,
        r#"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","user"],"msg":"Extra inputs are not permitted"}]},"type":"invalid_request_error","param":null,"code":null}"#,
        Is::Kind(InvalidRequest),
    );
    check(
        Mistral,
        400,
        r#"{"object":"Error","detail":[],"message":["one","two"],"code":3001}"#,
        Is::Kind(InvalidRequest),
    );
    check(
        Mistral,
        400,
        r#"{"object":"error","message":"Prompt contains 140000 tokens and 0 draft tokens, too large for model with 131072 maximum context length","type":"invalid_request_prompt","param":null,"code":"3051"}"#,
        Is::Kind(ContextWindow),
    );
    check(
        Mistral,
        400,
        r#"{"object":"error","message":"Invalid model: mistral-gigantic","type":"invalid_model","param":null,"code":"1500"}"#,
        Is::Kind(ModelUnavailable),
    );
    check(Mistral, 429, r#"{"message":"Requests rate limit exceeded"}"#, Is::Kind(RateLimit));
    check(
        Mistral,
        429,
        r#"{"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","code":"3505"}"#,
        Is::Kind(RateLimit),
    );
    check(Mistral, 402, "{}", Is::AccountEmpty);

    // DeepSeek, Qwen, Zhipu, Doubao, Moonshot.
    check(
        DeepSeek,
        402,
        &oai("unknown_error", json!("invalid_request_error"), "Insufficient Balance"),
        Is::AccountEmpty,
    );
    check(
        DeepSeek,
        400,
        &oai("invalid_request_error", json!("invalid_request_error"), "Model Not Exist"),
        Is::Kind(ModelUnavailable),
    );
    check(
        Qwen,
        401,
        &oai("invalid_request_error", json!("invalid_api_key"), "Incorrect API key provided."),
        Is::Kind(ProviderAuth),
    );
    check(
        Qwen,
        400,
        &oai(
            "Arrearage",
            json!("Arrearage"),
            "Access denied, please make sure your account is in good standing.",
        ),
        Is::AccountEmpty,
    );
    check(Qwen, 403, &oai("Arrearage", json!("Arrearage"), "Access denied"), Is::AccountEmpty);
    check(
        Qwen,
        400,
        &oai(
            "data_inspection_failed",
            json!("data_inspection_failed"),
            "Output data may contain inappropriate content.",
        ),
        Is::Kind(ContentPolicy),
    );
    check(Qwen, 429, &oai("limit_requests", json!("limit_requests"), "slow"), Is::Kind(RateLimit));
    check(Qwen, 429, &oai("x", json!("Throttling.RateQuota"), "slow"), Is::Kind(RateLimit));
    check(
        Qwen,
        400,
        &oai(
            "invalid_request_error",
            json!("invalid_parameter_error"),
            "Range of input length should be [1, 129024]",
        ),
        Is::Kind(ContextWindow),
    );
    check(Qwen, 503, &oai("x", json!("ModelServingError"), "no"), Is::Kind(ServerError));
    for (code, status, expect) in [
        ("1001", 401, Is::Kind(ProviderAuth)),
        ("1113", 429, Is::AccountEmpty),
        ("1211", 400, Is::Kind(ModelUnavailable)),
        ("1214", 400, Is::Kind(InvalidRequest)),
        ("1261", 400, Is::Kind(ContextWindow)),
        ("1301", 400, Is::Kind(ContentPolicy)),
        ("1302", 429, Is::Kind(RateLimit)),
        ("1308", 429, Is::AccountEmpty),
        ("1234", 500, Is::Kind(ServerError)),
        ("9999", 434, Is::Kind(ProviderAuth)),
        ("9999", 435, Is::Kind(InvalidRequest)),
    ] {
        check(Zhipu, status, &json!({"error": {"code": code, "message": "m"}}).to_string(), expect);
    }
    check(
        Doubao,
        400,
        &oai("BadRequest", json!("SensitiveContentDetected.SevereViolation"), "no"),
        Is::Kind(ContentPolicy),
    );
    check(
        Doubao,
        400,
        &oai("BadRequest", json!("InputTextSensitiveContentDetected"), "no"),
        Is::Kind(ContentPolicy),
    );
    check(Doubao, 403, &oai("Forbidden", json!("AccountOverdueError"), "no"), Is::AccountEmpty);
    check(Doubao, 403, &oai("Forbidden", json!("AccessDenied"), "no"), Is::Kind(ProviderAuth));
    check(
        Doubao,
        404,
        &oai("NotFound", json!("InvalidEndpointOrModel.NotFound"), "no"),
        Is::Kind(ModelUnavailable),
    );
    check(
        Doubao,
        429,
        &oai("TooManyRequests", json!("RateLimitExceeded.EndpointTPMExceeded"), "no"),
        Is::Kind(RateLimit),
    );
    check(Doubao, 429, &oai("TooManyRequests", json!("ServerOverloaded"), "no"), Is::Kind(RateLimit));
    check(Moonshot, 429, &oai("exceeded_current_quota_error", Value::Null, "suspended"), Is::AccountEmpty);
    check(Moonshot, 400, &oai("content_filter", Value::Null, "high risk"), Is::Kind(ContentPolicy));

    // Groq, xAI, OpenRouter and the other hosts.
    check(
        Groq,
        413,
        &oai(
            "tokens",
            json!("rate_limit_exceeded"),
            "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000",
        ),
        Is::Kind(RateLimit),
    );
    check(
        Groq,
        413,
        &oai("invalid_request_error", json!("request_too_large"), "Request Entity Too Large"),
        Is::Kind(InvalidRequest),
    );
    check(
        Groq,
        400,
        &oai(
            "invalid_request_error",
            json!("context_length_exceeded"),
            "Please reduce the length of the messages",
        ),
        Is::Kind(ContextWindow),
    );
    check(
        Groq,
        400,
        &oai("invalid_request_error", json!("tool_use_failed"), "Failed to call a function."),
        Is::Kind(InvalidRequest),
    );
    check(Groq, 498, "", Is::Kind(RateLimit));
    check(
        Xai,
        400,
        r#"{"code":"invalid-argument","error":"Incorrect API key provided: xa***12."}"#,
        Is::Kind(ProviderAuth),
    );
    check(
        Xai,
        403,
        r#"{"code":"The caller does not have permission","error":"Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO"}"#,
        Is::Kind(ContentPolicy),
    );
    check(
        Xai,
        429,
        r#"{"code":"x","error":"Your team has either used all available credits or reached its monthly spending limit."}"#,
        Is::AccountEmpty,
    );
    check(
        Xai,
        400,
        r#"{"code":"x","error":"This model's maximum prompt length is 131072 but the request contains 200000 tokens."}"#,
        Is::Kind(ContextWindow),
    );
    check(OpenRouter, 402, r#"{"error":{"code":402,"message":"Insufficient credits"}}"#, Is::AccountEmpty);
    check(
        OpenRouter,
        403,
        r#"{"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":["violence"],"flagged_input":"…","provider_name":"OpenAI"}}}"#,
        Is::Kind(ContentPolicy),
    );
    check(OpenRouter, 403, r#"{"error":{"code":403,"message":"Key disabled"}}"#, Is::Kind(ProviderAuth));
    check(
        OpenRouter,
        404,
        r#"{"error":{"code":404,"message":"No endpoints found for nobody/nothing."}}"#,
        Is::Kind(ModelUnavailable),
    );
    check(
        OpenRouter,
        400,
        r#"{"error":{"code":400,"message":"nobody/nothing is not a valid model ID"}}"#,
        Is::Kind(ModelUnavailable),
    );
    check(
        OpenRouter,
        400,
        r#"{"error":{"message":"This endpoint's maximum context length is 204800 tokens. However, you requested about 250000","code":400,"metadata":{"provider_name":null,"previous_errors":[{"code":400}]}}}"#,
        Is::Kind(ContextWindow),
    );
    check(
        OpenRouter,
        400,
        r#"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"prompt is too long: 300000 tokens > 200000 maximum\"}}","provider_name":"Anthropic"}}}"#,
        Is::Kind(ContextWindow),
    );
    check(
        Perplexity,
        400,
        r#"{"error":{"message":"no","type":"too_many_prompt_tokens","code":400}}"#,
        Is::Kind(ContextWindow),
    );
    check(
        Perplexity,
        400,
        r#"{"error":{"message":"Invalid model 'x'.","type":"invalid_model","code":400}}"#,
        Is::Kind(ModelUnavailable),
    );
    check(
        Cerebras,
        400,
        r#"{"message":"Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}"#,
        Is::Kind(ContextWindow),
    );
    check(
        Together,
        402,
        r#"{"error":{"message":"Credit limit exceeded","type":"credit_limit","param":null,"code":null}}"#,
        Is::AccountEmpty,
    );
    check(
        Vllm,
        400,
        r#"{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens","type":"BadRequestError","param":null,"code":400}"#,
        Is::Kind(ContextWindow),
    );
    check(
        Vllm,
        404,
        r#"{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}}"#,
        Is::Kind(ModelUnavailable),
    );
    check(
        Ollama,
        404,
        r#"{"error":{"message":"model \"x\" not found, try pulling it first","type":"not_found_error","param":null,"code":null}}"#,
        Is::Kind(ModelUnavailable),
    );
    check(
        OpenAiCompatible,
        400,
        r#"{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":9000}}"#,
        Is::Kind(ContextWindow),
    );

    // Bodies of proxies, and none.
    check(
        OpenAiCompatible,
        502,
        "<html>\n<head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
        Is::Kind(ServerError),
    );
    check(OpenAiCompatible, 503, "no healthy upstream", Is::Kind(ServerError));
    check(OpenAiCompatible, 500, "", Is::Kind(ServerError));
    check(OpenAiCompatible, 400, "null", Is::Kind(InvalidRequest));
    check(OpenAiCompatible, 400, "[]", Is::Kind(InvalidRequest));
    check(OpenAiCompatible, 400, "\u{fffd}{\"error", Is::Kind(InvalidRequest));
}

#[test]
fn errors_inside_a_200_are_recognised() {
    let check = |provider: Provider, json: Value, kind: FailureKind, status: Option<u16>| {
        let failure = from_stream_error(provider, &json);
        assert_eq!((failure.kind, failure.status), (kind, status), "{provider} {json}");
    };
    use Provider::*;
    let anthropic =
        |kind: &str, message: &str| json!({"type": "error", "error": {"type": kind, "message": message}});
    check(Anthropic, anthropic("overloaded_error", "Overloaded"), ServerError, Some(529));
    check(Anthropic, anthropic("api_error", "Internal server error"), ServerError, Some(500));
    check(Anthropic, anthropic("rate_limit_error", "slow"), RateLimit, Some(429));
    check(
        Anthropic,
        anthropic("invalid_request_error", "prompt is too long: 3 tokens > 2 maximum"),
        ContextWindow,
        Some(400),
    );
    check(Anthropic, anthropic("something_new", "?"), ServerError, None);
    check(
        OpenAi,
        json!({"error": {"message": "The server had an error", "type": "server_error", "param": null, "code": null}}),
        ServerError,
        Some(500),
    );
    check(
        OpenAi,
        json!({"type": "error", "code": "insufficient_quota", "message": "You exceeded your current quota", "param": null}),
        RateLimit,
        None,
    );
    check(
        OpenRouter,
        json!({"id": "gen-1", "error": {"code": 502, "message": "Provider disconnected"}, "choices": []}),
        ServerError,
        Some(502),
    );
    check(OpenRouter, json!({"error": {"code": 429, "message": "Rate limited"}}), RateLimit, Some(429));
    check(OpenRouter, json!({"error": {"code": 408, "message": "Timed out"}}), Timeout, Some(408));
    check(
        Gemini,
        json!({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}),
        ServerError,
        Some(503),
    );
    check(
        Gemini,
        json!([{"error": {"code": 429, "message": "quota", "status": "RESOURCE_EXHAUSTED"}}]),
        RateLimit,
        Some(429),
    );
    check(Vllm, json!({"error": {"message": "boom"}}), ServerError, None);
    check(Ollama, json!({"error": "model runner has unexpectedly stopped"}), ServerError, None);
}

#[test]
fn a_failure_is_told_in_openais_four_fields() {
    let error =
        |provider, status, body: &str| from_response(provider, status, &|_| None, body.as_bytes(), 0).error;
    let shown = error(
        Provider::Mistral,
        422,
        r#"{"detail":[{"loc":["body","messages",0,"name"],"msg":"Extra inputs are not permitted","type":"extra_forbidden"}]}"#,
    );
    assert_eq!(shown.message, "messages.0.name: Extra inputs are not permitted");
    assert_eq!(shown.param.as_deref(), Some("messages.0.name"));
    assert_eq!(shown.kind.as_deref(), Some("invalid_request_error"));
    let shown = error(
        Provider::Gemini,
        503,
        r#"{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}"#,
    );
    assert_eq!((shown.kind.as_deref(), shown.code.as_deref()), (Some("api_error"), Some("UNAVAILABLE")));
    let shown =
        error(Provider::OpenAiCompatible, 502, "<html><head><title>502 Bad Gateway</title></head></html>");
    assert_eq!(shown.message, "502 Bad Gateway");
    let shown = error(Provider::OpenAiCompatible, 500, "");
    assert_eq!(shown.message, "The provider answered with status 500 and no explanation.");
    let shown = error(
        Provider::OpenAi,
        400,
        r#"{"error":{"message":"Unsupported parameter: 'max_tokens'","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#,
    );
    assert_eq!(
        (shown.param.as_deref(), shown.code.as_deref()),
        (Some("max_tokens"), Some("unsupported_parameter"))
    );
}

#[test]
fn a_wait_on_an_answer_that_is_no_error_is_not_a_wait() {
    let headers = |name: &str| (name == "retry-after").then_some("30");
    assert_eq!(from_response(Provider::Anthropic, 301, &headers, b"", 0).retry_after, None);
    assert_eq!(
        from_response(Provider::Anthropic, 529, &headers, b"", 0).retry_after,
        Some(Duration::from_secs(30))
    );
}

proptest::proptest! {
    #[test]
    fn no_body_makes_it_panic(status in 100u16..600, body: Vec<u8>, text: String) {
        for provider in Provider::ALL {
            from_response(*provider, status, &|_| None, &body, 0);
            from_response(*provider, status, &|_| Some(&text), text.as_bytes(), 0);
            from_stream_error(*provider, &json!({"error": {"message": text, "code": body.len()}}));
        }
    }
}
