//! The second factor: setting an authenticator up, taking it away, and asking for its code at sign-in.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use maig_api::{ConfirmCode, ConfirmPassword, Enrolment, ErrorBody, RecoveryCodes, SecondFactor};
use maig_core::id::UserId;

use super::body::Body;
use super::caller::Caller;
use super::error::{AdminError, Result};
use super::session::right_password;
use super::throttle;
use crate::clock::Clock;
use crate::state::AppState;
use crate::{totp, when};

const RECOVERY_CODES: usize = 10;

/// Lets a person with a second factor in only with a code of it, or with a recovery code; each works once.
pub(super) async fn ask(state: &AppState, user: &UserId, typed: Option<&str>) -> Result<()> {
    let factors = state.store.second_factors();
    if !factors.in_force(user).await? {
        return Ok(());
    }
    let refused = |code: &str, message: &str| {
        let mut error = AdminError::unauthenticated(message);
        error.at("code", code);
        Err(error)
    };
    let Some(typed) = typed.map(str::trim).filter(|typed| !typed.is_empty()) else {
        return refused("second_factor_required", "Type the code that the authenticator shows now.");
    };
    let Some(secret) = factors.secret(user).await? else { return Ok(()) };
    let taken = match totp::step_of(&secret, typed, Clock::unix_seconds()) {
        Some(step) => factors.use_step(user, step).await?,
        None => factors.use_recovery_code(user, &totp::recovery_digest(typed)).await?,
    };
    match taken {
        true => Ok(()),
        false => refused("second_factor_wrong", "The code is wrong or was used; wait for the next one."),
    }
}

/// Whether one signs in with a code.
#[utoipa::path(get, path = "/session/second-factor", tag = "session", responses((status = 200, body = SecondFactor)))]
pub(super) async fn get(State(state): State<AppState>, caller: Caller) -> Result<Json<SecondFactor>> {
    let user = caller.person_only()?;
    let factor = state.store.second_factors().get(user).await?.filter(|f| f.confirmed_at.is_some());
    Ok(Json(SecondFactor {
        on: factor.is_some(),
        since: factor.as_ref().and_then(|f| f.confirmed_at).map(when::rfc3339),
        recovery_codes_left: factor.map_or(0, |f| f.recovery_codes_left),
    }))
}

/// A new secret for an authenticator. Nothing changes until a code of it is confirmed.
#[utoipa::path(post, path = "/session/second-factor", tag = "session", request_body = ConfirmPassword,
    responses((status = 200, body = Enrolment), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn enrol(
    State(state): State<AppState>,
    caller: Caller,
    Body(asked): Body<ConfirmPassword>,
) -> Result<Response> {
    let user = caller.person_only()?;
    right_password(&state, &caller, "password", asked.password).await?;
    let secret = totp::secret().map_err(AdminError::internal)?;
    if !state.store.second_factors().begin(user, &secret).await? {
        return Err(AdminError::conflict("There is a second factor already; remove it first."));
    }
    let secret = secret.expose();
    let label: String = caller.label.bytes().map(escaped).collect();
    let uri = format!(
        "otpauth://totp/MAIG:{label}?secret={secret}&issuer=MAIG&algorithm=SHA1&digits=6&period={}",
        totp::STEP_S
    );
    Ok(once(&Enrolment { secret: secret.clone(), uri }))
}

/// Puts the authenticator in force with a code that it shows; the answer is the only time that the recovery codes are
/// shown.
#[utoipa::path(post, path = "/session/second-factor/confirm", tag = "session", request_body = ConfirmCode,
    responses((status = 200, body = RecoveryCodes), (status = 400, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn confirm(
    State(state): State<AppState>,
    caller: Caller,
    Body(asked): Body<ConfirmCode>,
) -> Result<Response> {
    let user = caller.person_only()?;
    let account = format!("account {}", caller.label);
    if let Some(seconds) = throttle::wait(&account, throttle::ACCOUNT) {
        return Err(AdminError::too_many(seconds));
    }
    let factors = state.store.second_factors();
    let waits = || AdminError::conflict("No authenticator waits for its first code; begin again.");
    if factors.in_force(user).await? {
        return Err(waits());
    }
    let secret = factors.secret(user).await?.ok_or_else(waits)?;
    let Some(step) = totp::step_of(&secret, &asked.code, Clock::unix_seconds()) else {
        throttle::wrong(&account);
        let message = "That is not the code that the authenticator shows now; check the clock of the device.";
        return Err(AdminError::invalid("code", message));
    };
    let (codes, digests) = recovery_codes()?;
    let mut change = state.store.change(&caller.actor()).await?;
    if !change.second_factors().confirm((user, &caller.label), step, &digests).await? {
        return Err(waits());
    }
    change.commit().await?;
    Ok(once(&codes))
}

/// New recovery codes in place of all that are left.
#[utoipa::path(post, path = "/session/second-factor/recovery-codes", tag = "session", request_body = ConfirmPassword,
    responses((status = 200, body = RecoveryCodes), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn new_codes(
    State(state): State<AppState>,
    caller: Caller,
    Body(asked): Body<ConfirmPassword>,
) -> Result<Response> {
    let user = caller.person_only()?;
    right_password(&state, &caller, "password", asked.password).await?;
    if !state.store.second_factors().in_force(user).await? {
        return Err(AdminError::conflict("There is no second factor; set one up first."));
    }
    let (codes, digests) = recovery_codes()?;
    let mut change = state.store.change(&caller.actor()).await?;
    change.second_factors().replace_codes((user, &caller.label), &digests).await?;
    change.commit().await?;
    Ok(once(&codes))
}

/// Signs in with the password alone from now on.
#[utoipa::path(post, path = "/session/second-factor/remove", tag = "session", request_body = ConfirmPassword,
    responses((status = 204), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Body(asked): Body<ConfirmPassword>,
) -> Result<StatusCode> {
    let user = caller.person_only()?;
    right_password(&state, &caller, "password", asked.password).await?;
    let mut change = state.store.change(&caller.actor()).await?;
    if !change.second_factors().remove((user, &caller.label)).await? {
        return Err(AdminError::conflict("There is no second factor."));
    }
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn recovery_codes() -> Result<(RecoveryCodes, Vec<String>)> {
    let made: Result<Vec<_>, _> = (0..RECOVERY_CODES).map(|_| totp::recovery_code()).collect();
    let codes: Vec<String> =
        made.map_err(AdminError::internal)?.iter().map(|code| code.expose().clone()).collect();
    let digests = codes.iter().map(|code| totp::recovery_digest(code)).collect();
    Ok((RecoveryCodes { codes }, digests))
}

/// A byte of a URL's path, percent-encoded unless it is plain.
fn escaped(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    }
}

/// An answer that no cache may keep.
fn once(body: &impl serde::Serialize) -> Response {
    ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
