//! The password of the account that one is logged in to: asked for before what an open session alone must not do, and changed.

use actix_web::HttpResponse;
use ordervault_domain::contact::Contact;
use ordervault_domain::id::SessionId;
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::read;
use ordervault_persistence::writer::{Operation, SessionOperation, WriteError};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::fields::{Fields, personal};
use crate::auth::{PasswordCheck, Realm};
use crate::extract::Content;
use crate::login_attempts::{OwnPasswordAttempt, lane_of};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::Submitter;
use crate::problem::{FieldError, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::submit::{not_written, submit};

/// A new password.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePassword {
    /// The password that is good now.
    #[validate(length(min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, example = json!(examples::CUSTOMER_PASSWORD), format = Password)]
    current_password: String,
    /// The one that shall be: customers at least 8 code points, staff at least 15, at most 128, not a well-known one, and
    /// another one than the current if somebody else set that.
    #[validate(length(max = 1024))]
    #[schema(min_length = 8, max_length = 128, example = json!(examples::CUSTOMER_PASSWORD), format = Password)]
    new_password: String,
}

impl Content for ChangePassword {}

/// An account, and whoever is logged in to it.
pub(crate) struct OwnAccount<'a> {
    pub realm: Realm,
    pub principal_id: i64,
    pub submitter: Submitter,
    /// The login by which they come.
    pub session: SessionId,
    pub contact: &'a Contact,
    /// Was the current password set by somebody else? Then it is to be replaced indeed.
    pub must_change_password: bool,
}

impl OwnAccount<'_> {
    /// Checks the password: what stands in front of the operations that it gives a right to.
    ///
    /// # Errors
    /// 422 where it is wrong, 429 where it was so too often.
    pub(crate) async fn proved(
        &self,
        state: &AppState,
        request_id: &RequestId,
        current_password: &str,
    ) -> Result<Vec<Operation>, Problem> {
        let Self { realm, principal_id, session, .. } = *self;
        let mut conn = reader(state).await?;
        let attempt = OwnPasswordAttempt::admit((state, &mut conn), session).await?;
        let stored = read::password_hash(&mut conn, principal_id).await.map_err(failed)?;
        drop(conn);
        let check = state.passwords.check(lane_of(realm), current_password, stored.as_deref()).await?;
        let (Some(password_hash), PasswordCheck::Right { .. }) = (stored, check) else {
            attempt.failed(state, request_id).await?;
            return Err(wrong_current_password());
        };
        Ok(vec![attempt.succeeded(), Operation::Verified { realm, principal_id, password_hash }])
    }
}

/// Changes a password and ends the other sessions. `command` makes the account's own operation from the new hash.
pub(crate) async fn change_own_password(
    state: &AppState,
    account: OwnAccount<'_>,
    request_id: &RequestId,
    change: &ChangePassword,
    command: impl FnOnce(String) -> Operation,
) -> Result<HttpResponse, Problem> {
    let OwnAccount { realm, principal_id, submitter, session, contact, must_change_password } = account;
    let mut fields = Fields::default();
    let password = fields.password("/new_password", realm, &change.new_password, &personal(contact));
    if password.is_some() && must_change_password && change.new_password == change.current_password {
        fields.fault("/new_password", "unchanged");
    }
    let password = fields.finish(password)?.ok_or_else(|| Problem::internal("a password was lost"))?;
    let mut operations = account.proved(state, request_id, &change.current_password).await?;
    operations.push(command(state.passwords.hash(lane_of(realm), password).await?));
    let because = "password_changed";
    operations.push(Operation::Session(SessionOperation::EndAll {
        principal_id,
        but: Some(session),
        because,
    }));
    match submit(state, submitter, request_id, None, operations).await {
        Ok(_) => Ok(HttpResponse::NoContent().finish()),
        Err(error) => Err(not_done(&error)),
    }
}

/// What was not carried out behind a proof.
pub(crate) fn not_done(error: &WriteError) -> Problem {
    match error {
        // Changed by somebody else since it was checked.
        WriteError::Refused { refusal: Refusal::InvalidCredentials, .. } => wrong_current_password(),
        error => not_written(error),
    }
}

/// Not 401: the caller is logged in, and need not do so again.
fn wrong_current_password() -> Problem {
    Problem::invalid(vec![FieldError::new("/current_password", "wrong-password")])
}
