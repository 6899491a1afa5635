//! What happened to a resource, as JSON: the same for orders, stores, products, members and customers.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web;
use ordervault_domain::access::{Actor, ActorKind};
use ordervault_domain::aggregate::Change;
use ordervault_domain::id::{CustomerId, MemberId};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::HistoryRow;
use ordervault_persistence::read::{self, Edge, PastEvent};
use ordervault_persistence::tx::Conn;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::paging::{ListOf, PageQuery};
use super::resource::Resource;
use crate::names;
use crate::openapi::examples;
use crate::problem::Problem;
use crate::reading::{failed, long_reader};
use crate::state::AppState;

/// Answers with a page of the history of a resource, as it is now, that the actor may see: oldest first, up to the version that it
/// has now.
///
/// # Errors
/// 400 for a cursor of another history; 500 when the history does not hold together.
pub(crate) async fn show<A: Resource>(
    state: &AppState,
    actor: &Actor,
    now: &A,
    page: &PageQuery,
) -> Result<web::Json<ListOf<HistoryEntry>>, Problem> {
    let id = now.raw_id();
    let seal = state.cursors.of(&own_list("history", actor, id), &());
    let from: Option<Edge<i64>> = seal.edge(page.cursor.as_ref())?;
    let limit = i64::from(page.limit());
    let (first, last) = match from {
        Some(Edge::Before(version)) => (1.max(version - limit), version - 1),
        Some(Edge::After(version)) => (version + 1, now.version().min(version + limit)),
        None => (1, now.version().min(limit)),
    };
    let mut conn = long_reader(state, actor.id()).await?;
    let wanted = (first..=last).map(|version| (id, version));
    let events = read::past_events::<A>(&mut conn, wanted).await.map_err(failed)?;
    let reader = Reader::of(&mut conn, actor, events.values().map(|event| &event.row)).await?;
    let mut entries: Vec<HistoryEntry> = events.values().map(|event| reader.entry(event)).collect();
    if let Some(grant) = now.grant().filter(|_| !is_staff(actor)) {
        for entry in &mut entries {
            entry.forget_former_contacts(grant.contact_version);
            entry.forget_others(actor.id().map(CustomerId::from_i64));
        }
    }
    let ways =
        [(first > 1).then_some(Edge::Before(first)), (last < now.version()).then_some(Edge::After(last))];
    Ok(web::Json(ListOf::new(entries, ways, &seal)))
}

/// The name, for cursors, of what somebody is told page by page about one resource.
pub(crate) fn own_list(what: &str, reader: &Actor, id: i64) -> String {
    let (kind, reader): (&str, _) = (reader.kind().into(), reader.id().unwrap_or_default());
    format!("{what} of {id} for {kind} {reader}")
}

/// One event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HistoryEntry {
    /// The version that the thing had after it.
    #[schema(minimum = 1, example = 2)]
    pub version: i64,
    /// What happened.
    #[schema(value_type = names::HistoryEvent)]
    pub event: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub occurred_at: Timestamp,
    /// When it was written down.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub recorded_at: Timestamp,
    /// Who did it.
    pub actor: HistoryActorBody,
    /// The code of the reason, if one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<names::Reason>)]
    pub reason: Option<&'static str>,
    /// The batch that took an order into the trash or out of it. Staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 18, max_length = 18, example = json!(examples::BATCH))]
    pub batch_id: Option<String>,
    /// By how many units a stock adjustment changed what is in the house.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = -3)]
    pub delta: Option<i64>,
    /// What the actor said about it. Staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "ordered twice, the customer called")]
    pub comment: Option<String>,
    /// The request that it came with. Staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "6b1f0c9d2e7a4f83")]
    pub request_id: Option<String>,
    /// Field by field, before and after. Empty for the first event.
    pub changes: Vec<ChangeBody>,
}

impl HistoryEntry {
    /// Leaves out what was true of whoever could be reached before the order had its contact: it may have been somebody else.
    fn forget_former_contacts(&mut self, contact_version: i64) {
        for change in self.changes.iter_mut().filter(|change| is_personal(change.field)) {
            if self.version <= contact_version {
                change.before = Value::Null;
            }
            if self.version < contact_version {
                change.after = Value::Null;
            }
        }
    }

    /// Leaves out in whose account an order was, unless it was one's own.
    fn forget_others(&mut self, own: Option<CustomerId>) {
        let own = own.map_or(Value::Null, |own| Value::String(own.to_string()));
        for change in self.changes.iter_mut().filter(|change| change.field == "customer_id") {
            for value in [&mut change.before, &mut change.after] {
                if *value != own {
                    *value = Value::Null;
                }
            }
        }
    }
}

/// Who did something.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = HistoryActor)]
pub(crate) struct HistoryActorBody {
    /// What they were.
    #[schema(value_type = names::ActorKind)]
    pub kind: String,
    /// A member's leading role at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<names::Role>)]
    pub role: Option<String>,
    /// The customer's or member's id. For customers only their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(examples::MEMBER))]
    pub id: Option<String>,
    /// A member's name as it is now. Staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Ana Souza")]
    pub name: Option<String>,
}

/// One changed field.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FieldChange)]
pub(crate) struct ChangeBody {
    /// The field.
    #[schema(example = "status")]
    pub field: &'static str,
    /// Its value before; left out if there was none. Customers are not told by what the order could be reached before its
    /// present phone number and e-mail address.
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    #[schema(value_type = Value, nullable = false, example = "pending_review")]
    pub before: Value,
    /// Its value after; left out if there is none.
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    #[schema(value_type = Value, nullable = false, example = "confirmed")]
    pub after: Value,
}

impl From<Change> for ChangeBody {
    fn from(change: Change) -> Self {
        Self { field: change.field, before: change.before, after: change.after }
    }
}

/// Fields of a history that only those see who may see contacts.
const PERSONAL_FIELDS: [&str; 2] = ["contact", "note"];

/// Is this field shown only to those who may see contacts?
pub(crate) fn is_personal(field: &str) -> bool {
    PERSONAL_FIELDS.contains(&field)
}

/// Whoever reads a history, and what they are told about those who acted.
pub(crate) struct Reader<'a> {
    actor: &'a Actor,
    names: BTreeMap<i64, String>,
}

impl<'a> Reader<'a> {
    /// With the names of the members who acted, if the reader is one of the staff.
    pub(crate) async fn of(
        conn: &mut Conn,
        actor: &'a Actor,
        rows: impl IntoIterator<Item = &HistoryRow>,
    ) -> Result<Self, Problem> {
        if !is_staff(actor) {
            return Ok(Self { actor, names: BTreeMap::new() });
        }
        let members = rows.into_iter().filter(|row| row.actor_kind == <&str>::from(ActorKind::Member));
        let ids: BTreeSet<i64> = members.filter_map(|row| row.actor_id).collect();
        let ids: Vec<i64> = ids.into_iter().collect();
        Ok(Self { actor, names: read::member_names(conn, &ids).await.map_err(failed)? })
    }

    /// An event, as the reader may see it.
    pub(crate) fn entry<A: Resource>(&self, event: &PastEvent<A>) -> HistoryEntry {
        let (row, told) = (&event.row, A::told(&event.envelope.event));
        let for_staff = is_staff(self.actor);
        let comment = event.envelope.personal.comment.clone();
        HistoryEntry {
            version: row.seq,
            event: row.event_type.clone(),
            occurred_at: Timestamp::from_millis(row.occurred_at),
            recorded_at: Timestamp::from_millis(row.recorded_at),
            actor: self.who(row),
            reason: told.reason,
            batch_id: told.batch.filter(|_| for_staff).map(|batch| batch.to_string()),
            delta: told.delta,
            comment: comment.filter(|_| for_staff && self.actor.scope().shows_contact()),
            request_id: for_staff.then(|| row.request_id.clone()),
            changes: event
                .before
                .as_ref()
                .map_or_else(Vec::new, |before| changes(before, &event.after, self.actor)),
        }
    }

    /// Who did what the row tells, as far as the reader may know.
    pub(crate) fn who(&self, row: &HistoryRow) -> HistoryActorBody {
        let is_self = row.actor_id.is_some() && row.actor_id == self.actor.id();
        let id = row.actor_id.filter(|_| is_staff(self.actor) || is_self);
        let name = id.and_then(|id| self.names.get(&id).cloned());
        let id = id.zip(row.actor_kind.parse().ok()).and_then(|(id, kind)| match kind {
            ActorKind::Member => Some(MemberId::from_i64(id).to_string()),
            ActorKind::Customer => Some(CustomerId::from_i64(id).to_string()),
            ActorKind::Anonymous
            | ActorKind::Guest
            | ActorKind::Operator
            | ActorKind::Importer
            | ActorKind::System => None,
        });
        HistoryActorBody { kind: row.actor_kind.clone(), role: row.actor_role.clone(), id, name }
    }
}

/// Field by field what differs between two states, as this actor may see it.
pub(crate) fn changes<A: Resource>(before: &A, after: &A, reader: &Actor) -> Vec<ChangeBody> {
    let shows_contact = reader.scope().shows_contact();
    let changes = after.changes(before).into_iter();
    let shown = changes.filter(|change| shows_contact || !is_personal(change.field));
    shown.filter_map(A::shown).map(ChangeBody::from).collect()
}

fn is_staff(actor: &Actor) -> bool {
    !matches!(actor, Actor::Anonymous | Actor::Customer(_) | Actor::Guest(_))
}
