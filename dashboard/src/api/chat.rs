//! One request to `/v1` as an app sends it, and its answer as it streams. It carries a project key and never the session.

use leptos::prelude::window;
use maig_core::sse::Decoder;
use serde::{Deserialize, Serialize};
use serde_json::json;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Beside the dashboard, wherever it is.
const CHAT: &str = "v1/chat/completions";

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// A route or a model.
    pub model: String,
    pub instructions: String,
    /// What was said before, from the first to the newest.
    pub earlier: Vec<Exchange>,
    pub message: String,
    pub max_tokens: Option<u32>,
    pub temperature: Option<f64>,
}

/// A message and its whole answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exchange {
    pub message: String,
    pub answer: String,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'a str,
    content: &'a str,
}

impl Question {
    fn body(&self) -> String {
        let instructions = Some(("system", &self.instructions)).filter(|(_, text)| !text.is_empty());
        let earlier =
            self.earlier.iter().flat_map(|one| [("user", &one.message), ("assistant", &one.answer)]);
        let messages: Vec<Message<'_>> = instructions
            .into_iter()
            .chain(earlier)
            .chain([("user", &self.message)])
            .map(|(role, content)| Message { role, content })
            .collect();
        let mut body = json!({
            "model": self.model, "messages": messages, "stream": true, "stream_options": {"include_usage": true},
        });
        if let Some(most) = self.max_tokens {
            body["max_tokens"] = most.into();
        }
        if let Some(temperature) = self.temperature {
            body["temperature"] = temperature.into();
        }
        body.to_string()
    }
}

/// What becomes known of an answer, in the order in which it does.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Head(Served),
    Text(String),
    /// Reasoning that the route relays.
    Thought(String),
    /// `stop`, `length`, …
    Finish(String),
}

/// Who answers, as the head says; after an early head this comes a second time, with the first content.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Served {
    #[serde(skip)]
    pub request_id: Option<String>,
    pub served_by: Option<String>,
    pub attempts: Option<u32>,
    pub fallback: bool,
}

/// Why there is no whole answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The gateway says so; 0 where the head was out already.
    Refused {
        status: u16,
        code: String,
        message: String,
    },
    Stopped,
    /// The connection, or the whole gateway, is gone.
    Offline,
}

/// Asks, and tells `hear` what comes until the answer is over; `stop` ends it sooner.
pub async fn chat(
    key: &str,
    question: &Question,
    stop: &web_sys::AbortSignal,
    mut hear: impl FnMut(Said),
) -> Result<(), Fault> {
    let lost = |_: JsValue| if stop.aborted() { Fault::Stopped } else { Fault::Offline };
    let response = send(key, question, stop).await.map_err(lost)?;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    hear(Said::Head(Served {
        request_id: header("x-maig-request-id"),
        served_by: header("x-maig-served-by"),
        attempts: header("x-maig-attempts").and_then(|count| count.parse().ok()),
        fallback: header("x-maig-fallback").as_deref() == Some("true"),
    }));
    if !response.ok() {
        let text = JsFuture::from(response.text().map_err(lost)?).await.map_err(lost)?;
        return Err(refused(response.status(), &text.as_string().unwrap_or_default()));
    }
    let Some(body) = response.body() else { return Ok(()) };
    let reader: web_sys::ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut events = Events::default();
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(lost)?;
        let part = |name: &str| js_sys::Reflect::get(&piece, &JsValue::from_str(name)).unwrap_or_default();
        let over = part("done").is_truthy();
        let bytes = match over {
            true => Vec::new(),
            false => js_sys::Uint8Array::new(&part("value")).to_vec(),
        };
        events.read(bytes, over, &mut hear)?;
        if over {
            return events.is_whole();
        }
    }
}

async fn send(
    key: &str,
    question: &Question,
    stop: &web_sys::AbortSignal,
) -> Result<web_sys::Response, JsValue> {
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_signal(Some(stop));
    // Whatever the page is signed in with is not for apps.
    init.set_credentials(web_sys::RequestCredentials::Omit);
    let headers = web_sys::Headers::new()?;
    headers.set("authorization", &format!("Bearer {key}"))?;
    headers.set("content-type", "application/json")?;
    init.set_headers(&headers);
    init.set_body(&JsValue::from_str(&question.body()));
    let request = web_sys::Request::new_with_str_and_init(CHAT, &init)?;
    JsFuture::from(window().fetch_with_request(&request)).await?.dyn_into()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Chunk {
    choices: Vec<Choice>,
    error: Option<Refusal>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Choice {
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Delta {
    content: Option<String>,
    #[serde(alias = "reasoning")]
    reasoning_content: Option<String>,
    refusal: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Refusal {
    message: String,
    code: Option<String>,
}

fn refused(status: u16, body: &str) -> Fault {
    let refusal = serde_json::from_str::<Chunk>(body).ok().and_then(|chunk| chunk.error).unwrap_or_default();
    let message = match refusal.message.is_empty() {
        true => format!("Something between this browser and the gateway answered {status}."),
        false => refusal.message,
    };
    Fault::Refused { status, code: refusal.code.unwrap_or_else(|| status.to_string()), message }
}

/// The stream's events, wherever its bytes were cut.
#[derive(Default)]
struct Events {
    decoder: Decoder,
    noted: bool,
    done: bool,
}

impl Events {
    fn read(&mut self, bytes: Vec<u8>, over: bool, hear: &mut impl FnMut(Said)) -> Result<(), Fault> {
        self.decoder.push(bytes.into());
        loop {
            let next = if over { self.decoder.finish() } else { self.decoder.next() };
            let Ok(Some(frame)) = next else { break };
            if let Some(note) = self.decoder.note().filter(|_| !self.noted) {
                self.noted = true;
                if let Ok(served) = serde_json::from_slice(note) {
                    hear(Said::Head(served));
                }
            }
            if *frame.data == *b"[DONE]" {
                self.done = true;
                continue;
            }
            // A frame that is no JSON is skipped, as the gateway itself does.
            let Ok(chunk) = serde_json::from_slice::<Chunk>(&frame.data) else { continue };
            if let Some(Refusal { message, code }) = chunk.error {
                return Err(Fault::Refused { status: 0, code: code.unwrap_or_default(), message });
            }
            for Choice { delta, finish_reason } in chunk.choices {
                let said = [
                    delta.reasoning_content.map(Said::Thought),
                    delta.content.or(delta.refusal).map(Said::Text),
                    finish_reason.map(Said::Finish),
                ];
                said.into_iter().flatten().for_each(&mut *hear);
            }
        }
        Ok(())
    }

    fn is_whole(&self) -> Result<(), Fault> {
        if self.done { Ok(()) } else { Err(Fault::Offline) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&str]) -> (Vec<Said>, Result<(), Fault>) {
        let (mut events, mut said) = (Events::default(), Vec::new());
        for piece in pieces {
            if let Err(fault) = events.read(piece.as_bytes().to_vec(), false, &mut |one| said.push(one)) {
                return (said, Err(fault));
            }
        }
        (said, events.is_whole())
    }

    #[test]
    fn an_answer_is_read_wherever_its_bytes_were_cut() {
        let (said, end) = read(&[
            ": keep-alive\n\n: maig {\"served_by\":\"anthropic/claude-haiku-4-5\",\"attempts\":2,\"fallback\":true}\n\nda",
            "ta: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\ndata: no JSON\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"lo\"},\"finish",
            "_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        ]);
        let served = Served {
            request_id: None,
            served_by: Some("anthropic/claude-haiku-4-5".to_owned()),
            attempts: Some(2),
            fallback: true,
        };
        let text = |text: &str| Said::Text(text.to_owned());
        assert_eq!(said, [Said::Head(served), text("Hel"), text("lo"), Said::Finish("stop".to_owned())]);
        assert_eq!(end, Ok(()));
    }

    #[test]
    fn a_stream_that_breaks_says_why_and_one_that_only_ends_is_not_whole() {
        let error = "data: {\"error\":{\"message\":\"Cut.\",\"code\":\"stream_interrupted\"}}\n\n";
        let (_, end) = read(&[error]);
        assert!(matches!(end, Err(Fault::Refused { status: 0, code, .. }) if code == "stream_interrupted"));
        let (said, end) = read(&["data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n"]);
        assert_eq!((said.len(), end), (1, Err(Fault::Offline)));
    }

    #[test]
    fn a_question_has_only_what_was_asked_for() {
        let plain = Question { model: "chat".into(), message: "Hi \"you\"".into(), ..Question::default() };
        let body: serde_json::Value = serde_json::from_str(&plain.body()).unwrap();
        assert_eq!(body["messages"], json!([{"role": "user", "content": "Hi \"you\""}]));
        assert!(body.get("max_tokens").is_none() && body.get("temperature").is_none());
        let full = Question {
            instructions: "Be brief.".into(),
            max_tokens: Some(9),
            temperature: Some(0.5),
            ..plain
        };
        let body: serde_json::Value = serde_json::from_str(&full.body()).unwrap();
        assert_eq!((&body["messages"][0]["role"], &body["max_tokens"]), (&json!("system"), &json!(9)));
        let said = Exchange { message: "Hello".into(), answer: "Hi.".into() };
        let body: serde_json::Value =
            serde_json::from_str(&Question { earlier: vec![said], ..full }.body()).unwrap();
        let roles: Vec<&str> =
            body["messages"].as_array().unwrap().iter().filter_map(|one| one["role"].as_str()).collect();
        assert_eq!(roles, ["system", "user", "assistant", "user"]);
        assert_eq!(body["messages"][2]["content"], "Hi.");
    }
}
