//! OpenAI's dialect, case by case: what is wrong with a body, what each vendor is sent, what a client is given of
//! streams that are nearly OpenAI's. The cases are made by hand, each for one oddity.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use maig_core::chat::{FinishReason, Message, Origin, Part, Usage};
use maig_core::failure::FailureKind;
use maig_core::plan::Breaker;
use maig_core::provider::Provider;
use maig_core::route::{ModelTarget, Timeouts};
use maig_core::sse::Frame;
use maig_core::translate::openai::with_usage;
use maig_core::translate::{Envelope, Head, NotAFrame, Outgoing, Reader, Refusal, Relay, outgoing};
use serde_json::{Value, json};

fn envelope(body: &str) -> Envelope {
    Envelope::parse(Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

// ── The caller's body ──

#[test]
fn a_bad_body_is_told_what_is_wrong_and_where() {
    let check = |body: &str, param: Option<&str>, says: &str| {
        let bad = Envelope::parse(Bytes::copy_from_slice(body.as_bytes())).unwrap_err();
        assert_eq!(bad.param.as_deref(), param, "{body}: {bad}");
        assert!(bad.message.contains(says), "{body}: {bad}");
    };
    check("", None, "empty");
    check("{\n  \"model\": \"a\",\n  \"messages\": [}", None, "line 3 column 16");
    check("{\"model\":\"a\"} x", None, "trailing");
    check("[]", None, "must be a JSON object");
    check("\"a\"", None, "must be a JSON object");
    check("not json", None, "not valid JSON");
    check(r#"{"model":"a"}"#, Some("messages"), "missing");
    check(r#"{"model":"a","messages":[ ]}"#, Some("messages"), "empty");
    check(r#"{"model":"a","messages":"hi"}"#, Some("messages"), "list");
    check(r#"{"messages":[{}]}"#, Some("model"), "missing");
    check(r#"{"model":5,"messages":[{}]}"#, Some("model"), "string");
    check(r#"{"model":"a","messages":[{}],"stream":"yes"}"#, Some("stream"), "true or false");
    check(r#"{"model":"a","messages":[{}],"n":0}"#, Some("n"), "1 to 128");
    check(
        r#"{"model":"a","messages":[{}],"models":["b"],"fallback_models":["c"]}"#,
        Some("models"),
        "not both",
    );
    check(r#"{"model":"a","messages":[{}],"fallback_on":["nonsense"]}"#, Some("fallback_on"), "rate_limit");
    let invalid = Envelope::parse(Bytes::from_static(b"{\"model\":\"\xff\",\"messages\":[{}]}")).unwrap_err();
    assert!(invalid.message.contains("not valid JSON"), "{invalid}");
}

#[test]
fn the_envelope_reads_what_steers_and_nothing_else() {
    let read = envelope(
        r#"{"models":["a","b"],"messages":[{"role":"user","content":"hi"}],"stream":true,"model":null,
            "stream_options":{"include_usage":true},"n":2,"user":"u","x":1,"x":2,
            "fallback_conditions":{"status_codes":[429],"timeout_ms":6000},"fallback_on":["timeout"]}"#,
    );
    assert_eq!((&*read.model, read.stream, read.include_usage, read.n), ("a", true, true, 2));
    assert_eq!(read.inline.models, ["b"]);
    assert_eq!(read.inline.on.as_deref(), Some(&[FailureKind::Timeout][..]));
    assert_eq!((read.inline.status_codes.as_deref(), read.inline.timeout_ms), (Some(&[429][..]), Some(6000)));
    assert_eq!(read.raw("x"), Some(&b"2"[..]), "the last of two wins");
}

#[test]
fn needs_are_told_from_the_bytes() {
    let needs = |body: &str| envelope(body).needs();
    let plain = needs(r#"{"model":"a","messages":[{"content":"say \"type\":\"image_url\""}],"tools":[ ]}"#);
    assert_eq!(plain, maig_core::chat::Needs::default());
    let all = needs(
        r#"{"model":"a","n":2,"tools":[{}],"tool_choice":"required","response_format":{"type":"json_schema"},
            "messages":[{"content":[{"type" : "image_url"},{"type":"input_audio"},{"type":"file"}]}]}"#,
    );
    assert!(all.image && all.audio && all.file && all.tools && all.several_choices && all.json_schema);
    assert!(all.forced_tool_choice);
    assert!(!needs(r#"{"model":"a","messages":[{"name":"file"}]}"#).file, "a name is no part");
}

// ── Towards a vendor ──

fn target(provider: Provider) -> ModelTarget {
    ModelTarget {
        provider,
        model: "m".to_owned(),
        label: format!("{provider}/m").into(),
        account: None,
        card: None,
        send_as: "m".to_owned(),
        retries: 0,
        timeouts: Timeouts::default(),
        parameters: serde_json::Map::new(),
        breaker: Arc::new(Mutex::new(Breaker::default())),
    }
}

fn send(provider: Provider, body: &Value, stream: bool) -> Result<(Value, Vec<String>), Refusal> {
    let Outgoing { body, dropped, .. } = outgoing(&target(provider), &envelope(&body.to_string()), stream)?;
    Ok((serde_json::from_slice(&body).unwrap(), dropped))
}

#[test]
fn an_unknown_server_is_sent_the_callers_own_bytes() {
    let body = r#"{"model":"route","messages":[{"role":"user","content":"\u00e9 1.0 ","x":1.50}],"models":["b"],"new":[1,  2]}"#;
    let out = outgoing(&target(Provider::OpenAiCompatible), &envelope(body), false).unwrap();
    let expect =
        r#"{"model":"m","messages":[{"role":"user","content":"\u00e9 1.0 ","x":1.50}],"new":[1,  2]}"#;
    assert_eq!(std::str::from_utf8(&out.body).unwrap(), expect);
    assert!(out.dropped.is_empty());
}

#[test]
fn a_stream_asks_for_usage_and_keeps_the_callers_options() {
    let body = json!({"model": "r", "messages": [{}], "stream": true, "stream_options": {"include_obfuscation": false}});
    let (sent, _) = send(Provider::OpenAi, &body, true).unwrap();
    assert_eq!(sent["stream_options"], json!({"include_obfuscation": false, "include_usage": true}));
    let (sent, _) = send(Provider::OpenAi, &body, false).unwrap();
    assert_eq!((&sent["stream"], sent.get("stream_options")), (&json!(false), None));
}

#[test]
fn mistral_is_sent_only_what_it_takes() {
    let body = json!({
        "model": "r", "stream": true, "seed": 7, "max_completion_tokens": 9, "user": "u", "temperature": 2,
        "messages": [
            {"role": "developer", "content": "d"},
            {"role": "assistant", "content": null, "reasoning_content": "hm",
             "tool_calls": [{"id": "call_of_another", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "call_of_another", "content": "ok"},
        ],
    });
    let (sent, dropped) = send(Provider::Mistral, &body, true).unwrap();
    assert_eq!(dropped, ["messages.reasoning_content", "user"]);
    assert_eq!(
        (&sent["random_seed"], &sent["max_tokens"], &sent["temperature"]),
        (&json!(7), &json!(9), &json!(1.5))
    );
    for gone in ["seed", "max_completion_tokens", "user", "stream_options"] {
        assert_eq!(sent.get(gone), None, "{gone}");
    }
    let messages = sent["messages"].as_array().unwrap();
    assert_eq!(messages[0]["role"], "system");
    let id = messages[1]["tool_calls"][0]["id"].as_str().unwrap();
    assert!(id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    assert_eq!(messages[2]["tool_call_id"], id, "call and result keep together");
}

#[test]
fn reasoning_goes_back_to_its_writer_and_to_nobody_who_refuses_it() {
    let call = json!([{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]);
    let body = json!({"model": "r", "messages": [
        {"role": "assistant", "content": "a", "tool_calls": call, "reasoning_content": "hm"},
        {"role": "assistant", "content": "b", "tool_calls": call},
    ]});
    let (sent, dropped) = send(Provider::DeepSeek, &body, false).unwrap();
    assert_eq!(sent["messages"][0]["reasoning_content"], "hm");
    assert_eq!(
        sent["messages"][1]["reasoning_content"], " ",
        "another vendor's turn has none, and is not refused"
    );
    assert!(dropped.is_empty());
    let (sent, dropped) = send(Provider::OpenAi, &body, false).unwrap();
    assert_eq!(sent["messages"][0].get("reasoning_content"), None);
    assert_eq!(dropped, ["messages.reasoning_content"]);
}

#[test]
fn what_a_vendor_cannot_do_makes_it_unsuitable() {
    let refused = |provider, extra: Value| {
        let mut body = json!({"model": "r", "messages": [{}]});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        match send(provider, &body, false) {
            Err(Refusal::Unsupported(what)) => what.param,
            other => format!("{other:?}"),
        }
    };
    let schema =
        json!({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}});
    assert_eq!(refused(Provider::DeepSeek, schema), "response_format");
    assert_eq!(refused(Provider::Groq, json!({"n": 2})), "n");
    assert_eq!(refused(Provider::Perplexity, json!({"tools": [{"type": "function"}]})), "tools");
}

#[test]
fn a_targets_parameters_stand_over_the_callers() {
    let mut target = target(Provider::OpenAi);
    target.parameters.insert("temperature".to_owned(), json!(0.1));
    let body = envelope(r#"{"model":"r","messages":[{"role":"user","content":"a"}],"temperature":1}"#);
    let sent: Value = serde_json::from_slice(&outgoing(&target, &body, false).unwrap().body).unwrap();
    assert_eq!(sent["temperature"], 0.1);
    assert_eq!(body.request_with(&target.parameters).unwrap().temperature, Some(0.1));
}

// ── Back from a vendor ──

fn relay(include_usage: bool) -> Box<dyn Relay> {
    let head = Head { id: "chatcmpl-1".to_owned(), created: 5, model: "asked".to_owned() };
    Reader::OpenAi(Provider::OpenAiCompatible).relay(head, include_usage)
}

fn frame(data: &str) -> Frame {
    Frame { event: None, data: Bytes::copy_from_slice(data.as_bytes()) }
}

/// The caller's chunks for upstream frames, then its end.
fn passes(include_usage: bool, data: &[&str]) -> Vec<String> {
    let mut relay = relay(include_usage);
    let mut out = Vec::new();
    for data in data {
        let signals = relay.frame(&frame(data), &mut out).unwrap();
        assert!(signals.failed.is_none(), "{signals:?}");
    }
    relay.finish(None, &mut out);
    let text = String::from_utf8(out).unwrap();
    let chunks: Vec<String> =
        text.split_terminator("\n\n").map(|chunk| chunk.strip_prefix("data: ").unwrap().to_owned()).collect();
    for chunk in &chunks[..chunks.len() - 1] {
        serde_json::from_str::<Value>(chunk).unwrap_or_else(|error| panic!("{error}: {chunk}"));
    }
    chunks
}

/// A chunk with a head as OpenAI has it.
fn headed(chunk: &str) -> String {
    let head = r#"{"id":"a","object":"chat.completion.chunk","created":7,"model":"m","#;
    chunk.replacen('{', head, 1)
}

#[test]
fn a_frame_of_openais_shape_is_not_touched() {
    let first = headed(
        r#"{ "choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}], "new":1.50}"#,
    );
    let last = headed(r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#);
    assert_eq!(passes(false, &[&first, &last]), [&first, &last, "[DONE]"]);
}

#[test]
fn only_what_a_client_stumbles_over_is_edited() {
    let first = r#"{"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"a"}}]}"#;
    let check = |data: &str, expect: &str| {
        let chunks = passes(false, &[first, &headed(data)]);
        assert_eq!(chunks[1], headed(expect), "{data}");
    };
    check(
        r#"{"choices":[{"index":0,"delta":{"content":"b","function_call":{"name":"","arguments":""}}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"b"}}]}"#,
    );
    check(
        r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":"b"}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"b"}}]}"#,
    );
    check(
        r#"{"choices":[{"index":0,"delta":{"content":"b","role":"assistant"}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"b"}}]}"#,
    );
    check(
        r#"{"choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]},{"type":"text","text":"b"}]}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"b","reasoning_content":"t"}}]}"#,
    );
    check(
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"eos"}]}"#,
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    );
    check(
        r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"function":{"name":"f","arguments":{"a":"\n"}},"id":"x"}]}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"type":"function","function":{"name":"f","arguments":"{\"a\":\"\\n\"}"},"id":"x"}]}}]}"#,
    );
}

#[test]
fn what_a_head_lacks_is_put_in() {
    let delta =
        r#""choices":[{"index":0,"delta":{"role":"assistant","content":"b"},"finish_reason":"stop"}]"#;
    let check = |head: &str, expect: &str| {
        let chunks = passes(false, &[&format!("{{{head}{delta}}}")]);
        assert_eq!(chunks[0], format!("{{{expect}{delta}}}"), "{head}");
    };
    check("", r#""id":"chatcmpl-1","object":"chat.completion.chunk","created":5,"model":"asked","#);
    check(
        r#""id":"","object":"chat.completion.done","created":9,"model":"m","#,
        r#""id":"chatcmpl-1","object":"chat.completion.chunk","created":9,"model":"m","#,
    );
    check(
        r#""id":null,"object":null,"created":null,"model":null,"#,
        r#""id":"chatcmpl-1","object":"chat.completion.chunk","created":5,"model":"asked","#,
    );
    let head = Head { id: "chatcmpl-1".to_owned(), created: 5, model: "asked".to_owned() };
    let body = r#"{"id":"","created":null,"usage":null,"choices":[{"index":0,"message":{"role":"assistant","content":"b"},"finish_reason":"stop"}]}"#;
    let whole = Reader::OpenAi(Provider::OpenAiCompatible).whole(Bytes::from_static(body.as_bytes()), &head);
    let counted = with_usage(&whole.unwrap().body, &Usage { prompt: 3, completion: 4, ..Usage::default() });
    let given: Value = serde_json::from_slice(&counted).unwrap();
    assert_eq!(given["usage"]["total_tokens"], 7, "`null` is replaced, not followed by a second member");
    assert_eq!(
        (&given["id"], &given["object"], &given["created"], &given["model"]),
        (&json!("chatcmpl-1"), &json!("chat.completion"), &json!(5), &json!("asked"))
    );
}

#[test]
fn an_error_after_the_last_finish_takes_nothing_back() {
    let cut = headed(
        r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":"a"},"finish_reason":"length"}]}"#,
    );
    let late = headed(
        r#"{"error":{"code":400,"message":"Token limit reached"},"choices":[{"index":0,"delta":{"content":""}}],"usage":{"prompt_tokens":4,"completion_tokens":1,"total_tokens":5}}"#,
    );
    let chunks = passes(true, &[&cut, &late]);
    assert_eq!((chunks.len(), chunks[0].as_str()), (3, cut.as_str()), "{chunks:?}");
    assert!(chunks[1].contains(r#""total_tokens":5"#) && !chunks[1].contains("error"), "{chunks:?}");
    let failed = relay(true).frame(&frame(&late), &mut Vec::new()).unwrap().failed;
    assert!(failed.is_some(), "before any finish it is a failure");
}

#[test]
fn parallel_calls_keep_apart_whatever_their_index_says() {
    let call = |id: &str| {
        format!(
            r#"{{"model":"m","choices":[{{"index":0,"delta":{{"tool_calls":[{{"index":0,"id":"{id}","type":"function","function":{{"name":"f","arguments":"{{}}"}}}}]}}}}]}}"#
        )
    };
    let more = r#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"","function":{"name":"","arguments":" "}}]}}]}"#;
    let chunks = passes(false, &[&call("a"), &call("b"), more]);
    let at = |chunk: usize| {
        let chunk: Value = serde_json::from_str(&chunks[chunk]).unwrap();
        chunk["choices"][0]["delta"]["tool_calls"][0].clone()
    };
    assert_eq!((&at(0)["index"], &at(1)["index"], &at(1)["id"]), (&json!(0), &json!(1), &json!("b")));
    assert_eq!(at(2), json!({"index": 1, "function": {"arguments": " "}}));
    assert!(chunks[3].contains(r#""finish_reason":"tool_calls""#), "a missing finish is told: {}", chunks[3]);
}

#[test]
fn usage_comes_once_at_the_end_and_only_when_asked() {
    let counted = r#"{"model":"m","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":112,"completion_tokens_details":{"reasoning_tokens":100},"cost":1}}"#;
    let again =
        r#"{"model":"m","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}],"usage":null}"#;
    let chunks = passes(true, &[counted, again]);
    assert_eq!(chunks.len(), 3, "{chunks:?}");
    let last: Value = serde_json::from_str(&chunks[1]).unwrap();
    assert_eq!(last["choices"], json!([]));
    assert_eq!(
        (&last["usage"]["completion_tokens"], &last["usage"]["cost"]),
        (&json!(102), &json!(1)),
        "xAI's sum"
    );
    let chunks = passes(false, &[counted, again]);
    assert!(chunks.len() == 2 && !chunks[0].contains("usage"), "{chunks:?}");
}

#[test]
fn errors_and_rubbish_in_a_stream_are_told_apart() {
    let mut out = Vec::new();
    let mut failed =
        |data: &str| relay(true).frame(&frame(data), &mut out).map(|signals| signals.failed.is_some());
    for error in [
        r#"{"error":{"message":"a","code":500}}"#,
        r#"{"error":"a","code":"b"}"#,
        r#"{"object":"error","message":"a"}"#,
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}"#,
    ] {
        assert_eq!(failed(error), Ok(true), "{error}");
    }
    assert_eq!(failed("<html>"), Err(NotAFrame));
    assert_eq!(failed(""), Ok(false));
    assert!(relay(true).frame(&frame("[DONE]"), &mut out).unwrap().done);
    assert!(out.is_empty(), "no byte of it reaches the caller");
}

#[test]
fn a_whole_answer_that_is_none_is_refused() {
    let head = Head::default();
    let whole =
        |body: &str| Reader::OpenAi(Provider::OpenAi).whole(Bytes::copy_from_slice(body.as_bytes()), &head);
    for body in ["", "<html>", "{}", r#"{"choices":[]}"#, r#"{"choices":null}"#] {
        assert_eq!(whole(body).unwrap_err().kind, FailureKind::BadResponse, "{body}");
    }
    let silent =
        whole(r#"{"choices":[{"index":0,"message":{"content":""},"finish_reason":"stop"}]}"#).unwrap();
    assert!(silent.empty);
    let cut =
        whole(r#"{"choices":[{"index":0,"message":{"content":""},"finish_reason":"length"}]}"#).unwrap();
    assert!(!cut.empty);
    let filtered = whole(r#"{"choices":[{"index":0,"finish_reason":"content_filter"}]}"#).unwrap();
    assert_eq!((filtered.empty, filtered.finish), (false, vec![Some(FinishReason::ContentFilter)]));
    assert!(std::str::from_utf8(&filtered.body).unwrap().contains(r#""content":null"#));
}

// ── In neutral words ──

#[test]
fn history_is_read_with_its_older_forms_and_proofs() {
    let body = envelope(
        &json!({"model": "r", "messages": [
            {"role": "developer", "content": [{"type": "text", "text": "d"}]},
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]},
            {"role": "assistant", "content": null, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "r"},
            {"role": "assistant", "content": "a", "reasoning_content": "t", "reasoning_details": [
                {"type": "reasoning.text", "text": "t", "signature": "s", "format": "anthropic-claude-v1"}]},
        ]})
        .to_string(),
    );
    let request = body.request().unwrap();
    let [
        Message::System { .. },
        Message::User { parts, .. },
        Message::Assistant(called),
        Message::Tool { call_id, .. },
        Message::Assistant(thought),
    ] = request.messages.as_slice()
    else {
        panic!("{:?}", request.messages)
    };
    assert!(
        matches!(&parts[0], Part::Image(maig_core::chat::Media::Data { media_type, .. }, _) if media_type == "image/png")
    );
    assert_eq!(&called.tool_calls[0].id, call_id);
    assert_eq!(thought.reasoning.len(), 1);
    assert_eq!(thought.reasoning[0].origin, Some(Origin::Anthropic));
    assert_eq!(thought.reasoning[0].signature.as_deref(), Some("s"));
}

#[test]
fn a_wrong_field_is_named_by_its_path() {
    let check = |message: Value, param: &str| {
        let body = envelope(&json!({"model": "r", "messages": [message]}).to_string());
        match body.request().unwrap_err() {
            Refusal::Bad(bad) => assert_eq!(bad.param.as_deref(), Some(param)),
            Refusal::Unsupported(what) => assert_eq!(format!("unsupported {}", what.param), param),
        }
    };
    check(json!("hi"), "messages[0]");
    check(json!({"content": "a"}), "messages[0].role");
    check(json!({"role": "robot"}), "messages[0].role");
    check(json!({"role": "user", "content": 5}), "messages[0].content");
    check(json!({"role": "user", "content": [{"type": "text"}]}), "messages[0].content[0].text");
    check(
        json!({"role": "user", "content": [{"type": "hologram"}]}),
        "unsupported messages[0].content[0].type",
    );
    check(json!({"role": "tool", "content": "a"}), "messages[0].tool_call_id");
}
