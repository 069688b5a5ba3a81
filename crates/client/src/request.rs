//! A call as the JSON that the gateway takes (OpenAI's chat completion). It must never reach the network with JSON that
//! the app broke: a schema or an extra that is no JSON is named here.

use base64::Engine as _;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::message::{ImageInput, Message, Role};
use crate::options::{GenerateOptions, ToolChoice};

/// The body of `POST /v1/chat/completions`.
pub(crate) fn body(prompt: &str, options: &GenerateOptions, stream: bool) -> Result<Vec<u8>, Error> {
    if options.model.trim().is_empty() {
        return Err(Error::bad_input("no_model", "Name a route or a model: GenerateOptions(model: …)."));
    }
    let messages = messages(prompt, options);
    if messages.iter().all(|message| message["role"] == "system") {
        return Err(Error::bad_input("empty_prompt", "There is nothing to answer: the prompt is empty."));
    }
    let mut body = Map::new();
    let mut set = |name: &str, value: Value| {
        body.insert(name.to_owned(), value);
    };
    set("model", options.model.as_str().into());
    set("messages", messages.into());
    if stream {
        set("stream", true.into());
        set("stream_options", json!({ "include_usage": true }));
    }
    for (name, number) in [("temperature", options.temperature), ("top_p", options.top_p)] {
        if let Some(number) = number {
            set(name, number.into());
        }
    }
    if let Some(most) = options.max_tokens {
        set("max_tokens", most.into());
    }
    if let Some(seed) = options.seed {
        set("seed", seed.into());
    }
    if !options.stop.is_empty() {
        set("stop", options.stop.clone().into());
    }
    if !options.tools.is_empty() {
        let tools: Result<Vec<Value>, Error> = options.tools.iter().map(tool).collect();
        set("tools", tools?.into());
    }
    match &options.tool_choice {
        ToolChoice::Auto => {}
        ToolChoice::Never => set("tool_choice", "none".into()),
        ToolChoice::Required => set("tool_choice", "required".into()),
        ToolChoice::Tool(name) => {
            set("tool_choice", json!({ "type": "function", "function": { "name": name } }))
        }
    }
    if let Some(schema) = &options.json_schema {
        let schema = object("json_schema", schema)?;
        set(
            "response_format",
            json!({ "type": "json_schema", "json_schema": { "name": "answer", "strict": true, "schema": schema } }),
        );
    }
    if let Some(extra) = &options.extra {
        body.extend(object("extra", extra)?);
    }
    // Numbers, texts and maps with text keys always serialise.
    Ok(serde_json::to_vec(&body).unwrap_or_default())
}

fn messages(prompt: &str, options: &GenerateOptions) -> Vec<Value> {
    let mut messages = Vec::with_capacity(options.messages.len() + 2);
    if let Some(system) = options.system.as_deref().filter(|text| !text.is_empty()) {
        messages.push(json!({ "role": "system", "content": system }));
    }
    messages.extend(options.messages.iter().map(message));
    if !prompt.is_empty() || !options.images.is_empty() {
        messages.push(json!({ "role": "user", "content": content(prompt, &options.images) }));
    }
    messages
}

fn message(message: &Message) -> Value {
    let role = match message.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    };
    let mut wire = json!({ "role": role, "content": content(&message.text, &message.images) });
    if let Some(id) = &message.tool_call_id {
        wire["tool_call_id"] = id.as_str().into();
    }
    if !message.tool_calls.is_empty() {
        let call = |call: &crate::message::ToolCall| {
            json!({
                "id": call.id, "type": "function",
                "function": { "name": call.name, "arguments": call.arguments },
            })
        };
        wire["tool_calls"] = message.tool_calls.iter().map(call).collect();
        // A turn of calls alone has no content, and an empty text is not none.
        if message.text.is_empty() {
            wire["content"] = Value::Null;
        }
    }
    wire
}

/// A text, or parts if there are pictures.
fn content(text: &str, images: &[ImageInput]) -> Value {
    if images.is_empty() {
        return text.into();
    }
    let mut parts = Vec::with_capacity(images.len() + 1);
    if !text.is_empty() {
        parts.push(json!({ "type": "text", "text": text }));
    }
    for image in images {
        let url = match image {
            ImageInput::Url(url) => url.clone(),
            ImageInput::Bytes { data, media_type } => {
                let data = base64::engine::general_purpose::STANDARD.encode(data);
                format!("data:{media_type};base64,{data}")
            }
        };
        parts.push(json!({ "type": "image_url", "image_url": { "url": url } }));
    }
    parts.into()
}

fn tool(tool: &crate::message::Tool) -> Result<Value, Error> {
    let mut function = Map::new();
    function.insert("name".to_owned(), tool.name.as_str().into());
    if let Some(description) = &tool.description {
        function.insert("description".to_owned(), description.as_str().into());
    }
    if let Some(parameters) = &tool.parameters {
        function.insert("parameters".to_owned(), object("parameters", parameters)?.into());
    }
    Ok(json!({ "type": "function", "function": function }))
}

/// JSON text that an app wrote, which must be an object.
fn object(field: &str, text: &str) -> Result<Map<String, Value>, Error> {
    serde_json::from_str(text).map_err(|error| {
        // The position alone: the message of the parser can repeat what it read.
        let message =
            format!("`{field}` is no JSON object (line {}, column {}).", error.line(), error.column());
        Error::bad_input(&format!("bad_{field}"), message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Tool, ToolCall};

    fn read(prompt: &str, options: &GenerateOptions, stream: bool) -> Value {
        serde_json::from_slice(&body(prompt, options, stream).unwrap()).unwrap()
    }

    #[test]
    fn a_prompt_and_a_model_are_a_request() {
        assert_eq!(
            read("hello", &GenerateOptions::new("production-chat"), false),
            json!({ "model": "production-chat", "messages": [{ "role": "user", "content": "hello" }] })
        );
        let stream = read("hello", &GenerateOptions::new("m"), true);
        assert_eq!(
            (&stream["stream"], &stream["stream_options"]["include_usage"]),
            (&json!(true), &json!(true))
        );
    }

    #[test]
    fn a_conversation_keeps_its_order_and_its_calls() {
        let call =
            ToolCall { id: "c1".into(), name: "weather".into(), arguments: "{\"city\":\"Rome\"}".into() };
        let options = GenerateOptions {
            system: Some("Be brief.".into()),
            messages: vec![
                Message::user("Rome?"),
                Message { tool_calls: vec![call], ..Message::assistant("") },
                Message::tool("c1", "sunny"),
            ],
            ..GenerateOptions::new("m")
        };
        let messages = read("", &options, false)["messages"].clone();
        assert_eq!(
            messages,
            json!([
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": "Rome?" },
                { "role": "assistant", "content": null, "tool_calls": [{
                    "id": "c1", "type": "function",
                    "function": { "name": "weather", "arguments": "{\"city\":\"Rome\"}" },
                }] },
                { "role": "tool", "content": "sunny", "tool_call_id": "c1" },
            ])
        );
    }

    #[test]
    fn every_option_reaches_the_wire() {
        let options = GenerateOptions {
            images: vec![
                ImageInput::Url("https://example.com/a.png".into()),
                ImageInput::Bytes { data: vec![1, 2, 3], media_type: "image/png".into() },
            ],
            temperature: Some(0.5),
            top_p: Some(0.25),
            max_tokens: Some(9),
            stop: vec!["END".into()],
            seed: Some(7),
            tools: vec![Tool { name: "t".into(), description: None, parameters: Some("{}".into()) }],
            tool_choice: ToolChoice::Tool("t".into()),
            json_schema: Some("{\"type\":\"object\"}".into()),
            extra: Some("{\"top_p\":1,\"logprobs\":true}".into()),
            ..GenerateOptions::new("m")
        };
        assert_eq!(
            read("look", &options, false),
            json!({
                "model": "m",
                "messages": [{ "role": "user", "content": [
                    { "type": "text", "text": "look" },
                    { "type": "image_url", "image_url": { "url": "https://example.com/a.png" } },
                    { "type": "image_url", "image_url": { "url": "data:image/png;base64,AQID" } },
                ] }],
                "temperature": 0.5, "top_p": 1, "max_tokens": 9, "seed": 7, "stop": ["END"],
                "tools": [{ "type": "function", "function": { "name": "t", "parameters": {} } }],
                "tool_choice": { "type": "function", "function": { "name": "t" } },
                "response_format": { "type": "json_schema", "json_schema": {
                    "name": "answer", "strict": true, "schema": { "type": "object" } } },
                "logprobs": true,
            })
        );
    }

    #[test]
    fn broken_json_and_an_empty_call_are_named_before_the_network() {
        let check = |prompt: &str, options: GenerateOptions, expect: &str| {
            assert_eq!(body(prompt, &options, false).unwrap_err().code(), expect);
        };
        let base = || GenerateOptions::new("m");
        check("hi", GenerateOptions::new(" "), "no_model");
        check("", base(), "empty_prompt");
        check("", GenerateOptions { system: Some("x".into()), ..base() }, "empty_prompt");
        check("hi", GenerateOptions { json_schema: Some("{".into()), ..base() }, "bad_json_schema");
        check("hi", GenerateOptions { extra: Some("[1]".into()), ..base() }, "bad_extra");
        let tool = Tool { name: "t".into(), description: None, parameters: Some("no".into()) };
        check("hi", GenerateOptions { tools: vec![tool], ..base() }, "bad_parameters");
    }
}
