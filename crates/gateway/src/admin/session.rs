//! Signing in and out, and the first owner.

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use http::header::{SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use maig_api::{ChangePassword, ErrorBody, Membership, Session, SetupNeeded, SetupRequest, SignIn, User};
use maig_core::key::KeyKind;
use maig_core::secret::Secret;
use maig_store::{Actor, ActorKind, NewProject, NewSession, NewUser, Role, UserUpdate};

use super::body::Body;
use super::caller::{COOKIE_NAME, Caller, Who, client_ip, csrf_token, role_out};
use super::error::{AdminError, Result};
use super::throttle;
use crate::clock::Clock;
use crate::state::AppState;
use crate::{mint, password, setup, when};

const LIFETIME_S: i64 = 7 * 86_400;

/// Where a request comes from, for the throttle and the session's row.
pub(super) struct Origin {
    ip: Option<String>,
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
                project_id: project.id.0,
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
    let user = User { id: caller.id.clone(), email: caller.label.clone(), instance_admin };
    Ok(Session { user, csrf_token, expires_at: expires_at.map(when::rfc3339), projects })
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
    throttle::right(&account);
    begin(&state, user, origin).await
}

async fn begin(state: &AppState, user: maig_store::User, origin: Origin) -> Result<Response> {
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

fn set_cookie(state: &AppState, response: &mut Response, value: &str, seconds: i64) {
    let https = state.settings.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    let secure = if https { "; Secure" } else { "" };
    let text = format!("{COOKIE_NAME}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
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

/// Signs oneself out of every browser, this one too.
#[utoipa::path(delete, path = "/sessions", tag = "session", responses((status = 204)))]
pub(super) async fn sign_out_everywhere(State(state): State<AppState>, caller: Caller) -> Result<Response> {
    if let Who::Person { user, .. } = &caller.who {
        state.store.sessions().delete_all_of(user).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&state, &mut response, "", 0);
    Ok(response)
}

/// Changes one's own password; every session ends.
#[utoipa::path(post, path = "/session/password", tag = "session", request_body = ChangePassword,
    responses((status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(super) async fn change_password(
    State(state): State<AppState>,
    caller: Caller,
    Body(asked): Body<ChangePassword>,
) -> Result<StatusCode> {
    let Who::Person { user, .. } = &caller.who else {
        return Err(AdminError::forbidden("A token has no password."));
    };
    let account = format!("account {}", caller.label);
    if let Some(seconds) = throttle::wait(&account, throttle::ACCOUNT) {
        return Err(AdminError::too_many(seconds));
    }
    let hash = state.store.users().password_hash(user).await?;
    if !password::verify(&Secret::new(asked.current_password), hash).await {
        throttle::wrong(&account);
        return Err(AdminError::unauthenticated("The current password is wrong."));
    }
    password::acceptable(&asked.new_password).map_err(|why| AdminError::invalid("new_password", why))?;
    let hash = password::hash(&Secret::new(asked.new_password)).await.map_err(AdminError::internal)?;
    let mut change = state.store.change(&caller.actor()).await?;
    let update = UserUpdate { password_hash: Some(hash), ..UserUpdate::default() };
    change.users().update(user, None, update).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the gateway waits for its first owner.
#[utoipa::path(get, path = "/setup", tag = "session", responses((status = 200, body = SetupNeeded)))]
pub(super) async fn setup_needed(State(state): State<AppState>) -> Result<Json<SetupNeeded>> {
    Ok(Json(SetupNeeded { needed: !state.store.users().any().await? }))
}

/// Makes the first owner with the one-time token that `maig serve` printed, and signs in.
#[utoipa::path(post, path = "/setup", tag = "session", request_body = SetupRequest,
    responses((status = 200, body = Session), (status = 403, body = ErrorBody)))]
pub(super) async fn set_up(
    State(state): State<AppState>,
    origin: Origin,
    Body(asked): Body<SetupRequest>,
) -> Result<Response> {
    password::acceptable(&asked.password).map_err(|why| AdminError::invalid("password", why))?;
    let hash = password::hash(&Secret::new(asked.password)).await.map_err(AdminError::internal)?;
    let actor = Actor { ip: origin.ip.clone(), ..Actor::new(ActorKind::Setup, None, "setup link") };
    let mut change = state.store.change(&actor).await?;
    let taken = change.setup_tokens().take(&mint::digest(asked.token.trim())).await?;
    // Looked at inside the transaction: of two people with the link, one becomes the owner.
    if taken.is_none_or(|token| token.purpose != setup::FIRST_USER) || change.users().any().await? {
        return Err(AdminError::forbidden(
            "The set-up link is used up or over; restart `maig serve` for a new one, or sign in.",
        ));
    }
    let new =
        NewUser { email: asked.email, name: String::new(), password_hash: Some(hash), instance_admin: true };
    let user = change.users().create(new).await?;
    let name = asked.project.unwrap_or_else(|| "default".to_owned());
    let project = match change.projects().by_name_or_id(&name).await? {
        Some(project) => project,
        None => change.projects().create(NewProject { name, ..NewProject::default() }).await?,
    };
    change.users().set_role(&user.id, &project.id, Some(Role::Owner)).await?;
    change.commit().await?;
    begin(&state, user, origin).await
}
