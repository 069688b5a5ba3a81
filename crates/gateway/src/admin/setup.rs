//! One-time links: the first owner's, and those of invited people.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use maig_api::{CheckSetupLink, ErrorBody, Session, SetupLink, SetupNeeded, SetupPurpose, SetupRequest};
use maig_core::secret::Secret;
use maig_store::{Actor, ActorKind, Change, NewProject, NewUser, Role, SetupToken, User, UserUpdate};

use super::body::Body;
use super::error::{AdminError, Result};
use super::session::{Origin, acceptable, begin};
use super::throttle;
use crate::clock::Clock;
use crate::setup::{FIRST_USER, INVITE};
use crate::state::AppState;
use crate::{mint, password, when};

/// Whether the gateway waits for its first owner.
#[utoipa::path(get, path = "/setup", tag = "session", responses((status = 200, body = SetupNeeded)))]
pub(super) async fn needed(State(state): State<AppState>) -> Result<Json<SetupNeeded>> {
    Ok(Json(SetupNeeded { needed: !state.store.users().any().await? }))
}

/// Whether a link still works, and for whom; it is not used up. The token is in the body, because addresses are logged.
#[utoipa::path(post, path = "/setup/link", tag = "session", request_body = CheckSetupLink,
    responses((status = 200, body = SetupLink), (status = 403, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn look(
    State(state): State<AppState>,
    origin: Origin,
    Body(asked): Body<CheckSetupLink>,
) -> Result<Json<SetupLink>> {
    let machine = format!("machine {}", origin.ip.as_deref().unwrap_or("unknown"));
    if let Some(seconds) = throttle::wait(&machine, throttle::MACHINE) {
        return Err(AdminError::too_many(seconds));
    }
    let digest = mint::digest(asked.token.trim());
    let token = state.store.setup_tokens().get(&digest, Clock::unix_micros()).await?;
    let Some((token, purpose)) = token.and_then(|token| Some((purpose(&token)?, token))).map(|(p, t)| (t, p))
    else {
        throttle::wrong(&machine);
        return Err(over());
    };
    Ok(Json(SetupLink { purpose, email: token.email, expires_at: when::rfc3339(token.expires_at) }))
}

fn purpose(token: &SetupToken) -> Option<SetupPurpose> {
    match token.purpose.as_str() {
        FIRST_USER => Some(SetupPurpose::FirstUser),
        INVITE => Some(SetupPurpose::Invite),
        _ => None,
    }
}

fn over() -> AdminError {
    AdminError::forbidden(
        "The link is used up or over. For the first owner's, restart `maig serve`; for an invitation, ask for a new one.",
    )
}

/// Uses a link up: makes the first owner, or sets an invited person's password; and signs in.
#[utoipa::path(post, path = "/setup", tag = "session", request_body = SetupRequest,
    responses((status = 200, body = Session), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(super) async fn set_up(
    State(state): State<AppState>,
    origin: Origin,
    Body(asked): Body<SetupRequest>,
) -> Result<Response> {
    acceptable("password", &asked.password)?;
    let hash = password::hash(&Secret::new(asked.password.clone())).await.map_err(AdminError::internal)?;
    let actor = Actor { ip: origin.ip.clone(), ..Actor::new(ActorKind::Setup, None, "setup link") };
    let mut change = state.store.change(&actor).await?;
    let token = change.setup_tokens().take(&mint::digest(asked.token.trim())).await?.ok_or_else(over)?;
    let user = match purpose(&token) {
        Some(SetupPurpose::FirstUser) => first_user(&mut change, asked, hash).await?,
        Some(SetupPurpose::Invite) => invited(&mut change, &token, asked, hash).await?,
        None => return Err(over()),
    };
    change.commit().await?;
    begin(&state, user, origin).await
}

async fn first_user(change: &mut Change, asked: SetupRequest, hash: String) -> Result<User> {
    // Looked at inside the transaction: of two people with the link, one becomes the owner.
    if change.users().any().await? {
        return Err(over());
    }
    let email =
        asked.email.ok_or_else(|| AdminError::invalid("email", "Give the address to sign in with."))?;
    let new = NewUser { email, name: String::new(), password_hash: Some(hash), instance_admin: true };
    let user = change.users().create(new).await?;
    let name = asked.project.unwrap_or_else(|| "default".to_owned());
    let project = match change.projects().by_name_or_id(&name).await? {
        Some(project) => project,
        None => change.projects().create(NewProject { name, ..NewProject::default() }).await?,
    };
    change.users().set_role(&user.id, &project.id, Some(Role::Owner)).await?;
    Ok(user)
}

async fn invited(change: &mut Change, token: &SetupToken, asked: SetupRequest, hash: String) -> Result<User> {
    if asked.project.is_some() {
        return Err(AdminError::invalid("project", "An invitation is to a project already; leave this out."));
    }
    let email = token.email.as_deref().unwrap_or_default();
    if asked.email.is_some_and(|typed| typed.trim().to_lowercase() != email) {
        return Err(AdminError::invalid("email", format!("This invitation is for {email}.")));
    }
    // Removed, or in with a password since: then the link sets nobody's.
    let known = change.users().by_email(email).await?.filter(|user| !user.has_password && !user.disabled);
    let user = known.ok_or_else(over)?;
    let update = UserUpdate { password_hash: Some(hash), ..UserUpdate::default() };
    change.users().update(&user.id, None, update).await?.ok_or_else(over)
}
