//! Routes to start from. Which models stand in one depends on whose keys the project has; a template never names a
//! model that the catalogue does not know.

use maig_core::catalog::Catalog;
use maig_core::route::spec::DEFAULT_RETRY_ON;
use maig_core::route::{KeyFacts, RouteSpec, TargetSpec, Timeouts};

use maig_core::failure::FailureKind;

/// What somebody may want, and who is good at it.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    pub slug: &'static str,
    pub name: &'static str,
    pub text: &'static str,
    /// The best first; each of another vendor.
    models: &'static [&'static str],
    first_token_ms: Option<u64>,
    /// Besides the usual failures.
    also_on: Option<FailureKind>,
}

pub const TEMPLATES: &[Template] = &[
    Template {
        slug: "production-chat",
        name: "Chat with fallback",
        text: "A good model answers; when it fails, another vendor's takes over before the user notices.",
        models: &[
            "gpt-6.1-terra",
            "claude-sonnet-5-5",
            "gemini-3.8-flash",
            "mistral-large-latest",
            "deepseek-v4-pro",
        ],
        first_token_ms: None,
        also_on: None,
    },
    Template {
        slug: "quick-chat",
        name: "Cheap and fast",
        text: "Small models, and a short patience: whoever is silent for 4 seconds is passed over.",
        models: &[
            "gpt-6-luna",
            "claude-haiku-5-5",
            "gemini-2.5-flash-lite",
            "mistral-small-latest",
            "deepseek-v4-flash",
        ],
        first_token_ms: Some(4000),
        also_on: None,
    },
    Template {
        slug: "summaries",
        name: "Summaries",
        text: "Long documents: when a text does not fit, the next model with a larger window gets it.",
        models: &[
            "claude-sonnet-5-5",
            "gemini-3.8-flash",
            "gpt-6.1-terra",
            "mistral-large-4",
            "deepseek-v4-flash",
        ],
        first_token_ms: None,
        also_on: Some(FailureKind::ContextWindow),
    },
];

impl Template {
    pub fn of(slug: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.slug == slug)
    }

    /// Two targets: those whose vendor the project has a key for, else the best.
    pub fn route(&self, catalog: &Catalog, keys: &[KeyFacts]) -> RouteSpec {
        let known = self.models.iter().copied().filter(|model| catalog.vendor_of(model).is_some());
        let served = |model: &&str| {
            catalog
                .vendor_of(model)
                .is_some_and(|vendor| keys.iter().any(|key| key.usable && key.provider == vendor))
        };
        let (mut models, others): (Vec<&str>, Vec<&str>) = known.partition(served);
        models.extend(others);
        let targets = models.into_iter().take(2);
        let targets = targets.map(|model| TargetSpec { model: model.to_owned(), ..TargetSpec::default() });
        RouteSpec {
            targets: targets.collect(),
            retry_on: DEFAULT_RETRY_ON.into_iter().chain(self.also_on).collect(),
            timeouts: Timeouts { first_token_ms: self.first_token_ms, ..Timeouts::default() },
            ..RouteSpec::new(self.slug)
        }
    }
}

#[cfg(test)]
mod tests {
    use maig_core::provider::Provider;
    use maig_core::route::Context;

    use super::*;

    #[test]
    fn a_template_is_sound_and_prefers_whose_keys_there_are() {
        let catalog = Catalog::built_in();
        let keys = [Provider::Mistral, Provider::Gemini].map(|provider| KeyFacts {
            name: provider.slug().into(),
            provider,
            usable: true,
        });
        for template in TEMPLATES {
            for keys in [&keys[..], &[]] {
                let route = template.route(catalog, keys);
                let context = Context { catalog, routes: &[], keys };
                assert_eq!(route.validate(&context), [], "{}", template.name);
                assert_eq!(route.targets.len(), 2);
                let vendor = |target: &TargetSpec| catalog.vendor_of(&target.model).unwrap();
                let served = route
                    .targets
                    .iter()
                    .filter(|target| keys.iter().any(|key| key.provider == vendor(target)));
                assert_eq!(served.count(), keys.len(), "{}", template.name);
                for target in &route.targets {
                    assert!(catalog.find(vendor(target), &target.model).is_some(), "{}", target.model);
                }
            }
        }
    }
}
