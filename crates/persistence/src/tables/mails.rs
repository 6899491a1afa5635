//! The table `mails`: what is to be written to whom. A row says only what about and whom it concerns; address, link and words
//! are made when it is sent.

use ordervault_domain::time::Timestamp;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::columns::{Row, TableRow as _, table_row};
use crate::bulk::{BulkInsert, BulkTemplate, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    DUE: Template = Template::new("SELECT * FROM mails WHERE due_at <= $1 ORDER BY due_at, entity_id, kind LIMIT $2");
    WAITING: Template = Template::new("SELECT COUNT(*) FROM (SELECT 1 FROM mails LIMIT $1) AS waiting");
    pub(crate) UPSERT: BulkInsert = BulkInsert::new("mails", MailRow::COLUMNS).suffix(
        "ON CONFLICT (entity_id, kind) DO UPDATE SET queued_at = excluded.queued_at, due_at = excluded.due_at,
             attempts = excluded.attempts"
    );
    pub(crate) DELETE: BulkTemplate = BulkTemplate::new(
        "DELETE FROM mails WHERE (entity_id, kind) IN (SELECT d.entity_id, d.kind FROM {rows})",
        &[("entity_id", Int), ("kind", Text)]
    );
}

/// What a mail is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, Display, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum MailKind {
    /// To a customer: a link to choose a new password.
    PasswordReset,
    /// To a customer: a link that shows that the address is theirs.
    EmailVerification,
    /// To a customer: somebody wanted to open an account with their address.
    AccountExists,
    /// To the address that an account had before: it has another one.
    AccountEmailChanged,
    /// To a customer: their account is going to be deleted.
    AccountDeletionRequested,
    /// To a customer: it is not.
    AccountDeletionTakenBack,
    /// To a customer, for the last time: it is deleted. Sent at once, because nobody knows the address afterwards.
    AccountErased,
    /// To whoever placed an order: it has arrived.
    OrderPlaced,
    /// The same: it is confirmed.
    OrderConfirmed,
    /// The same: it has left the house.
    OrderCompleted,
    /// The same: it is called off.
    OrderCancelled,
    /// To whoever an order could be reached by: it went into a customer's account.
    OrderLinked,
    /// The same: it went out of a customer's account.
    OrderUnlinked,
    /// To whoever an order could be reached by before: another contact stands there.
    OrderContactChanged,
}

impl MailKind {
    /// Does it warn whoever could be hurt by what happened? Then it is written whether or not the store writes about orders.
    #[must_use]
    pub fn warns(self) -> bool {
        match self {
            Self::AccountExists
            | Self::AccountEmailChanged
            | Self::AccountDeletionRequested
            | Self::AccountDeletionTakenBack
            | Self::AccountErased
            | Self::OrderLinked
            | Self::OrderUnlinked
            | Self::OrderContactChanged => true,
            Self::PasswordReset
            | Self::EmailVerification
            | Self::OrderPlaced
            | Self::OrderConfirmed
            | Self::OrderCompleted
            | Self::OrderCancelled => false,
        }
    }
}

/// A mail that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The customer or the order that it is about.
    pub entity_id: i64,
    /// What it is about.
    pub kind: MailKind,
    /// Since when it waits.
    pub queued_at: Timestamp,
    /// When it is to be tried next.
    pub due_at: Timestamp,
    /// How often it was tried in vain.
    pub attempts: i64,
}

table_row! {
    /// A row of the table.
    pub(crate) struct MailRow {
        entity_id: i64,
        kind: String,
        queued_at: i64,
        due_at: i64,
        attempts: i64,
    }
}

impl TryFrom<MailRow> for Mail {
    type Error = Error;

    fn try_from(row: MailRow) -> Result<Self, Error> {
        let at = Row { table: "mails", id: row.entity_id };
        Ok(Self {
            entity_id: row.entity_id,
            kind: at.parsed("kind", &row.kind)?,
            queued_at: Timestamp::from_millis(row.queued_at),
            due_at: Timestamp::from_millis(row.due_at),
            attempts: row.attempts,
        })
    }
}

impl Mail {
    /// As it is written.
    pub(crate) fn row(&self) -> MailRow {
        MailRow {
            entity_id: self.entity_id,
            kind: self.kind.to_string(),
            queued_at: self.queued_at.millis(),
            due_at: self.due_at.millis(),
            attempts: self.attempts,
        }
    }
}

/// The mails that are to be tried by now, at most so many, those that wait longest first.
pub(crate) async fn due(conn: &mut Conn, now: Timestamp, most: i64) -> Result<Vec<Mail>, Error> {
    mails(conn.fetch_all(&DUE.bind((now.millis(), most))).await?)
}

/// How many mails wait, up to so many.
pub(crate) async fn waiting(conn: &mut Conn, most: i64) -> Result<i64, Error> {
    let (count,): (i64,) = conn.fetch_one(&WAITING.bind((most,))).await?;
    Ok(count)
}

fn mails(rows: Vec<MailRow>) -> Result<Vec<Mail>, Error> {
    rows.into_iter().map(Mail::try_from).collect()
}
