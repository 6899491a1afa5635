//! The table `sessions`: families of refresh tokens. A family is one login.

use ordervault_domain::contact::Email;
use ordervault_domain::id::SessionId;
use ordervault_domain::time::Timestamp;

use super::columns::{Row, TableRow as _, millis, table_row, time};
use crate::ahead::Question;
use crate::bulk::{BulkInsert, BulkUpdate, ColumnType::*};
use crate::error::Error;
use crate::seal::{Key, Seal, Sealed};
use crate::statement::{Template, statements};
use crate::tx::{Conn, Tx};

/// For so long after its last possible use a session is kept, ended or not: for whoever asks where somebody was signed in, and so
/// that a clock that was ahead for some days signs nobody out for good.
pub const SESSION_MEMORY_MILLIS: i64 = 30 * 24 * 60 * 60 * 1_000;

statements! {
    READ: Template = Template::new("SELECT * FROM sessions WHERE id {in_keys:1} ORDER BY id");
    // What is asked in a CASE has no index: those of open sessions, and of the times at which they expire, lead to very many.
    OPEN: Template = Template::new(
        "SELECT id, realm, principal_id FROM sessions
         WHERE id {in_keys:1} AND CASE WHEN ended_at IS NULL THEN expires_at > $2 ELSE FALSE END"
    );
    LOCK: Template = Template::new("SELECT * FROM sessions WHERE id {in_keys:1} ORDER BY id {lock}");
    LOCK_OF_PRINCIPALS: Template = Template::new(
        "SELECT * FROM sessions WHERE principal_id {in_keys:1} AND ended_at IS NULL ORDER BY id {lock}"
    );
    OPEN_OF_PRINCIPAL: Template = Template::new(
        "SELECT * FROM sessions WHERE principal_id = $1 AND ended_at IS NULL ORDER BY id DESC"
    );
    FORGET_OUTDATED: Template = Template::new(
        "DELETE FROM sessions WHERE id IN (
             SELECT id FROM sessions WHERE expires_at < $1 ORDER BY expires_at LIMIT $2
         )"
    );
    pub(crate) INSERT: BulkInsert = BulkInsert::new("sessions", SessionRow::COLUMNS);
    pub(crate) UPDATE: BulkUpdate = BulkUpdate::new("sessions", &[("id", Int)], SessionRow::COLUMNS.split_at(1).1, "");
}

/// For whom a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Realm {
    /// Customers.
    Customer,
    /// Staff.
    Staff,
}

impl Realm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Customer, Self::Staff];

    /// What all addresses have in common that sign in to one account: of customers all spellings of one address, of staff all
    /// that look alike.
    #[must_use]
    pub fn email_key(self, email: &Email) -> String {
        match self {
            Self::Customer => email.key(),
            Self::Staff => email.skeleton(),
        }
    }
}

/// A family of refresh tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The id of the family.
    pub id: SessionId,
    /// For whom.
    pub realm: Realm,
    /// The customer or member.
    pub principal_id: i64,
    /// Number of the current token, from 1.
    pub generation: i64,
    /// Hash of the current token.
    pub token_hash: String,
    /// Hash of the token before it.
    pub previous_hash: Option<String>,
    /// When the login was.
    pub created_at: Timestamp,
    /// When the current token was made.
    pub rotated_at: Timestamp,
    /// The current token is good until then.
    pub idle_until: Timestamp,
    /// No token of the family is good after that.
    pub expires_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
    /// Why.
    pub ended_because: Option<String>,
}

table_row! {
    /// A row of the table.
    pub(crate) struct SessionRow {
        pub(crate) id: i64,
        realm: String,
        principal_id: i64,
        generation: i64,
        token_hash: String,
        previous_hash: Option<String>,
        created_at: i64,
        rotated_at: i64,
        idle_until: i64,
        expires_at: i64,
        ended_at: Option<i64>,
        ended_because: Option<String>,
        seal: String,
    }
}

table_row! {
    /// Whose an open session is.
    struct OpenRow {
        id: i64,
        realm: String,
        principal_id: i64,
    }
}

impl Session {
    /// Are its tokens good for anything?
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = Error;

    fn try_from(row: SessionRow) -> Result<Self, Error> {
        let at = Row { table: "sessions", id: row.id };
        Ok(Self {
            id: SessionId::from_i64(row.id),
            realm: at.parsed("realm", &row.realm)?,
            principal_id: row.principal_id,
            generation: row.generation,
            token_hash: row.token_hash,
            previous_hash: row.previous_hash,
            created_at: Timestamp::from_millis(row.created_at),
            rotated_at: Timestamp::from_millis(row.rotated_at),
            idle_until: Timestamp::from_millis(row.idle_until),
            expires_at: Timestamp::from_millis(row.expires_at),
            ended_at: time(row.ended_at),
            ended_because: row.ended_because,
        })
    }
}

impl Session {
    /// As it is written.
    pub(crate) fn row(&self, key: &Key) -> SessionRow {
        let row = SessionRow {
            id: self.id.get(),
            realm: <&str>::from(self.realm).to_owned(),
            principal_id: self.principal_id,
            generation: self.generation,
            token_hash: self.token_hash.clone(),
            previous_hash: self.previous_hash.clone(),
            created_at: self.created_at.millis(),
            rotated_at: self.rotated_at.millis(),
            idle_until: self.idle_until.millis(),
            expires_at: self.expires_at.millis(),
            ended_at: millis(self.ended_at),
            ended_because: self.ended_because.clone(),
            seal: String::new(),
        };
        SessionRow { seal: row.seal_under(key), ..row }
    }
}

/// Whose it is and whether it was ended: what tokens it has just now comes and goes.
impl Sealed for SessionRow {
    const TABLE: &'static str = "sessions";

    fn put(&self, seal: &mut Seal) {
        seal.int(self.id).text(&self.realm).int(self.principal_id).int(self.created_at).int(self.expires_at);
        seal.int_if_any(self.ended_at).text_if_any(self.ended_because.as_deref());
    }

    fn seal(&self) -> &str {
        &self.seal
    }
}

/// One session, not locked.
pub(crate) async fn read(conn: &mut Conn, id: SessionId) -> Result<Option<Session>, Error> {
    let rows: Vec<SessionRow> = conn.fetch_all(&READ.bind((vec![id.get()],))).await?;
    rows.into_iter().next().map(Session::try_from).transpose()
}

/// The sessions of a principal that are open and can be gone on with, the newest first.
pub(crate) async fn open_of(
    conn: &mut Conn,
    principal_id: i64,
    now: Timestamp,
) -> Result<Vec<Session>, Error> {
    let rows: Vec<SessionRow> = conn.fetch_all(&OPEN_OF_PRINCIPAL.bind((principal_id,))).await?;
    let sessions = rows.into_iter().map(Session::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(sessions.into_iter().filter(|session| session.is_open(now) && now < session.idle_until).collect())
}

/// Whose those of these sessions are that are open.
pub(crate) async fn open(
    conn: &mut Conn,
    ids: &[i64],
    now: Timestamp,
) -> Result<Vec<(i64, (Realm, i64))>, Error> {
    let rows: Vec<OpenRow> = conn.fetch_packed(OPEN.bind((ids, now.millis()))).await?;
    rows.into_iter()
        .map(|OpenRow { id, realm, principal_id }| {
            let realm = Row { table: "sessions", id }.parsed("realm", &realm)?;
            Ok((id, (realm, principal_id)))
        })
        .collect()
}

/// What [`open`] asks.
pub(crate) fn open_question(ids: &[i64], now: Timestamp) -> Question {
    Question::of::<OpenRow>(OPEN.bind((ids, now.millis())))
}

/// The sessions with these ids, and the open ones of these principals, locked.
pub(crate) async fn lock(conn: &mut Conn, ids: &[i64], principals: &[i64]) -> Result<Vec<Session>, Error> {
    let mut sessions = vec![];
    for (keys, template) in [(ids, &LOCK), (principals, &LOCK_OF_PRINCIPALS)] {
        if !keys.is_empty() {
            let rows: Vec<SessionRow> = conn.fetch_all(&template.bind((keys,))).await?;
            sessions.extend(rows.into_iter().map(Session::try_from).collect::<Result<Vec<_>, _>>()?);
        }
    }
    Ok(sessions)
}

/// Deletes some of the sessions that have ended at the latest so long before `now` that nobody asks for them any more. A token of
/// theirs is refused as before: one that is not there is as good as one that is over.
pub(crate) async fn forget_outdated(tx: &mut Tx, now: Timestamp, most: i64) -> Result<(), Error> {
    let expired_before = now.plus_millis(-SESSION_MEMORY_MILLIS);
    tx.execute(&FORGET_OUTDATED.bind((expired_before.millis(), most))).await?;
    Ok(())
}
