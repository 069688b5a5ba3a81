//! Makes a snapshot of what the database holds. A stored thing that cannot be used (a secret that no header can hold, a
//! rate that is none) is left out and said in the log; it must never keep the rest from being served.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use anyhow::Context;
use maig_core::id::{ProjectId, ProviderKeyId};
use maig_core::limit::{Month, Rate};
use maig_core::moment::Moment;
use maig_core::provider::Provider;
use maig_core::route::{KeyFacts, Now, RouteSpec};
use maig_store::{KeyKind, ProjectKey, QuotaScope};

use super::project::SIMULATOR;
use super::{AccountView, Caller, Project, Routing, Scope, Snapshot};
use crate::clock::Clock;
use crate::jobs::owner;
use crate::limits::{MonthGate, RateGate};
use crate::state::Shared;
use crate::upstream::{Account, AccountParts};

/// `used`: the database's count of this month, by owner.
pub async fn build(shared: &Shared, used: &HashMap<String, u64>) -> anyhow::Result<Snapshot> {
    let store = &shared.store;
    // The version is read first: a change that lands while we read is then seen as newer, and read again.
    let version = store.version().await?;
    let mut accounts = HashMap::new();
    let mut views: HashMap<ProjectId, Vec<AccountView>> = HashMap::new();
    for (key, credentials) in store.provider_keys().all().await? {
        let made = credentials.map_err(anyhow::Error::from).and_then(|credentials| {
            let parts = AccountParts {
                id: key.id.clone(),
                name: key.name.clone(),
                provider: key.provider,
                secret: credentials.secret,
                base_url: match (key.provider, &key.base_url) {
                    (Provider::Simulator, None) => Some(shared.simulator.clone()),
                    (_, written) => written.clone(),
                },
                region: key.region.clone(),
                headers: credentials.headers.into_iter().map(|header| (header.name, header.value)).collect(),
                api_version: key.api_version.clone(),
                cloud_project: key.cloud_project.clone(),
            };
            Account::new(parts).map_err(anyhow::Error::from)
        });
        let usable = match made {
            Ok(account) => {
                accounts.insert(key.id.clone(), Arc::new(account));
                key.enabled
            }
            Err(error) => {
                tracing::warn!(provider_key = key.name, project = %key.project_id, %error, "the provider key cannot be used");
                false
            }
        };
        views.entry(key.project_id).or_default().push(AccountView {
            id: key.id,
            facts: KeyFacts { name: key.name, provider: key.provider, usable },
            key_version: key.key_version,
        });
    }
    let simulator = simulator(&shared.simulator).context("the simulator's account")?;
    accounts.insert(simulator.id.clone(), Arc::new(simulator));

    let mut specs: HashMap<ProjectId, Vec<RouteSpec>> = HashMap::new();
    for route in store.routes().all().await? {
        specs.entry(route.project_id).or_default().push(route.spec);
    }
    let forced = specs.values().flatten().filter(|spec| spec.force_fallback);
    let forced_until = forced.filter_map(|spec| spec.force_fallback_until).min();
    let now = Now { tick: shared.clock.now(), moment: Moment::from_micros(Clock::unix_micros()) };
    let gates = Gates { shared, used };
    let mut projects = HashMap::new();
    for project in store.projects().list().await? {
        let specs = specs.remove(&project.id).unwrap_or_default();
        let views: Arc<[AccountView]> = views.remove(&project.id).unwrap_or_default().into();
        let routing = |test| {
            Routing::new(
                &specs,
                Arc::clone(&views),
                Arc::clone(&shared.catalog),
                Arc::clone(&shared.breakers),
                test,
                now,
            )
        };
        let scope = QuotaScope::Project(project.id.to_string());
        let made = Project {
            rate: gates.rate(&scope, project.limits.rate.as_deref()),
            month: gates.month(&scope, project.limits.monthly_requests),
            live: routing(false),
            test: routing(true),
            suspended: project.suspended,
            name: project.name,
            id: project.id.clone(),
        };
        projects.insert(project.id, Arc::new(made));
    }

    let mut callers = HashMap::new();
    for key in store.project_keys().all_live().await? {
        let Some(project) = projects.get(&key.project_id) else { continue };
        let previous = key.previous.as_ref().map(|previous| (previous.digest.clone(), previous.until));
        let earliest = |until: i64| Some(key.expires_at.map_or(until, |end| end.min(until)));
        let digests = [
            Some((key.digest.clone(), key.expires_at)),
            previous.map(|(digest, until)| (digest, earliest(until))),
        ];
        for (digest, ends_at) in digests.into_iter().flatten() {
            match bytes_of_hex(&digest) {
                Some(digest) => {
                    callers.insert(digest, Arc::new(caller(&key, project, ends_at, &gates)));
                }
                None => tracing::warn!(key = key.name, "the project key's digest cannot be read"),
            }
        }
    }
    Ok(Snapshot { version, catalog: Arc::clone(&shared.catalog), callers, projects, accounts, forced_until })
}

fn caller(key: &ProjectKey, project: &Arc<Project>, ends_at: Option<i64>, gates: &Gates<'_>) -> Caller {
    let scope = QuotaScope::Key(key.id.to_string());
    Caller {
        key: key.id.clone(),
        key_name: key.name.clone(),
        project: Arc::clone(project),
        test: key.kind == KeyKind::Test,
        ends_at,
        scope: Scope {
            names: key.scopes.routes.clone(),
            routes_only: key.scopes.routes_only,
            platforms: key.scopes.platforms.clone(),
            bundle_ids: key.scopes.bundle_ids.clone(),
        },
        rate: gates.rate(&scope, key.limits.rate.as_deref()),
        month: gates.month(&scope, key.limits.monthly_requests),
        last_used: AtomicI64::new(0),
        per_user: key.limits.per_user.as_deref().and_then(|text| rate(text, &key.name)),
    }
}

/// Makes gates whose counters live on from snapshot to snapshot.
struct Gates<'a> {
    shared: &'a Shared,
    used: &'a HashMap<String, u64>,
}

impl Gates<'_> {
    fn rate(&self, scope: &QuotaScope, text: Option<&str>) -> Option<RateGate> {
        let owner = owner(scope);
        let rate = rate(text?, &owner)?;
        Some(self.shared.limits.rate(&owner, rate))
    }

    fn month(&self, scope: &QuotaScope, quota: Option<i64>) -> Option<MonthGate> {
        let owner = owner(scope);
        let quota = u64::try_from(quota?).ok()?;
        let used = self.used.get(&owner).copied().unwrap_or(0);
        Some(self.shared.limits.month(&owner, quota, Month::of_unix(Clock::unix_seconds()), used))
    }
}

fn rate(text: &str, whose: &str) -> Option<Rate> {
    let rate = text.parse().ok();
    if rate.is_none() {
        tracing::warn!(whose, "a limit cannot be read and is not applied");
    }
    rate
}

fn simulator(base: &str) -> anyhow::Result<Account> {
    Ok(Account::new(AccountParts {
        id: ProviderKeyId::from(SIMULATOR),
        name: SIMULATOR.to_owned(),
        provider: Provider::Simulator,
        secret: None,
        base_url: Some(base.to_owned()),
        region: None,
        headers: Vec::new(),
        api_version: None,
        cloud_project: None,
    })?)
}

fn bytes_of_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(bytes)
}
