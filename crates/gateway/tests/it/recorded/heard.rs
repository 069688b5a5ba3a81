//! Reads what the gateway gave, as strictly as OpenAI's own clients would have it: shape, order, one role, one finish a
//! choice, one usage at the end, `[DONE]` last.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::said::{Said, arguments, list, number, whole_calls, words};

/// A whole answer.
pub(super) fn whole(body: &str) -> Result<Said, String> {
    let body: Value = serde_json::from_str(body).map_err(|error| error.to_string())?;
    let text = |field: &str| body[field].as_str().filter(|text| !text.is_empty());
    if text("id").is_none() || !body["created"].is_u64() || body["object"] != "chat.completion" {
        return Err(format!(
            "not headed as a completion: {} {} {}",
            body["id"], body["created"], body["object"]
        ));
    }
    let mut said = Said { model: text("model").map(str::to_owned), ..Said::default() };
    for (at, choice) in list(&body["choices"]).iter().enumerate() {
        if choice["index"] != at {
            return Err(format!("choice {at} has the index {}", choice["index"]));
        }
        let message = &choice["message"];
        if message["role"] != "assistant" || !(message["content"].is_string() || message["content"].is_null())
        {
            return Err(format!("not an assistant's message: {message}"));
        }
        let spoken = said.choices.entry(at as u64).or_default();
        words(message, spoken);
        whole_calls(message, spoken);
        for call in list(&message["tool_calls"]) {
            let id = call["id"].as_str().unwrap_or_default();
            if id.is_empty() || call["type"] != "function" || !call["function"]["arguments"].is_string() {
                return Err(format!("not a call: {call}"));
            }
        }
        spoken.finish = choice["finish_reason"].as_str().ok_or("no finish_reason")?.to_owned();
    }
    if !body["usage"].is_object() {
        return Err("no usage".to_owned());
    }
    said.usage = counts(&body["usage"]);
    Ok(said.settled())
}

/// A stream. `usage`: whether it was asked for.
pub(super) fn stream(text: &str, usage: bool) -> Result<Said, String> {
    let mut said = Said::default();
    let mut frames: Vec<&str> = text.split("\n\n").filter(|frame| !frame.is_empty()).collect();
    let done = frames.last() == Some(&"data: [DONE]");
    if done {
        frames.pop();
    }
    let mut chunks = Vec::with_capacity(frames.len());
    for frame in frames {
        let data = frame.strip_prefix("data: ").ok_or_else(|| format!("not a data line: {frame}"))?;
        chunks.push(serde_json::from_str::<Value>(data).map_err(|error| format!("{error} in {data}"))?);
    }
    if let Some(last) = chunks.pop_if(|last| last.get("error").is_some()) {
        if last["error"]["code"] != "stream_interrupted" {
            return Err(format!("an untyped error: {last}"));
        }
        said.broke = true;
    }
    if done == said.broke {
        return Err(format!("[DONE]: {done}, error: {}", said.broke));
    }
    if usage && !said.broke {
        let last = chunks.pop().ok_or("no chunk")?;
        if !last["usage"].is_object() || last["choices"] != json!([]) {
            return Err(format!("the last chunk has no usage, or choices: {last}"));
        }
        said.usage = counts(&last["usage"]);
    }
    let mut reader = Reader::default();
    for chunk in &chunks {
        reader.chunk(chunk, &mut said)?;
    }
    for ((choice, call), raw) in reader.arguments {
        let at = usize::try_from(call).unwrap();
        said.choices.get_mut(&choice).unwrap().calls[at].1 = arguments(&raw);
    }
    if !said.broke && said.choices.values().any(|spoken| spoken.finish.is_empty()) {
        return Err("a choice without a finish".to_owned());
    }
    Ok(said.settled())
}

#[derive(Default)]
struct Reader {
    arguments: BTreeMap<(u64, u64), String>,
}

impl Reader {
    fn chunk(&mut self, chunk: &Value, said: &mut Said) -> Result<(), String> {
        if chunk["usage"].is_object() {
            return Err(format!("usage before the end: {chunk}"));
        }
        if chunk["object"] != "chat.completion.chunk" || !chunk["created"].is_u64() {
            return Err(format!("not headed as a chunk: {chunk}"));
        }
        // Ids are the vendor's own, even where it changes them on the way.
        if chunk["id"].as_str().is_none_or(str::is_empty) {
            return Err(format!("no id: {chunk}"));
        }
        let model = chunk["model"].as_str().unwrap_or_default();
        match &said.model {
            None => said.model = Some(model.to_owned()),
            Some(known) if known != model => return Err(format!("the model changed from {known}: {chunk}")),
            Some(_) => {}
        }
        if list(&chunk["choices"]).is_empty() {
            return Err(format!("a chunk without choices: {chunk}"));
        }
        list(&chunk["choices"]).iter().try_for_each(|choice| self.choice(choice, said))
    }

    fn choice(&mut self, choice: &Value, said: &mut Said) -> Result<(), String> {
        let index = choice["index"].as_u64().ok_or("a choice without index")?;
        let fresh = !said.choices.contains_key(&index);
        let spoken = said.choices.entry(index).or_default();
        let delta = &choice["delta"];
        if delta["role"].is_string() != fresh && *delta != json!({}) {
            return Err(format!("the role is told wrongly: {choice}"));
        }
        if !(delta["content"].is_string() || delta["content"].is_null()) {
            return Err(format!("content is no text: {choice}"));
        }
        let before = spoken.clone();
        words(delta, spoken);
        if !before.finish.is_empty() && before != *spoken {
            return Err(format!("words after the finish: {choice}"));
        }
        if let Some(name) = delta["function_call"]["name"].as_str() {
            spoken.calls.push((name.to_owned(), Value::Null));
        }
        if let Some(fragment) = delta["function_call"]["arguments"].as_str() {
            self.arguments.entry((index, 0)).or_default().push_str(fragment);
        }
        for call in list(&delta["tool_calls"]) {
            let at = call["index"].as_u64().ok_or("a call without index")?;
            let function = &call["function"];
            if at == spoken.calls.len() as u64 {
                let name = function["name"].as_str().filter(|name| !name.is_empty());
                let id = call["id"].as_str().filter(|id| !id.is_empty());
                let (Some(name), Some(_), true) = (name, id, call["type"] == "function") else {
                    return Err(format!("a call without id, name or type: {choice}"));
                };
                spoken.calls.push((name.to_owned(), Value::Null));
            } else if at > spoken.calls.len() as u64
                || call.get("id").is_some()
                || function.get("name").is_some()
            {
                return Err(format!("a fragment out of order, or with id or name: {choice}"));
            }
            let raw = self.arguments.entry((index, at)).or_default();
            raw.push_str(function["arguments"].as_str().unwrap_or_default());
        }
        if let Some(word) = choice["finish_reason"].as_str() {
            if !spoken.finish.is_empty() {
                return Err("finished twice".to_owned());
            }
            word.clone_into(&mut spoken.finish);
        }
        Ok(())
    }
}

/// Usage where OpenAI has it, and nowhere else; `None`: an estimate that says so.
fn counts(usage: &Value) -> Option<[u64; 5]> {
    let counts = [
        number(&usage["prompt_tokens"]),
        number(&usage["prompt_tokens_details"]["cached_tokens"]),
        number(&usage["completion_tokens"]),
        number(&usage["completion_tokens_details"]["reasoning_tokens"]),
        number(&usage["total_tokens"]),
    ];
    (usage["estimated"] != true).then_some(counts)
}
