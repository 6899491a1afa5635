//! The steps of an order's life, as JSON.

use actix_web::web;
use ordervault_domain::access::Actor;
use ordervault_domain::order::timeline::{HistoryEvent, Step, timeline};
use ordervault_domain::order::{Order, Status};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::{HistoryRow, read};
use serde::Serialize;
use utoipa::ToSchema;

use super::history::{HistoryActorBody, Reader};
use crate::problem::Problem;
use crate::reading::{failed, long_reader};
use crate::state::AppState;

/// Answers with the steps of an order that the actor may see.
pub(crate) async fn show(
    state: &AppState,
    actor: &Actor,
    order: &Order,
) -> Result<web::Json<TimelineBody>, Problem> {
    let mut conn = long_reader(state, actor.id()).await?;
    let rows = read::history(&mut conn, order.id.get()).await.map_err(failed)?;
    let reader = Reader::of(&mut conn, actor, &rows).await?;
    TimelineBody::new(order, &rows, &reader, state.now()).map(web::Json)
}

/// The steps of an order's life.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Timeline)]
pub(crate) struct TimelineBody {
    /// When this was: running times end here.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub as_of: Timestamp,
    /// The steps, oldest first. Each begins when the one before ends; the last one is where the order stands.
    pub steps: Vec<StepBody>,
    /// The steps that come next if all goes well; when is not known before the order gets there.
    #[schema(example = json!(["processing", "completed"]))]
    pub ahead: Vec<&'static str>,
    /// Whole seconds from the placing to the last step, or to now while the order is open: the sum over the steps.
    #[schema(minimum = 0, example = 7200)]
    pub total_seconds: i64,
}

/// One step.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TimelineStep)]
pub(crate) struct StepBody {
    /// The status that the order had.
    #[schema(example = "pending_review")]
    pub status: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub entered_at: Timestamp,
    /// Who brought it there.
    pub entered_by: HistoryActorBody,
    /// By when it was, or is, to be done. Left out: no deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    pub due_at: Option<Timestamp>,
    /// When it was done. Left out: the order stands here now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    pub done_at: Option<Timestamp>,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub done_by: Option<HistoryActorBody>,
    /// Whole seconds that it took, or has taken up to now. Left out where nothing is to be waited for any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, example = 7200)]
    pub duration_seconds: Option<i64>,
    /// Was, or is, it late?
    pub late: bool,
    /// By how many whole seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, example = 600)]
    pub late_seconds: Option<i64>,
}

impl TimelineBody {
    fn new(order: &Order, rows: &[HistoryRow], reader: &Reader<'_>, now: Timestamp) -> Result<Self, Problem> {
        let happening = |row: &HistoryRow| {
            let by = reader.who(row);
            row.decoded::<Order>().map(|envelope| HistoryEvent { envelope, stamp: row.stamp(), by })
        };
        let happenings = rows.iter().map(happening).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let steps = timeline(order.id, happenings).map_err(Problem::internal)?;
        let status = steps.last().map(|step| step.status);
        Ok(Self {
            as_of: now,
            total_seconds: steps.iter().filter_map(|step| step.seconds(now)).sum(),
            steps: steps.into_iter().map(|step| StepBody::new(step, now)).collect(),
            ahead: status.map_or(&[][..], Status::ahead).iter().map(<&str>::from).collect(),
        })
    }
}

impl StepBody {
    fn new(step: Step<HistoryActorBody>, now: Timestamp) -> Self {
        let late_seconds = step.late_seconds(now);
        Self {
            status: step.status.into(),
            duration_seconds: step.seconds(now),
            late: late_seconds.is_some(),
            late_seconds,
            entered_at: step.entered_at,
            entered_by: step.entered_by,
            due_at: step.due_at,
            done_at: step.done_at,
            done_by: step.done_by,
        }
    }
}
