//! The admin API under /api/v1: what people and their programs do to the gateway. Each handler asks its caller's role
//! first (`maig-api` holds the one table of who may what), reads or changes through the store, and answers with
//! `maig-api`'s types.
//!
//! Invariant: authorisation looks at the matched route's own path parameters and the project they name, never at the
//! text of the URL. Every change goes through a store's `Change`, which audits it.

mod audit;
mod body;
mod caller;
mod catalog;
mod error;
mod force;
mod health;
mod log_export;
mod logs;
mod members;
mod openapi;
mod paging;
mod precondition;
mod project_keys;
mod projects;
mod provider_checks;
mod provider_keys;
mod routes;
mod second_factor;
mod session;
mod sessions;
mod setup;
mod surroundings;
mod throttle;
mod tokens;
mod usage;

use axum::Router;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// Everything under /api, with its description at /api/openapi.json.
pub fn router(state: AppState) -> Router {
    let (v1, mut description) = described().split_for_parts();
    openapi::with_errors(&mut description);
    let text = serde_json::to_string(&description).unwrap_or_default();
    v1.route("/api/openapi.json", openapi::serve(text)).with_state(state)
}

/// The routes and their description are one list, so neither can have what the other has not.
fn described() -> OpenApiRouter<AppState> {
    let v1 = OpenApiRouter::new()
        .routes(routes!(session::who, session::sign_in, session::sign_out))
        .routes(routes!(session::change_password))
        .routes(routes!(sessions::list, sessions::end_all))
        .routes(routes!(sessions::end))
        .routes(routes!(second_factor::get, second_factor::enrol))
        .routes(routes!(second_factor::confirm))
        .routes(routes!(second_factor::new_codes))
        .routes(routes!(second_factor::remove))
        .routes(routes!(setup::needed, setup::set_up))
        .routes(routes!(setup::look))
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(projects::get, projects::patch, projects::delete))
        .routes(routes!(projects::export))
        .routes(routes!(members::list, members::add))
        .routes(routes!(members::set_role, members::remove))
        .routes(routes!(members::invite_again))
        .routes(routes!(members::remove_second_factor))
        .routes(routes!(provider_keys::list, provider_keys::create))
        .routes(routes!(provider_keys::get, provider_keys::patch, provider_keys::delete))
        .routes(routes!(provider_checks::rotate))
        .routes(routes!(provider_checks::check))
        .routes(routes!(provider_checks::check_unsaved))
        .routes(routes!(routes::list))
        .routes(routes!(routes::get, routes::put, routes::delete))
        .routes(routes!(routes::check))
        .routes(routes!(routes::versions))
        .routes(routes!(routes::bring_back))
        .routes(routes!(force::effect, force::put))
        .routes(routes!(force::list))
        .routes(routes!(project_keys::list, project_keys::create))
        .routes(routes!(project_keys::get, project_keys::patch))
        .routes(routes!(project_keys::revoke))
        .routes(routes!(project_keys::roll))
        .routes(routes!(project_keys::playground))
        .routes(routes!(logs::list))
        .routes(routes!(logs::get))
        .routes(routes!(log_export::export))
        .routes(routes!(usage::report))
        .routes(routes!(usage::overview))
        .routes(routes!(health::list))
        .routes(routes!(audit::list))
        .routes(routes!(audit::list_all))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::revoke))
        .routes(routes!(catalog::file))
        .routes(routes!(tokens::list_of_project, tokens::create_for_project))
        .routes(routes!(tokens::revoke_of_project))
        .routes(routes!(catalog::models))
        .routes(routes!(catalog::providers));
    OpenApiRouter::with_openapi(openapi::Described::openapi()).nest("/api/v1", v1)
}
