//! The table `one_time_codes`: by what somebody shows once that they get mail at the address of an account, or that staff gave
//! it to them. Only keyed hashes are kept, so that whoever reads or writes the table has no code.

use ordervault_domain::time::Timestamp;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::columns::{Row, TableRow as _, table_row};
use crate::bulk::{BulkInsert, BulkTemplate, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::{Conn, Tx};

statements! {
    LOCK: Template = Template::new(
        "SELECT * FROM one_time_codes WHERE customer_id {in_keys:1} ORDER BY customer_id, purpose {lock}"
    );
    OF_CUSTOMER: Template = Template::new("SELECT * FROM one_time_codes WHERE customer_id = $1 ORDER BY purpose");
    BY_HASH: Template = Template::new("SELECT * FROM one_time_codes WHERE hash = $1");
    FORGET_EXPIRED: Template = Template::new(
        "DELETE FROM one_time_codes WHERE hash IN (
             SELECT hash FROM one_time_codes WHERE expires_at < $1 ORDER BY expires_at LIMIT $2
         )"
    );
    pub(crate) UPSERT: BulkInsert = BulkInsert::new("one_time_codes", CodeRow::COLUMNS).suffix(
        "ON CONFLICT (customer_id, purpose) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at"
    );
    pub(crate) DELETE: BulkTemplate = BulkTemplate::new(
        "DELETE FROM one_time_codes WHERE (customer_id, purpose) IN (SELECT d.customer_id, d.purpose FROM {rows})",
        &[("customer_id", Int), ("purpose", Text)]
    );
}

/// What a code is good for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, Display, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Purpose {
    /// To choose a new password.
    PasswordReset,
    /// To show that the address of the account is one's own.
    EmailVerification,
    /// To choose a new password, from staff.
    HandedOut,
}

/// A code that was given out and not used yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeCode {
    /// Whose account it is for.
    pub customer_id: i64,
    /// What it is good for.
    pub purpose: Purpose,
    /// Its keyed hash.
    pub hash: String,
    /// When it ends to be good.
    pub expires_at: Timestamp,
}

table_row! {
    /// A row of the table.
    pub(crate) struct CodeRow {
        customer_id: i64,
        purpose: String,
        hash: String,
        expires_at: i64,
    }
}

impl TryFrom<CodeRow> for OneTimeCode {
    type Error = Error;

    fn try_from(row: CodeRow) -> Result<Self, Error> {
        let at = Row { table: "one_time_codes", id: row.customer_id };
        Ok(Self {
            customer_id: row.customer_id,
            purpose: at.parsed("purpose", &row.purpose)?,
            hash: row.hash,
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}

impl OneTimeCode {
    /// As it is written.
    pub(crate) fn row(&self) -> CodeRow {
        CodeRow {
            customer_id: self.customer_id,
            purpose: self.purpose.to_string(),
            hash: self.hash.clone(),
            expires_at: self.expires_at.millis(),
        }
    }
}

/// The codes of these customers, locked.
pub(crate) async fn lock(conn: &mut Conn, customer_ids: &[i64]) -> Result<Vec<OneTimeCode>, Error> {
    let rows: Vec<CodeRow> = match customer_ids {
        [] => vec![],
        ids => conn.fetch_all(&LOCK.bind((ids,))).await?,
    };
    rows.into_iter().map(OneTimeCode::try_from).collect()
}

/// The codes of a customer.
pub(crate) async fn of(conn: &mut Conn, customer_id: i64) -> Result<Vec<OneTimeCode>, Error> {
    let rows: Vec<CodeRow> = conn.fetch_all(&OF_CUSTOMER.bind((customer_id,))).await?;
    rows.into_iter().map(OneTimeCode::try_from).collect()
}

/// The code with this hash.
pub(crate) async fn by_hash(conn: &mut Conn, hash: &str) -> Result<Option<OneTimeCode>, Error> {
    let row: Option<CodeRow> = conn.fetch_optional(&BY_HASH.bind((hash,))).await?;
    row.map(OneTimeCode::try_from).transpose()
}

/// Deletes some of the codes that were no good any more before `now`.
pub(crate) async fn forget_expired(tx: &mut Tx, now: Timestamp, most: i64) -> Result<(), Error> {
    tx.execute(&FORGET_EXPIRED.bind((now.millis(), most))).await?;
    Ok(())
}
