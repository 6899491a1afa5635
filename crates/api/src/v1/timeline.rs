//! The steps of an order's life, as JSON.

use actix_web::web;
use ordervault_domain::access::Actor;
use ordervault_domain::order::timeline::{Beginning, Step, timeline, total_seconds};
use ordervault_domain::order::{Milestone, Order, is_overdue};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::{self, Edge, StepBeginning};
use serde::Serialize;
use utoipa::ToSchema;

use super::history::{HistoryActorBody, Reader, own_list};
use super::paging::PageQuery;
use crate::names;
use crate::problem::Problem;
use crate::reading::{failed, long_reader};
use crate::state::AppState;

/// Answers with a page of the steps of an order, as it is now, that the actor may see.
///
/// # Errors
/// 400 for a cursor of another time-line; 500 when the history does not hold together.
pub(crate) async fn show(
    state: &AppState,
    actor: &Actor,
    order: &Order,
    page: &PageQuery,
) -> Result<web::Json<TimelineBody>, Problem> {
    let seal = state.cursors.of(&own_list("timeline", actor, order.id.get()), &());
    let from: Option<Edge<i64>> = seal.edge(page.cursor.as_ref())?;
    let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
    let mut conn = long_reader(state, actor.id()).await?;
    let after = match from {
        Some(Edge::Before(seq)) => {
            read::page_before(&mut conn, order, seq, page.limit().into()).await.map_err(failed)?
        }
        Some(Edge::After(seq)) => seq,
        None => 0,
    };
    let since = read::latest_beginning(&mut conn, order, after).await.map_err(failed)?;
    let latest = read::latest_beginning(&mut conn, order, order.version).await.map_err(failed)?;
    let found = read::step_beginnings(&mut conn, order, after, page.limit().into()).await.map_err(failed)?;
    let reader = Reader::of(&mut conn, actor, found.iter().map(|step| &step.row)).await?;
    let mut steps = timeline(since, found.iter().map(|step| beginning(step, &reader)));
    // What is more than the page only tells where its last step ends.
    let next = found.get(limit).and_then(|_| found.get(limit - 1)).map(|last| last.row.seq);
    steps.truncate(limit);
    let now = state.now();
    let first = found.first().map_or(after + 1, |first| first.row.seq);
    let next_cursor = next.and_then(|seq| seal.page(Edge::After(seq)));
    Ok(web::Json(TimelineBody {
        as_of: now,
        steps: steps.into_iter().map(|step| StepBody::new(step, now)).collect(),
        has_more: next_cursor.is_some(),
        next_cursor,
        previous_cursor: Some(Edge::Before(first)).filter(|_| after > 0).and_then(|edge| seal.page(edge)),
        milestones: order.milestones().into_iter().map(|one| MilestoneBody::new(one, now)).collect(),
        ahead: order.status().ahead().iter().map(<&str>::from).collect(),
        total_seconds: total_seconds(order, latest.unwrap_or(order.placed_at), now),
    }))
}

fn beginning(step: &StepBeginning, reader: &Reader<'_>) -> Beginning<HistoryActorBody> {
    Beginning {
        status: step.last.status(),
        at: Timestamp::from_millis(step.row.occurred_at),
        by: reader.who(&step.row),
        due_at: step.last.deadlines.step,
    }
}

/// A page of the steps of an order's life.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Timeline)]
pub(crate) struct TimelineBody {
    /// When this was: running times end here.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub as_of: Timestamp,
    /// The steps, oldest first. Each begins when the one before ends; the last one of all is where the order stands.
    pub steps: Vec<StepBody>,
    /// Is there a next page?
    #[schema(example = false)]
    pub has_more: bool,
    /// Send it as `cursor` to get the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, example = "AAABmXh2Qp4AAAGZeHZCngAB8sJ1Zk0xQWE")]
    pub next_cursor: Option<String>,
    /// Send it as `cursor` to get the page before. Left out at the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, example = "AAABmXh2Qp4AAAGZeHZCngAB8sJ1Zk0xQWE")]
    pub previous_cursor: Option<String>,
    /// What is to be reached besides, or was: those with a deadline, and those that were reached.
    pub milestones: Vec<MilestoneBody>,
    /// The steps that come next if all goes well; when is not known before the order gets there.
    #[schema(value_type = Vec<names::OrderStatus>, example = json!(["processing", "completed"]))]
    pub ahead: Vec<&'static str>,
    /// Whole seconds from the placing to the last step, or to now while the order is open: the sum over all steps.
    #[schema(minimum = 0, example = 7200)]
    pub total_seconds: i64,
}

/// One step.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TimelineStep)]
pub(crate) struct StepBody {
    /// The status that the order had.
    #[schema(value_type = names::OrderStatus)]
    pub status: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    pub entered_at: Timestamp,
    /// Who brought it there.
    pub entered_by: HistoryActorBody,
    /// By when it was, or is, to be done. Left out: no deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub due_at: Option<Timestamp>,
    /// When it was done. Left out: the order stands here now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
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
    #[schema(example = false)]
    pub late: bool,
    /// By how many whole seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, example = 600)]
    pub late_seconds: Option<i64>,
}

/// Something that is to be reached within the steps, or was.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TimelineMilestone)]
pub(crate) struct MilestoneBody {
    /// What.
    #[schema(value_type = names::Milestone)]
    pub milestone: &'static str,
    /// By when it is to be reached. Left out: no deadline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub due_at: Option<Timestamp>,
    /// When it was reached. Left out: it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    pub done_at: Option<Timestamp>,
    /// Was, or is, it late?
    #[schema(example = false)]
    pub late: bool,
}

impl MilestoneBody {
    fn new(milestone: Milestone, now: Timestamp) -> Self {
        let Milestone { name, due_at, done_at } = milestone;
        Self { milestone: name.into(), due_at, done_at, late: is_overdue(due_at, done_at.unwrap_or(now)) }
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
