//! Logging in, staying logged in and logging out: the same for customers and staff.

use std::sync::Arc;

use actix_web::web;
use ordervault_domain::contact::Email;
use ordervault_domain::id::{CustomerId, MemberId, SessionId};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::{Effect, Operation, Receipt, SessionOperation, TokenHash, WriteError};
use ordervault_persistence::{Session, read};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::fields::Fields;
use crate::auth::{NewPassword, PasswordCheck, Realm};
use crate::extract::{ClientAddress, Content};
use crate::login_attempts::LoginAttempt;
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::Submitter;
use crate::problem::{Code, FieldError, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::submit::{not_written, submit};
use crate::v1::fields::faults_in;

/// Random bytes that name an access token in logs.
const TOKEN_ID_BYTES: usize = 12;

/// Who logs in.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// The account's e-mail address.
    #[validate(length(max = 254))]
    #[schema(min_length = 3, max_length = 254, format = "email", example = json!(examples::CUSTOMER_EMAIL))]
    email: String,
    /// The password.
    #[validate(length(min = 1, max = 1024))]
    #[schema(min_length = 1, max_length = 1024, example = json!(examples::CUSTOMER_PASSWORD), format = Password)]
    password: String,
    /// The `device_token` of an earlier login to this account, if there was one. It says that you are no stranger: those who
    /// guess the password from elsewhere do not keep you out.
    #[serde(default)]
    #[validate(length(max = 512))]
    #[schema(nullable = false, max_length = 512, example = "the device_token of an earlier login")]
    device_token: Option<String>,
}

impl Content for Login {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.reach::<Email>("/email", Some(&self.email));
        })
    }
}

/// A refresh token to be exchanged.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    /// The refresh token of the last answer; each opens the session once.
    #[validate(length(min = 1, max = 512))]
    #[schema(min_length = 1, max_length = 512, example = "the refresh_token of the last answer")]
    refresh_token: String,
}

impl Content for Refresh {}

/// What opens the API for a while, and what gets the next one.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tokens {
    /// For the header `Authorization: Bearer …`.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjdXNfMCJ9.c2lnbmF0dXJl")]
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds for which the access token is good.
    #[schema(minimum = 1, example = 600)]
    expires_in: i64,
    /// Gets the next pair of tokens, once.
    #[schema(example = "the-refresh-token")]
    refresh_token: String,
    /// Until when the refresh token is good if it is not used.
    #[schema(value_type = String, format = DateTime, example = "2026-01-19T08:30:00.000Z")]
    refresh_expires_at: Timestamp,
    /// After a login: keep it, also after logging out, and send it with the next login to this account. It opens nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "the-device-token")]
    device_token: Option<String>,
}

/// Checks the password and opens a session.
pub(crate) async fn login(
    state: &web::Data<AppState>,
    realm: Realm,
    address: ClientAddress,
    request_id: &RequestId,
    login: &Login,
) -> Result<web::Json<Tokens>, Problem> {
    let mut fields = Fields::default();
    let email = fields.reach::<Email>("/email", Some(&login.email));
    let email = fields.finish(email)?.ok_or_else(|| Problem::internal("an address was lost"))?;
    let mut conn = reader(state).await?;
    let found = read::sign_in(&mut conn, realm, &email).await.map_err(failed)?;
    let device_token = login.device_token.as_deref();
    let account = (realm, &email);
    let attempt =
        LoginAttempt::admit((state, &mut conn), account, found.as_ref(), address, device_token).await?;
    drop(conn);
    let stored = found.as_ref().map(|(_, hash)| hash.as_str());
    let check = state.passwords.check(attempt.lane, &login.password, stored).await?;
    let (Some((principal_id, password_hash)), PasswordCheck::Right { needs_rehash }) = (found, check) else {
        tracing::info!(realm = <&str>::from(realm), "a login failed");
        attempt.failed(state, request_id).await?;
        return Err(Problem::new(Code::InvalidCredentials));
    };
    let lifetime = state.settings.lifetimes.of(realm);
    let mut operations: Vec<Operation> = attempt.succeeded().collect();
    operations.extend([
        Operation::Verified { realm, principal_id, password_hash },
        Operation::Session(SessionOperation::Open {
            realm,
            principal_id,
            idle_millis: lifetime.idle_millis,
            absolute_millis: lifetime.absolute_millis,
            token_hash: token_hash(state, realm),
        }),
    ]);
    if needs_rehash && let Ok(password) = NewPassword::check(realm, &login.password, &[]) {
        let password_hash = state.passwords.hash(attempt.lane, password).await?;
        operations.push(Operation::Rehash { principal_id, password_hash });
    }
    let session = opened(state, request_id, operations, Code::InvalidCredentials).await?;
    tracing::info!(realm = <&str>::from(realm), "somebody logged in");
    let device_token = attempt.device_token(state, realm, &email);
    Ok(web::Json(Tokens { device_token, ..tokens(state, &session)? }))
}

/// Exchanges a refresh token.
pub(crate) async fn refresh(
    state: &web::Data<AppState>,
    realm: Realm,
    request_id: &RequestId,
    refresh: &Refresh,
) -> Result<web::Json<Tokens>, Problem> {
    let presented = state.refresh_tokens.read(&refresh.refresh_token).filter(|token| token.realm == realm);
    let presented = presented.ok_or_else(|| Problem::new(Code::TokenInvalid))?;
    let operation = Operation::Session(SessionOperation::Rotate {
        id: presented.family,
        realm,
        presented_hash: hex::encode(presented.hash),
        idle_millis: state.settings.lifetimes.of(realm).idle_millis,
        token_hash: token_hash(state, realm),
    });
    let session = opened(state, request_id, vec![operation], Code::TokenInvalid).await?;
    if realm == Realm::Staff {
        let mut conn = reader(state).await?;
        let member =
            read::member(&mut conn, MemberId::from_i64(session.principal_id)).await.map_err(failed)?;
        if !member.is_some_and(|member| member.active) {
            return Err(Problem::new(Code::TokenInvalid));
        }
    }
    tokens(state, &session).map(web::Json)
}

/// Ends a session.
pub(crate) async fn end_session(
    state: &AppState,
    submitter: Submitter,
    request_id: &RequestId,
    id: SessionId,
) -> Result<(), Problem> {
    let operations = vec![Operation::Session(SessionOperation::End { id })];
    submit(state, submitter, request_id, None, operations)
        .await
        .map(drop)
        .map_err(|error| not_written(&error))
}

/// The session that the operations open or go on with; `refused` says what a refusal is called.
async fn opened(
    state: &AppState,
    request_id: &RequestId,
    operations: Vec<Operation>,
    refused: Code,
) -> Result<Session, Problem> {
    match submit(state, Submitter::ANONYMOUS, request_id, None, operations).await {
        Ok(Receipt::Executed { done, .. }) => {
            let is_of_session = |done: &Effect| matches!(done, Effect::Session(_) | Effect::TokenReused);
            match done.into_iter().find(is_of_session) {
                Some(Effect::Session(Some(session))) => Ok(session),
                Some(Effect::TokenReused) => {
                    tracing::warn!("a used refresh token was shown; its session is ended");
                    Err(Problem::new(Code::TokenReused))
                }
                _ => Err(Problem::internal("a login led to something else")),
            }
        }
        Ok(Receipt::Replayed { .. }) => Err(Problem::internal("a login has no key")),
        Err(WriteError::Refused { .. }) => Err(Problem::new(refused)),
        Err(error) => Err(not_written(&error)),
    }
}

/// How the writer makes the hashes that it keeps of tokens it never sees.
fn token_hash(state: &web::Data<AppState>, realm: Realm) -> TokenHash {
    let state = state.clone();
    Arc::new(move |family, generation| {
        let generation = u32::try_from(generation).unwrap_or(u32::MAX);
        state
            .refresh_tokens
            .mint(realm, family, generation)
            .map(|token| hex::encode(token.hash))
            .unwrap_or_default()
    })
}

fn tokens(state: &AppState, session: &Session) -> Result<Tokens, Problem> {
    let subject = match session.realm {
        Realm::Customer => CustomerId::from_i64(session.principal_id).to_string(),
        Realm::Staff => MemberId::from_i64(session.principal_id).to_string(),
    };
    let access = state
        .access_tokens
        .issue(session.realm, &subject, &session.id.to_string(), &token_id(state), state.now())
        .map_err(Problem::internal)?;
    let generation = u32::try_from(session.generation).map_err(Problem::internal)?;
    let mut stored = [0; 32];
    hex::decode_to_slice(&session.token_hash, &mut stored).map_err(Problem::internal)?;
    let refresh =
        state.refresh_tokens.recover(session.realm, session.id, generation, &stored).ok_or_else(|| {
            Problem::new(Code::TokenInvalid).cause("no live key made the current refresh token")
        })?;
    Ok(Tokens {
        access_token: access.text,
        token_type: "Bearer",
        expires_in: access.expires_in_seconds,
        refresh_token: refresh.text,
        refresh_expires_at: session.idle_until,
        device_token: None,
    })
}

/// A random name for an access token.
pub(crate) fn token_id(state: &AppState) -> String {
    hex::encode(state.sources.bytes::<TOKEN_ID_BYTES>())
}
