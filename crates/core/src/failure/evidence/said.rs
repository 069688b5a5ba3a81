//! An error body of any shape, read into one. Vendors agree on little: an object under `error`, or a text; a message
//! that is a text, an object or a list; a code that is a text or a number; a web page. It must never fail and never judge.

use std::time::Duration;

use serde_json::{Map, Value};

/// What an error body says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    /// As it stands; not yet scrubbed.
    pub(super) message: String,
    pub(super) kind: Option<String>,
    pub(super) param: Option<String>,
    pub(super) code: Option<String>,
    /// A status that the body itself names.
    pub(super) status: Option<u16>,
    /// A wait that the body itself names.
    pub(super) retry_after: Option<Duration>,
    /// Every machine word, lowercase: type, code, reasons, quota ids.
    pub(super) words: Vec<String>,
    /// Everything that is prose, lowercase: the message, and an upstream's message quoted inside.
    pub(super) text: String,
}

/// A page of a proxy can be long; its first words say all that it has to say.
const PLAIN_TEXT: usize = 300;

impl Said {
    pub(super) fn read(body: &[u8]) -> Self {
        match serde_json::from_slice::<Value>(body) {
            Ok(json) => Self::of(&json),
            Err(_) => Self::plain(&String::from_utf8_lossy(body)),
        }
    }

    pub(super) fn of(json: &Value) -> Self {
        match json {
            // Gemini wraps errors of streams in a list of one.
            Value::Array(list) => list.first().map(Self::of).unwrap_or_default(),
            Value::Object(whole) => Self::object(whole),
            Value::String(text) => Self::plain(text),
            _ => Self::default(),
        }
    }

    fn object(whole: &Map<String, Value>) -> Self {
        let mut said = Self::default();
        match whole.get("error") {
            // Responses-style events carry the fields beside the word `error`.
            Some(Value::Object(inner)) => said.take(inner),
            Some(Value::String(text)) => {
                said.take(whole);
                said.message.clone_from(text);
            }
            _ => said.take(whole),
        }
        said.text = format!("{}\n{}", said.message, said.text).to_lowercase();
        for word in &mut said.words {
            word.make_ascii_lowercase();
        }
        said
    }

    /// Takes the fields of the object that holds the error.
    fn take(&mut self, fields: &Map<String, Value>) {
        let message = ["message", "detail", "msg", "error_msg", "errors"].iter().find_map(|name| {
            let value = fields.get(*name).filter(|value| !value.is_null())?;
            Some((prose(value), value)).filter(|(text, _)| !text.is_empty())
        });
        if let Some((text, value)) = message {
            self.message = text;
            self.take_places(value);
        }
        let word = |name: &str| fields.get(name).and_then(scalar).filter(|word| !word.is_empty());
        self.kind = word("type").filter(|kind| kind != "error");
        self.param = word("param").or(self.param.take());
        self.code = word("code");
        self.words.extend([&self.kind, &self.code].into_iter().flatten().cloned());
        self.words.extend(["status", "error_type", "reason"].into_iter().filter_map(word));

        self.status = ["status_code", "statusCode", "code", "status"]
            .iter()
            .find_map(|name| http_status(fields.get(*name)?));
        // A code that only repeats the status says nothing; Gemini has a word beside it.
        if self.status.is_some() && self.status.map(|s| s.to_string()) == self.code {
            self.code = word("status").filter(|word| word.parse::<u16>().is_err());
        }
        for name in ["details", "innererror", "metadata", "error_details"] {
            if let Some(value) = fields.get(name) {
                self.take_details(value, 0);
            }
        }
    }

    /// Machine words and waits that lie deeper: Gemini's `details`, Anthropic's `error_code`, Azure's `innererror`,
    /// OpenRouter's `metadata`.
    fn take_details(&mut self, value: &Value, depth: usize) {
        let fields = match value {
            Value::Array(list) if depth < 4 => {
                return list.iter().for_each(|item| self.take_details(item, depth + 1));
            }
            Value::Object(fields) if depth < 4 => fields,
            _ => return,
        };
        for (name, value) in fields {
            match (name.as_str(), value) {
                ("reason" | "code" | "error_code" | "quotaId" | "error_type" | "limit_source", value) => {
                    self.words.extend(scalar(value));
                }
                ("retryDelay", Value::String(delay)) => {
                    let seconds = delay.strip_suffix('s').and_then(|number| number.parse().ok());
                    self.retry_after = seconds.and_then(|s| Duration::try_from_secs_f64(s).ok());
                }
                // Only a prompt that moderation stopped is quoted.
                ("flagged_input", _) => self.words.push("flagged_input".to_owned()),
                ("raw", Value::String(quoted)) => self.text.push_str(quoted),
                (_, Value::Array(_) | Value::Object(_)) => self.take_details(value, depth + 1),
                _ => {}
            }
        }
    }

    /// A list of faults names the field of each; the first is the `param`.
    fn take_places(&mut self, value: &Value) {
        let list = match value {
            Value::Array(list) => list,
            Value::Object(fields) => match fields.get("detail") {
                Some(Value::Array(list)) => list,
                _ => return,
            },
            _ => return,
        };
        self.words.extend(list.iter().filter_map(|fault| scalar(fault.get("type")?)));
        self.param = list.first().and_then(place).filter(|place| !place.is_empty());
    }

    fn plain(text: &str) -> Self {
        let message = if text.trim_start().starts_with('<') { title(text) } else { text.trim().to_owned() };
        let message: String = message.chars().take(PLAIN_TEXT).collect();
        Self { text: message.to_lowercase(), message, ..Self::default() }
    }
}

/// The words for people in a value of whatever shape.
fn prose(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let faults: Vec<String> = list.iter().map(prose).filter(|text| !text.is_empty()).collect();
            faults.join("; ")
        }
        Value::Object(fields) => {
            let text = ["msg", "message", "detail"]
                .iter()
                .find_map(|name| fields.get(*name))
                .map(prose)
                .unwrap_or_default();
            match place(value).filter(|place| !place.is_empty() && !text.is_empty()) {
                Some(place) => format!("{place}: {text}"),
                None => text,
            }
        }
        _ => String::new(),
    }
}

/// Where a fault lies: `["body", "messages", 0, "name"]` is `messages.0.name`.
fn place(fault: &Value) -> Option<String> {
    let steps = fault.get("loc")?.as_array()?.iter().filter_map(scalar).filter(|step| step != "body");
    Some(steps.collect::<Vec<_>>().join("."))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn http_status(value: &Value) -> Option<u16> {
    let number = match value {
        Value::Number(number) => number.as_u64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    u16::try_from(number).ok().filter(|status| (400..600).contains(status))
}

/// The title of a web page, or that it is one.
fn title(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let title = lower.find("<title>").and_then(|at| {
        let from = at + "<title>".len();
        let len = lower[from..].find('<')?;
        page.get(from..from + len)
    });
    match title.map(str::trim).filter(|title| !title.is_empty()) {
        Some(title) => title.to_owned(),
        None => "The provider answered with a web page.".to_owned(),
    }
}
