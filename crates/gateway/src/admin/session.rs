//! Signing in and out, and who one is then.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use http::header::{SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use maig_api::{ChangePassword, ErrorBody, Membership, Session, SignIn, User};
use maig_core::key::KeyKind;
use maig_core::login::password_fault;
use maig_core::secret::Secret;
use maig_store::{NewSession, UserUpdate};

use super::body::Body;
use super::caller::{COOKIE_NAME, Caller, Who, client_ip, csrf_token, role_out};
use super::error::{AdminError, Result};
use super::second_factor;
use super::throttle;
use crate::clock::Clock;
use crate::state::AppState;
use crate::{mint, password, when};

const LIFETIME_S: i64 = 7 * 86_400;

/// Where a request comes from, for the throttle and the session's row.
pub(super) struct Origin {
    pub(super) ip: Option<String>,
    agent: Option<String>,
}

impl FromRequestParts<AppState> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self {
            ip: client_ip(parts, state).map(|ip| ip.to_string()),
            agent: agent.map(|text| text.chars().take(200).collect()),
        })
    }
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = Session), (status = 401, body = ErrorBody)))]
pub(super) async fn who(State(state): State<AppState>, caller: Caller) -> Result<Json<Session>> {
    shown(&state, &caller).await.map(Json)
}

async fn shown(state: &AppState, caller: &Caller) -> Result<Session> {
    let mut projects = Vec::new();
    for project in state.store.projects().list().await? {
        if let Some(role) = caller.role(state, &project).await? {
            projects.push(Membership {
                project_id: project.id.to_string(),
                project: project.name,
                role: role_out(role),
            });
        }
    }
    let (instance_admin, csrf_token, expires_at) = match &caller.who {
        Who::Person { instance_admin, session, expires_at, .. } => {
            (*instance_admin, Some(csrf_token(session)), Some(*expires_at))
        }
        Who::Token { expires_at, .. } => (caller.instance().is_ok(), None, *expires_at),
    };
    let second_factor = match &caller.who {
        Who::Person { user, .. } => state.store.second_factors().in_force(user).await?,
        Who::Token { .. } => false,
    };
    let user = User { id: caller.id.clone(), email: caller.label.clone(), instance_admin, second_factor };
    let apps_url = state.settings.admin_listen.map(|_| state.settings.shown_url());
    Ok(Session { user, csrf_token, expires_at: expires_at.map(when::rfc3339), projects, apps_url })
}

/// Signs a person in; the answer sets a cookie and holds the CSRF token.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = Session), (status = 401, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn sign_in(
    State(state): State<AppState>,
    origin: Origin,
    Body(asked): Body<SignIn>,
) -> Result<Response> {
    let email = asked.email.trim().to_lowercase();
    let account = format!("account {email}");
    let machine = format!("machine {}", origin.ip.as_deref().unwrap_or("unknown"));
    if let Some(seconds) =
        throttle::wait(&account, throttle::ACCOUNT).or_else(|| throttle::wait(&machine, throttle::MACHINE))
    {
        return Err(AdminError::too_many(seconds));
    }
    let user = state.store.users().by_email(&email).await?.filter(|user| !user.disabled);
    let hash = match &user {
        Some(user) => state.store.users().password_hash(&user.id).await?,
        None => None,
    };
    let right = password::verify(&Secret::new(asked.password), hash).await;
    let Some(user) = user.filter(|_| right) else {
        throttle::wrong(&account);
        throttle::wrong(&machine);
        // One sentence for a wrong address and a wrong password.
        return Err(AdminError::unauthenticated("The e-mail address or the password is wrong."));
    };
    if let Err(error) = second_factor::ask(&state, &user.id, asked.code.as_deref()).await {
        // Not typed yet is no wrong one.
        if asked.code.is_some() {
            throttle::wrong(&account);
            throttle::wrong(&machine);
        }
        return Err(error);
    }
    throttle::right(&account);
    begin(&state, user, origin).await
}

pub(super) async fn begin(state: &AppState, user: maig_store::User, origin: Origin) -> Result<Response> {
    let minted = mint::mint(KeyKind::Session).map_err(AdminError::internal)?;
    let now = Clock::unix_micros();
    let expires_at = now + LIFETIME_S * 1_000_000;
    let session = NewSession {
        digest: minted.digest.clone(),
        user_id: user.id.clone(),
        created_at: now,
        expires_at,
        ip: origin.ip,
        agent: origin.agent,
    };
    state.store.sessions().create(&session).await?;
    let secret = minted.secret.expose().clone();
    let caller = Caller::person(user, secret.clone(), expires_at);
    let mut response = Json(shown(state, &caller).await?).into_response();
    set_cookie(state, &mut response, &secret, LIFETIME_S);
    Ok(response)
}

pub(super) fn set_cookie(state: &AppState, response: &mut Response, value: &str, seconds: i64) {
    let https = state.settings.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    let secure = if https { "; Secure" } else { "" };
    // Other programs under the same host have no business with it.
    let path = state.settings.public_path();
    let text =
        format!("{COOKIE_NAME}={value}; Path={path}; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    if let Ok(mut cookie) = HeaderValue::try_from(text) {
        cookie.set_sensitive(true);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// Signs this browser out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
pub(super) async fn sign_out(State(state): State<AppState>, caller: Caller) -> Result<Response> {
    if let Who::Person { session, .. } = &caller.who {
        state.store.sessions().delete(&mint::digest(session)).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&state, &mut response, "", 0);
    Ok(response)
}

/// Changes one's own password: every session ends, and the answer begins a new one for this browser.
#[utoipa::path(post, path = "/session/password", tag = "session", request_body = ChangePassword,
    responses((status = 200, body = Session), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(super) async fn change_password(
    State(state): State<AppState>,
    caller: Caller,
    origin: Origin,
    Body(asked): Body<ChangePassword>,
) -> Result<Response> {
    let user = caller.person_only()?;
    right_password(&state, &caller, "current_password", asked.current_password).await?;
    acceptable("new_password", &asked.new_password)?;
    let hash = password::hash(&Secret::new(asked.new_password)).await.map_err(AdminError::internal)?;
    let mut change = state.store.change(&caller.actor()).await?;
    let update = UserUpdate { password_hash: Some(hash), ..UserUpdate::default() };
    let updated = change.users().update(user, None, update).await?;
    let user = updated.ok_or_else(|| AdminError::not_found("user"))?;
    change.commit().await?;
    begin(&state, user, origin).await
}

/// Refuses what cannot be a password, at the field that holds it.
pub(super) fn acceptable(field: &str, password: &str) -> Result<()> {
    password_fault(password).map_or(Ok(()), |why| Err(AdminError::invalid(field, why)))
}

/// Refuses anything but the caller's own password. A wrong one is no lost session, so it is not a 401.
pub(super) async fn right_password(
    state: &AppState,
    caller: &Caller,
    field: &str,
    typed: String,
) -> Result<()> {
    let user = caller.person_only()?;
    let account = format!("account {}", caller.label);
    if let Some(seconds) = throttle::wait(&account, throttle::ACCOUNT) {
        return Err(AdminError::too_many(seconds));
    }
    let hash = state.store.users().password_hash(user).await?;
    if password::verify(&Secret::new(typed), hash).await {
        return Ok(());
    }
    throttle::wrong(&account);
    let mut error = AdminError::forbidden("The password is wrong.");
    error.at(field, "wrong_password");
    Err(error)
}
