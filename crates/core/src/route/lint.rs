//! Warnings in words: what an operator should know of a route that may be saved. A warning never stops anything;
//! what cannot work is `validate`'s.

use std::collections::BTreeSet;

use crate::catalog::{self, Capabilities};
use crate::chat::Needs;
use crate::date::Date;
use crate::failure::FailureKind;
use crate::provider::Provider;

use super::RouteSpec;
use super::context::{Context, Leaf};

/// Something that will probably surprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where: `targets[1]`, `retry_on`.
    pub path: String,
    pub message: String,
}

/// How long before its end a model is warned of.
const NOTICE_DAYS: i64 = 60;

/// Everything worth knowing of `route`, the places in order.
pub fn lint(route: &RouteSpec, context: &Context<'_>, today: Date) -> Vec<Warning> {
    let leaves = context.leaves(route);
    let mut warnings = Vec::new();
    let mut warn = |path: String, message: String| {
        let warning = Warning { path, message };
        // Two nested routes may lead to the same model.
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    };
    for leaf in &leaves {
        let place = format!("targets[{}]", leaf.index);
        if let Some(message) = without_key(leaf, context) {
            warn(place.clone(), message);
        }
        if let Some(ending) = leaf.card.as_ref().and_then(|card| card.ending(today, NOTICE_DAYS)) {
            warn(place.clone(), format!("{} {ending}", leaf.target.model));
        }
    }
    if let Some((primary, fallbacks)) = leaves.split_first() {
        for fallback in fallbacks {
            for message in falls_short(primary, fallback) {
                warn(format!("targets[{}]", fallback.index), message);
            }
        }
    }
    if let Some(vendor) = shared_vendor(&leaves) {
        let message = format!("all targets are with {}; when it is down, all of them are", vendor.label());
        warn("targets".to_owned(), message);
    }
    for message in idle_kinds(route, &leaves) {
        warn("retry_on".to_owned(), message);
    }
    let clocks = route.timeouts;
    if clocks.total_ms.is_some_and(|total| clocks.first_token_ms.is_some_and(|first| first >= total)) {
        let message =
            "not shorter than total_ms, so a silent target leaves no time for the next one".to_owned();
        warn("timeouts.first_token_ms".to_owned(), message);
    }
    warnings
}

fn without_key(leaf: &Leaf<'_>, context: &Context<'_>) -> Option<String> {
    // The simulator is part of MAIG.
    let provider = leaf.provider.filter(|provider| *provider != Provider::Simulator)?;
    let model = &leaf.target.model;
    match &leaf.target.provider_key {
        Some(name) => {
            let usable = context.key(name).is_some_and(|key| key.usable);
            (!usable)
                .then(|| format!("the provider key `{name}` is disabled, so {model} is skipped; enable it"))
        }
        None => {
            let usable = context.keys.iter().any(|key| key.usable && key.provider == provider);
            (!usable).then(|| {
                format!("no usable provider key for {}, so {model} is skipped; add one", provider.label())
            })
        }
    }
}

/// Reads one flag of a model.
type Flag = fn(&Capabilities) -> Option<bool>;

/// What requests that the primary answers the fallback could not.
fn falls_short(primary: &Leaf<'_>, fallback: &Leaf<'_>) -> Vec<String> {
    let (Some(first), Some(then)) = (&primary.card, &fallback.card) else { return Vec::new() };
    let (one, other) = (&primary.target.model, &fallback.target.model);
    let mut messages = Vec::new();
    let needs: [(Flag, Needs, &str); 5] = [
        (|can| can.tools, Needs { tools: true, ..Needs::default() }, "take tools"),
        (
            |can| can.forced_tool_choice,
            Needs { forced_tool_choice: true, ..Needs::default() },
            "take a forced tool choice",
        ),
        (|can| can.json_schema, Needs { json_schema: true, ..Needs::default() }, "keep to a JSON schema"),
        (|can| can.vision, Needs { image: true, ..Needs::default() }, "take images"),
        (|can| can.audio_input, Needs { audio: true, ..Needs::default() }, "take audio"),
    ];
    for (flag, need, words) in needs {
        let lacks = catalog::lacks(then.provider, Some(then), need).is_some();
        if flag(&first.can) == Some(true) && lacks {
            messages.push(format!(
                "{other} does not {words}, as {one} does; requests that need it skip this target"
            ));
        }
    }
    let differ = |flag: Flag| flag(&first.can) == Some(true) && flag(&then.can) == Some(false);
    if differ(|can| can.assistant_prefill) {
        messages.push(format!("{other} does not go on with a last assistant message, as {one} does"));
    }
    if differ(|can| can.sampling) {
        messages.push(format!(
            "{other} does not take temperature and top_p, as {one} does; it is asked without them"
        ));
    }
    if let (Some(large), Some(small)) = (first.max_input, then.max_input)
        && small < large
    {
        messages.push(format!(
            "{other} takes prompts of {} tokens, {one} of {}; longer ones fail there",
            grouped(small),
            grouped(large)
        ));
    }
    messages
}

/// `1,050,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The one provider of several targets.
fn shared_vendor(leaves: &[Leaf<'_>]) -> Option<Provider> {
    let providers: BTreeSet<Option<Provider>> = leaves.iter().map(|leaf| leaf.provider).collect();
    match providers.first() {
        Some(Some(only)) if providers.len() == 1 && leaves.len() > 1 => Some(*only),
        _ => None,
    }
}

/// Kinds in `retry_on` that change nothing.
fn idle_kinds(route: &RouteSpec, leaves: &[Leaf<'_>]) -> Vec<String> {
    let why = |kind: FailureKind| match kind {
        FailureKind::InvalidRequest => {
            Some("the same request would be refused everywhere, so no further target is asked")
        }
        FailureKind::StreamCut => Some("after the first content there is no way back to another target"),
        FailureKind::Truncated | FailureKind::SchemaMismatch | FailureKind::TooShort => {
            Some("answers are not validated on this route")
        }
        FailureKind::ContextWindow => {
            let windows: Vec<Option<u64>> =
                leaves.iter().map(|leaf| leaf.card.as_ref().and_then(|card| card.max_input)).collect();
            let (first, rest) = windows.split_first()?;
            let first = (*first)?;
            // An unknown window is no obstacle, so it may be the larger one.
            let none_larger = rest.iter().all(|window| window.is_some_and(|window| window <= first));
            none_larger.then_some("no fallback is known to take longer prompts than the primary")
        }
        _ => None,
    };
    let kinds = route.retry_on.iter().filter_map(|kind| Some((*kind, why(*kind)?)));
    kinds.map(|(kind, why)| format!("`{kind}` has no effect: {why}")).collect()
}
