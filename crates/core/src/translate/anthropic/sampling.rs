//! Temperature and its kin. The newest models take none of them, and no model takes them while it thinks, or both
//! `temperature` and `top_p`. A value that is the vendor's default anyway is left out without a word.

use crate::catalog::Capabilities;
use crate::chat::ChatRequest;

#[derive(Debug, Default)]
pub(super) struct Sampling {
    pub(super) temperature: Option<f64>,
    pub(super) top_p: Option<f64>,
    pub(super) top_k: Option<u64>,
    pub(super) dropped: Vec<String>,
}

pub(super) fn sampling(request: &ChatRequest, can: Capabilities, thinks: bool) -> Sampling {
    // The scale here is 0 to 1 where OpenAI's is 0 to 2: clamped, not stretched, since 1 is the default of both.
    let temperature = request.temperature.map(|t| t.clamp(0.0, 1.0));
    let mut told = Sampling {
        temperature: temperature.filter(|_| request.temperature != Some(1.0)),
        top_p: request.top_p.filter(|p| *p < 1.0),
        top_k: request.other.get("top_k").and_then(serde_json::Value::as_u64),
        dropped: Vec::new(),
    };
    if can.sampling == Some(false) || thinks {
        for (name, is_set) in [
            ("temperature", told.temperature.take().is_some()),
            ("top_p", told.top_p.take().is_some()),
            ("top_k", told.top_k.take().is_some()),
        ] {
            told.dropped.extend(is_set.then(|| name.to_owned()));
        }
    }
    if told.temperature.is_some() && told.top_p.take().is_some() {
        told.dropped.push("top_p".to_owned());
    }
    told
}

impl Sampling {
    pub(super) fn is_told(&self) -> bool {
        self.temperature.is_some() || self.top_p.is_some() || self.top_k.is_some()
    }
}
