//! The recorded exchanges of one provider and endpoint.

use serde_json::Value;

use crate::corpus;

/// One recorded exchange.
pub(super) struct Recording {
    pub(super) file: String,
    json: Value,
}

impl Recording {
    pub(super) fn status(&self) -> u64 {
        self.json["response"]["status"].as_u64().unwrap()
    }

    /// The request's body, where the source kept it.
    pub(super) fn request(&self) -> Option<&Value> {
        self.json["request"].get("body").filter(|body| body.is_object())
    }

    pub(super) fn body(&self) -> Option<&Value> {
        self.json["response"].get("body").filter(|body| !body.is_null())
    }

    pub(super) fn sse(&self) -> Option<&str> {
        self.json["response"]["sse"].as_str()
    }

    /// The `data:` objects of the stream, read in the plainest way.
    pub(super) fn stream_objects(&self) -> Vec<Value> {
        let lines = self.sse().unwrap().lines().filter_map(|line| line.strip_prefix("data:"));
        lines.map(|data| serde_json::from_str(data).unwrap()).collect()
    }
}

/// The recordings of `provider/endpoint`; none, and a line that says so, where there is no corpus.
pub(super) fn recordings(provider: &str, endpoint: &str) -> Vec<Recording> {
    let lines = corpus::index();
    let ours = lines.iter().filter(|line| line["provider"] == provider && line["endpoint"] == endpoint);
    let found: Vec<Recording> = ours
        .map(|line| Recording { file: corpus::text(line, "file").to_owned(), json: corpus::exchange(line) })
        .collect();
    assert!(lines.is_empty() || !found.is_empty(), "no {provider}/{endpoint} in the corpus");
    found
}
