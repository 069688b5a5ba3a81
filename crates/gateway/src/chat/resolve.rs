//! Step 3: what the asked name means, inside the key's scope: a route, or a model as a route of one target; with the
//! request's own fallbacks behind it. It must never reveal a name outside the scope.

use std::sync::Arc;

use maig_core::route::spec::DEFAULT_RETRY_ON;
use maig_core::route::{CompiledRoute, CompiledTarget, Force, Timeouts};
use maig_core::translate::Envelope;

use crate::error::{ApiError, Code};
use crate::snapshot::{Caller, Routing, Snapshot};

/// Inline targets included.
const MAX_TARGETS: usize = 8;

pub(super) fn resolve(
    snapshot: &Snapshot,
    caller: &Caller,
    asked: &Envelope,
) -> Result<Arc<CompiledRoute>, ApiError> {
    let routing = caller.routing();
    let within = Within { snapshot, caller, routing };
    if caller.scope.routes_only && !asked.inline.is_empty() {
        return Err(not_allowed(
            "This project key takes routes only: the request may not bring its own fallbacks.",
        ));
    }
    let primary = within.named(&asked.model, "model")?;
    let as_it_is = asked.inline.models.is_empty() && asked.inline.on.is_none();
    let mut route = match primary {
        CompiledTarget::Route(route) if as_it_is => return Ok(route),
        CompiledTarget::Route(route) => CompiledRoute {
            name: route.name.clone(),
            targets: route.targets.clone(),
            retry_on: route.retry_on.clone(),
            force_fallback: route.force_fallback,
            timeouts: route.timeouts,
        },
        model @ CompiledTarget::Model(_) => CompiledRoute {
            name: asked.model.to_string(),
            targets: vec![model],
            retry_on: DEFAULT_RETRY_ON.to_vec(),
            force_fallback: Force::Off,
            timeouts: Timeouts::default(),
        },
    };
    for name in &asked.inline.models {
        let target = within.named(name, "fallback_models")?;
        if !route.targets.iter().any(|other| same(other, &target)) {
            route.targets.push(target);
        }
        if route.targets.len() > MAX_TARGETS {
            let message = format!("At most {MAX_TARGETS} targets, those of the route included.");
            return Err(ApiError::new(Code::InvalidRequest, message)
                .param("fallback_models")
                .should_retry(false));
        }
    }
    if let Some(kinds) = &asked.inline.on {
        route.retry_on.clone_from(kinds);
    }
    Ok(Arc::new(route))
}

/// Where names are looked up.
struct Within<'a> {
    snapshot: &'a Snapshot,
    caller: &'a Caller,
    routing: &'a Routing,
}

impl Within<'_> {
    fn named(&self, name: &str, param: &'static str) -> Result<CompiledTarget, ApiError> {
        let scope = &self.caller.scope;
        let route = self.routing.routes.get(name);
        if !scope.allows(name) {
            // Whether the name exists is not the caller's to know.
            let hint = self.likely(name).map(|names| format!(" Did you mean {names}?")).unwrap_or_default();
            return Err(not_allowed(format!("This project key may not call `{name}`.{hint}")).param(param));
        }
        match route {
            Some(route) => Ok(CompiledTarget::Route(Arc::clone(route))),
            None if name == "auto" => {
                Err(self.not_found("`auto` is not available in this version; name a route.", param))
            }
            None if scope.routes_only => {
                Err(not_allowed(format!("This project key takes routes only, and `{name}` is none."))
                    .param(param))
            }
            None => match self.routing.model(name) {
                Some(model) => Ok(CompiledTarget::Model(Arc::new(model))),
                None => Err(self.not_found(
                    &format!("There is no route or model `{name}`.{}", self.nearest(name)),
                    param,
                )),
            },
        }
    }

    fn not_found(&self, message: &str, param: &'static str) -> ApiError {
        ApiError::new(Code::RouteNotFound, message.to_owned()).param(param).should_retry(false)
    }

    fn nearest(&self, asked: &str) -> String {
        match self.likely(asked) {
            None => " The dashboard lists the project's routes.".to_owned(),
            Some(names) => format!(" Did you mean {names}?"),
        }
    }

    /// What was meant, out of the names that the key may call.
    fn likely(&self, asked: &str) -> Option<String> {
        // As files name a route, and in whatever case.
        let asked = asked.strip_prefix("route:").unwrap_or(asked);
        let lower = asked.to_ascii_lowercase();
        let models = self.snapshot.catalog.suggest(asked);
        let mut near: Vec<(f64, &str)> = (self.routing.routes.keys().map(String::as_str))
            .chain(models.iter().map(String::as_str))
            .filter(|name| self.caller.scope.allows(name))
            .map(|name| (strsim::jaro_winkler(&lower, &name.to_ascii_lowercase()), name))
            .filter(|(likeness, _)| *likeness > 0.75)
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        near.dedup_by(|a, b| a.1 == b.1);
        let names: Vec<String> = near.iter().take(3).map(|(_, name)| format!("`{name}`")).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

fn same(a: &CompiledTarget, b: &CompiledTarget) -> bool {
    match (a, b) {
        (CompiledTarget::Model(a), CompiledTarget::Model(b)) => a.label == b.label && a.account == b.account,
        (CompiledTarget::Route(a), CompiledTarget::Route(b)) => a.name == b.name,
        _ => false,
    }
}

fn not_allowed(message: impl Into<std::borrow::Cow<'static, str>>) -> ApiError {
    ApiError::new(Code::RouteNotAllowed, message).should_retry(false)
}
