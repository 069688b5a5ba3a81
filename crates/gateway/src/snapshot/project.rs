//! One project as requests see it: its routes, compiled, and how a model's name finds an account.

use std::collections::HashMap;
use std::sync::Arc;

use maig_core::catalog::{Catalog, ModelCard};
use maig_core::id::{ProjectId, ProviderKeyId};
use maig_core::model::ModelRef;
use maig_core::provider::Provider;
use maig_core::route::spec::nested_route;
use maig_core::route::{CompiledRoute, CompiledTarget, ModelTarget, RouteSpec, TargetSpec};

use crate::breakers::{BreakerKey, Breakers};
use crate::limits::{MonthGate, RateGate};

/// The id of the account that answers test keys.
pub(super) const SIMULATOR: &str = "simulator";

/// A project, ready to be called.
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    pub suspended: bool,
    pub rate: Option<RateGate>,
    pub month: Option<MonthGate>,
    pub live: Routing,
    /// The same routes with every target answered by the simulator.
    pub test: Routing,
}

/// A project's routes for one kind of key.
pub struct Routing {
    pub routes: HashMap<String, Arc<CompiledRoute>>,
    accounts: Arc<[AccountView]>,
    catalog: Arc<Catalog>,
    breakers: Arc<Breakers>,
    test: bool,
}

/// A provider key as names are resolved by it.
#[derive(Clone, Debug)]
pub struct AccountView {
    pub id: ProviderKeyId,
    pub name: String,
    pub provider: Provider,
    /// Enabled, and it has what a call needs.
    pub usable: bool,
    /// Rises when the secret is changed.
    pub key_version: i64,
}

impl Routing {
    pub fn new(
        specs: &[RouteSpec],
        accounts: Arc<[AccountView]>,
        catalog: Arc<Catalog>,
        breakers: Arc<Breakers>,
        test: bool,
    ) -> Self {
        let mut routing = Self { routes: HashMap::new(), accounts, catalog, breakers, test };
        for spec in specs {
            routing.compile(spec, specs, &mut Vec::new());
        }
        routing
    }

    /// The target that a model's name means; `None`: nobody knows whose it is.
    pub fn model(&self, written: &str) -> Option<ModelTarget> {
        let spec = TargetSpec { model: written.to_owned(), ..TargetSpec::default() };
        let reference = ModelRef::parse(written);
        let provider = reference.provider.or_else(|| self.catalog.vendor_of(reference.id))?;
        Some(self.target(&spec, provider, reference.id))
    }

    /// The models that the catalogue knows of the project's accounts.
    pub fn models(&self) -> impl Iterator<Item = &Arc<ModelCard>> {
        self.catalog
            .cards()
            .iter()
            .filter(|card| self.accounts.iter().any(|key| key.usable && key.provider == card.provider))
    }

    /// Follows `spec` and the routes that it names. `path` guards against a cycle that slipped past validation.
    fn compile(
        &mut self,
        spec: &RouteSpec,
        all: &[RouteSpec],
        path: &mut Vec<String>,
    ) -> Option<Arc<CompiledRoute>> {
        if let Some(done) = self.routes.get(&spec.name) {
            return Some(Arc::clone(done));
        }
        if path.contains(&spec.name) {
            tracing::warn!(route = spec.name, "the route leads to itself; that target is left out");
            return None;
        }
        path.push(spec.name.clone());
        let mut targets = Vec::with_capacity(spec.targets.len());
        for target in &spec.targets {
            let compiled = match nested_route(&target.model) {
                Some(name) => all
                    .iter()
                    .find(|other| other.name == name)
                    .and_then(|other| self.compile(other, all, path))
                    .map(CompiledTarget::Route),
                None => Some(CompiledTarget::Model(Arc::new(self.route_target(target)))),
            };
            targets.extend(compiled);
        }
        path.pop();
        let route = Arc::new(CompiledRoute {
            name: spec.name.clone(),
            targets,
            retry_on: spec.retry_on.clone(),
            force_fallback: spec.force_fallback,
            timeouts: spec.timeouts,
        });
        self.routes.insert(spec.name.clone(), Arc::clone(&route));
        Some(route)
    }

    /// A route's own target. Where nobody knows whose model it is, the named provider key says.
    fn route_target(&self, spec: &TargetSpec) -> ModelTarget {
        let reference = ModelRef::parse(&spec.model);
        let named =
            spec.provider_key.as_ref().and_then(|name| self.accounts.iter().find(|key| key.name == *name));
        match (reference.provider, named) {
            // `openai/gpt-4o` behind a key of OpenRouter is that vendor's own id, slash and all.
            (Some(written), Some(key)) if written != key.provider => {
                self.target(spec, key.provider, &spec.model)
            }
            (Some(written), _) => self.target(spec, written, reference.id),
            (None, Some(key)) => self.target(spec, key.provider, reference.id),
            (None, None) => {
                let vendor = self.catalog.vendor_of(reference.id).unwrap_or(Provider::OpenAiCompatible);
                self.target(spec, vendor, reference.id)
            }
        }
    }

    fn target(&self, spec: &TargetSpec, provider: Provider, model: &str) -> ModelTarget {
        let card = self.catalog.find(provider, model);
        let send_as = card.as_ref().and_then(|card| card.send_as.clone()).unwrap_or_else(|| model.to_owned());
        let account = self.account(spec.provider_key.as_deref(), provider);
        let (provider, account_id, key_version) = match (self.test, account) {
            (true, _) => (Provider::Simulator, Some(SIMULATOR.into()), 0),
            (false, Some(account)) => (provider, Some(account.id.clone()), account.key_version),
            (false, None) => (provider, None, 0),
        };
        let breaker = self.breakers.of(BreakerKey {
            account: account_id.clone(),
            key_version,
            model: model.to_owned(),
            test: self.test,
        });
        ModelTarget {
            provider,
            model: model.to_owned(),
            label: format!("{provider}/{model}"),
            account: account_id,
            card,
            send_as: if self.test { model.to_owned() } else { send_as },
            retries: spec.retries,
            timeouts: spec.timeouts,
            parameters: spec.parameters.clone(),
            breaker,
        }
    }

    /// The named key, else the provider's first usable one; of several `openai-compatible` ones none is "the first".
    fn account(&self, name: Option<&str>, provider: Provider) -> Option<&AccountView> {
        let mut usable = self.accounts.iter().filter(|key| key.usable && key.provider == provider);
        match name {
            Some(name) => self.accounts.iter().find(|key| key.name == name && key.usable),
            None if provider == Provider::OpenAiCompatible => {
                usable.next().filter(|_| usable.next().is_none())
            }
            None => usable.next(),
        }
    }
}
