//! `GET /v1/staff/orders`

use actix_web::web;
use ordervault_domain::access::{Permission, Scope};
use ordervault_domain::contact::Email;
use ordervault_domain::id::{CustomerId, OrderId, ProductId, StoreId};
use ordervault_domain::money::Amount;
use ordervault_domain::order::Status;
use ordervault_domain::search::query_terms;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::{self, CustomerFilter, OrderFilter};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use validator::Validate;

use crate::auth::{Staff, permit};
use crate::extract::{self, Query};
use crate::problem::{Code, Problem};
use crate::state::AppState;
use crate::v1::order_body::OrderSummaryBody;
use crate::v1::orders::list::{cursor, keys};
use crate::v1::paging::{DEFAULT_LIMIT, ListOf, Seal, has_no_words};
use crate::v1::submit::{failed, reader};

/// Fewest digits of a phone number's end that can be searched for.
const MIN_PHONE_TAIL_DIGITS: usize = 3;

/// Filters of the orders in scope. Everything given has to hold.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListStaffOrders {
    /// Only these statuses, with commas between: `pending_review,confirmed`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    status: Vec<Status>,
    /// Only orders of these stores, with commas between.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[param(value_type = Option<String>)]
    store: Vec<StoreId>,
    /// Only the order with this number, grouped or not.
    #[param(value_type = Option<String>)]
    number: Option<OrderId>,
    /// Only orders of this customer: an id, an e-mail address, or the last 3 or more digits of a phone number.
    #[validate(length(min = 1, max = 254))]
    #[param(max_length = 254)]
    customer: Option<String>,
    /// Only orders with a product of this category, such as `tea`.
    #[validate(length(min = 1, max = 100))]
    #[param(max_length = 100)]
    category: Option<String>,
    /// Only orders with this product.
    #[param(value_type = Option<String>)]
    product: Option<ProductId>,
    /// Only imported orders that had these statuses where they come from, with commas between:
    /// `shipped,invoiced`.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[param(value_type = Option<String>)]
    source_status: Vec<String>,
    /// Only orders placed then or later: `2026-01-01T00:00:00Z`.
    #[param(value_type = Option<String>, format = DateTime)]
    placed_after: Option<Timestamp>,
    /// Only orders placed before.
    #[param(value_type = Option<String>, format = DateTime)]
    placed_before: Option<Timestamp>,
    /// Only orders that cost at least this, in minor units.
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[param(minimum = 0, maximum = 1_000_000_000_000_i64)]
    total_min: Option<i64>,
    /// Only orders that cost at most this, in minor units.
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[param(minimum = 0, maximum = 1_000_000_000_000_i64)]
    total_max: Option<i64>,
    /// Only orders with these words in products, contact or note, as far as you may see them.
    #[validate(length(min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// Only orders that are new for you: placed since you last saw everything, and not opened. Or only the others.
    new: Option<bool>,
    /// Count the rows too, up to 10,000.
    #[param(default = false)]
    include_total: Option<bool>,
    /// Rows of a page.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before, with the same filters.
    #[validate(length(min = 1, max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
}

/// List orders
///
/// Newest first, any combination of filters, of the stores and statuses in your scope. A store outside of it gives an empty
/// list, like one that does not exist.
#[utoipa::path(get, path = "/v1/staff/orders", operation_id = "list_staff_orders", tag = "staff-orders",
    params(ListStaffOrders),
    responses((status = 200, description = "A page of orders", body = ListOf<OrderSummaryBody>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn list_staff_orders(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    query: Query<ListStaffOrders>,
) -> Result<web::Json<ListOf<OrderSummaryBody>>, Problem> {
    let query = query.0;
    let scope = staff.actor().scope();
    let sealed = ListStaffOrders { limit: None, cursor: None, include_total: None, ..query.clone() };
    let seal = Seal::new(&format!("orders for {}", staff.member.id), &sealed);
    let after = seal.keys::<2>(query.cursor.as_ref())?.map(cursor);
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let include_total = query.include_total == Some(true);
    let finds_nothing = has_no_words(query.q.as_deref());
    let filter = OrderFilter { reader: Some(staff.member.id), ..query.into_filter(&scope)? };
    if finds_nothing {
        return Ok(web::Json(ListOf::empty(include_total)));
    }
    let mut conn = reader(&state).await?;
    // Before the list, so that whatever came up to there is in it.
    let position = read::last_position(&mut conn, &staff.member.stores).await.map_err(failed)?;
    let page = read::list_orders(&mut conn, &scope, &filter, after, limit.into()).await.map_err(failed)?;
    let counted = match include_total {
        true => Some(read::count_orders(&mut conn, &scope, &filter).await.map_err(failed)?),
        false => None,
    };
    let items = page.items.into_iter().map(OrderSummaryBody::from).collect();
    Ok(web::Json(ListOf::new(items, page.next.map(keys), &seal).with_total(counted).with_position(position)))
}

/// The filter of a list with these parameters; `None`: it finds nothing. Which page is asked for does not matter.
pub(in crate::v1::staff) fn filter(
    parameters: Vec<(String, String)>,
    scope: &Scope,
) -> Result<Option<OrderFilter>, Problem> {
    let query: ListStaffOrders = extract::parameters(parameters)?;
    match has_no_words(query.q.as_deref()) {
        true => Ok(None),
        false => query.into_filter(scope).map(Some),
    }
}

impl ListStaffOrders {
    fn into_filter(self, scope: &Scope) -> Result<OrderFilter, Problem> {
        let customer = self.customer.as_deref().map(|text| customer_filter(text, scope)).transpose()?;
        Ok(OrderFilter {
            statuses: self.status,
            stores: self.store,
            numbers: self.number.map(|id| id..=id),
            ids: None,
            deleted_in: None,
            customer,
            source_statuses: self.source_status,
            category: self.category,
            product: self.product,
            placed_after: self.placed_after,
            placed_before: self.placed_before,
            total_min: self.total_min.map(Amount::new),
            total_max: self.total_max.map(Amount::new),
            terms: self.q.as_deref().map(query_terms).unwrap_or_default(),
            reader: None,
            new: self.new,
        })
    }
}

/// Whoever may not see contacts may not search by them either.
fn customer_filter(text: &str, scope: &Scope) -> Result<CustomerFilter, Problem> {
    if let Ok(id) = text.parse::<CustomerId>() {
        return Ok(CustomerFilter::Id(id));
    }
    if !scope.shows_contact() {
        let detail = format!("searching by contact takes the permission {}", Permission::ContactRead);
        return Err(Problem::new(Code::Forbidden).detail(detail));
    }
    if let Ok(email) = text.parse::<Email>() {
        return Ok(CustomerFilter::Email(email.as_str().to_owned()));
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let others = text.chars().any(|c| !c.is_ascii_digit() && !" +-.()".contains(c));
    if others || digits.len() < MIN_PHONE_TAIL_DIGITS {
        return Err(Problem::parameter("customer", "unknown-value"));
    }
    Ok(CustomerFilter::PhoneTail(digits))
}
