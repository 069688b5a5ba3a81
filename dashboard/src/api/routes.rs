//! Routes.

use maig_api::{ForceEffect, ForceFallback, Page, PutRoute, Route, RouteChecked, RouteVersion};

use super::{Api, ApiError, segment};

fn at(project: &str, route: &str) -> String {
    format!("projects/{}/routes/{}", segment(project), segment(route))
}

impl Api {
    /// All of a project, on one page.
    pub async fn routes(self, project: &str) -> Result<Page<Route>, ApiError> {
        let data = self.all(&format!("projects/{}/routes", segment(project))).await?;
        Ok(Page { data, next_cursor: None })
    }

    pub async fn route(self, project: &str, route: &str) -> Result<Route, ApiError> {
        self.get(at(project, route)).send().await
    }

    /// Makes the route, or replaces it if it is still at `version`.
    pub async fn put_route(
        self,
        project: &str,
        route: &str,
        version: Option<i64>,
        asked: &PutRoute,
    ) -> Result<Route, ApiError> {
        let call = self.put(at(project, route)).json(asked);
        match version {
            Some(version) => call.if_match(version).send().await,
            None => call.send().await,
        }
    }

    pub async fn check_route(self, project: &str, asked: &PutRoute) -> Result<RouteChecked, ApiError> {
        self.post(format!("projects/{}/route-check", segment(project))).json(asked).send().await
    }

    pub async fn delete_route(self, project: &str, route: &str, version: i64) -> Result<(), ApiError> {
        self.delete(at(project, route)).if_match(version).done().await
    }

    /// Newest first, from the start or from a cursor on.
    pub async fn route_versions(
        self,
        project: &str,
        route: &str,
        cursor: Option<&str>,
    ) -> Result<Page<RouteVersion>, ApiError> {
        let cursor = cursor.map(|cursor| format!("?cursor={}", segment(cursor))).unwrap_or_default();
        self.get(format!("{}/versions{cursor}", at(project, route))).send().await
    }

    /// Makes an old version the newest, if the route is still at `seen`.
    pub async fn bring_back(
        self,
        project: &str,
        route: &str,
        version: i64,
        seen: i64,
    ) -> Result<Route, ApiError> {
        let path = format!("{}/versions/{version}/bring-back", at(project, route));
        self.post(path).if_match(seen).send().await
    }

    /// Every request of the route skips the primary (until then, RFC 3339), or no longer does.
    pub async fn force_fallback(
        self,
        project: &str,
        route: &str,
        on: bool,
        until: Option<String>,
    ) -> Result<Route, ApiError> {
        let asked = ForceFallback { on, until };
        self.put(format!("{}/force-fallback", at(project, route))).json(&asked).send().await
    }

    /// What Force Fallback would affect.
    pub async fn force_effect(self, project: &str, route: &str) -> Result<ForceEffect, ApiError> {
        self.get(format!("{}/force-fallback", at(project, route))).send().await
    }
}
