//! What is open over the list: a dialog, and the value that it is about.

use leptos::prelude::*;
use maig_api::{CheckResult, ProviderKey};
use maig_core::provider::Provider;

use crate::api::{ApiError, Remote};

/// Copy it freely.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub add: RwSignal<Option<Provider>>,
    pub change: RwSignal<Option<ProviderKey>>,
    pub rotate: RwSignal<Option<ProviderKey>>,
    pub disable: RwSignal<Option<ProviderKey>>,
    pub remove: RwSignal<Option<ProviderKey>>,
    pub checked: RwSignal<Option<(String, Result<CheckResult, ApiError>)>>,
}

impl Open {
    pub fn nothing() -> Self {
        Self {
            add: RwSignal::new(None),
            change: RwSignal::new(None),
            rotate: RwSignal::new(None),
            disable: RwSignal::new(None),
            remove: RwSignal::new(None),
            checked: RwSignal::new(None),
        }
    }
}

/// What a question about a key depends on. It is asked anew when one of these changes under it, and not when a breaker
/// does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub name: String,
    pub used_by: Vec<String>,
}

/// The key as the list has it now: a colleague may change it, or build a route on it, while a question is open.
pub(super) fn now(opened: ProviderKey, keys: Remote<Vec<ProviderKey>>) -> ProviderKey {
    keys.data.with(|all| all.iter().flatten().find(|key| key.id == opened.id).cloned()).unwrap_or(opened)
}

pub(super) fn asked(
    about: RwSignal<Option<ProviderKey>>,
    keys: Remote<Vec<ProviderKey>>,
) -> Memo<Option<Asked>> {
    Memo::new(move |_| {
        let key = now(about.get()?, keys);
        Some(Asked { name: key.name, used_by: key.used_by })
    })
}
