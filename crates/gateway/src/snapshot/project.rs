//! One project as requests see it: its routes, compiled, and how a model's name finds an account.

use std::collections::HashMap;
use std::sync::Arc;

use maig_core::catalog::{Catalog, ModelCard};
use maig_core::id::{ProjectId, ProviderKeyId};
use maig_core::model::ModelRef;
use maig_core::provider::Provider;
use maig_core::route::{CompiledRoute, KeyFacts, Keyed, ModelTarget, Now, RouteSpec, TargetSpec, compile};

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
    pub facts: KeyFacts,
    /// Rises when the secret is changed.
    pub key_version: i64,
}

impl Keyed for AccountView {
    fn facts(&self) -> &KeyFacts {
        &self.facts
    }
}

impl Routing {
    pub fn new(
        specs: &[RouteSpec],
        accounts: Arc<[AccountView]>,
        catalog: Arc<Catalog>,
        breakers: Arc<Breakers>,
        test: bool,
        now: Now,
    ) -> Self {
        let mut routing = Self { routes: HashMap::new(), accounts, catalog, breakers, test };
        routing.routes = compile::compile(specs, now, |spec| routing.route_target(spec));
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
        self.catalog.cards().iter().filter(|card| {
            self.accounts.iter().any(|key| key.facts.usable && key.facts.provider == card.provider)
        })
    }

    /// A route's own target.
    fn route_target(&self, spec: &TargetSpec) -> ModelTarget {
        let (provider, model) = compile::asked(spec, &self.accounts, &self.catalog);
        self.target(spec, provider, model)
    }

    fn target(&self, spec: &TargetSpec, provider: Provider, model: &str) -> ModelTarget {
        let card = self.catalog.find(provider, model);
        let send_as = card.as_ref().and_then(|card| card.send_as.clone()).unwrap_or_else(|| model.to_owned());
        let account = compile::account(&self.accounts, spec.provider_key.as_deref(), provider);
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
            label: format!("{provider}/{model}").into(),
            account: account_id,
            card,
            send_as: if self.test { model.to_owned() } else { send_as },
            retries: spec.retries,
            timeouts: spec.timeouts,
            parameters: spec.parameters.clone(),
            breaker,
        }
    }
}
