//! Who calls: a person with a session cookie, or a program with a `maig_admin_` token. A write with a cookie must also
//! carry the session's CSRF token, which another site cannot read.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::Method;
use http::header::{AUTHORIZATION, COOKIE};
use http::request::Parts;
use maig_api::Action;
use maig_core::id::UserId;
use maig_core::key::{self, KeyKind};
use maig_store::{Actor, ActorKind, Project, Role};
use subtle::ConstantTimeEq as _;

use super::error::{AdminError, Result};
use crate::clock::Clock;
use crate::mint;
use crate::state::AppState;

pub(super) const COOKIE_NAME: &str = "maig_session";
pub(super) const CSRF_HEADER: &str = "x-csrf-token";

/// How exactly the last use of a session is known.
const NOTED_EVERY_US: i64 = 120 * 1_000_000;

/// An authenticated caller.
pub(super) struct Caller {
    pub id: String,
    /// An e-mail address, or a token's name.
    pub label: String,
    pub who: Who,
    ip: Option<IpAddr>,
}

pub(super) enum Who {
    Person { user: UserId, instance_admin: bool, session: String, expires_at: i64 },
    Token { role: Role, project: Option<maig_core::id::ProjectId>, expires_at: Option<i64> },
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = AdminError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self> {
        let ip = client_ip(parts, state);
        if let Some(value) = parts.headers.get(AUTHORIZATION) {
            let token = value.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
            return by_token(token.unwrap_or_default().trim(), ip, state).await;
        }
        let Some(session) = session_cookie(parts) else {
            return Err(AdminError::unauthenticated(
                "Sign in at POST /api/v1/session, or send a maig_admin_ token as a bearer.",
            ));
        };
        let write = !matches!(parts.method, Method::GET | Method::HEAD);
        let sent = parts.headers.get(CSRF_HEADER).map(http::HeaderValue::as_bytes).unwrap_or_default();
        if write && !bool::from(csrf_token(&session).as_bytes().ct_eq(sent)) {
            return Err(AdminError::forbidden(format!(
                "Send the session's csrf_token in {CSRF_HEADER} with every write."
            )));
        }
        by_session(session, ip, state).await
    }
}

async fn by_token(token: &str, ip: Option<IpAddr>, state: &AppState) -> Result<Caller> {
    let refused = || AdminError::unauthenticated("The admin token is unknown, revoked or over.");
    if key::parse(token) != Ok(KeyKind::Admin) {
        return Err(refused());
    }
    let now = Clock::unix_micros();
    let row = state.store.admin_tokens().by_digest(&mint::digest(token), now).await?.ok_or_else(refused)?;
    state.store.admin_tokens().note_used(&row.id, now).await?;
    let who = Who::Token { role: row.role, project: row.project_id, expires_at: row.expires_at };
    Ok(Caller { id: row.id, label: format!("token:{}", row.name), who, ip })
}

async fn by_session(session: String, ip: Option<IpAddr>, state: &AppState) -> Result<Caller> {
    let over = || AdminError::unauthenticated("The session is over; sign in again.");
    if key::parse(&session) != Ok(KeyKind::Session) {
        return Err(over());
    }
    let (digest, now) = (mint::digest(&session), Clock::unix_micros());
    let row = state.store.sessions().get(&digest, now).await?.ok_or_else(over)?;
    let user = state.store.users().get(&row.user_id).await?.filter(|user| !user.disabled).ok_or_else(over)?;
    if now - row.last_used_at > NOTED_EVERY_US {
        state.store.sessions().note_used(&digest, now, ip.map(|ip| ip.to_string()).as_deref()).await?;
    }
    let expires_at = row.expires_at;
    let who = Who::Person { user: user.id.clone(), instance_admin: user.instance_admin, session, expires_at };
    Ok(Caller { id: user.id.to_string(), label: user.email, who, ip })
}

/// Bound to the session without being stored: who has the cookie alone cannot be another site's script.
pub(super) fn csrf_token(session: &str) -> String {
    mint::digest(&format!("csrf:{session}"))
}

fn session_cookie(parts: &Parts) -> Option<String> {
    let cookies = parts.headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|text| text.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE_NAME).then(|| value.to_owned())
    })
}

/// Who is at the other end. `X-Forwarded-For` is believed from the operator's own proxies alone: from anybody else it
/// is a way to be a new machine with every wrong password.
pub(super) fn client_ip(parts: &Parts, state: &AppState) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    let ours = |ip: &IpAddr| state.settings.trusted_proxies.contains(ip);
    if !ours(&peer.ip()) {
        return Some(peer.ip());
    }
    let forwarded =
        parts.headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<IpAddr> =
        forwarded.flat_map(|text| text.split(',')).filter_map(|ip| ip.trim().parse().ok()).collect();
    // Each proxy appends whom it saw, so the last that is none of ours is the client.
    while hops.last().is_some_and(ours) {
        hops.pop();
    }
    Some(hops.pop().unwrap_or_else(|| peer.ip()))
}

impl Caller {
    /// In whose name a change is audited.
    pub(super) fn actor(&self) -> Actor {
        let kind = match self.who {
            Who::Person { .. } => ActorKind::User,
            Who::Token { .. } => ActorKind::Token,
        };
        Actor { ip: self.ip.map(|ip| ip.to_string()), ..Actor::new(kind, Some(&self.id), &self.label) }
    }

    /// For what a person has and a token has not: a password, sessions, a second factor.
    pub(super) fn person_only(&self) -> Result<&UserId> {
        match &self.who {
            Who::Person { user, .. } => Ok(user),
            Who::Token { .. } => Err(AdminError::forbidden("This is a person's own; sign in as one.")),
        }
    }

    pub(super) async fn role(&self, state: &AppState, project: &Project) -> Result<Option<Role>> {
        Ok(match &self.who {
            Who::Person { instance_admin: true, .. } => Some(Role::Owner),
            Who::Person { user, .. } => state.store.users().role(user, &project.id).await?,
            Who::Token { role, project: None, .. } => Some(*role),
            Who::Token { role, project: Some(only), .. } => (*only == project.id).then_some(*role),
        })
    }

    /// The project of that name or id, if the caller may do this to it. One that the caller does not belong to is not
    /// found, so that names cannot be guessed.
    pub(super) async fn project(&self, state: &AppState, named: &str, action: Action) -> Result<Project> {
        let missing = || AdminError::not_found("project");
        let project = state.store.projects().by_name_or_id(named).await?.ok_or_else(missing)?;
        let role = self.role(state, &project).await?.ok_or_else(missing)?;
        if !role_out(role).may(action) {
            let (have, needs) = (role.as_str(), action.needs().as_str());
            return Err(AdminError::forbidden(format!(
                "This needs the role {needs} in {}; yours is {have}.",
                project.name
            )));
        }
        Ok(project)
    }

    /// For what belongs to no project.
    pub(super) fn instance(&self) -> Result<()> {
        match self.who {
            Who::Person { instance_admin: true, .. }
            | Who::Token { role: Role::Owner, project: None, .. } => Ok(()),
            _ => Err(AdminError::forbidden("This needs an administrator of the whole gateway.")),
        }
    }
}

pub(super) fn role_out(role: Role) -> maig_api::Role {
    match role {
        Role::Viewer => maig_api::Role::Viewer,
        Role::Editor => maig_api::Role::Editor,
        Role::Admin => maig_api::Role::Admin,
        Role::Owner => maig_api::Role::Owner,
    }
}

pub(super) fn role_in(role: maig_api::Role) -> Role {
    match role {
        maig_api::Role::Viewer => Role::Viewer,
        maig_api::Role::Editor => Role::Editor,
        maig_api::Role::Admin => Role::Admin,
        maig_api::Role::Owner => Role::Owner,
    }
}

impl Caller {
    /// A person who has just signed in.
    pub(super) fn person(user: maig_store::User, session: String, expires_at: i64) -> Self {
        let who =
            Who::Person { user: user.id.clone(), instance_admin: user.instance_admin, session, expires_at };
        Self { id: user.id.to_string(), label: user.email, who, ip: None }
    }
}
