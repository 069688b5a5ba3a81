//! People in a project.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use maig_api::{AddMember, ErrorBody, Member, Page, SetRole};
use maig_core::id::UserId;
use maig_core::secret::Secret;
use maig_store::{NewUser, Role};

use super::body::Body;
use super::caller::{Caller, role_in, role_out};
use super::error::{AdminError, Result};
use super::permit::Action;
use crate::password;
use crate::state::AppState;

/// Who belongs to a project.
#[utoipa::path(get, path = "/projects/{project}/members", tag = "members", responses((status = 200, body = Page<Member>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Page<Member>>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let members = state.store.users().members(&project.id).await?;
    let data = members.into_iter().map(|(user, role)| shown(user, role)).collect();
    Ok(Json(Page { data, next_cursor: None }))
}

fn shown(user: maig_store::User, role: Role) -> Member {
    Member { user_id: user.id.0, email: user.email, role: role_out(role) }
}

/// Gives a person a role; makes the login when a password is given for an unknown address.
#[utoipa::path(post, path = "/projects/{project}/members", tag = "members", request_body = AddMember,
    responses((status = 201, body = Member), (status = 404, body = ErrorBody)))]
pub(super) async fn add(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Body(asked): Body<AddMember>,
) -> Result<(StatusCode, Json<Member>)> {
    let role = role_in(asked.role);
    let project = caller.project(&state, &project, action_for(role)).await?;
    let known = state.store.users().by_email(&asked.email).await?;
    if let Some(user) = &known
        && state.store.users().role(&user.id, &project.id).await?.is_some()
    {
        return Err(AdminError::conflict(format!("{} is a member already; change the role.", user.email)));
    }
    let hash = match (&known, asked.password) {
        (None, Some(text)) => {
            password::acceptable(&text).map_err(|why| AdminError::invalid("password", why))?;
            Some(password::hash(&Secret::new(text)).await.map_err(AdminError::internal)?)
        }
        (None, None) => {
            return Err(AdminError::invalid(
                "password",
                "Nobody has a login with this address; give a first password to make one.",
            ));
        }
        // Never a way to set somebody else's password.
        (Some(_), _) => None,
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
    Ok((StatusCode::CREATED, Json(shown(user, role))))
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
    change_role(&state, &caller, &project, UserId(user), Some(role_in(asked.role))).await
}

/// Takes a person out of the project.
#[utoipa::path(delete, path = "/projects/{project}/members/{user}", tag = "members", responses((status = 204), (status = 404, body = ErrorBody)))]
pub(super) async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, user)): Path<(String, String)>,
) -> Result<StatusCode> {
    change_role(&state, &caller, &project, UserId(user), None).await
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
