//! What an app would have sent to get a recording: for OpenAI's wire the recorded request itself, for the others the
//! same in the plainest words; and whether what the provider was then asked is what the app asked.

use serde_json::{Value, json};

use super::corpus::text;
use super::exchange::{Dialect, Exchange};
use super::expect;
use super::provider::Asked;
use super::said::list;

const QUESTION: &str = "What is the tallest hill?";

/// The app's body. `slug`: the provider's name in front of the model. `usage`: to ask for it in any case.
pub(super) fn of(exchange: &Exchange, slug: &str, stream: bool, usage: bool) -> Value {
    let mut body = match (&exchange.asked, exchange.dialect) {
        (Some(asked), Dialect::OpenAi) => asked.clone(),
        _ => plain(exchange),
    };
    let model = body["model"].as_str().unwrap_or(&exchange.model);
    body["model"] = format!("{slug}/{}", if model.is_empty() { "a-model" } else { model }).into();
    if stream {
        body["stream"] = true.into();
    } else if body["stream"] == true {
        body["stream"] = false.into();
        body.as_object_mut().unwrap().shift_remove("stream_options");
    }
    if stream && usage {
        body["stream_options"]["include_usage"] = true.into();
    }
    // OpenRouter's own list of fallbacks is MAIG's here: its names mean targets, of the same account.
    for name in body["models"].as_array_mut().into_iter().flatten() {
        *name = format!("{slug}/{}", name.as_str().unwrap_or_default()).into();
    }
    body
}

fn plain(exchange: &Exchange) -> Value {
    let mut body = json!({"messages": [{"role": "user", "content": QUESTION}]});
    let tools: Vec<Value> = tool_names(exchange)
        .iter()
        .map(|name| {
            json!({"type": "function", "function": {
                "name": name, "description": "As recorded.", "parameters": {"type": "object", "properties": {}},
            }})
        })
        .collect();
    if !tools.is_empty() {
        body["tools"] = tools.into();
    }
    let choices = expect::choices(&exchange.objects());
    if exchange.dialect == Dialect::OpenAi && choices > 1 {
        body["n"] = choices.into();
    }
    body
}

/// Names of the functions that the recorded request declared.
fn tool_names(exchange: &Exchange) -> Vec<String> {
    let Some(asked) = &exchange.asked else { return Vec::new() };
    let mut names = Vec::new();
    for tool in list(&asked["tools"]) {
        let functions = ["functionDeclarations", "function_declarations"]
            .iter()
            .flat_map(|field| list(&tool[field]))
            .chain(
                (exchange.dialect == Dialect::Anthropic && tool["input_schema"].is_object()).then_some(tool),
            );
        names.extend(functions.map(|function| text(function, "name").to_owned()));
    }
    names
}

/// Whether the provider was asked what the app asked. `dropped`: what `x-maig-dropped` named.
pub(super) fn check(exchange: &Exchange, sent: &Value, asked: &Asked, dropped: &str) -> Result<(), String> {
    match exchange.dialect {
        Dialect::OpenAi => same_fields(exchange, sent, &asked.body, dropped),
        Dialect::Anthropic => {
            let tools: Vec<&str> = list(&asked.body["tools"]).iter().map(|tool| text(tool, "name")).collect();
            plain_was_asked(exchange, asked, &tools)
        }
        Dialect::Gemini => {
            let functions =
                list(&asked.body["tools"]).iter().flat_map(|tool| list(&tool["functionDeclarations"]));
            plain_was_asked(exchange, asked, &functions.map(|tool| text(tool, "name")).collect::<Vec<_>>())
        }
    }
}

fn plain_was_asked(exchange: &Exchange, asked: &Asked, tools: &[&str]) -> Result<(), String> {
    if tools != tool_names(exchange) {
        return Err(format!("upstream saw the tools {tools:?}"));
    }
    let model = match exchange.dialect {
        Dialect::Anthropic => text(&asked.body, "model"),
        _ => asked.path.rsplit('/').next().and_then(|last| last.split(':').next()).unwrap_or_default(),
    };
    if !asked.body.to_string().contains(QUESTION) || model != exchange.model {
        return Err(format!("upstream was asked of {model}: {}", asked.body));
    }
    Ok(())
}

/// What MAIG says itself, and not for the app: which model, whether to count, who is next.
const OURS: &[&str] = &["model", "stream_options", "models"];

fn same_fields(exchange: &Exchange, sent: &Value, got: &Value, dropped: &str) -> Result<(), String> {
    let model = exchange
        .asked
        .as_ref()
        .map_or(exchange.model.as_str(), |asked| asked["model"].as_str().unwrap_or(&exchange.model));
    if !model.is_empty() && text(got, "model") != model {
        return Err(format!("upstream was asked of {}", got["model"]));
    }
    let mut lost = Vec::new();
    for (field, value) in
        sent.as_object().unwrap().iter().filter(|(field, _)| !OURS.contains(&field.as_str()))
    {
        let spelled = spellings(field).find_map(|name| got.get(name));
        match spelled {
            Some(got) => missing(field, value, got, &mut lost),
            None if field == "stream" && *value == false => {}
            None => lost.push(field.clone()),
        }
    }
    let named: Vec<&str> = dropped.split(',').collect();
    lost.retain(|field| !named.contains(&without_places(field).as_str()));
    if lost.is_empty() { Ok(()) } else { Err(format!("upstream lost {lost:?}; dropped: {dropped}")) }
}

/// `messages[3].name` is named `messages.name` among the dropped.
fn without_places(path: &str) -> String {
    path.split('[').map(|step| step.split_once(']').map_or(step, |(_, rest)| rest)).collect()
}

/// A field's other names at vendors that spell it their way.
fn spellings(field: &str) -> impl Iterator<Item = &str> {
    let other: &[&str] = match field {
        "max_tokens" | "max_completion_tokens" => &["max_tokens", "max_completion_tokens"],
        "seed" => &["random_seed"],
        _ => &[],
    };
    std::iter::once(field).chain(other.iter().copied())
}

/// Paths of `sent` that `got` lacks or has otherwise.
fn missing(path: &str, sent: &Value, got: &Value, into: &mut Vec<String>) {
    match (sent, got) {
        (Value::Object(sent), Value::Object(got)) => {
            for (key, value) in sent {
                let path = format!("{path}.{key}");
                match got.get(key) {
                    None => into.push(path),
                    Some(got) => missing(&path, value, got, into),
                }
            }
        }
        (Value::Array(sent), Value::Array(got)) if sent.len() == got.len() => {
            for (at, (sent, got)) in sent.iter().zip(got).enumerate() {
                missing(&format!("{path}[{at}]"), sent, got, into);
            }
        }
        _ if sent == got => {}
        _ => into.push(format!("{path}: {sent} became {got}")),
    }
}
