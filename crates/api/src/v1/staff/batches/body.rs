//! A batch in answers.

use ordervault_domain::batch::Batch;
use ordervault_domain::id::BatchId;
use ordervault_domain::member::Member;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::tx::Conn;
use serde::Serialize;
use utoipa::ToSchema;

use super::correction::CorrectionBody;
use crate::names;
use crate::openapi::examples;
use crate::problem::{Code, Problem};
use crate::reading::failed;

/// One act on many orders.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Batch)]
pub(crate) struct BatchBody {
    /// The id.
    #[schema(min_length = 18, max_length = 18, example = json!(examples::BATCH))]
    pub(super) id: String,
    /// What is done to each order.
    #[schema(value_type = names::BatchAction)]
    action: &'static str,
    /// Why, if the act takes a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<names::Reason>)]
    reason: Option<&'static str>,
    /// By how much each order costs less, or more, if prices are corrected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    correction: Option<CorrectionBody>,
    /// The batch that it takes back, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 18, max_length = 18, example = json!(examples::BATCH))]
    undoes: Option<String>,
    /// How far it is.
    #[schema(value_type = names::BatchStatus)]
    status: &'static str,
    /// Number of its orders.
    #[schema(minimum = 0, maximum = 10_000, example = 500)]
    total: i64,
    /// Orders that have had their turn.
    #[schema(minimum = 0, maximum = 10_000, example = 200)]
    done: i64,
    /// Orders to which it was done.
    #[schema(minimum = 0, maximum = 10_000, example = 197)]
    succeeded: i64,
    /// Orders for which it was so already.
    #[schema(minimum = 0, maximum = 10_000, example = 2)]
    already_applied: i64,
    /// Orders for which a rule said no.
    #[schema(minimum = 0, maximum = 10_000, example = 1)]
    refused: i64,
    /// In whose name.
    #[schema(example = json!(examples::MEMBER))]
    created_by: String,
    /// When it was accepted.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    created_at: Timestamp,
    /// When the first order had its turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    started_at: Option<Timestamp>,
    /// When it was completed or cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false, example = "2026-01-05T08:30:00.000Z")]
    finished_at: Option<Timestamp>,
}

impl From<&Batch> for BatchBody {
    fn from(batch: &Batch) -> Self {
        Self {
            id: batch.id.to_string(),
            action: batch.action.kind().into(),
            reason: batch.action.why().0,
            correction: batch.action.correction().map(CorrectionBody::from),
            undoes: batch.undoes.map(|id| id.to_string()),
            status: batch.status.into(),
            total: batch.total,
            done: batch.done(),
            succeeded: batch.succeeded,
            already_applied: batch.already_applied,
            refused: batch.refused,
            created_by: batch.created_by.to_string(),
            created_at: batch.created_at,
            started_at: batch.started_at,
            finished_at: batch.finished_at,
        }
    }
}

/// The batch, if it is there for this member.
pub(super) async fn visible(conn: &mut Conn, member: &Member, id: BatchId) -> Result<Batch, Problem> {
    let batch = ordervault_persistence::read::batch(conn, &member.authority(), id).await.map_err(failed)?;
    batch.ok_or_else(|| Problem::new(Code::NotFound))
}
