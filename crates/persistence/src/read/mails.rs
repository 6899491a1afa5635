//! What is to be written to people, and the codes that they were given.

use ordervault_domain::id::CustomerId;
use ordervault_domain::time::Timestamp;

use crate::error::Error;
use crate::tables::mails::{self, Mail};
use crate::tables::one_time_codes::{self, OneTimeCode};
use crate::tx::Conn;

/// The mails that are to be tried by now, at most so many, those that wait longest first.
///
/// # Errors
/// When the database fails.
pub async fn due_mails(conn: &mut Conn, now: Timestamp, most: i64) -> Result<Vec<Mail>, Error> {
    mails::due(conn, now, most).await
}

/// How many mails wait, up to so many.
///
/// # Errors
/// When the database fails.
pub async fn waiting_mails(conn: &mut Conn, most: i64) -> Result<i64, Error> {
    mails::waiting(conn, most).await
}

/// The code with this hash, good or expired.
///
/// # Errors
/// When the database fails.
pub async fn one_time_code(conn: &mut Conn, hash: &str) -> Result<Option<OneTimeCode>, Error> {
    one_time_codes::by_hash(conn, hash).await
}

/// The codes of a customer, good or expired.
///
/// # Errors
/// When the database fails.
pub async fn one_time_codes(conn: &mut Conn, id: CustomerId) -> Result<Vec<OneTimeCode>, Error> {
    one_time_codes::of(conn, id.get()).await
}
