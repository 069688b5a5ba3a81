//! One's own signed-in browsers.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use maig_api::{ErrorBody, Page, PageQuery, SessionInfo};
use serde::Deserialize;

use super::body::{Asked, Path};
use super::caller::{Caller, Who};
use super::error::{AdminError, Result};
use super::paging::page;
use super::session::set_cookie;
use crate::clock::Clock;
use crate::state::AppState;
use crate::{mint, when};

/// Where one is signed in, the last used first. A token has no sessions.
#[utoipa::path(get, path = "/sessions", tag = "session", params(PageQuery), responses((status = 200, body = Page<SessionInfo>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<SessionInfo>>> {
    let Who::Person { user, session, .. } = &caller.who else {
        return Ok(Json(Page { data: Vec::new(), next_cursor: None }));
    };
    let own = mint::digest(session);
    let sessions = state.store.sessions().list(user, Clock::unix_micros()).await?;
    let shown = sessions.into_iter().map(|row| SessionInfo {
        current: row.digest == own,
        id: row.id,
        device: row.agent.as_deref().map(device),
        ip: row.ip,
        created_at: when::rfc3339(row.created_at),
        last_used_at: when::rfc3339(row.last_used_at),
        expires_at: when::rfc3339(row.expires_at),
    });
    page(shown.collect(), &asked, |session| &session.id).map(Json)
}

/// Signs one of one's browsers out.
#[utoipa::path(delete, path = "/sessions/{session}", tag = "session", responses((status = 204), (status = 404, body = ErrorBody)))]
pub(super) async fn end(
    State(state): State<AppState>,
    caller: Caller,
    Path(session): Path<String>,
) -> Result<StatusCode> {
    let user = caller.person_only()?;
    match state.store.sessions().delete_one_of(user, &session).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(AdminError::not_found("session")),
    }
}

/// Which sessions.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Only the others: this browser stays signed in.
    #[serde(default)]
    others: bool,
}

/// Signs oneself out of every browser, or of every other one.
#[utoipa::path(delete, path = "/sessions", tag = "session", params(Which), responses((status = 204)))]
pub(super) async fn end_all(
    State(state): State<AppState>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Response> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Who::Person { user, session, .. } = &caller.who {
        if which.others {
            state.store.sessions().delete_others_of(user, &mint::digest(session)).await?;
            return Ok(response);
        }
        state.store.sessions().delete_all_of(user).await?;
    }
    set_cookie(&state, &mut response, "", 0);
    Ok(response)
}

/// A browser and a system, as far as its `User-Agent` tells them; else the program's own name.
fn device(agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // In this order: each says the names of those below it too.
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => agent.split(['/', ' ']).next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_user_agent_is_said_in_words() {
        for (agent, words) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:142.0) Gecko/20100101 Firefox/142.0",
                "Firefox on macOS",
            ),
            ("curl/8.7.1", "curl"),
            ("", ""),
        ] {
            assert_eq!(device(agent), words, "{agent}");
        }
    }
}
