//! `POST /v1/staff/orders/seen`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::member::Member;
use ordervault_persistence::read;
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::Operation;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::cursors::{CursorFault, Seal};
use crate::extract::{Content, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{Code, FieldError, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::submit::{not_written, submit};
use crate::v1::fields::{Fields, faults_in};

/// What you have seen: give one of the two.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeenOrders {
    /// These orders. Such that are not there, or not for you, do no harm.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(nullable = false, min_items = 1, max_items = 500, example = json!([examples::ORDER]))]
    ids: Option<Vec<String>>,
    /// Everything up to this `position` of a list of orders.
    #[serde(default)]
    #[validate(length(max = 200))]
    #[schema(nullable = false, max_length = 200, example = "AAABmXh2Qp4AAAGZeHZCngAB8sJ1Zk0xQWE")]
    up_to: Option<String>,
}

impl SeenOrders {
    fn read(&self, fields: &mut Fields) -> Vec<OrderId> {
        match (&self.ids, &self.up_to) {
            (None, None) => fields.fault("/up_to", "missing"),
            (Some(_), Some(_)) => fields.fault("/up_to", "contradiction"),
            _ => {}
        }
        let ids = self.ids.iter().flatten().enumerate();
        ids.filter_map(|(i, id)| fields.order(format!("/ids/{i}"), id)).collect()
    }
}

impl Content for SeenOrders {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            self.read(fields);
        })
    }
}

/// Mark orders as seen
///
/// They are not new for you any more; for your colleagues they are. Say which, or everything up to a `position` of a list. Doing
/// it twice is the same as once. Nothing else marks them.
#[utoipa::path(post, path = "/v1/staff/orders/seen", operation_id = "mark_orders_seen", tag = "staff-orders",
    request_body(content = SeenOrders, example = json!({"ids": [examples::ORDER]})),
    responses((status = 204, description = "Marked")),
    security(("staff_bearer" = [])))]
pub(crate) async fn mark_orders_seen(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    request_id: RequestId,
    body: Valid<SeenOrders>,
) -> Result<HttpResponse, Problem> {
    let mut fields = Fields::default();
    let ids = body.0.read(&mut fields);
    let positions = positions(&state, &staff.member);
    let up_to = match body.0.up_to.map(|position| positions.open(&position)).transpose() {
        Ok(position) => position.map(|[position]| position),
        Err(CursorFault::Outdated) => return Err(Problem::new(Code::ListOutdated)),
        Err(CursorFault::Unknown) => {
            fields.fault("/up_to", "unknown-value");
            None
        }
    };
    let ids = fields.finish(ids)?;
    see(&state, &staff, &request_id, &ids, up_to).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Marks the newest order in the member's stores. Sealed, because it counts the orders of other stores as well.
pub(in crate::v1::staff) async fn last_position(
    state: &AppState,
    conn: &mut Conn,
    member: &Member,
) -> Result<Option<String>, Problem> {
    let position = read::last_position(conn, &member.stores).await.map_err(failed)?;
    Ok(positions(state, member).cursor(&[position]))
}

/// How positions are sealed.
pub(super) fn positions<'a>(state: &'a AppState, member: &Member) -> Seal<'a> {
    state.cursors.of(&format!("positions of {}", member.id), &())
}

/// Notes what is new and in scope among these orders, and everything up to a position. Nothing of the kind: nothing is
/// written.
async fn see<P>(
    state: &AppState,
    staff: &Staff<P>,
    request_id: &RequestId,
    orders: &[OrderId],
    up_to: Option<i64>,
) -> Result<(), Problem> {
    let mut new = vec![];
    if !orders.is_empty() {
        let mut conn = reader(state).await?;
        let scope = staff.actor().scope();
        new = read::new_among(&mut conn, &scope, staff.member.id, orders).await.map_err(failed)?;
    }
    if new.is_empty() && up_to.is_none() {
        return Ok(());
    }
    let operations = vec![Operation::Seen { orders: new, up_to }];
    let submitted = submit(state, staff.submitter(), request_id, None, operations).await;
    submitted.map(drop).map_err(|error| not_written(&error))
}
