//! What is open over the list: a dialog, and the key that it is about.

use leptos::prelude::*;
use maig_api::{CreatedProjectKey, ProjectKey};

use crate::api::Remote;

/// Copy it freely.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub create: RwSignal<bool>,
    pub change: RwSignal<Option<ProjectKey>>,
    pub roll: RwSignal<Option<ProjectKey>>,
    pub revoke: RwSignal<Option<ProjectKey>>,
    /// A key as it was made, until somebody has put it away.
    pub made: RwSignal<Option<CreatedProjectKey>>,
}

impl Open {
    pub fn nothing() -> Self {
        Self {
            create: RwSignal::new(false),
            change: RwSignal::new(None),
            roll: RwSignal::new(None),
            revoke: RwSignal::new(None),
            made: RwSignal::new(None),
        }
    }
}

/// The key as the list has it now: a colleague may change it while a question is open.
pub(super) fn now(opened: ProjectKey, keys: Remote<Vec<ProjectKey>>) -> ProjectKey {
    let found = keys.data.with_untracked(|all| all.iter().flatten().find(|key| key.id == opened.id).cloned());
    found.unwrap_or(opened)
}
