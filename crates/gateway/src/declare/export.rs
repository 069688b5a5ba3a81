//! The database as a file that `apply` takes: applied again it changes nothing. It must never open a secret; a provider
//! key without `api_key` or `headers` keeps its stored ones.

use std::fmt::{self, Write as _};

use maig_core::route::spec::DEFAULT_RETRY_ON;
use maig_core::route::{RouteSpec, Timeouts};
use maig_store::{KeyKind, Project, ProjectKey, ProviderKey, Store, StoreError};

/// The documents of these projects.
pub async fn export(store: &Store, projects: &[Project]) -> Result<String, StoreError> {
    let mut out = String::new();
    for (i, project) in projects.iter().enumerate() {
        let accounts = store.provider_keys().list(&project.id).await?;
        let routes = store.routes().list(&project.id).await?;
        let keys = store.project_keys().list(&project.id).await?;
        let live: Vec<_> = keys.iter().filter(|key| key.revoked_at.is_none()).collect();
        if i > 0 {
            out.push_str("---\n");
        }
        // Writing to a String cannot fail.
        let _ = write_project(&mut out, project, &accounts, routes.iter().map(|r| &r.spec), &live);
    }
    Ok(out)
}

fn write_project<'r>(
    out: &mut String,
    project: &Project,
    accounts: &[ProviderKey],
    routes: impl Iterator<Item = &'r RouteSpec>,
    keys: &[&ProjectKey],
) -> fmt::Result {
    writeln!(out, "project: {}", Text(&project.name))?;
    if !accounts.is_empty() {
        writeln!(
            out,
            "\n# Secrets are not exported: a provider key without `api_key` keeps the one that is stored."
        )?;
        writeln!(out, "provider_keys:")?;
        accounts.iter().try_for_each(|account| write_account(out, account))?;
    }
    let mut routes = routes.peekable();
    if routes.peek().is_some() {
        writeln!(out, "\nroutes:")?;
        routes.try_for_each(|route| write_route(out, route))?;
    }
    if !keys.is_empty() {
        writeln!(out, "\nkeys:")?;
        keys.iter().try_for_each(|key| write_key(out, key))?;
    }
    Ok(())
}

fn write_account(out: &mut String, key: &ProviderKey) -> fmt::Result {
    writeln!(out, "  - name: {}", Text(&key.name))?;
    writeln!(out, "    provider: {}", key.provider)?;
    let fields = [
        ("base_url", &key.base_url),
        ("region", &key.region),
        ("api_version", &key.api_version),
        ("project_id", &key.cloud_project),
    ];
    for (field, value) in fields {
        if let Some(value) = value {
            writeln!(out, "    {field}: {}", Text(value))?;
        }
    }
    if !key.header_names.is_empty() {
        writeln!(out, "    # headers kept: {}", key.header_names.join(", "))?;
    }
    if !key.enabled {
        writeln!(out, "    enabled: false")?;
    }
    Ok(())
}

fn write_route(out: &mut String, route: &RouteSpec) -> fmt::Result {
    writeln!(out, "  - name: {}", Text(&route.name))?;
    writeln!(out, "    targets:")?;
    for target in &route.targets {
        writeln!(out, "      - model: {}", Text(&target.model))?;
        if let Some(key) = &target.provider_key {
            writeln!(out, "        provider_key: {}", Text(key))?;
        }
        if target.retries > 0 {
            writeln!(out, "        retries: {}", target.retries)?;
        }
        write_timeouts(out, "        ", &target.timeouts)?;
        if !target.parameters.is_empty() {
            // JSON is YAML's flow style.
            let parameters = serde_json::to_string(&target.parameters).map_err(|_| fmt::Error)?;
            writeln!(out, "        parameters: {parameters}")?;
        }
    }
    if route.retry_on != DEFAULT_RETRY_ON {
        let kinds: Vec<_> = route.retry_on.iter().map(|kind| kind.as_str()).collect();
        writeln!(out, "    retry_on: [{}]", kinds.join(", "))?;
    }
    write_timeouts(out, "    ", &route.timeouts)?;
    writeln!(out, "    force_fallback: {}", route.force_fallback)?;
    match route.force_fallback_until {
        Some(end) => writeln!(out, "    force_fallback_until: {end}"),
        None => Ok(()),
    }
}

fn write_timeouts(out: &mut String, indent: &str, clocks: &Timeouts) -> fmt::Result {
    let all = [
        ("connect_ms", clocks.connect_ms),
        ("first_token_ms", clocks.first_token_ms),
        ("idle_ms", clocks.idle_ms),
        ("answer_ms", clocks.answer_ms),
        ("total_ms", clocks.total_ms),
        ("stream_ms", clocks.stream_ms),
    ];
    let set: Vec<_> = all.iter().filter_map(|(name, ms)| ms.map(|ms| format!("{name}: {ms}"))).collect();
    if set.is_empty() { Ok(()) } else { writeln!(out, "{indent}timeouts: {{ {} }}", set.join(", ")) }
}

fn write_key(out: &mut String, key: &ProjectKey) -> fmt::Result {
    writeln!(out, "  - name: {}", Text(&key.name))?;
    if key.kind == KeyKind::Test {
        writeln!(out, "    test: true")?;
    }
    let (scopes, limits) = (&key.scopes, &key.limits);
    for (field, list) in
        [("routes", &scopes.routes), ("platforms", &scopes.platforms), ("bundle_ids", &scopes.bundle_ids)]
    {
        if !list.is_empty() {
            let items: Vec<_> = list.iter().map(|item| Text(item).to_string()).collect();
            writeln!(out, "    {field}: [{}]", items.join(", "))?;
        }
    }
    if scopes.routes_only {
        writeln!(out, "    routes_only: true")?;
    }
    if let Some(rate) = &limits.rate {
        writeln!(out, "    rate: {}", Text(rate))?;
    }
    if let Some(requests) = limits.monthly_requests {
        writeln!(out, "    monthly_requests: {requests}")?;
    }
    if let Some(rate) = &limits.per_user {
        writeln!(out, "    per_user: {}", Text(rate))?;
    }
    if let Some(at) = key.expires_at {
        writeln!(out, "    expires: {}", crate::when::rfc3339(at))?;
    }
    Ok(())
}

/// Text as a YAML value: plain where nobody can misread it, else quoted, and never a `${…}` of its own.
struct Text<'t>(&'t str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.0.starts_with(|c: char| c.is_ascii_alphanumeric())
            && !self.0.ends_with(':')
            && self.0.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/:-".contains(&b))
            && !matches!(
                self.0.to_ascii_lowercase().as_str(),
                "null" | "true" | "false" | "yes" | "no" | "on" | "off"
            );
        if plain {
            return f.write_str(self.0);
        }
        // A JSON string is a YAML string in double quotes.
        f.write_str(&serde_json::Value::from(self.0.replace("${", "$${")).to_string())
    }
}
