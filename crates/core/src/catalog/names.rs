//! What a model's name tells: its vendor, the name without its date, and which known name it was meant to be.
//! A name is never taken apart further than this; versions are opaque.

use crate::provider::Provider;

/// Providers whose models are called by bare names: those who make them, not those who host them.
pub(super) const VENDORS: &[Provider] = &[
    Provider::OpenAi,
    Provider::Anthropic,
    Provider::Gemini,
    Provider::Mistral,
    Provider::DeepSeek,
    Provider::Qwen,
    Provider::Zhipu,
    Provider::Doubao,
    Provider::Xai,
    Provider::Moonshot,
    Provider::Perplexity,
];

/// Patterns of names that have no row.
#[derive(Clone, Debug)]
pub(super) struct Families(Vec<(String, Option<Provider>)>);

impl Families {
    /// Sorted by length, so that the first pattern that fits is the most particular.
    pub(super) fn new(mut patterns: Vec<(String, Option<Provider>)>) -> Self {
        patterns.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.len()));
        Self(patterns)
    }

    pub(super) fn owner(&self, name: &str) -> Option<Provider> {
        self.0.iter().find(|(pattern, _)| fits(pattern, name)).and_then(|(_, owner)| *owner).filter(|_| {
            // `qwen3:8b` is a tag of a server of one's own, `meta/…` a host's name; a tuned model has its own prefix.
            name.starts_with("ft:") || !name.contains([':', '/'])
        })
    }
}

/// `*` stands for any text.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            rest.is_empty() || (0..=name.len()).any(|at| name.get(at..).is_some_and(|name| fits(rest, name)))
        }),
    }
}

/// The name without `-20241022`, `-2024-10-22` or `-latest` at its end.
pub(super) fn undated(id: &str) -> Option<&str> {
    if let Some(id) = id.strip_suffix("-latest") {
        return Some(id);
    }
    let of_shape = |shape: &str| {
        let at = id.len().checked_sub(shape.len())?;
        let fits = id.as_bytes()[at..].iter().zip(shape.bytes()).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            dash => *byte == dash,
        });
        fits.then(|| &id[..at])
    };
    of_shape("-0000-00-00").or_else(|| of_shape("-00000000")).filter(|id| !id.is_empty())
}

/// The vendor and the vendor's own spelling of OpenRouter's `anthropic/claude-sonnet-4.6:thinking`.
pub(super) fn at_openrouter(id: &str) -> Option<(Provider, String)> {
    let (maker, model) = id.split_once('/')?;
    let model = model.split(':').next().unwrap_or(model);
    let vendor = match maker {
        "mistralai" => Provider::Mistral,
        "moonshotai" => Provider::Moonshot,
        "z-ai" => Provider::Zhipu,
        "bytedance-seed" => Provider::Doubao,
        maker => Provider::from_slug(maker)?,
    };
    let model = if vendor == Provider::Anthropic { model.replace('.', "-") } else { model.to_owned() };
    Some((vendor, model))
}

/// Up to three of `known` that `name` may have been meant to be, nearest first.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let name = name.to_ascii_lowercase();
    let mut near: Vec<(usize, &str)> = known
        .filter_map(|known| {
            // A third of a name may be wrong; more is another name.
            let wrong = strsim::osa_distance(&name, &known.to_ascii_lowercase());
            (wrong <= name.chars().count().max(3) / 3).then_some((wrong, known))
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, known)| known.to_owned()).collect()
}
