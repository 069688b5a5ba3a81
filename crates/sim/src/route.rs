//! From a path to a door. Base URLs differ by vendor, so the end of the path decides, and a vendor's slug in front of
//! it (`/mistral/v1/…`) says whose rules hold.

use crate::wire::Wire;
use crate::wire::openai::Vendor;

/// What a request wants.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Door<'a> {
    Chat {
        wire: Wire,
        model: Option<String>,
        transport: Transport,
    },
    Models(Wire),
    /// One model's entry.
    Model(Wire, &'a str),
    /// A service account's grant becomes an access token.
    Token,
    Unknown,
}

/// How a stream is sent, and who decides whether there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// The body's `stream`.
    ByBody,
    Whole,
    Sse,
    /// Gemini without `alt=sse`: one JSON array.
    Array,
}

pub(crate) fn door<'a>(method: &str, path: &'a str, query: &str) -> Door<'a> {
    let post = method == "POST";
    if post && let Some(before) = path.strip_suffix("/chat/completions") {
        let model = before.split_once("/deployments/").map(|(_, name)| decode(name));
        let vendor = if model.is_some() { Vendor::Azure } else { Vendor::of_base(before) };
        return Door::Chat { wire: Wire::OpenAi(vendor), model, transport: Transport::ByBody };
    }
    if post && path.ends_with("/v1/messages") {
        return Door::Chat { wire: Wire::Anthropic, model: None, transport: Transport::ByBody };
    }
    let vertex = path.contains("/publishers/");
    let gemini = Wire::Gemini { vertex };
    if post
        && let Some((_, rest)) = path.split_once("/models/")
        // A behaviour may hold a colon, the verb does not.
        && let Some((model, verb)) = rest.rsplit_once(':')
    {
        let sse = query.split('&').any(|pair| pair == "alt=sse");
        let transport = match verb {
            "generateContent" => Transport::Whole,
            "streamGenerateContent" if sse => Transport::Sse,
            "streamGenerateContent" => Transport::Array,
            _ => return Door::Unknown,
        };
        return Door::Chat { wire: gemini, model: Some(decode(model)), transport };
    }
    if post && path.ends_with("/token") {
        return Door::Token;
    }
    let wire = if path.contains("/v1beta") { gemini } else { Wire::OpenAi(Vendor::of_base(path)) };
    match path.split_once("/models") {
        Some((_, "")) if method == "GET" => Door::Models(wire),
        Some((_, rest)) if method == "GET" && rest.starts_with('/') => Door::Model(wire, &rest[1..]),
        _ => Door::Unknown,
    }
}

/// Undoes percent-encoding; a `+` is a `+`, since this is a path.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        plain.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_which_wire_is_spoken() {
        let chat = |path: &'static str, query| match door("POST", path, query) {
            Door::Chat { wire, model, transport } => (wire, model, transport),
            other => panic!("{path}: {other:?}"),
        };
        let model = |name: &str| Some(name.to_owned());
        let by_body = Transport::ByBody;
        assert_eq!(chat("/v1/chat/completions", ""), (Wire::OpenAi(Vendor::OpenAi), None, by_body));
        assert_eq!(chat("/mistral/v1/chat/completions", ""), (Wire::OpenAi(Vendor::Mistral), None, by_body));
        assert_eq!(
            chat("/openai/deployments/gpt-4o%2B503/chat/completions", "api-version=2024-10-21"),
            (Wire::OpenAi(Vendor::Azure), model("gpt-4o+503"), by_body)
        );
        assert_eq!(chat("/v1/messages", ""), (Wire::Anthropic, None, by_body));
        assert_eq!(
            chat("/v1beta/models/gemini-2.5-pro+slow=1s:streamGenerateContent", "alt=sse"),
            (Wire::Gemini { vertex: false }, model("gemini-2.5-pro+slow=1s"), Transport::Sse)
        );
        assert_eq!(
            chat(
                "/v1beta1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:generateContent",
                ""
            ),
            (Wire::Gemini { vertex: true }, model("gemini-2.5-pro"), Transport::Whole)
        );
        assert_eq!(door("GET", "/v1/models", ""), Door::Models(Wire::OpenAi(Vendor::OpenAi)));
        assert_eq!(door("GET", "/v1/nothing", ""), Door::Unknown);
    }
}
