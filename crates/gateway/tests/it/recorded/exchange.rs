//! One recorded exchange, opened.

use serde_json::Value;

use super::corpus::text;

/// The wire that it was recorded on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    OpenAi,
    Anthropic,
    Gemini,
}

#[derive(Clone, Debug)]
pub(super) struct Exchange {
    /// Its name in the table of exceptions.
    pub(super) id: String,
    /// As the recordings call it: a vendor, a host or a proxy.
    pub(super) vendor: String,
    pub(super) dialect: Dialect,
    pub(super) model: String,
    pub(super) status: u16,
    /// What was asked; `None`: the source kept the answer alone.
    pub(super) asked: Option<Value>,
    pub(super) path: String,
    /// As they were, without those that tell how the body was sent.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Value>,
    pub(super) sse: Option<String>,
    /// A body that is no JSON.
    pub(super) text: String,
}

impl Exchange {
    /// `None`: of a wire, or an endpoint, that this test is not about.
    pub(super) fn open(line: &Value, recording: &Value) -> Option<Self> {
        let dialect = dialect(text(line, "provider"), text(line, "endpoint"))?;
        let (request, response) = (&recording["request"], &recording["response"]);
        let some = |value: &Value| (!value.is_null()).then(|| value.clone());
        let headers = response["headers"].as_object().into_iter().flatten();
        let about_the_body = ["transfer-encoding", "content-length", "content-encoding", "connection"];
        Some(Self {
            id: text(line, "id").to_owned(),
            vendor: text(line, "provider").to_owned(),
            dialect,
            model: text(line, "model").to_owned(),
            status: u16::try_from(response["status"].as_u64().unwrap_or(200)).unwrap(),
            asked: some(&request["body"]).filter(Value::is_object),
            path: text(request, "path").to_owned(),
            headers: headers
                .filter(|(name, _)| !about_the_body.contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect(),
            body: some(&response["body"]),
            sse: response["sse"].as_str().map(str::to_owned),
            text: text(response, "text").to_owned(),
        })
    }

    /// The objects of the answer: one, an array's, or a stream's frames.
    pub(super) fn objects(&self) -> Vec<Value> {
        match (&self.sse, &self.body) {
            (Some(sse), _) => frames(sse),
            (None, Some(Value::Array(list))) => list.clone(),
            (None, body) => vec![body.clone().unwrap_or_default()],
        }
    }

    /// Whether it was asked to stream, as far as is known.
    pub(super) fn streams(&self) -> bool {
        let asked = self.asked.as_ref().is_some_and(|asked| asked["stream"] == true);
        self.sse.is_some() || asked || self.path.contains("streamGenerateContent")
    }

    /// The answer's bytes as they were sent.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match (&self.sse, &self.body) {
            (Some(sse), _) => sse.clone().into_bytes(),
            (None, Some(body)) => body.to_string().into_bytes(),
            (None, None) => self.text.clone().into_bytes(),
        }
    }
}

fn dialect(vendor: &str, endpoint: &str) -> Option<Dialect> {
    match (vendor, endpoint) {
        (_, "chat.completions") => Some(Dialect::OpenAi),
        ("anthropic", "messages") => Some(Dialect::Anthropic),
        ("gemini" | "vertex", "generateContent" | "streamGenerateContent") => Some(Dialect::Gemini),
        _ => None,
    }
}

/// The `data:` of a stream, by the rules of server-sent events: lines of one event are joined.
fn frames(sse: &str) -> Vec<Value> {
    let unix = sse.replace("\r\n", "\n").replace('\r', "\n");
    let events = unix.split("\n\n").map(|event| {
        let lines = event.lines().filter_map(|line| line.strip_prefix("data:"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    });
    events.filter_map(|data| serde_json::from_str(&data).ok()).collect()
}
