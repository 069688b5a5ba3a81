//! One entry of `routes`.

use maig_core::failure::FailureKind;
use maig_core::moment::Moment;
use maig_core::route::spec::DEFAULT_RETRY_ON;
use maig_core::route::{RouteSpec, TargetSpec, Timeouts};

use super::Named;
use crate::declare::fault::did_you_mean;
use crate::declare::fields::{Fields, Reading, Value};
use crate::declare::file::RouteDeclared;

/// Fields of the contract that come later, and what to do until then.
const PLANNED: &[(&str, &str)] = &[
    ("strategy", "remove it (targets are tried in the order they are written)"),
    ("hedge_after_ms", "remove it; `timeouts.first_token_ms` moves on from a slow target"),
    ("on_stream_cut", "remove it (a cut ends the stream with a typed error)"),
    ("validate", "remove it"),
    ("prompt", "remove it; send the system message with the request"),
    ("rules", "remove it; declare a route for each case"),
    ("buffered", "remove it"),
];
const PLANNED_OF_TARGET: &[(&str, &str)] =
    &[("weight", "remove it (targets are tried in the order they are written)")];

/// The longest time that a clock may be set to: a day.
const MAX_CLOCK_MS: u64 = 86_400_000;

impl Named for RouteDeclared {
    fn name(&self) -> &str {
        &self.spec.name
    }
}

pub(super) fn read(value: &Value<'_>, reading: &mut Reading<'_>) -> Option<RouteDeclared> {
    let mut fields = Fields::open(value, reading)?;
    let name = fields.require("name", "give the route the name that apps will call", reading);
    let name = name.and_then(|v| v.name(reading));
    let targets = fields.require("targets", "list at least one `- model: …`", reading);
    let targets = targets.map(|v| v.list(reading)).unwrap_or_default();
    let targets = targets.iter().filter_map(|target| read_target(target, reading)).collect();
    let retry_on = fields.take("retry_on").map(|v| read_kinds(&v, reading));
    let force_fallback = fields.take("force_fallback").and_then(|v| v.boolean(reading));
    let force_fallback_until = fields.take("force_fallback_until").and_then(|v| read_moment(&v, reading));
    let timeouts = fields.take("timeouts").map(|v| read_timeouts(&v, reading)).unwrap_or_default();
    fields.close(PLANNED, reading);
    Some(RouteDeclared {
        says_force_fallback: force_fallback.is_some(),
        spec: RouteSpec {
            name: name?,
            targets,
            retry_on: retry_on.unwrap_or_else(|| DEFAULT_RETRY_ON.to_vec()),
            force_fallback: force_fallback.unwrap_or(false),
            force_fallback_until,
            timeouts,
        },
    })
}

fn read_target(value: &Value<'_>, reading: &mut Reading<'_>) -> Option<TargetSpec> {
    let mut fields = Fields::open(value, reading)?;
    let model = fields.require("model", "write a model (`gpt-4o`), or `route:NAME`", reading);
    let model = model.and_then(|v| v.text(reading));
    let provider_key = fields.take("provider_key").and_then(|v| v.text(reading));
    let retries = fields.take("retries").and_then(|v| v.number(0, 5, reading)).unwrap_or(0);
    let timeouts = fields.take("timeouts").map(|v| read_timeouts(&v, reading)).unwrap_or_default();
    let parameters = fields
        .take("parameters")
        .map(|v| v.entries(reading).into_iter().map(|(name, value)| (name, value.json())).collect());
    fields.close(PLANNED_OF_TARGET, reading);
    Some(TargetSpec {
        model: model?,
        provider_key,
        retries: u8::try_from(retries).unwrap_or(5),
        timeouts,
        parameters: parameters.unwrap_or_default(),
    })
}

fn read_moment(value: &Value<'_>, reading: &mut Reading<'_>) -> Option<Moment> {
    let text = value.text(reading)?;
    let moment = text.parse().ok();
    if moment.is_none() {
        value.fault(format!("{text:?} is no time; write it as 2027-01-31T12:00:00Z"), reading);
    }
    moment
}

fn read_kinds(value: &Value<'_>, reading: &mut Reading<'_>) -> Vec<FailureKind> {
    let mut kinds = Vec::new();
    for item in value.list(reading) {
        let Some(word) = item.text(reading) else { continue };
        let Some(kind) = FailureKind::from_word(&word) else {
            let known = || FailureKind::ALL.iter().map(|kind| kind.as_str());
            let hint = match did_you_mean(&word, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("use some of {}", known().collect::<Vec<_>>().join(", ")),
            };
            item.fault(format!("{word:?} is no kind of failure; {hint}"), reading);
            continue;
        };
        if kinds.contains(&kind) {
            item.fault(format!("`{kind}` stands here twice; remove one"), reading);
        } else {
            kinds.push(kind);
        }
    }
    kinds
}

fn read_timeouts(value: &Value<'_>, reading: &mut Reading<'_>) -> Timeouts {
    let Some(mut fields) = Fields::open(value, reading) else { return Timeouts::default() };
    let mut clock = |name| fields.take(name).and_then(|v| v.number(1, MAX_CLOCK_MS, reading));
    let timeouts = Timeouts {
        connect_ms: clock("connect_ms"),
        first_token_ms: clock("first_token_ms"),
        idle_ms: clock("idle_ms"),
        answer_ms: clock("answer_ms"),
        total_ms: clock("total_ms"),
        stream_ms: clock("stream_ms"),
    };
    fields.close(&[], reading);
    timeouts
}
