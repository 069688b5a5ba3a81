//! The admin API.
pub fn router(_state: crate::state::AppState) -> axum::Router {
    axum::Router::new()
}
