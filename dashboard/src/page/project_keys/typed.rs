//! What is typed into the form of a project key, and what the API gets of it.

use leptos::prelude::*;
use maig_api::{CreateProjectKey, PatchProjectKey, ProjectKey};

use crate::{browser, time};

/// Copy it freely.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    pub name: RwSignal<String>,
    /// `live` or `test`.
    pub kind: RwSignal<String>,
    /// What it may call: the value of a [`Scope`].
    pub scope: RwSignal<String>,
    /// Routes and models that are ticked.
    pub names: RwSignal<Vec<String>>,
    /// Models, between commas.
    pub models: RwSignal<String>,
    pub platforms: RwSignal<String>,
    pub bundle_ids: RwSignal<String>,
    pub rate: RwSignal<String>,
    pub monthly: RwSignal<String>,
    pub per_user: RwSignal<String>,
    /// `2027-01-31T12:00`, local time.
    pub expires: RwSignal<String>,
}

/// What a key may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Routes, models, and failover that the request itself asks for.
    All,
    /// Any route, and nothing besides.
    Routes,
    /// What is named.
    Named,
    /// What is named, and no failover that the request itself asks for.
    NamedRoutes,
}

impl Scope {
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::All, "Every route and model"),
        (Self::Routes, "Every route, no bare model"),
        (Self::NamedRoutes, "Only these routes"),
        (Self::Named, "Only these routes and models"),
    ];

    pub fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Routes => "routes",
            Self::Named => "named",
            Self::NamedRoutes => "named-routes",
        }
    }

    pub fn of(routes: &[String], routes_only: bool) -> Self {
        match (routes.is_empty(), routes_only) {
            (true, false) => Self::All,
            (true, true) => Self::Routes,
            (false, false) => Self::Named,
            (false, true) => Self::NamedRoutes,
        }
    }

    pub fn is_named(self) -> bool {
        matches!(self, Self::Named | Self::NamedRoutes)
    }

    fn routes_only(self) -> bool {
        matches!(self, Self::Routes | Self::NamedRoutes)
    }
}

impl Typed {
    pub fn new() -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        Self {
            name: text(""),
            kind: text("live"),
            scope: text(Scope::All.slug()),
            names: RwSignal::new(Vec::new()),
            models: text(""),
            platforms: text(""),
            bundle_ids: text(""),
            rate: text(""),
            monthly: text(""),
            per_user: text(""),
            expires: text(""),
        }
    }

    pub fn of(key: &ProjectKey) -> Self {
        let typed = Self::new();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        typed.name.set(key.name.clone());
        typed.scope.set(Scope::of(&key.routes, key.routes_only).slug().to_owned());
        typed.names.set(key.routes.clone());
        typed.platforms.set(key.platforms.join(", "));
        typed.bundle_ids.set(key.bundle_ids.join(", "));
        typed.rate.set(text(&key.rate));
        typed.monthly.set(key.monthly_requests.map(|count| count.to_string()).unwrap_or_default());
        typed.per_user.set(text(&key.per_user));
        let at = key.expires_at.as_deref().and_then(time::parse);
        typed.expires.set(at.map(browser::to_local).unwrap_or_default());
        typed
    }

    /// The list has no other values, so the first stands in for none.
    pub fn scope(self) -> Scope {
        let slug = self.scope.get();
        Scope::ALL.iter().map(|(scope, _)| *scope).find(|scope| scope.slug() == slug).unwrap_or(Scope::All)
    }

    /// What it may call by name; empty unless that was chosen.
    pub fn named(self) -> Vec<String> {
        let scope = self.scope();
        if !scope.is_named() {
            return Vec::new();
        }
        let mut names = self.names.get();
        if scope == Scope::Named {
            names.extend(self.models.with(|text| words(text)));
        }
        names
    }

    pub fn create(self) -> CreateProjectKey {
        CreateProjectKey {
            name: self.name.get_untracked().trim().to_owned(),
            test: self.kind.get_untracked() == "test",
            routes: untrack(|| self.named()),
            routes_only: untrack(|| self.scope()).routes_only(),
            platforms: words(&self.platforms.get_untracked()),
            bundle_ids: words(&self.bundle_ids.get_untracked()),
            rate: given(self.rate),
            monthly_requests: given(self.monthly).and_then(|text| text.parse().ok()),
            per_user: given(self.per_user),
            expires_at: self.expires_at(),
        }
    }

    pub fn patch(self) -> PatchProjectKey {
        let all = self.create();
        PatchProjectKey {
            name: Some(all.name),
            routes: Some(all.routes),
            routes_only: Some(all.routes_only),
            platforms: Some(all.platforms),
            bundle_ids: Some(all.bundle_ids),
            rate: Some(all.rate),
            monthly_requests: Some(all.monthly_requests),
            per_user: Some(all.per_user),
            expires_at: Some(all.expires_at),
        }
    }

    fn expires_at(self) -> Option<String> {
        browser::from_local(&self.expires.get_untracked()).map(time::rfc3339)
    }
}

fn given(text: RwSignal<String>) -> Option<String> {
    Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
}

/// What stands between commas or spaces.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split([',', ' ', '\n']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_may_call_is_read_from_what_is_stored() {
        for (routes, routes_only, expect) in [
            (vec![], false, Scope::All),
            (vec![], true, Scope::Routes),
            (vec!["chat".to_owned()], false, Scope::Named),
            (vec!["chat".to_owned()], true, Scope::NamedRoutes),
        ] {
            let scope = Scope::of(&routes, routes_only);
            assert_eq!(scope, expect);
            assert_eq!((scope.is_named(), scope.routes_only()), (!routes.is_empty(), routes_only));
        }
    }

    #[test]
    fn names_stand_between_commas_or_spaces() {
        assert_eq!(words(" ios, android,,\nweb "), ["ios", "android", "web"]);
        assert!(words(" , ").is_empty());
    }
}
