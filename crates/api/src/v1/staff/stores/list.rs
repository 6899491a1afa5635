//! `GET /v1/staff/stores`

use actix_web::web;

use super::answer::StaffStoreBody;
use crate::extract::Query;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::reading::reader;
use crate::state::AppState;
use crate::v1::catalogue::stores;
use crate::v1::paging::{ListOf, PageQuery};

/// List stores
///
/// Those in your scope, also such that take no orders, newest first.
#[utoipa::path(get, path = "/v1/staff/stores", operation_id = "list_staff_stores", tag = "staff-catalogue",
    params(PageQuery),
    responses((status = 200, description = "A page of stores", body = ListOf<StaffStoreBody>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn list_staff_stores(
    state: web::Data<AppState>,
    staff: Staff<permit::StoresRead>,
    query: Query<PageQuery>,
) -> Result<web::Json<ListOf<StaffStoreBody>>, Problem> {
    let seal = state.cursors.of(&format!("stores for {}", staff.member.id), &());
    let mut conn = reader(&state).await?;
    let page = stores(&mut conn, &staff.member.stores, false, &query.0, &seal).await?;
    let items = page.items.iter().map(StaffStoreBody::from).collect();
    Ok(web::Json(ListOf::new(items, [page.previous, page.next], &seal)))
}
