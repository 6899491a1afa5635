//! What happened to a thing, as JSON: the same for orders, stores, products and members.

use actix_web::web;
use ordervault_domain::access::Actor;
use ordervault_domain::aggregate::Change;
use ordervault_domain::id::{CustomerId, MemberId};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::{HistoryRow, read};
use serde::Serialize;
use utoipa::ToSchema;

use super::submit::{failed, reader};
use super::thing::Thing;
use crate::openapi::examples;
use crate::problem::Problem;
use crate::state::AppState;

/// Answers with the history of a thing that the actor may see.
pub(crate) async fn show<A: Thing>(
    state: &AppState,
    actor: &Actor,
    id: i64,
) -> Result<web::Json<HistoryBody>, Problem> {
    let mut conn = reader(state).await?;
    let rows = read::history(&mut conn, id).await.map_err(failed)?;
    HistoryBody::new::<A>(&rows, actor).map(web::Json)
}

/// What happened to a thing, oldest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = History)]
pub(crate) struct HistoryBody {
    /// The events.
    pub items: Vec<HistoryEntry>,
}

/// One event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HistoryEntry {
    /// The version that the thing had after it.
    #[schema(minimum = 1, example = 2)]
    pub version: i64,
    /// The kind of event, such as `placed` or `confirmed`.
    #[schema(example = "confirmed")]
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
    #[schema(nullable = false, example = "customer")]
    pub reason: Option<String>,
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

/// Who did something.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = HistoryActor)]
pub(crate) struct HistoryActorBody {
    /// `customer`, `guest`, `member`, `operator`, `importer` or `system`.
    #[schema(example = "member")]
    pub kind: String,
    /// A member's leading role at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "reviewer")]
    pub role: Option<String>,
    /// The customer's or member's id. For customers only their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(examples::MEMBER))]
    pub id: Option<String>,
}

/// One changed field.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = FieldChange)]
pub(crate) struct ChangeBody {
    /// The field.
    #[schema(example = "status")]
    pub field: &'static str,
    /// Its value before; left out if there was none.
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    #[schema(value_type = Value, nullable = false, example = "pending_review")]
    pub before: serde_json::Value,
    /// Its value after; left out if there is none.
    #[serde(skip_serializing_if = "serde_json::Value::is_null")]
    #[schema(value_type = Value, nullable = false, example = "confirmed")]
    pub after: serde_json::Value,
}

impl From<Change> for ChangeBody {
    fn from(change: Change) -> Self {
        Self { field: change.field, before: change.before, after: change.after }
    }
}

/// Fields of a history that only those see who may see contacts.
const PERSONAL_FIELDS: [&str; 2] = ["contact", "note"];

impl HistoryBody {
    /// The history of a thing of kind `A` as the actor may see it.
    ///
    /// # Errors
    /// 500 when the history does not hold together.
    pub(crate) fn new<A: Thing>(rows: &[HistoryRow], actor: &Actor) -> Result<Self, Problem> {
        let mut state: Option<A> = None;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let event = row.decoded::<A>().map_err(Problem::internal)?;
            let after =
                A::apply(state.clone(), row.entity_id, &event, row.stamp()).map_err(Problem::internal)?;
            let changes = state.as_ref().map(|before| after.changes(before)).unwrap_or_default();
            let shown = changes
                .into_iter()
                .filter(|change| actor.scope().shows_contact() || !PERSONAL_FIELDS.contains(&change.field))
                .map(|change| ChangeBody::from(A::shown(change)));
            items.push(HistoryEntry::new(row, actor, shown.collect(), event.personal.comment));
            state = Some(after);
        }
        Ok(Self { items })
    }
}

impl HistoryActorBody {
    /// Who did what the row tells, as far as the reader may know.
    pub(crate) fn new(row: &HistoryRow, reader: &Actor) -> Self {
        let is_self = row.actor_id.is_some() && row.actor_id == reader.id();
        let shown = row.actor_id.filter(|_| is_for_staff(reader) || is_self);
        let id = shown.map(|id| match row.actor_kind.as_str() {
            "member" => MemberId::from_i64(id).to_string(),
            _ => CustomerId::from_i64(id).to_string(),
        });
        Self { kind: row.actor_kind.clone(), role: row.actor_role.clone(), id }
    }
}

fn is_for_staff(reader: &Actor) -> bool {
    !matches!(reader, Actor::Customer(_) | Actor::Guest(_))
}

impl HistoryEntry {
    fn new(row: &HistoryRow, reader: &Actor, changes: Vec<ChangeBody>, comment: Option<String>) -> Self {
        let for_staff = is_for_staff(reader);
        let fact: serde_json::Value = serde_json::from_str(&row.event).unwrap_or_default();
        Self {
            version: row.seq,
            event: row.event_type.clone(),
            occurred_at: Timestamp::from_millis(row.occurred_at),
            recorded_at: Timestamp::from_millis(row.recorded_at),
            actor: HistoryActorBody::new(row, reader),
            reason: fact.get("reason").and_then(|reason| reason.as_str()).map(str::to_owned),
            delta: fact.get("delta").and_then(serde_json::Value::as_i64),
            comment: comment.filter(|_| for_staff && reader.scope().shows_contact()),
            request_id: for_staff.then(|| row.request_id.clone()),
            changes,
        }
    }
}
