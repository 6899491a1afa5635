//! `GET /v1/staff/members`

use actix_web::web;
use ordervault_persistence::read;

use super::answer::MemberBody;
use crate::extract::Query;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::v1::paging::{ListOf, PageQuery};

/// List members
///
/// Those whose stores are all within yours, also such who may not log in, newest first.
#[utoipa::path(get, path = "/v1/staff/members", operation_id = "list_members", tag = "staff-members",
    params(PageQuery),
    responses((status = 200, description = "A page of members", body = ListOf<MemberBody>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn list_members(
    state: web::Data<AppState>,
    staff: Staff<permit::MembersRead>,
    query: Query<PageQuery>,
) -> Result<web::Json<ListOf<MemberBody>>, Problem> {
    let seal = state.cursors.of(&format!("members for {}", staff.member.id), &());
    let from = seal.edge(query.0.cursor.as_ref())?;
    let mut conn = reader(&state).await?;
    let page = read::members(&mut conn, &staff.member.stores, from, query.0.limit().into()).await;
    let page = page.map_err(failed)?;
    let items = page.items.iter().map(MemberBody::from).collect();
    Ok(web::Json(ListOf::new(items, [page.previous, page.next], &seal)))
}
