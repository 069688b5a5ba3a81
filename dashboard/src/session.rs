//! Who is signed in, and which project is looked at. When a session ends in the middle, calls wait here until somebody
//! has signed in again, so that nothing typed is lost. It must never keep a password, nor the session's cookie (which
//! scripts cannot read).

use leptos::prelude::*;
use maig_api::{Action, Membership, Role};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::browser;

/// What the whole page depends on.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// Nobody has asked the gateway yet.
    Unknown,
    /// The gateway waits for its first owner.
    NoOwner,
    SignedOut,
    SignedIn(maig_api::Session),
}

/// Copy it freely.
#[derive(Clone, Copy)]
pub struct Session {
    pub standing: RwSignal<Standing>,
    /// The session ended under a page that is still there: sign-in lies over it.
    pub over: RwSignal<bool>,
    /// The name of the project that is looked at.
    pub project: RwSignal<Option<String>>,
    waiting: StoredValue<Vec<js_sys::Function>, LocalStorage>,
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    pub fn new() -> Self {
        Self {
            standing: RwSignal::new(Standing::Unknown),
            over: RwSignal::new(false),
            project: RwSignal::new(None),
            waiting: StoredValue::new_local(Vec::new()),
        }
    }

    /// Somebody has signed in. Another person than before gets a page of their own, not what the first one left open.
    pub fn begin(self, session: maig_api::Session) {
        if let Standing::SignedIn(before) = self.standing.get_untracked()
            && before.user.id != session.user.id
        {
            return browser::reload();
        }
        let known = |name: &String| session.projects.iter().any(|project| project.project == *name);
        let chosen = self.project.get_untracked().or_else(|| browser::remembered("project")).filter(known);
        let first = session.projects.first().map(|project| project.project.clone());
        let project = chosen.or(first);
        self.standing.set(Standing::SignedIn(session));
        if self.project.get_untracked() != project {
            self.project.set(project);
        }
        self.over.set(false);
        for go_on in self.waiting.try_update_value(std::mem::take).unwrap_or_default() {
            // A function that resolves a promise does not throw.
            let _ = go_on.call0(&JsValue::NULL);
        }
    }

    /// Looks at another project from now on.
    pub fn choose(self, project: &str) {
        browser::remember("project", Some(project));
        self.project.set(Some(project.to_owned()));
    }

    /// What a write proves itself with.
    pub fn csrf(self) -> Option<String> {
        self.standing.with_untracked(|standing| match standing {
            Standing::SignedIn(session) => session.csrf_token.clone(),
            _ => None,
        })
    }

    /// Who is signed in, if anybody.
    pub fn user(self) -> Option<maig_api::User> {
        self.standing.with_untracked(|standing| match standing {
            Standing::SignedIn(session) => Some(session.user.clone()),
            _ => None,
        })
    }

    /// Where apps reach the gateway: `https://ai.example.com`, without `/v1`.
    pub fn apps_url(self) -> String {
        let own = self.standing.with_untracked(|standing| match standing {
            Standing::SignedIn(session) => session.apps_url.clone(),
            _ => None,
        });
        own.unwrap_or_else(browser::base_url)
    }

    /// Ends when somebody has signed in.
    pub async fn wait_for_sign_in(self) {
        self.over.set(true);
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            self.waiting.update_value(|waiting| waiting.push(resolve));
        });
        let _ = JsFuture::from(promise).await;
    }
}

/// The project that the page shows. Its subtree is built anew for another project, so this never changes under a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    pub id: String,
    pub name: String,
    pub role: Role,
}

impl Project {
    pub fn of(membership: &Membership) -> Self {
        Self { id: membership.project_id.clone(), name: membership.project.clone(), role: membership.role }
    }

    /// Whether to offer that. The gateway enforces it; this only spares a refusal.
    pub fn may(&self, action: Action) -> bool {
        self.role.may(action)
    }
}

/// The project that the page shows.
pub fn use_project() -> Project {
    expect_context::<Project>()
}
