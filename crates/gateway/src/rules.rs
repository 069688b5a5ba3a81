//! What a project's configuration must satisfy when it is saved, whoever saves it: the file, the admin API, a command.
//! Faults refuse the save; warnings are said and the save goes on.

use maig_core::model::ModelRef;
use maig_core::provider::Provider;
use maig_core::route::RouteSpec;
use maig_core::route::spec::nested_route;
use maig_store::ProviderKey;

use crate::declare::did_you_mean;
use crate::upstream::AccountFault;

/// Something at a place inside a route: `targets[1].model`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub path: String,
    pub message: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteFindings {
    pub faults: Vec<Finding>,
    pub warnings: Vec<Finding>,
}

/// What a route may refer to.
pub struct ProjectFacts<'a> {
    /// Whose model a bare name is; `None`: nobody knows.
    pub provider_of: &'a dyn Fn(&str) -> Option<Provider>,
    /// In their order.
    pub accounts: Vec<AccountFacts<'a>>,
    /// Every route of the project as it will be, the checked one included.
    pub routes: Vec<&'a RouteSpec>,
}

#[derive(Clone, Copy)]
pub struct AccountFacts<'a> {
    pub name: &'a str,
    pub provider: Provider,
    pub enabled: bool,
}

impl<'a> AccountFacts<'a> {
    pub fn of(key: &'a ProviderKey) -> Self {
        Self { name: &key.name, provider: key.provider, enabled: key.enabled }
    }
}

impl<'a> ProjectFacts<'a> {
    fn route(&self, name: &str) -> Option<&'a RouteSpec> {
        self.routes.iter().copied().find(|route| route.name == name)
    }

    fn provider(&self, model: &str) -> Option<Provider> {
        ModelRef::parse(model).provider.or_else(|| (self.provider_of)(model))
    }

    /// Whether an app's request for this name could find something.
    pub fn knows(&self, name: &str) -> bool {
        name == "auto" || self.route(name).is_some() || self.provider(name).is_some()
    }
}

/// The field of a provider key that a fault is about, and what to say.
pub fn account_fault(fault: &AccountFault) -> (&'static str, String) {
    let field = match fault {
        AccountFault::NoSecret | AccountFault::BadSecret | AccountFault::BadServiceAccount(_) => "api_key",
        AccountFault::BadBaseUrl(_) | AccountFault::NeedsBaseUrl(_) => "base_url",
        AccountFault::BadHeader(_) => "headers",
        AccountFault::NeedsRegion => "region",
    };
    (field, fault.to_string())
}

/// All that is wrong or odd about a route.
pub fn check_route(route: &RouteSpec, facts: &ProjectFacts<'_>) -> RouteFindings {
    let mut found = RouteFindings::default();
    if !maig_core::id::valid_name(&route.name) {
        found.fault(
            "name",
            "no valid name; use 1 to 64 of a-z A-Z 0-9 . _ - and begin with a letter or digit",
        );
    }
    if route.name == "auto" {
        found.fault("name", "`auto` is reserved; choose another name");
    }
    if route.targets.is_empty() {
        found.fault("targets", "a route needs at least one target; add `- model: …`");
    }
    if route.force_fallback && route.targets.len() < 2 {
        found.fault(
            "force_fallback",
            "Force Fallback skips the primary, and there is no second target; add one or switch it off",
        );
    }
    for i in 0..route.targets.len() {
        check_target(route, i, facts, &mut found);
    }
    found
}

fn check_target(route: &RouteSpec, i: usize, facts: &ProjectFacts<'_>, found: &mut RouteFindings) {
    let target = &route.targets[i];
    let path = |field: &str| format!("targets[{i}].{field}");
    if target.retries > 5 {
        found.fault(path("retries"), "at most 5 retries; the next target is often the better one");
    }
    if let Some(name) = nested_route(&target.model) {
        if target.provider_key.is_some() {
            found.fault(path("provider_key"), "a nested route brings its own provider keys; remove this one");
        }
        match facts.route(name) {
            None => {
                let near = did_you_mean(name, facts.routes.iter().map(|route| route.name.as_str()));
                let hint =
                    near.map_or("declare it".to_owned(), |near| format!("did you mean `route:{near}`?"));
                found.fault(path("model"), format!("there is no route {name:?}; {hint}"));
            }
            Some(_) => {
                if let Some(way) = way_back(name, &route.name, facts) {
                    let way = std::iter::once(route.name.as_str()).chain(way).collect::<Vec<_>>().join(" → ");
                    found.fault(path("model"), format!("the route calls itself ({way}); break the circle"));
                }
            }
        }
        return;
    }
    if target.model.is_empty() || target.model.contains(char::is_whitespace) {
        found.fault(
            path("model"),
            format!(
                "{:?} is no model; write one such as `gpt-4o` or `anthropic/claude-3-5-sonnet`",
                target.model
            ),
        );
        return;
    }
    check_account_of(target.model.as_str(), target.provider_key.as_deref(), &path, facts, found);
}

fn check_account_of(
    model: &str,
    key: Option<&str>,
    path: &dyn Fn(&str) -> String,
    facts: &ProjectFacts<'_>,
    found: &mut RouteFindings,
) {
    let provider = facts.provider(model);
    if let Some(name) = key {
        let Some(account) = facts.accounts.iter().find(|account| account.name == name) else {
            let near = did_you_mean(name, facts.accounts.iter().map(|account| account.name));
            let hint = near.map_or("add it".to_owned(), |near| format!("did you mean `{near}`?"));
            found.warn(
                path("provider_key"),
                format!("there is no provider key {name:?}, so this target is skipped; {hint}"),
            );
            return;
        };
        let written = ModelRef::parse(model).provider;
        if let Some(written) = written.filter(|written| *written != account.provider) {
            let owner = account.provider;
            found.fault(
                path("provider_key"),
                format!("{name} is a key of {owner}, but the model says {written}; change one"),
            );
        } else if !account.enabled {
            found.warn(
                path("provider_key"),
                format!("the provider key {name} is disabled, so this target is skipped; enable it"),
            );
        }
        return;
    }
    let Some(provider) = provider else {
        found.fault(
            path("model"),
            format!("whose model is {model:?}? write `provider/{model}`, or name a `provider_key`"),
        );
        return;
    };
    let mut usable = facts.accounts.iter().filter(|account| account.provider == provider && account.enabled);
    match (usable.next(), usable.next()) {
        (None, _) => {
            found.warn(path("model"), format!("the project has no enabled provider key for {provider}, so this target is skipped; add one"));
        }
        (Some(_), Some(_)) if provider == Provider::OpenAiCompatible => {
            found.fault(
                path("model"),
                "there are several openai-compatible provider keys; name one with `provider_key`",
            );
        }
        _ => {}
    }
}

/// The way from one route to another through nested targets, both included.
fn way_back<'a>(from: &str, to: &str, facts: &ProjectFacts<'a>) -> Option<Vec<&'a str>> {
    let mut seen: Vec<&str> = Vec::new();
    let mut open = vec![vec![facts.route(from)?]];
    while let Some(way) = open.pop() {
        let here = way[way.len() - 1];
        if here.name == to {
            return Some(way.iter().map(|route| route.name.as_str()).collect());
        }
        if seen.contains(&here.name.as_str()) {
            continue;
        }
        seen.push(&here.name);
        for next in
            here.targets.iter().filter_map(|t| nested_route(&t.model)).filter_map(|name| facts.route(name))
        {
            open.push(way.iter().copied().chain([next]).collect());
        }
    }
    None
}

impl RouteFindings {
    fn fault(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.faults.push(Finding { path: path.into(), message: message.into() });
    }

    fn warn(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.warnings.push(Finding { path: path.into(), message: message.into() });
    }
}
