//! `GET /v1/staff/batches/{id}/items`

use actix_web::web;
use ordervault_domain::batch::ItemOutcome;
use ordervault_domain::id::BatchId;
use ordervault_domain::refusal::Rule;
use ordervault_persistence::read::{self, BatchItem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::body::visible;
use crate::extract::{Content, PathId, Query};
use crate::names;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{Code, Problem, ProblemCode};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::v1::paging::{DEFAULT_LIMIT, ListOf};

/// Which orders of a batch.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListBatchItems {
    /// Only those with these results, with commas between.
    #[serde(default)]
    #[param(style = Form, explode = false, value_type = Option<Vec<names::KnownBatchItemResult>>, min_items = 1)]
    result: Vec<ItemOutcome>,
    /// Rows of a page.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before, or the `previous_cursor` of the page behind, with the same filters.
    #[validate(length(min = 1, max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
}

impl Content for ListBatchItems {}

/// An order of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = BatchItem)]
pub(crate) struct BatchItemBody {
    /// The order.
    #[schema(min_length = 14, max_length = 14, example = json!(examples::ORDER_TO_UNDELETE))]
    order_id: String,
    /// Its number.
    #[schema(min_length = 17, max_length = 17, example = json!(examples::ORDER_NUMBER))]
    number: String,
    /// What became of it.
    #[schema(value_type = names::BatchItemResult)]
    result: &'static str,
    /// Why it was refused: the code of the problem that the same act alone would have met.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<ProblemCode>)]
    code: Option<&'static str>,
}

impl From<BatchItem> for BatchItemBody {
    fn from(item: BatchItem) -> Self {
        Self {
            order_id: item.order_id.to_string(),
            number: item.order_id.number(),
            result: item.outcome.into(),
            code: item.code.as_deref().map(problem_code),
        }
    }
}

/// The code of the problem that a rule's name stands for. An order that was given up met no rule.
fn problem_code(rule: &str) -> &'static str {
    let code = match rule.parse() {
        // Not whoever reads this is locked out, but whoever asked for the batch.
        Ok(Rule::Inactive) => Code::Forbidden,
        Ok(rule) => Code::of(rule),
        Err(_) => Code::InternalError,
    };
    code.slug()
}

/// List the orders of a batch
///
/// With what became of each, in the order of their turns. An id that leads to no order in your scope is refused with
/// `not-found`; an order that has changed since the preview with `precondition-failed`.
#[utoipa::path(get, path = "/v1/staff/batches/{id}/items", operation_id = "list_batch_items", tag = "staff-batches",
    params(("id" = String, Path, description = "Id of the batch", example = json!(examples::BATCH)), ListBatchItems),
    responses((status = 200, description = "A page of results", body = ListOf<BatchItemBody>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn list_batch_items(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    id: PathId<BatchId>,
    query: Query<ListBatchItems>,
) -> Result<web::Json<ListOf<BatchItemBody>>, Problem> {
    let query = query.0;
    let seal = state.cursors.of(&format!("orders of {} for {}", id.0, staff.member.id), &query.result);
    let from = seal.edge(query.cursor.as_ref())?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let mut conn = reader(&state).await?;
    visible(&mut conn, &staff.member, id.0).await?;
    let page = read::batch_items(&mut conn, id.0, &query.result, from, limit.into()).await.map_err(failed)?;
    let items = page.items.into_iter().map(BatchItemBody::from).collect();
    Ok(web::Json(ListOf::new(items, [page.previous, page.next], &seal)))
}
