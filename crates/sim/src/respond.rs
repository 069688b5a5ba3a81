//! From a request to the steps of its answer: whose rules, which behaviour, what is said, and how it is spoilt.

use std::time::Instant;

use serde_json::{Value, json};

use crate::behaviour::{Behaviour, NoAnswer, Place};
use crate::http::request::Request;
use crate::http::step::{self, Headers, Step};
use crate::route::{self, Door, Transport};
use crate::say::compose;
use crate::state::{Mark, Recorded, Shared};
use crate::wire::{ErrorAnswer, Wire, anthropic, gemini, openai};
use crate::{bench, control, shape};

const JSON: &str = "application/json";

/// The steps, and the mark of an answer in progress where a model answers.
pub(crate) fn respond(shared: &Shared, request: &Request) -> (Option<Mark>, Vec<Step>) {
    let mut path = request.path();
    if let Some(token) = &shared.token {
        match path.strip_prefix('/').and_then(|rest| rest.strip_prefix(token.as_str())) {
            Some(rest) if rest.starts_with('/') => path = rest,
            _ => return (None, json_answer(404, &Headers::new(), &json!({ "error": "not here" }))),
        }
    }
    if let Some(path) = path.strip_prefix("/bench")
        && path.starts_with('/')
    {
        return (None, bench::respond(path, request.query(), &request.body));
    }
    if let Some(path) = path.strip_prefix("/_sim/") {
        return (None, control::respond(shared, request, path));
    }
    match route::door(request.method(), path, request.query()) {
        Door::Chat { wire, model, transport } => chat(shared, request, wire, model, transport),
        door => {
            record(shared, request, shared.next_serial(), None);
            (None, other(shared, request, door))
        }
    }
}

fn chat(
    shared: &Shared,
    request: &Request,
    wire: Wire,
    path_model: Option<String>,
    transport: Transport,
) -> (Option<Mark>, Vec<Step>) {
    let serial = shared.next_serial();
    // The fault is looked up before the request is judged: a provider that is down does not read bodies.
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let model = path_model.clone().unwrap_or_else(|| body["model"].as_str().unwrap_or_default().to_owned());
    record(shared, request, serial, Some(model.clone()));
    let mark = shared.begun(serial, &model);
    let steps = match shared.behaviour(&model, serial) {
        Ok((name, behaviour)) => {
            let call = Call { wire, name, behaviour: &behaviour, serial, transport };
            let mut steps = Vec::new();
            if !behaviour.slow.is_zero() {
                steps.push(Step::Wait(behaviour.slow));
            }
            steps.extend(call.steps(shared, request, path_model.as_deref()));
            shape::split(steps, behaviour.split)
        }
        Err(unknown) => {
            let error = openai::invalid(400, &unknown.0, Some("model"), Some("unknown_simulator_word"));
            json_answer(error.status, &error.headers, &error.body)
        }
    };
    (Some(mark), steps)
}

struct Call<'a> {
    wire: Wire,
    name: &'a str,
    behaviour: &'a Behaviour,
    serial: u64,
    transport: Transport,
}

impl Call<'_> {
    fn steps(&self, shared: &Shared, request: &Request, path_model: Option<&str>) -> Vec<Step> {
        let Self { wire, behaviour, .. } = *self;
        if let Some(how) = behaviour.no_answer {
            return no_answer(how);
        }
        if let Some((trouble, Place::Status)) = behaviour.trouble {
            return self.refuse(&wire.error(trouble, self.name, behaviour.retry_after));
        }
        if behaviour.html {
            let page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
            return step::whole(502, "text/html", &Headers::new(), page);
        }
        let asked = match wire.authorise(request, shared).and_then(|()| wire.read(request, path_model)) {
            Ok(asked) => asked,
            Err(error) => return self.refuse(&error),
        };
        let stream = match self.transport {
            Transport::ByBody => asked.stream,
            Transport::Whole => false,
            Transport::Sse | Transport::Array => true,
        };
        let headers = wire.headers(self.serial);
        match behaviour.trouble {
            Some((trouble, Place::In200)) => {
                let error = wire.error(trouble, self.name, behaviour.retry_after);
                return json_answer(200, &headers, &error.body);
            }
            Some((trouble, Place::InStream(_))) if !stream => {
                return self.refuse(&wire.error(trouble, self.name, behaviour.retry_after));
            }
            _ => {}
        }
        let said = compose(&asked, self.name, behaviour, self.serial);
        if stream {
            let mut pieces = wire.stream(&asked, &said, behaviour);
            if self.transport == Transport::Array {
                pieces = gemini::as_array(pieces);
            }
            let content_type =
                if self.transport == Transport::Array { JSON } else { "text/event-stream; charset=utf-8" };
            let head = step::chunked_head(200, content_type, &headers);
            shape::stream(wire, self.name, head, pieces, behaviour)
        } else {
            shape::whole(&wire.whole(&asked, &said, behaviour), &headers, said.text.len(), behaviour)
        }
    }

    fn refuse(&self, error: &ErrorAnswer) -> Vec<Step> {
        if self.behaviour.html {
            let page = format!("<html><head><title>{}</title></head><body>nginx</body></html>", error.status);
            return step::whole(error.status, "text/html", &error.headers, page.as_bytes());
        }
        let mut headers = self.wire.headers(self.serial);
        headers.extend(error.headers.iter().cloned());
        json_answer(error.status, &headers, &error.body)
    }
}

fn no_answer(how: NoAnswer) -> Vec<Step> {
    let start = Step::Send(b"HTTP/1.1 200 OK\r\n".as_slice().into());
    match how {
        NoAnswer::Reset => vec![Step::Reset],
        NoAnswer::Close => vec![Step::Close],
        NoAnswer::Hang => vec![Step::Hang],
        NoAnswer::EndlessHead => {
            vec![
                start,
                Step::Repeat(b"x-more: 1\r\n".as_slice().into(), std::time::Duration::from_millis(100)),
            ]
        }
        NoAnswer::FloodHead => {
            vec![start, Step::Repeat("x-more: 1\r\n".repeat(1000).into(), std::time::Duration::ZERO)]
        }
        NoAnswer::BadHead => {
            vec![Step::Send(b"\x00\x01 not http at all\r\n\r\n".as_slice().into()), Step::Close]
        }
    }
}

fn other(shared: &Shared, request: &Request, door: Door<'_>) -> Vec<Step> {
    let anthropic = request.headers().iter().any(|(name, _)| name == "anthropic-version");
    let (status, body) = match door {
        Door::Models(wire) | Door::Model(wire, _) => {
            let wire = if anthropic { Wire::Anthropic } else { wire };
            match wire.authorise(request, shared) {
                Err(error) => (error.status, error.body),
                Ok(()) => (200, model_list(wire, &door)),
            }
        }
        Door::Token => gemini::token(&request.body),
        Door::Chat { .. } | Door::Unknown if anthropic => {
            let error = anthropic::invalid(404, "not_found_error", "Not Found");
            (error.status, error.body)
        }
        Door::Chat { .. } | Door::Unknown => {
            let text = format!("Invalid URL ({} {})", request.method(), request.path());
            (404, openai::invalid(404, &text, None, None).body)
        }
    };
    json_answer(status, &Headers::new(), &body)
}

fn model_list(wire: Wire, door: &Door<'_>) -> Value {
    let entry = |id: &str| match wire {
        Wire::OpenAi(_) => {
            json!({ "id": id, "object": "model", "created": 1_700_000_000, "owned_by": "simulator" })
        }
        Wire::Anthropic => {
            json!({ "type": "model", "id": id, "display_name": id, "created_at": "2024-10-22T00:00:00Z" })
        }
        Wire::Gemini { .. } => json!({ "name": format!("models/{id}"), "displayName": id }),
    };
    if let Door::Model(_, id) = door {
        return entry(id);
    }
    match wire {
        Wire::OpenAi(_) => json!({ "object": "list", "data": [entry("gpt-4o"), entry("gpt-4o-mini")] }),
        Wire::Anthropic => {
            let data = [entry("claude-3-5-sonnet"), entry("claude-sonnet-4-5")];
            json!({ "data": data, "has_more": false, "first_id": "claude-3-5-sonnet", "last_id": "claude-sonnet-4-5" })
        }
        Wire::Gemini { .. } => {
            json!({ "models": [entry("gemini-2.5-pro"), entry("gemini-3-flash-preview")] })
        }
    }
}

fn record(shared: &Shared, request: &Request, serial: u64, model: Option<String>) {
    if shared.forget {
        return;
    }
    shared.record(Recorded {
        serial,
        at: Instant::now(),
        method: request.method().to_owned(),
        path: request.path().to_owned(),
        query: request.query().to_owned(),
        headers: request.headers(),
        body: request.body.clone(),
        model,
    });
}

pub(crate) fn json_answer(status: u16, headers: &Headers, body: &Value) -> Vec<Step> {
    step::whole(status, JSON, headers, body.to_string().as_bytes())
}
