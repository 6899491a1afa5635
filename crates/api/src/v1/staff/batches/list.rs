//! `GET /v1/staff/batches`

use actix_web::web;
use ordervault_persistence::read;

use super::body::BatchBody;
use crate::extract::Query;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::v1::paging::{ListOf, PageQuery};

/// List batches
///
/// Your own, newest first; for those who lead people also those of others over orders in their stores.
#[utoipa::path(get, path = "/v1/staff/batches", operation_id = "list_batches", tag = "staff-batches",
    params(PageQuery),
    responses((status = 200, description = "A page of batches", body = ListOf<BatchBody>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn list_batches(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    query: Query<PageQuery>,
) -> Result<web::Json<ListOf<BatchBody>>, Problem> {
    let seal = state.cursors.of(&format!("batches for {}", staff.member.id), &());
    let from = seal.edge(query.0.cursor.as_ref())?;
    let mut conn = reader(&state).await?;
    let page = read::batches(&mut conn, &staff.member.authority(), from, query.0.limit().into()).await;
    let page = page.map_err(failed)?;
    let items = page.items.iter().map(BatchBody::from).collect();
    Ok(web::Json(ListOf::new(items, [page.previous, page.next], &seal)))
}
