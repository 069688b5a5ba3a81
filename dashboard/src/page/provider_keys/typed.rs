//! What is typed for an account: the fields that its provider takes, and the body that they make. One value serves the
//! form of a new key and that of a stored one. It must never hold a secret that the gateway gave: it gives none.

use std::collections::BTreeMap;

use leptos::prelude::*;
use maig_api::{CreateProviderKey, PatchProviderKey, ProviderKey};
use maig_core::provider::Provider;

/// Which fields a provider's form shows beside name and secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fields {
    /// An example, where the address must be given; `None` where there is a default.
    pub base_url_example: Option<&'static str>,
    pub region: bool,
    pub api_version: bool,
    pub cloud_project: bool,
    /// The secret is a file's whole text.
    pub long_secret: bool,
}

impl Fields {
    pub fn of(provider: Provider) -> Self {
        let base_url_example = match provider {
            Provider::Azure => Some("https://NAME.openai.azure.com"),
            Provider::OpenAiCompatible => Some("http://127.0.0.1:8000/v1"),
            _ => None,
        };
        Self {
            base_url_example,
            region: provider == Provider::Vertex,
            api_version: matches!(provider, Provider::Azure | Provider::Anthropic),
            cloud_project: provider == Provider::Vertex,
            long_secret: provider == Provider::Vertex,
        }
    }
}

/// Copy it freely.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    pub provider: RwSignal<String>,
    pub name: RwSignal<String>,
    pub secret: RwSignal<String>,
    pub base_url: RwSignal<String>,
    pub region: RwSignal<String>,
    pub api_version: RwSignal<String>,
    pub cloud_project: RwSignal<String>,
    /// `Name: value`, one a line.
    pub headers: RwSignal<String>,
}

impl Typed {
    pub fn new(provider: Provider, names: &[String]) -> Self {
        let text = |text: String| RwSignal::new(text);
        Self {
            provider: text(provider.slug().to_owned()),
            name: text(free_name(provider, names)),
            secret: text(String::new()),
            base_url: text(String::new()),
            region: text(String::new()),
            api_version: text(String::new()),
            cloud_project: text(String::new()),
            headers: text(String::new()),
        }
    }

    pub fn of(key: &ProviderKey) -> Self {
        let text = |text: &Option<String>| RwSignal::new(text.clone().unwrap_or_default());
        Self {
            provider: RwSignal::new(key.provider.slug().to_owned()),
            name: RwSignal::new(key.name.clone()),
            secret: RwSignal::new(String::new()),
            base_url: text(&key.base_url),
            region: text(&key.region),
            api_version: text(&key.api_version),
            cloud_project: text(&key.project_id),
            headers: RwSignal::new(String::new()),
        }
    }

    /// The chosen provider. The list has no other values, so the first stands in for none.
    pub fn provider(self) -> Provider {
        Provider::from_slug(&self.provider.get()).unwrap_or(Provider::OpenAi)
    }

    pub fn create(self) -> CreateProviderKey {
        let provider = untrack(|| self.provider());
        let fields = Fields::of(provider);
        CreateProviderKey {
            name: self.name.get_untracked().trim().to_owned(),
            provider,
            api_key: given(self.secret),
            base_url: given(self.base_url),
            region: given(self.region).filter(|_| fields.region),
            api_version: given(self.api_version).filter(|_| fields.api_version),
            project_id: given(self.cloud_project).filter(|_| fields.cloud_project),
            headers: headers(&self.headers.get_untracked()).unwrap_or_default(),
        }
    }

    /// All but the secret; headers only where some are typed, since the stored ones are not shown.
    pub fn patch(self) -> PatchProviderKey {
        let typed = headers(&self.headers.get_untracked()).unwrap_or_default();
        PatchProviderKey {
            name: Some(self.name.get_untracked().trim().to_owned()),
            enabled: None,
            base_url: Some(given(self.base_url)),
            region: Some(given(self.region)),
            api_version: Some(given(self.api_version)),
            project_id: Some(given(self.cloud_project)),
            headers: (!typed.is_empty()).then_some(typed),
        }
    }
}

fn given(text: RwSignal<String>) -> Option<String> {
    Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
}

/// `openai-main`, or with a number if that is taken.
pub(super) fn free_name(provider: Provider, names: &[String]) -> String {
    let main = format!("{}-main", provider.slug());
    let numbered = (2..).map(|number| format!("{}-{number}", provider.slug()));
    std::iter::once(main)
        .chain(numbered)
        .find(|name| !names.contains(name))
        .unwrap_or_else(|| provider.slug().to_owned())
}

/// The lines as headers, or which line is none.
pub(super) fn headers(text: &str) -> Result<BTreeMap<String, String>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, value) = line.split_once(':').ok_or_else(|| wrong(line))?;
            let name = name.trim();
            let is_token = !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
            if !is_token {
                return Err(wrong(line));
            }
            Ok((name.to_owned(), value.trim().to_owned()))
        })
        .collect()
}

fn wrong(line: &str) -> String {
    let name: String = line.chars().take_while(|c| *c != ':').take(30).collect();
    format!("Write each header as Name: value, on a line of its own; “{name}” is none.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_gets_a_name_that_is_free() {
        let taken = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (names, expect) in [
            (taken(&[]), "openai-main"),
            (taken(&["openai-main"]), "openai-2"),
            (taken(&["openai-main", "openai-2", "openai-4"]), "openai-3"),
        ] {
            assert_eq!(free_name(Provider::OpenAi, &names), expect);
        }
    }

    #[test]
    fn headers_are_lines_and_a_fault_does_not_repeat_a_value() {
        let parsed = headers("X-Team: blue\n\n  api-gateway:  on : off \n").unwrap();
        assert_eq!(parsed.get("X-Team").map(String::as_str), Some("blue"));
        assert_eq!(parsed.get("api-gateway").map(String::as_str), Some("on : off"));
        for text in ["no colon", ": value", "two words: secret"] {
            let fault = headers(text).unwrap_err();
            assert!(!fault.contains("secret"), "{fault}");
        }
    }
}
