//! Whoever signs in.

use ordervault_domain::contact::Email;
use ordervault_domain::id::SessionId;
use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::tables::credentials;
use crate::tables::sessions::{self, Realm, Session};
use crate::tx::Conn;

/// Whom an e-mail address signs in as, and the hash to check the password against. Members who are not active do not
/// sign in.
///
/// # Errors
/// When the database fails.
pub async fn sign_in(conn: &mut Conn, realm: Realm, email: &Email) -> Result<Option<(i64, String)>, Error> {
    credentials::by_email(conn, realm, email).await
}

/// The hash of a customer's or member's password.
///
/// # Errors
/// When the database fails.
pub async fn password_hash(conn: &mut Conn, principal_id: i64) -> Result<Option<String>, Error> {
    credentials::of(conn, principal_id).await
}

/// A login, open or ended.
///
/// # Errors
/// When the database fails.
pub async fn session(conn: &mut Conn, id: SessionId) -> Result<Option<Session>, Error> {
    sessions::read(conn, id).await
}

/// The logins of a customer or member that are open and can be gone on with, the newest first; at most
/// [`MAX_SESSIONS_PER_PRINCIPAL`](crate::writer::MAX_SESSIONS_PER_PRINCIPAL).
///
/// # Errors
/// When the database fails.
pub async fn open_sessions(
    conn: &mut Conn,
    principal_id: i64,
    now: Timestamp,
) -> Result<Vec<Session>, Error> {
    sessions::open_of(conn, principal_id, now).await
}
