//! People in a project.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use maig_api::{Action, AddMember, AddedMember, ErrorBody, Invite, Member, Page, PageQuery, SetRole};
use maig_core::id::UserId;
use maig_core::secret::Secret;
use maig_store::{NewUser, Role, User};

use super::body::{Asked, Body, Path};
use super::caller::{Caller, role_in, role_out};
use super::error::{AdminError, Result};
use super::paging::page;
use super::session::acceptable;
use crate::state::AppState;
use crate::{password, setup, when};

/// Who belongs to a project, by address.
#[utoipa::path(get, path = "/projects/{project}/members", tag = "members", params(PageQuery), responses((status = 200, body = Page<Member>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<Member>>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let members = state.store.users().members(&project.id).await?;
    let data = members
        .into_iter()
        .map(|member| shown(member.user, member.role, member.second_factor, member.last_seen_at));
    page(data.collect(), &asked, |member: &Member| &member.user_id).map(Json)
}

fn shown(user: User, role: Role, second_factor: bool, last_seen_at: Option<i64>) -> Member {
    Member {
        user_id: user.id.to_string(),
        email: user.email,
        role: role_out(role),
        joined: user.has_password,
        second_factor,
        last_seen_at: last_seen_at.map(when::rfc3339),
    }
}

/// Gives a person a role. Nobody with a login has the address: the person is invited, and the answer has the link; or
/// the login is made at once, when a password is given.
#[utoipa::path(post, path = "/projects/{project}/members", tag = "members", request_body = AddMember,
    responses((status = 201, body = AddedMember), (status = 409, body = ErrorBody)))]
pub(super) async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Body(asked): Body<AddMember>,
) -> Result<Response> {
    let role = role_in(asked.role);
    let project = caller.project(&state, &project, action_for(role)).await?;
    let known = state.store.users().by_email(&asked.email).await?;
    if let Some(user) = &known
        && state.store.users().role(&user.id, &project.id).await?.is_some()
    {
        let mut error = AdminError::conflict(format!("{} is a member already; change the role.", user.email));
        error.at("email", "conflict");
        return Err(error);
    }
    let hash = match (&known, asked.password) {
        (None, Some(text)) => {
            acceptable("password", &text)?;
            Some(password::hash(&Secret::new(text)).await.map_err(AdminError::internal)?)
        }
        // Never a way to set somebody else's password.
        _ => None,
    };
    let mut change = state.store.change(&caller.actor()).await?;
    let user = match known {
        Some(user) => user,
        None => {
            let new = NewUser {
                email: asked.email,
                name: String::new(),
                password_hash: hash,
                instance_admin: false,
            };
            change.users().create(new).await?
        }
    };
    change.users().set_role(&user.id, &project.id, Some(role)).await?;
    change.commit().await?;
    let invite = match user.has_password || !rules(&state, &caller, &user).await? {
        true => None,
        false => Some(invite(&state, &user).await?),
    };
    let second_factor = state.store.second_factors().in_force(&user.id).await?;
    let body = AddedMember { member: shown(user, role, second_factor, None), invite };
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

async fn invite(state: &AppState, user: &User) -> Result<Invite> {
    let (token, expires_at) = setup::invite(&state.store, &user.email).await?;
    let url = setup::link(&state.settings, &token);
    Ok(Invite { token: token.expose().clone(), url, expires_at: when::rfc3339(expires_at) })
}

/// Whether the caller stands above a person everywhere: who gets a link for them, or takes their second factor away,
/// could else reach into a project that is none of the caller's.
async fn rules(state: &AppState, caller: &Caller, user: &User) -> Result<bool> {
    if user.instance_admin && caller.instance().is_err() {
        return Ok(false);
    }
    for membership in state.store.users().memberships(&user.id).await? {
        let project = state.store.projects().get(&membership.project_id).await?;
        let Some(project) = project else { continue };
        let role = caller.role(state, &project).await?;
        let enough = |role| role_out(role).may(action_for(membership.role));
        if !role.is_some_and(enough) {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn member(state: &AppState, project: &maig_store::Project, user: UserId) -> Result<(User, Role)> {
    let missing = || AdminError::not_found("member");
    let role = state.store.users().role(&user, &project.id).await?.ok_or_else(missing)?;
    Ok((state.store.users().get(&user).await?.ok_or_else(missing)?, role))
}

/// A new link for an invited person who has not come yet; the one before stops working.
#[utoipa::path(post, path = "/projects/{project}/members/{user}/invite", tag = "members",
    responses((status = 200, body = Invite), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn invite_again(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, user)): Path<(String, String)>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeMembers).await?;
    let (user, _) = member(&state, &project, UserId::from(user)).await?;
    if user.has_password {
        return Err(AdminError::conflict(format!("{} has a login already.", user.email)));
    }
    if !rules(&state, &caller, &user).await? {
        return Err(beyond(&user));
    }
    let body = invite(&state, &user).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// Takes away a member's second factor, whose device is lost: the password alone signs in then.
#[utoipa::path(delete, path = "/projects/{project}/members/{user}/second-factor", tag = "members",
    responses((status = 204), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn remove_second_factor(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, user)): Path<(String, String)>,
) -> Result<StatusCode> {
    let project = caller.project(&state, &project, Action::Own).await?;
    let (user, _) = member(&state, &project, UserId::from(user)).await?;
    if caller.id == user.id.as_str() {
        // One's own needs the password.
        return Err(AdminError::forbidden("Remove your own in your account's settings."));
    }
    if !rules(&state, &caller, &user).await? {
        return Err(beyond(&user));
    }
    let mut change = state.store.change(&caller.actor()).await?;
    if !change.second_factors().remove((&user.id, &user.email)).await? {
        return Err(AdminError::conflict(format!("{} has no second factor.", user.email)));
    }
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn beyond(user: &User) -> AdminError {
    AdminError::forbidden(format!(
        "{} also belongs where your role does not reach; ask an administrator of the whole gateway.",
        user.email
    ))
}

/// Changes a member's role.
#[utoipa::path(put, path = "/projects/{project}/members/{user}", tag = "members", request_body = SetRole,
    responses((status = 204), (status = 404, body = ErrorBody)))]
pub(super) async fn set_role(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, user)): Path<(String, String)>,
    Body(asked): Body<SetRole>,
) -> Result<StatusCode> {
    change_role(&state, &caller, &project, UserId::from(user), Some(role_in(asked.role))).await
}

/// Takes a person out of the project.
#[utoipa::path(delete, path = "/projects/{project}/members/{user}", tag = "members", responses((status = 204), (status = 404, body = ErrorBody)))]
pub(super) async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, user)): Path<(String, String)>,
) -> Result<StatusCode> {
    change_role(&state, &caller, &project, UserId::from(user), None).await
}

async fn change_role(
    state: &AppState,
    caller: &Caller,
    project: &str,
    user: UserId,
    role: Option<Role>,
) -> Result<StatusCode> {
    let found = caller.project(state, project, Action::ChangeMembers).await?;
    let missing = || AdminError::not_found("member");
    let before = state.store.users().role(&user, &found.id).await?.ok_or_else(missing)?;
    // An owner is made and unmade by owners.
    if before == Role::Owner || role == Some(Role::Owner) {
        caller.project(state, project, Action::Own).await?;
    }
    let mut change = state.store.change(&caller.actor()).await?;
    change.users().set_role(&user, &found.id, role).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn action_for(role: Role) -> Action {
    if role == Role::Owner { Action::Own } else { Action::ChangeMembers }
}
