//! What MAIG knows of models: whose a name is, how much it takes, what it can do, what it costs, when it ends.
//! Unknown is unknown: a model that is not here is never an obstacle, and its cost is never 0.

mod card;
mod cost;
mod ending;
mod file;
mod lacks;
mod names;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::model::ModelRef;
use crate::provider::Provider;

pub use card::{Capabilities, ModelCard, NoSuchCapability, Price, Rates, Tier};
pub use cost::cost;
pub use ending::Ending;
pub use file::{CatalogError, CatalogFile};
pub use lacks::lacks;

const BUILT_IN: &str = include_str!("models.toml");

/// All models that are known, the built-in ones and an operator's.
#[derive(Clone, Debug)]
pub struct Catalog {
    cards: Vec<Arc<ModelCard>>,
    /// By id and by alias.
    by_name: HashMap<(Provider, String), Arc<ModelCard>>,
    families: names::Families,
    file: CatalogFile,
}

impl Catalog {
    /// The models that MAIG was built with.
    pub fn built_in() -> &'static Self {
        static BUILT: OnceLock<Catalog> = OnceLock::new();
        BUILT.get_or_init(|| {
            let built = CatalogFile::from_toml(BUILT_IN).and_then(Self::from_file);
            #[expect(clippy::expect_used, reason = "the file is part of the program; a test parses it")]
            built.expect("models.toml is sound")
        })
    }

    /// The built-in models with an operator's TOML file on top.
    pub fn with_overrides(text: &str) -> Result<Self, CatalogError> {
        Self::overridden(CatalogFile::from_toml(text)?)
    }

    /// The same with a file that was read from another notation.
    pub fn overridden(over: CatalogFile) -> Result<Self, CatalogError> {
        // On its own first, so that a fault is told as the operator's, not as ours.
        over.families()?;
        Self::from_file(CatalogFile::from_toml(BUILT_IN)?.overlaid(over))
    }

    /// A catalogue of nothing but this file: what another MAIG told with [`file`](Self::file).
    pub fn from_file(file: CatalogFile) -> Result<Self, CatalogError> {
        let cards: Vec<Arc<ModelCard>> = file.cards()?.into_iter().map(Arc::new).collect();
        let mut by_name = HashMap::new();
        for card in &cards {
            for alias in &card.aliases {
                by_name.insert((card.provider, alias.clone()), card.clone());
            }
        }
        // A row of its own wins over another's alias.
        for card in &cards {
            by_name.insert((card.provider, card.id.clone()), card.clone());
        }
        let families = names::Families::new(file.families()?);
        Ok(Self { cards, by_name, families, file })
    }

    /// What is known of a provider's model. An id with a date or `-latest` is the model without; a host of others' models
    /// (Azure, Vertex, OpenRouter) is looked up at the vendor.
    pub fn find(&self, provider: Provider, id: &str) -> Option<Arc<ModelCard>> {
        let own = |provider: Provider, id: &str| {
            self.row(provider, id).or_else(|| self.row(provider, names::undated(id)?)).cloned()
        };
        own(provider, id).or_else(|| match provider {
            Provider::Azure => own(Provider::OpenAi, id),
            Provider::Vertex => own(Provider::Gemini, id),
            Provider::OpenRouter => {
                let (vendor, id) = names::at_openrouter(id)?;
                // The host has its own prices, and tells them with each answer; and its own servers, which take some
                // of what the vendor's refuse.
                let card = own(vendor, &id)?;
                let can = card.can.at_another_host();
                Some(Arc::new(ModelCard { price: None, send_as: None, ends: None, can, ..(*card).clone() }))
            }
            _ => None,
        })
    }

    /// The name that goes upstream: as it was written, unless it never was the provider's.
    pub fn upstream_name<'a>(&'a self, provider: Provider, id: &'a str) -> &'a str {
        self.row(provider, id).and_then(|card| card.send_as.as_deref()).unwrap_or(id)
    }

    /// Whose a bare name is; `None` when no one provider owns it.
    pub fn vendor_of(&self, bare: &str) -> Option<Provider> {
        let has = |provider: &&Provider| {
            let provider = **provider;
            let dated = || names::undated(bare).and_then(|id| self.row(provider, id));
            self.row(provider, bare).or_else(dated).is_some()
        };
        names::VENDORS.iter().find(has).copied().or_else(|| self.families.owner(bare))
    }

    /// Who is asked for a model: the provider it is written with, else that of the named key, else the vendor.
    pub fn provider_of(&self, model: &ModelRef<'_>, key: Option<Provider>) -> Option<Provider> {
        model.provider.or(key).or_else(|| self.vendor_of(model.id))
    }

    /// Up to three known names that look like this one, nearest first.
    pub fn suggest(&self, name: &str) -> Vec<String> {
        let known = self.cards.iter().filter(|card| names::VENDORS.contains(&card.provider));
        let known = known.flat_map(|card| std::iter::once(&card.id).chain(&card.aliases));
        names::nearest(name, known.map(String::as_str))
    }

    /// Every card, by provider and id.
    pub fn cards(&self) -> &[Arc<ModelCard>] {
        &self.cards
    }

    /// The file that this was made of, the operator's part in it.
    pub fn file(&self) -> &CatalogFile {
        &self.file
    }

    fn row(&self, provider: Provider, id: &str) -> Option<&Arc<ModelCard>> {
        // The key's type asks for an owned text; this runs when a configuration is compiled, not for each request.
        self.by_name.get(&(provider, id.to_owned()))
    }
}
