//! How a model is written: bare (`gpt-4o`), or `provider/model`.
//! It must never rewrite a name: what an operator wrote goes upstream, unless the catalogue says `send_as`.

use crate::provider::Provider;

/// More bytes than any name of a model or a route has. Longer ones are refused before anybody looks for the names that
/// are nearest to them.
pub const MAX_NAME: usize = 512;

/// A model's name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelRef<'a> {
    /// The word before the first `/`, if it is a provider; else the catalogue decides.
    pub provider: Option<Provider>,
    /// The provider's own id of the model.
    pub id: &'a str,
}

impl<'a> ModelRef<'a> {
    /// `meta-llama/llama-3` has no provider: `meta-llama` is not in the list, so all of it is the id.
    pub fn parse(written: &'a str) -> Self {
        match written.split_once('/') {
            Some((word, id)) if !id.is_empty() => match Provider::from_slug(word) {
                Some(provider) => Self { provider: Some(provider), id },
                None => Self { provider: None, id: written },
            },
            _ => Self { provider: None, id: written },
        }
    }
}
