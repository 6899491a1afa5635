//! The tables `history` and `personal_values`: what happened, for ever, and the values about persons beside it.

use ordervault_domain::access::{ActorKind, Role};
use ordervault_domain::aggregate::{Aggregate, Envelope, Kind, Personal, Stamp};
use ordervault_domain::time::Timestamp;
use sha2::{Digest, Sha256};

use super::columns::Row;
use crate::bulk::{Bulk as _, BulkInsert, BulkTemplate, ColumnType::*, Rows};
use crate::error::Error;
use crate::seal::Key;
use crate::statement::{Template, statements};
use crate::tx::Conn;

/// The format of event texts that this program writes.
pub(crate) const FORMAT: i64 = 1;
/// What stands for the hash before the first.
pub(crate) const FIRST: &str = "";

statements! {
    READ: Template = Template::new(
        "SELECT h.entity_id, h.seq, h.kind, h.store_id, h.type, h.format, h.event, h.commitment, h.fields,
             h.recorded_at, h.occurred_at, h.actor_kind, h.actor_id, h.actor_role, h.request_id, h.key_id, h.hash,
             p.salt, p.content
         FROM history h LEFT JOIN personal_values p ON p.entity_id = h.entity_id AND p.seq = h.seq
         WHERE h.entity_id {in_keys:1} ORDER BY h.entity_id, h.seq"
    );
    READ_BETWEEN: BulkTemplate = BulkTemplate::new(
        "SELECT h.entity_id, h.seq, h.kind, h.store_id, h.type, h.format, h.event, h.commitment, h.fields,
             h.recorded_at, h.occurred_at, h.actor_kind, h.actor_id, h.actor_role, h.request_id, h.key_id, h.hash,
             p.salt, p.content
         FROM {rows} JOIN history h ON h.entity_id = d.entity_id AND h.seq > d.beyond AND h.seq <= d.seq
             LEFT JOIN personal_values p ON p.entity_id = h.entity_id AND p.seq = h.seq
         ORDER BY h.entity_id, h.seq",
        &[("entity_id", Int), ("beyond", Int), ("seq", Int)]
    );
    pub(crate) INSERT: BulkInsert = BulkInsert::new("history", &[
        ("entity_id", Int), ("seq", Int), ("kind", Text), ("store_id", Int), ("type", Text), ("format", Int),
        ("event", Text), ("commitment", Text), ("fields", Text), ("recorded_at", Int), ("occurred_at", Int),
        ("actor_kind", Text), ("actor_id", Int), ("actor_role", Text), ("request_id", Text), ("key_id", Text),
        ("hash", Text),
    ]);
    pub(crate) INSERT_PERSONAL: BulkInsert = BulkInsert::new("personal_values", &[
        ("entity_id", Int), ("seq", Int), ("salt", Text), ("content", Text),
    ]);
    pub(crate) ERASE_PERSONAL: Template = Template::new("DELETE FROM personal_values WHERE entity_id {in_keys:1}");
}

/// A row of the history with its personal values.
#[derive(Clone, Debug, PartialEq, Eq, sqlx_macros::FromRow, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryRow {
    /// What it happened to.
    pub entity_id: i64,
    /// Its place in that resource's history, from 1.
    pub seq: i64,
    /// The kind of resource.
    pub kind: String,
    /// The store that the resource belongs to.
    pub store_id: Option<i64>,
    /// The kind of event.
    #[sqlx(rename = "type")]
    #[serde(rename = "type")]
    pub event_type: String,
    /// The format of the text.
    pub format: i64,
    /// The fact as JSON text.
    pub event: String,
    /// Hash over the salt and the personal values, if there are any.
    pub commitment: Option<String>,
    /// The names of the fields that changed, with spaces between.
    pub fields: String,
    /// When it was written down, milliseconds.
    pub recorded_at: i64,
    /// When it happened, milliseconds.
    pub occurred_at: i64,
    /// Who did it.
    pub actor_kind: String,
    /// The customer or member.
    pub actor_id: Option<i64>,
    /// The member's leading role then.
    pub actor_role: Option<String>,
    /// The request that it came with.
    pub request_id: String,
    /// The name of the key of the hash.
    pub key_id: String,
    /// Seal of this row and the hash before.
    pub hash: String,
    /// Salt of the personal values, unless erased.
    pub salt: Option<String>,
    /// The personal values as JSON text, unless erased.
    pub content: Option<String>,
}

/// Who acted, as the history keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryActor {
    /// The kind of actor.
    pub kind: ActorKind,
    /// The customer or member.
    pub id: Option<i64>,
    /// A member's leading role.
    pub role: Option<Role>,
}

/// The circumstances of an event.
pub(crate) struct Circumstance<'a> {
    pub actor: &'a HistoryActor,
    pub request_id: &'a str,
    pub salt: &'a dyn Fn() -> String,
    pub key: &'a Key,
}

impl HistoryRow {
    /// The row for an event that leads from `before` to `after`.
    pub(crate) fn new<A: Aggregate>(
        before: Option<&A>,
        after: &A,
        envelope: &Envelope<A::Event>,
        stamp: Stamp,
        head: &str,
        circumstance: &Circumstance<'_>,
    ) -> Result<Self, Error> {
        let text = serde_json::to_string(&envelope.event).map_err(Error::Encode)?;
        let content = match envelope.personal.is_empty() {
            true => None,
            false => Some(serde_json::to_string(&envelope.personal).map_err(Error::Encode)?),
        };
        let salt = content.is_some().then(circumstance.salt);
        let commitment = salt.as_deref().zip(content.as_deref()).map(|(salt, content)| commit(salt, content));
        let actor = circumstance.actor;
        let mut row = Self {
            entity_id: after.raw_id(),
            seq: stamp.seq,
            kind: <&str>::from(A::KIND).to_owned(),
            store_id: after.store_id().map(|store| store.get()),
            event_type: event_type(&text).to_owned(),
            format: FORMAT,
            event: text,
            commitment,
            fields: fields(before, after),
            recorded_at: stamp.recorded_at.millis(),
            occurred_at: stamp.occurred_at.millis(),
            actor_kind: <&str>::from(actor.kind).to_owned(),
            actor_id: actor.id,
            actor_role: actor.role.map(|role| role.to_string()),
            request_id: circumstance.request_id.to_owned(),
            key_id: String::new(),
            hash: String::new(),
            salt,
            content,
        };
        row.seal(circumstance.key, head);
        Ok(row)
    }

    /// Takes its place after a row with the hash `head`, under this key.
    pub(crate) fn seal(&mut self, key: &Key, head: &str) {
        key.id().clone_into(&mut self.key_id);
        self.hash = self.chained(key, head);
    }

    /// Says the same as another row, whichever key sealed the two. Personal values are compared by what the events are
    /// committed to: they may have been erased in one of the two.
    pub(crate) fn says_what(&self, other: &Self) -> bool {
        let bare = |row: &Self| Self {
            key_id: String::new(),
            hash: String::new(),
            salt: None,
            content: None,
            ..row.clone()
        };
        bare(self) == bare(other)
    }

    /// The hash that this row has under a key, after a row with the hash `head`: over every column but `key_id`, which the
    /// seal has in it, and the hash itself.
    #[must_use]
    pub fn chained(&self, key: &Key, head: &str) -> String {
        let mut seal = key.seal("history");
        seal.int(self.entity_id)
            .int(self.seq)
            .text(&self.kind)
            .int_if_any(self.store_id)
            .text(&self.event_type)
            .int(self.format)
            .text(&self.event)
            .text_if_any(self.commitment.as_deref())
            .text(&self.fields)
            .int(self.recorded_at)
            .int(self.occurred_at)
            .text(&self.actor_kind)
            .int_if_any(self.actor_id)
            .text_if_any(self.actor_role.as_deref())
            .text(&self.request_id)
            .text(head);
        seal.finish()
    }

    /// Do the personal values beside the row fit its commitment? Erased values fit.
    #[must_use]
    pub fn keeps_commitment(&self) -> bool {
        match (&self.commitment, &self.salt, &self.content) {
            (Some(commitment), Some(salt), Some(content)) => *commitment == commit(salt, content),
            (Some(_) | None, None, None) => true,
            _ => false,
        }
    }

    /// Are there no personal values although the event is committed to some?
    pub(crate) fn misses_values(&self) -> bool {
        self.commitment.is_some() && self.content.is_none()
    }

    /// Are all personal values up to here to be cleared? Not if the event cannot be read.
    pub(crate) fn erases<A: Aggregate>(&self) -> bool {
        self.decoded::<A>().is_ok_and(|envelope| A::erases(&envelope.event))
    }

    /// The first column made from the event that does not say what the step between two states says. What changed cannot be told
    /// any more once the values were erased (`is_erased`), which the seal has in it.
    pub(crate) fn misderived<A: Aggregate>(
        &self,
        before: Option<&A>,
        after: &A,
        is_erased: bool,
    ) -> Option<&'static str> {
        if self.event_type != event_type(&self.event) {
            return Some("type");
        }
        if self.store_id != after.store_id().map(|store| store.get()) {
            return Some("store_id");
        }
        (!is_erased && self.fields != fields(before, after)).then_some("fields")
    }

    /// The event as it was decided.
    ///
    /// # Errors
    /// When the text is of another kind of resource or of a format that this program does not know.
    pub fn decoded<A: Aggregate>(&self) -> Result<Envelope<A::Event>, Error> {
        let at = Row { table: "history", id: self.entity_id };
        if self.kind.parse::<Kind>() != Ok(A::KIND) {
            return Err(Error::Inconsistent { table: "history", column: "kind", id: self.entity_id });
        }
        if self.format != FORMAT {
            return Err(Error::Inconsistent { table: "history", column: "format", id: self.entity_id });
        }
        let personal = match &self.content {
            Some(content) => at.json("content", content)?,
            None => Personal::default(),
        };
        let occurred_at = Some(Timestamp::from_millis(self.occurred_at));
        Ok(Envelope { event: at.json("event", &self.event)?, personal, occurred_at })
    }

    /// Where in the history it stands.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        Stamp {
            seq: self.seq,
            recorded_at: Timestamp::from_millis(self.recorded_at),
            occurred_at: Timestamp::from_millis(self.occurred_at),
        }
    }

    pub(crate) fn push(self, rows: &mut Rows, personal: &mut Rows) {
        if let (Some(salt), Some(content)) = (&self.salt, &self.content) {
            personal.push((self.entity_id, self.seq, salt, content));
        }
        rows.push(vec![
            self.entity_id.into(),
            self.seq.into(),
            self.kind.into(),
            self.store_id.into(),
            self.event_type.into(),
            self.format.into(),
            self.event.into(),
            self.commitment.into(),
            self.fields.into(),
            self.recorded_at.into(),
            self.occurred_at.into(),
            self.actor_kind.into(),
            self.actor_id.into(),
            self.actor_role.into(),
            self.request_id.into(),
            self.key_id.into(),
            self.hash.into(),
        ]);
    }
}

/// The state after the rows, which are one resource's history from the start.
///
/// # Errors
/// When the rows do not make a history.
pub fn fold<A: Aggregate>(rows: &[HistoryRow]) -> Result<Option<A>, Error> {
    rows.iter().try_fold(None, |state, row| {
        let event = row.decoded::<A>()?;
        A::apply(state, row.entity_id, &event, row.stamp()).map(Some).map_err(Error::History)
    })
}

/// The whole histories of these resources, sorted by id and sequence.
pub(crate) async fn load(conn: &mut Conn, ids: &[i64]) -> Result<Vec<HistoryRow>, Error> {
    Ok(conn.fetch_all(&READ.bind((ids,))).await?)
}

/// Parts of histories, each of a resource from beyond a number up to another, sorted by id and sequence.
pub(crate) async fn load_between(
    conn: &mut Conn,
    parts: impl IntoIterator<Item = (i64, i64, i64)>,
) -> Result<Vec<HistoryRow>, Error> {
    let mut rows = READ_BETWEEN.rows();
    parts.into_iter().for_each(|part| rows.push(part));
    Ok(conn.fetch_bulk(&READ_BETWEEN, &rows).await?)
}

/// The number of the last event of a history after which its personal values were to be cleared; 0: there is none.
pub(crate) fn erased_through<A: Aggregate>(rows: &[HistoryRow]) -> i64 {
    rows.iter().rev().find(|row| row.erases::<A>()).map_or(0, |row| row.seq)
}

/// The names of the fields that a step changes, with spaces between; none for the first.
fn fields<A: Aggregate>(before: Option<&A>, after: &A) -> String {
    let changes = before.map(|before| after.changes(before)).unwrap_or_default();
    let names: Vec<&str> = changes.iter().map(|change| change.field).collect();
    names.join(" ")
}

/// The `type` that every event text begins with.
fn event_type(text: &str) -> &str {
    text.strip_prefix("{\"type\":\"").and_then(|rest| rest.split('"').next()).unwrap_or_default()
}

fn commit(salt: &str, content: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update((salt.len() as u64).to_be_bytes());
    hasher.update(salt.as_bytes());
    hasher.update(content.as_bytes());
    hex::encode(hasher.finalize())
}
