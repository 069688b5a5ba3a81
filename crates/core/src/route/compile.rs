//! From what an operator wrote to what a request is planned from: whose a model is, which provider key is asked, and
//! where nested routes lead. The gateway and the dashboard's Explain both compile by this, so that they agree.
//! It must never refuse anything: what cannot work was refused when it was saved, and is left out here.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::catalog::Catalog;
use crate::model::ModelRef;
use crate::moment::Moment;
use crate::provider::Provider;
use crate::time::Tick;

use super::context::KeyFacts;
use super::spec::nested_route;
use super::{CompiledRoute, CompiledTarget, Force, ModelTarget, RouteSpec, TargetSpec};

/// Anything that has the facts of a provider key.
pub trait Keyed {
    fn facts(&self) -> &KeyFacts;
}

impl Keyed for KeyFacts {
    fn facts(&self) -> &KeyFacts {
        self
    }
}

/// One moment on both clocks: the plan's, and the calendar that people write ends by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Now {
    pub tick: Tick,
    pub moment: Moment,
}

/// Compiles every route of a project. `target` makes a model's target; nested routes are followed here.
pub fn compile(
    specs: &[RouteSpec],
    now: Now,
    target: impl FnMut(&TargetSpec) -> ModelTarget,
) -> HashMap<String, Arc<CompiledRoute>> {
    let mut compiler = Compiler { specs, now, target, done: HashMap::new() };
    for spec in specs {
        compiler.route(spec, &mut Vec::new());
    }
    compiler.done
}

struct Compiler<'a, F> {
    specs: &'a [RouteSpec],
    now: Now,
    target: F,
    done: HashMap<String, Arc<CompiledRoute>>,
}

impl<'a, F: FnMut(&TargetSpec) -> ModelTarget> Compiler<'a, F> {
    /// `path`: the routes that led here. `None`: the route leads to itself; that target is left out.
    fn route(&mut self, spec: &'a RouteSpec, path: &mut Vec<&'a str>) -> Option<Arc<CompiledRoute>> {
        if let Some(done) = self.done.get(&spec.name) {
            return Some(Arc::clone(done));
        }
        if path.contains(&spec.name.as_str()) {
            return None;
        }
        path.push(&spec.name);
        let mut targets = Vec::with_capacity(spec.targets.len());
        for target in &spec.targets {
            let compiled = match nested_route(&target.model) {
                Some(name) => {
                    let inner = self.specs.iter().find(|other| other.name == name);
                    inner.and_then(|inner| self.route(inner, path)).map(CompiledTarget::Route)
                }
                None => Some(CompiledTarget::Model(Arc::new((self.target)(target)))),
            };
            targets.extend(compiled);
        }
        path.pop();
        let route = Arc::new(CompiledRoute {
            name: spec.name.clone(),
            targets,
            retry_on: spec.retry_on.clone(),
            force_fallback: force(spec, self.now),
            timeouts: spec.timeouts,
        });
        self.done.insert(spec.name.clone(), Arc::clone(&route));
        Some(route)
    }
}

fn force(spec: &RouteSpec, now: Now) -> Force {
    match spec.force_fallback_until {
        _ if !spec.force_fallback => Force::Off,
        None => Force::On,
        Some(end) => {
            let left = u64::try_from(end.as_micros() - now.moment.as_micros()).unwrap_or(0);
            Force::Until(now.tick + Duration::from_micros(left))
        }
    }
}

/// Who is asked for a target's model, and the model's id there. Where nobody knows whose it is, the named provider key
/// says.
pub fn asked<'t>(target: &'t TargetSpec, keys: &[impl Keyed], catalog: &Catalog) -> (Provider, &'t str) {
    let written = ModelRef::parse(&target.model);
    let named = target.provider_key.as_ref();
    let named = named.and_then(|name| keys.iter().map(Keyed::facts).find(|key| key.name == *name));
    match (written.provider, named) {
        // `openai/gpt-4o` behind a key of OpenRouter is that vendor's own id, slash and all.
        (Some(provider), Some(key)) if provider != key.provider => (key.provider, &target.model),
        (Some(provider), _) => (provider, written.id),
        (None, Some(key)) => (key.provider, written.id),
        (None, None) => (catalog.vendor_of(written.id).unwrap_or(Provider::OpenAiCompatible), written.id),
    }
}

/// The named key, else the provider's first usable one; of several `openai-compatible` ones none is "the first".
pub fn account<'k, K: Keyed>(keys: &'k [K], name: Option<&str>, provider: Provider) -> Option<&'k K> {
    let mut usable = keys.iter().filter(|key| key.facts().usable && key.facts().provider == provider);
    match name {
        Some(name) => keys.iter().find(|key| key.facts().name == name && key.facts().usable),
        None if provider == Provider::OpenAiCompatible => usable.next().filter(|_| usable.next().is_none()),
        None => usable.next(),
    }
}
