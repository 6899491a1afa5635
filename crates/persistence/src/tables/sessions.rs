//! The table `sessions`: families of refresh tokens. A family is one login.

use ordervault_domain::id::SessionId;
use ordervault_domain::time::Timestamp;

use super::columns::{Row, millis, millis_option, time_option};
use crate::bulk::{BulkInsert, BulkUpdate, Column, ColumnType::*};
use crate::error::Error;
use crate::statement::{Bind, Template, statements};
use crate::tx::Conn;

const COLUMNS: &[Column] = &[
    ("id", Int),
    ("realm", Text),
    ("principal_id", Int),
    ("generation", Int),
    ("token_hash", Text),
    ("previous_hash", Text),
    ("created_at", Int),
    ("rotated_at", Int),
    ("idle_until", Int),
    ("expires_at", Int),
    ("ended_at", Int),
    ("ended_because", Text),
];
const SETS: &[Column] = COLUMNS.split_at(1).1;

statements! {
    READ: Template = Template::new("SELECT * FROM sessions WHERE id {in_keys:1} ORDER BY id");
    LOCK: Template = Template::new("SELECT * FROM sessions WHERE id {in_keys:1} ORDER BY id {lock}");
    LOCK_OF_PRINCIPALS: Template = Template::new(
        "SELECT * FROM sessions WHERE principal_id {in_keys:1} AND ended_at IS NULL ORDER BY id {lock}"
    );
    pub(crate) INSERT: BulkInsert = BulkInsert::new("sessions", COLUMNS);
    pub(crate) UPDATE: BulkUpdate = BulkUpdate::new("sessions", &[("id", Int)], SETS, "");
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

#[derive(sqlx_macros::FromRow)]
struct SessionRow {
    id: i64,
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
            ended_at: time_option(row.ended_at),
            ended_because: row.ended_because,
        })
    }
}

impl Session {
    pub(crate) fn values(&self) -> Vec<Bind> {
        vec![
            self.id.get().into(),
            <&str>::from(self.realm).into(),
            self.principal_id.into(),
            self.generation.into(),
            (&self.token_hash).into(),
            self.previous_hash.clone().into(),
            millis(self.created_at),
            millis(self.rotated_at),
            millis(self.idle_until),
            millis(self.expires_at),
            millis_option(self.ended_at),
            self.ended_because.clone().into(),
        ]
    }
}

/// One session, not locked.
pub(crate) async fn read(conn: &mut Conn, id: SessionId) -> Result<Option<Session>, Error> {
    let rows: Vec<SessionRow> = conn.fetch_all(&READ.bind((vec![id.get()],))).await?;
    rows.into_iter().next().map(Session::try_from).transpose()
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
