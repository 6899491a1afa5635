//! `GET /v1/staff/customers`

use actix_web::web;
use ordervault_persistence::read;
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use super::answer::StaffCustomerBody;
use crate::extract::{Content, Query};
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::reading::{failed, long_reader};
use crate::state::AppState;
use crate::v1::paging::{DEFAULT_LIMIT, ListOf};
use crate::v1::staff::orders::filters::customer_filter;

/// Which customers.
#[derive(Clone, Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListCustomers {
    /// Only this customer, or those with this: an id, an e-mail address, a phone number (with the country code or as it is
    /// dialled at home) or its last 3 or more digits, or words of name, e-mail address and postal address. All but the id takes the
    /// permission contact:read.
    #[validate(length(min = 1, max = 254))]
    #[param(min_length = 1, max_length = 254)]
    q: Option<String>,
    /// Rows of a page.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before, or the `previous_cursor` of the page behind, with the same `q`.
    #[validate(length(min = 1, max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
}

impl Content for ListCustomers {}

/// List customers
///
/// The accounts of customers, also such that may not log in, the newest first. Whoever looks after some stores sees those with orders in
/// their scope; whoever looks after all of them sees everybody. Without the permission contact:read names, addresses and phone
/// numbers are left out, as in orders. A page looks at 4,000 accounts at most: where many have what is asked for in parts, and few in
/// all, it may be short and have a next one all the same. A customer's orders are `GET /v1/staff/orders?customer=cus_…`.
#[utoipa::path(get, path = "/v1/staff/customers", operation_id = "list_customers", tag = "staff-customers",
    params(ListCustomers),
    responses((status = 200, description = "A page of customers", body = ListOf<StaffCustomerBody>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn list_customers(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    query: Query<ListCustomers>,
) -> Result<web::Json<ListOf<StaffCustomerBody>>, Problem> {
    let query = query.0;
    let scope = staff.actor().scope();
    let seal = state.cursors.of(&format!("customers for {}", staff.member.id), &query.q);
    let from = seal.edge(query.cursor.as_ref())?;
    let read_as = |text: &str| customer_filter("q", text, &scope, state.settings.default_country);
    let filter = query.q.as_deref().map(read_as).transpose()?;
    if filter.as_ref().is_some_and(read::CustomerFilter::finds_nothing) {
        return Ok(web::Json(ListOf::empty(false)));
    }
    let mut conn = long_reader(&state, Some(staff.member.id.get())).await?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let page = read::customers(&mut conn, &scope, filter.as_ref(), from, limit.into()).await;
    let page = page.map_err(failed)?;
    let items = page.items.iter().map(|customer| StaffCustomerBody::new(customer, &scope)).collect();
    Ok(web::Json(ListOf::new(items, [page.previous, page.next], &seal)))
}
