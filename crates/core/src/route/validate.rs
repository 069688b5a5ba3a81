//! Refusing a route that cannot work. Every fault is told at once, each with its place and what to do; the file, the
//! API and the dashboard all refuse by this. What could work but probably should not is `lint`'s.

use crate::id::valid_name;
use crate::model::{MAX_NAME, ModelRef};
use crate::provider::Provider;

use super::context::{Context, keeps_maker, serves};
use super::spec::{TargetSpec, nested_route};
use super::{RouteSpec, Timeouts};

/// Why a route is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: `name`, `targets[1].retries`.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// The highest `retries`.
pub const MOST_RETRIES: u8 = 5;

/// Fields of a request that a target's `parameters` must leave alone: they are the caller's, or MAIG's.
const NOT_PARAMETERS: &[&str] = &[
    "model",
    "messages",
    "stream",
    "stream_options",
    "models",
    "fallback_models",
    "fallback_on",
    "fallback_conditions",
];

impl RouteSpec {
    /// Every fault of this route, in the order of its fields; empty when it may be saved.
    pub fn validate(&self, context: &Context<'_>) -> Vec<Fault> {
        let mut faults = Faults::default();
        self.check_name(&mut faults);
        if self.targets.is_empty() {
            faults.add(
                "targets",
                "a route needs at least one target; add `- model: gpt-4o` or another".to_owned(),
            );
        }
        for (index, target) in self.targets.iter().enumerate() {
            let place = format!("targets[{index}]");
            match nested_route(&target.model) {
                _ if target.model.len() > MAX_NAME => {
                    let message = format!("no model has a name of more than {MAX_NAME} bytes");
                    faults.add(format!("{place}.model"), message);
                }
                Some(name) => self.check_nested(&place, name, target, context, &mut faults),
                None => check_model(&place, target, context, &mut faults),
            }
            if target.retries > MOST_RETRIES {
                let message =
                    format!("at most {MOST_RETRIES} retries, not {}; add a target instead", target.retries);
                faults.add(format!("{place}.retries"), message);
            }
            check_timeouts(&format!("{place}.timeouts"), &target.timeouts, &mut faults);
            if let Some(earlier) = self.targets[..index].iter().position(|other| same_ask(other, target)) {
                let message =
                    format!("the same as targets[{earlier}]; to ask it again, give that one `retries`");
                faults.add(place, message);
            }
        }
        if self.force_fallback && self.targets.len() < 2 {
            let message = "Force Fallback skips the primary, so the route needs a second target".to_owned();
            faults.add("force_fallback", message);
        }
        if self.force_fallback_until.is_some() && !self.force_fallback {
            let message = "an end without a beginning: set force_fallback to true, or remove it".to_owned();
            faults.add("force_fallback_until", message);
        }
        check_timeouts("timeouts", &self.timeouts, &mut faults);
        faults.0
    }

    fn check_name(&self, faults: &mut Faults) {
        if self.name == "auto" {
            faults.add("name", "`auto` is reserved; choose another name".to_owned());
        } else if !valid_name(&self.name) {
            let message = format!(
                "`{}` cannot be a route's name; use 1 to 64 letters, digits, `.`, `_` or `-`, a letter or digit first",
                self.name
            );
            faults.add("name", message);
        }
    }

    fn check_nested(
        &self,
        place: &str,
        name: &str,
        target: &TargetSpec,
        context: &Context<'_>,
        faults: &mut Faults,
    ) {
        let path = format!("{place}.model");
        if context.route(name, self).is_none() {
            let known = context.routes.iter().map(|route| route.name.as_str());
            faults.add(path, format!("there is no route `{name}`{}", did_you_mean(name, known, "route:")));
        } else if let Some(circle) = self.circle(name, context) {
            faults.add(
                path,
                format!("the routes lead back to themselves: {circle}; name a model at one of them"),
            );
        }
        // A nested route keeps its own rules and clocks; whatever stands here would be ignored.
        let idle = [
            ("provider_key", target.provider_key.is_some()),
            ("retries", target.retries != 0),
            ("timeouts", !target.timeouts.is_default()),
            ("parameters", !target.parameters.is_empty()),
        ];
        for (field, _) in idle.into_iter().filter(|(_, is_set)| *is_set) {
            let message = format!("a nested route keeps its own; set `{field}` in the route `{name}`");
            faults.add(format!("{place}.{field}"), message);
        }
    }

    /// The way from this route back to itself through `first`: `a → b → a`.
    fn circle(&self, first: &str, context: &Context<'_>) -> Option<String> {
        let mut seen = vec![first.to_owned()];
        let mut ways = vec![vec![first.to_owned()]];
        while let Some(way) = ways.pop() {
            let here = way.last().map_or("", String::as_str);
            if here == self.name {
                return Some(format!("{} → {}", self.name, way.join(" → ")));
            }
            let Some(route) = context.route(here, self) else { continue };
            for next in route.targets.iter().filter_map(|target| nested_route(&target.model)) {
                if next == self.name || !seen.iter().any(|name| name == next) {
                    seen.push(next.to_owned());
                    ways.push([way.clone(), vec![next.to_owned()]].concat());
                }
            }
        }
        None
    }
}

fn check_model(place: &str, target: &TargetSpec, context: &Context<'_>, faults: &mut Faults) {
    let path = format!("{place}.model");
    let model = ModelRef::parse(&target.model);
    if model.id.is_empty()
        || model.id.ends_with('/')
        || target.model.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        let message =
            "names no model; write one as `gpt-4o` or `anthropic/claude-opus-4-8`, without spaces".to_owned();
        return faults.add(path, message);
    }
    for field in target.parameters.keys().filter(|field| NOT_PARAMETERS.contains(&field.as_str())) {
        let message = "is not a parameter of a target; remove it".to_owned();
        faults.add(format!("{place}.parameters.{field}"), message);
    }
    if let Some(name) = &target.provider_key {
        let path = format!("{place}.provider_key");
        let Some(key) = context.key(name) else {
            let known = context.keys.iter().map(|key| key.name.as_str());
            let hint = did_you_mean(name, known, "");
            return faults.add(path, format!("there is no provider key `{name}`{hint}"));
        };
        match (model.provider, context.catalog.vendor_of(model.id)) {
            (Some(written), _) if written != key.provider => {
                let message = format!(
                    "the key `{name}` is for {}, but the model is written as {}'s; write `{}/{}` or name another key",
                    key.provider.label(),
                    written.label(),
                    key.provider,
                    if keeps_maker(key.provider) { &target.model } else { model.id },
                );
                faults.add(path, message);
            }
            (None, Some(vendor)) if !serves(key.provider, vendor) => {
                let (key, vendor) = (key.provider.label(), vendor.label());
                let message = format!(
                    "the key `{name}` is for {key}, which does not have {vendor}'s `{}`; name another key",
                    model.id
                );
                faults.add(path, message);
            }
            _ => {}
        }
        return;
    }
    match context.provider(target) {
        None => {
            let mut message = format!("nobody is known to have a model `{}`", target.model);
            if context.routes.iter().any(|route| route.name == target.model) {
                message += &format!("; for the route of that name write `route:{}`", target.model);
            } else {
                let near = context.catalog.suggest(&target.model);
                message += &did_you_mean_one_of(&near);
                message += "; else write `provider/model`, or name a `provider_key`";
            }
            faults.add(path, message);
        }
        Some(Provider::OpenAiCompatible) => {
            let keys =
                context.keys.iter().filter(|key| key.usable && key.provider == Provider::OpenAiCompatible);
            let names: Vec<&str> = keys.map(|key| key.name.as_str()).collect();
            if names.len() > 1 {
                let message =
                    format!("say which server is meant: `provider_key` is one of {}", names.join(", "));
                faults.add(format!("{place}.provider_key"), message);
            }
        }
        Some(_) => {}
    }
}

fn check_timeouts(place: &str, timeouts: &Timeouts, faults: &mut Faults) {
    const MINUTE: u64 = 60_000;
    let fields = [
        ("connect_ms", timeouts.connect_ms, MINUTE),
        ("first_token_ms", timeouts.first_token_ms, 30 * MINUTE),
        ("idle_ms", timeouts.idle_ms, 30 * MINUTE),
        ("answer_ms", timeouts.answer_ms, 60 * MINUTE),
        ("total_ms", timeouts.total_ms, 60 * MINUTE),
        ("stream_ms", timeouts.stream_ms, 24 * 60 * MINUTE),
    ];
    for (field, value, most) in fields {
        if value.is_some_and(|ms| ms == 0 || ms > most) {
            let message = format!("must be from 1 to {most} milliseconds; leave it out for the default");
            faults.add(format!("{place}.{field}"), message);
        }
    }
}

/// Whether two targets would send the same request to the same account.
fn same_ask(a: &TargetSpec, b: &TargetSpec) -> bool {
    (&a.model, &a.provider_key, &a.parameters) == (&b.model, &b.provider_key, &b.parameters)
}

/// `; did you mean X?`, or what there is, or nothing.
fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>, prefix: &str) -> String {
    let wrong = |known| if name.len() > MAX_NAME { usize::MAX } else { strsim::osa_distance(name, known) };
    let mut near: Vec<(usize, &str)> = known.map(|known| (wrong(known), known)).collect();
    near.sort_unstable();
    match near.first() {
        Some((wrong, nearest)) if *wrong <= name.chars().count().max(3) / 3 => {
            format!("; did you mean `{prefix}{nearest}`?")
        }
        Some(_) => {
            let some: Vec<&str> = near.iter().take(5).map(|(_, known)| *known).collect();
            format!("; there are {}", some.join(", "))
        }
        None => "; there are none yet".to_owned(),
    }
}

fn did_you_mean_one_of(near: &[String]) -> String {
    match near {
        [] => String::new(),
        near => format!("; did you mean `{}`?", near.join("` or `")),
    }
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, path: impl Into<String>, message: String) {
        self.0.push(Fault { path: path.into(), message });
    }
}
