//! What a route is judged against: the rest of its project and the catalogue. Whoever saves a route (the admin API,
//! `maig apply`, the dashboard) fills this in from what it has. Nothing here may look anything up by itself.

use std::sync::Arc;

use crate::catalog::{Catalog, ModelCard};
use crate::model::ModelRef;
use crate::provider::Provider;

use super::RouteSpec;
use super::spec::{TargetSpec, nested_route};

/// The rest of the project.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub catalog: &'a Catalog,
    /// The project's routes as they will be; the one under judgement may be among them or not.
    pub routes: &'a [RouteSpec],
    pub keys: &'a [KeyFacts],
}

/// What matters of a provider key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    pub name: String,
    pub provider: Provider,
    /// Enabled, and with a secret if its provider wants one.
    pub usable: bool,
}

/// A model that a route may ask, however deep in nested routes.
#[derive(Clone, Debug)]
pub(super) struct Leaf<'a> {
    /// The target of the outermost route that leads here.
    pub(super) index: usize,
    pub(super) target: &'a TargetSpec,
    pub(super) provider: Option<Provider>,
    pub(super) card: Option<Arc<ModelCard>>,
}

impl<'a> Context<'a> {
    pub(super) fn key(&self, name: &str) -> Option<&'a KeyFacts> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// A route by its name; `judged` shadows what the project has under its name.
    pub(super) fn route<'r>(&self, name: &str, judged: &'r RouteSpec) -> Option<&'r RouteSpec>
    where
        'a: 'r,
    {
        if judged.name == name { Some(judged) } else { self.routes.iter().find(|route| route.name == name) }
    }

    /// Who would be asked for a target's model.
    pub(super) fn provider(&self, target: &TargetSpec) -> Option<Provider> {
        let key = target.provider_key.as_deref().and_then(|name| self.key(name)).map(|key| key.provider);
        self.catalog.provider_of(&ModelRef::parse(&target.model), key)
    }

    /// The models of a route in the order they are tried. A route inside itself is left out.
    pub(super) fn leaves<'r>(&self, route: &'r RouteSpec) -> Vec<Leaf<'r>>
    where
        'a: 'r,
    {
        let mut leaves = Vec::new();
        for (index, target) in route.targets.iter().enumerate() {
            self.descend(index, target, route, &mut vec![route.name.as_str()], &mut leaves);
        }
        leaves
    }

    fn descend<'r>(
        &self,
        index: usize,
        target: &'r TargetSpec,
        judged: &'r RouteSpec,
        above: &mut Vec<&'r str>,
        leaves: &mut Vec<Leaf<'r>>,
    ) where
        'a: 'r,
    {
        let Some(name) = nested_route(&target.model) else {
            let provider = self.provider(target);
            let card = provider.and_then(|p| self.catalog.find(p, ModelRef::parse(&target.model).id));
            return leaves.push(Leaf { index, target, provider, card });
        };
        if above.contains(&name) {
            return;
        }
        let Some(inner) = self.route(name, judged) else { return };
        above.push(&inner.name);
        for target in &inner.targets {
            self.descend(index, target, judged, above, leaves);
        }
        above.pop();
    }
}

/// Whether an account with `key` can be asked for models that `vendor` made.
pub(super) fn serves(key: Provider, vendor: Provider) -> bool {
    use Provider::{
        Anthropic, Azure, Cerebras, DeepSeek, Doubao, Gemini, Groq, Mistral, Moonshot, Ollama, OpenAi,
        OpenAiCompatible, OpenRouter, Perplexity, Qwen, Simulator, Together, Vertex, Vllm, Xai, Zhipu,
    };
    match key {
        Azure | Vertex | Groq | Together | OpenRouter | Cerebras | Ollama | Vllm | OpenAiCompatible
        | Simulator => true,
        // Qwen's and Doubao's clouds sell other vendors' open models too.
        Qwen | Doubao => !matches!(vendor, OpenAi | Anthropic | Gemini),
        OpenAi | Anthropic | Gemini | Mistral | DeepSeek | Zhipu | Xai | Moonshot | Perplexity => {
            key == vendor
        }
    }
}

/// Whether a host's own ids begin with the maker's name (`openai/gpt-oss-120b` at Groq).
pub(super) fn keeps_maker(host: Provider) -> bool {
    use Provider::{Groq, Ollama, OpenAiCompatible, OpenRouter, Together, Vllm};
    matches!(host, Groq | Together | OpenRouter | Ollama | Vllm | OpenAiCompatible)
}
