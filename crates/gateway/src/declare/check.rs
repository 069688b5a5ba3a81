//! What a file must satisfy together with what the database already has. It reads and never writes; its findings have
//! lines because the entries kept theirs.

use maig_core::provider::Provider;
use maig_store::{Credentials, Project, ProjectKey, ProviderKey, Route, Store, StoreError};

use super::fault::Findings;
use super::file::{
    Declared, Placed, ProjectDeclared, ProjectKeyDeclared, ProviderKeyDeclared, RouteDeclared,
};
use crate::rules::{AccountFacts, ProjectFacts, account_fault, check_route};
use crate::upstream::{Account, AccountParts};

/// Whose model a bare name is.
pub type ProviderOf<'a> = &'a dyn Fn(&str) -> Option<Provider>;

/// What the database has of a project.
#[derive(Default)]
struct Present {
    accounts: Vec<ProviderKey>,
    routes: Vec<Route>,
    keys: Vec<ProjectKey>,
}

/// Adds what is wrong, or odd, with what is declared.
pub async fn check(
    store: &Store,
    provider_of: ProviderOf<'_>,
    declared: &Declared,
    prune: bool,
    found: &mut Findings,
) -> Result<(), StoreError> {
    for project in &declared.projects {
        let present = match store.projects().by_name_or_id(&project.name).await? {
            Some(Project { id, .. }) => Present {
                accounts: store.provider_keys().list(&id).await?,
                routes: store.routes().list(&id).await?,
                keys: store.project_keys().list(&id).await?,
            },
            None => Present::default(),
        };
        for account in project.provider_keys.iter().flatten() {
            check_account(store, account, &present, found).await?;
        }
        let facts = facts_after(project, &present, prune, provider_of);
        for route in project.routes.iter().flatten() {
            check_declared_route(route, &facts, found);
        }
        for key in project.keys.iter().flatten() {
            check_key(key, &present, &facts, found);
        }
    }
    Ok(())
}

async fn check_account(
    store: &Store,
    account: &Placed<ProviderKeyDeclared>,
    present: &Present,
    found: &mut Findings,
) -> Result<(), StoreError> {
    let wanted = &account.value;
    let stored = present.accounts.iter().find(|key| key.name == wanted.name);
    let mut kept = Credentials { secret: None, headers: Vec::new() };
    if let Some(stored) = stored {
        if stored.provider != wanted.provider && stored.has_secret && wanted.api_key.is_none() {
            let (line, path) = account.place("provider");
            let message = format!(
                "{} is stored as a key of {}; give the `api_key` of {} too, or use another name",
                wanted.name, stored.provider, wanted.provider
            );
            found.fault(line, path, message);
            return Ok(());
        }
        kept = store.provider_keys().credentials(&stored.id).await?.unwrap_or(kept);
    }
    let headers = match &wanted.headers {
        Some(headers) => headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        None => kept.headers.into_iter().map(|header| (header.name, header.value)).collect(),
    };
    let parts = AccountParts {
        id: "".into(),
        name: wanted.name.clone(),
        provider: wanted.provider,
        secret: wanted.api_key.clone().or(kept.secret),
        base_url: wanted.base_url.clone(),
        region: wanted.region.clone(),
        headers,
        api_version: wanted.api_version.clone(),
        cloud_project: wanted.project_id.clone(),
    };
    if let Err(fault) = Account::new(parts) {
        let (field, message) = account_fault(&fault);
        let (line, path) = account.place(field);
        found.fault(line, path, message);
    }
    Ok(())
}

/// The project as it will be: what the file says over what is there, without what `--prune` removes.
fn facts_after<'a>(
    project: &'a ProjectDeclared,
    present: &'a Present,
    prune: bool,
    provider_of: ProviderOf<'a>,
) -> ProjectFacts<'a> {
    let mut facts = ProjectFacts { provider_of, accounts: Vec::new(), routes: Vec::new() };
    let declared = project.provider_keys.as_deref().unwrap_or_default();
    for key in &present.accounts {
        let again = declared.iter().any(|p| p.value.name == key.name);
        if !again && !(prune && project.provider_keys.is_some()) {
            facts.accounts.push(AccountFacts::of(key));
        }
    }
    facts.accounts.extend(declared.iter().map(|placed| {
        let key = &placed.value;
        let stored = present.accounts.iter().find(|stored| stored.name == key.name);
        AccountFacts {
            name: &key.name,
            provider: key.provider,
            enabled: key.enabled.or(stored.map(|stored| stored.enabled)).unwrap_or(true),
        }
    }));
    let declared = project.routes.as_deref().unwrap_or_default();
    for route in &present.routes {
        let again = declared.iter().any(|p| p.value.spec.name == route.name);
        if !again && !(prune && project.routes.is_some()) {
            facts.routes.push(&route.spec);
        }
    }
    facts.routes.extend(declared.iter().map(|placed| &placed.value.spec));
    facts
}

fn check_declared_route(route: &Placed<RouteDeclared>, facts: &ProjectFacts<'_>, found: &mut Findings) {
    let checked = check_route(&route.value.spec, facts);
    for fault in checked.faults {
        let (line, path) = route.place(&fault.path);
        found.fault(line, path, fault.message);
    }
    for warning in checked.warnings {
        let (line, path) = route.place(&warning.path);
        found.warn(line, path, warning.message);
    }
}

fn check_key(
    key: &Placed<ProjectKeyDeclared>,
    present: &Present,
    facts: &ProjectFacts<'_>,
    found: &mut Findings,
) {
    let wanted = &key.value;
    let stored = present.keys.iter().find(|k| k.revoked_at.is_none() && k.name == wanted.name);
    if let Some(stored) = stored
        && (stored.kind == maig_store::KeyKind::Test) != wanted.test
    {
        let (line, path) = key.place("test");
        let kind = stored.kind.as_str();
        found.fault(line, path, format!("{} is a {kind} key and stays one; use another name", wanted.name));
    }
    for (i, name) in wanted.routes.iter().enumerate() {
        if !facts.knows(name) {
            let (line, path) = key.place(&format!("routes[{i}]"));
            let near = super::did_you_mean(name, facts.routes.iter().map(|spec| spec.name.as_str()));
            let hint = near.map_or("declare it, or check its spelling".to_owned(), |near| {
                format!("did you mean `{near}`?")
            });
            found.warn(
                line,
                path,
                format!("{name:?} is no route of this project and no known model; {hint}"),
            );
        }
    }
}
