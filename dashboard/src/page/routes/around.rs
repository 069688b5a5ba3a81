//! What a route is judged against, as the browser knows it: the catalogue, the project's provider keys and routes. The
//! gateway has the last word when a route is saved.

use std::sync::Arc;

use maig_api::{Page, ProviderKey, Route};
use maig_core::catalog::{Catalog, CatalogFile};
use maig_core::date::Date;
use maig_core::route::{Context, KeyFacts, RouteSpec};

use crate::api::{Api, ApiError, segment};
use crate::browser;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Around {
    pub catalog: Arc<Catalog>,
    pub routes: Arc<[RouteSpec]>,
    pub keys: Arc<[KeyFacts]>,
    pub today: Date,
}

impl PartialEq for Around {
    /// A catalogue is only ever replaced whole.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.catalog, &other.catalog)
            && self.routes == other.routes
            && self.keys == other.keys
            && self.today == other.today
    }
}

impl Around {
    pub fn context(&self) -> Context<'_> {
        Context { catalog: &self.catalog, routes: &self.routes, keys: &self.keys }
    }

    /// The same with the routes as they are now.
    pub fn with_routes(&self, routes: &Page<Route>) -> Self {
        let routes = routes.data.iter().map(|route| route.spec.clone()).collect();
        Self { routes, ..self.clone() }
    }
}

/// Asks the gateway for all of it.
pub async fn load(api: Api, project: &str) -> Result<Around, ApiError> {
    let file: CatalogFile = api.get("catalog").send().await?;
    let catalog = Catalog::from_file(file).map_err(|fault| ApiError::Unreadable(fault.to_string()))?;
    let keys: Vec<ProviderKey> = api.all(&format!("projects/{}/provider-keys", segment(project))).await?;
    let routes = api.routes(project).await?;
    let now = u64::try_from(browser::now_ms() / 1000).unwrap_or(0);
    Ok(Around {
        catalog: Arc::new(catalog),
        routes: routes.data.into_iter().map(|route| route.spec).collect(),
        keys: keys.iter().map(facts).collect(),
        today: Date::from_unix(now),
    })
}

fn facts(key: &ProviderKey) -> KeyFacts {
    let usable = key.enabled && (key.has_secret || key.provider.key_is_optional());
    KeyFacts { name: key.name.clone(), provider: key.provider, usable }
}
