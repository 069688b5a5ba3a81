//! What a file must satisfy together with what the database already has. It reads and never writes; its findings have
//! lines because the entries kept theirs.

use maig_core::catalog::Catalog;
use maig_core::date::Date;
use maig_core::model::ModelRef;
use maig_core::provider::Provider;
use maig_core::route::{Context, KeyFacts, RouteSpec, lint};
use maig_store::{Credentials, Project, ProjectKey, ProviderKey, Route, Store, StoreError};

use super::fault::Findings;
use super::file::{
    Declared, Placed, ProjectDeclared, ProjectKeyDeclared, ProviderKeyDeclared, RouteDeclared,
};
use crate::clock::Clock;
use crate::upstream::{Account, AccountFault, AccountParts};

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
    catalog: &Catalog,
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
        let (routes, keys) = (routes_after(project, &present, prune), keys_after(project, &present, prune));
        let context = Context { catalog, routes: &routes, keys: &keys };
        for route in project.routes.iter().flatten() {
            check_route(route, &context, found);
        }
        for key in project.keys.iter().flatten() {
            check_key(key, &present, &context, found);
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
    // An entry that could not be read whole would only be blamed twice.
    if found
        .faults
        .iter()
        .any(|fault| fault.path.strip_prefix(&account.path).is_some_and(|rest| rest.starts_with('.')))
    {
        return Ok(());
    }
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
    if wanted.provider == Provider::Simulator && wanted.base_url.is_none() {
        // The gateway's own simulator, which has no address until the gateway runs.
        return Ok(());
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
        let (line, path) = account.place(field_of(&fault));
        found.fault(line, path, fault.to_string());
    }
    Ok(())
}

/// The field of a provider key that a fault is about.
pub(crate) fn field_of(fault: &AccountFault) -> &'static str {
    match fault {
        AccountFault::NoSecret | AccountFault::BadSecret | AccountFault::BadServiceAccount(_) => "api_key",
        AccountFault::BadBaseUrl(_) | AccountFault::OpenBaseUrl(_) | AccountFault::NeedsBaseUrl(_) => {
            "base_url"
        }
        AccountFault::BadHeader(_) => "headers",
        AccountFault::NeedsRegion => "region",
    }
}

/// What the file says over what is there, without what `--prune` removes.
fn keys_after(project: &ProjectDeclared, present: &Present, prune: bool) -> Vec<KeyFacts> {
    let declared = project.provider_keys.as_deref().unwrap_or_default();
    let pruned = prune && project.provider_keys.is_some();
    let kept =
        present.accounts.iter().filter(|key| !pruned && declared.iter().all(|p| p.value.name != key.name));
    let stays = kept.map(key_facts);
    let said = declared.iter().map(|placed| {
        let key = &placed.value;
        let stored = present.accounts.iter().find(|stored| stored.name == key.name);
        let enabled = key.enabled.or(stored.map(|stored| stored.enabled)).unwrap_or(true);
        KeyFacts { name: key.name.clone(), provider: key.provider, usable: enabled }
    });
    stays.chain(said).collect()
}

/// A stored provider key as routes are judged by it.
pub(crate) fn key_facts(key: &ProviderKey) -> KeyFacts {
    let usable = key.enabled && (key.has_secret || key.provider.key_is_optional());
    KeyFacts { name: key.name.clone(), provider: key.provider, usable }
}

fn routes_after(project: &ProjectDeclared, present: &Present, prune: bool) -> Vec<RouteSpec> {
    let declared = project.routes.as_deref().unwrap_or_default();
    let pruned = prune && project.routes.is_some();
    let kept =
        present.routes.iter().filter(|r| !pruned && declared.iter().all(|p| p.value.spec.name != r.name));
    kept.map(|route| route.spec.clone())
        .chain(declared.iter().map(|placed| placed.value.spec.clone()))
        .collect()
}

fn check_route(route: &Placed<RouteDeclared>, context: &Context<'_>, found: &mut Findings) {
    let spec = &route.value.spec;
    let faults = spec.validate(context);
    // A warning about a route that is refused would only hide what is wrong.
    let warnings = if faults.is_empty() { lint(spec, context, today()) } else { Vec::new() };
    for fault in faults {
        let (line, path) = route.place(&fault.path);
        found.fault(line, path, fault.message);
    }
    for warning in warnings {
        let (line, path) = route.place(&warning.path);
        found.warn(line, path, warning.message);
    }
}

/// The day in UTC, for warnings of models that end.
pub(crate) fn today() -> Date {
    Date::from_unix(Clock::unix_seconds())
}

fn check_key(
    key: &Placed<ProjectKeyDeclared>,
    present: &Present,
    context: &Context<'_>,
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
        let route = context.routes.iter().any(|route| route.name == *name);
        if !route && name != "auto" && context.catalog.provider_of(&ModelRef::parse(name), None).is_none() {
            let (line, path) = key.place(&format!("routes[{i}]"));
            let near = super::did_you_mean(name, context.routes.iter().map(|spec| spec.name.as_str()));
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
