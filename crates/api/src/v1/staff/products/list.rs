//! `GET /v1/staff/products`

use actix_web::web;
use ordervault_domain::id::StoreId;
use ordervault_domain::search::query_terms;
use ordervault_persistence::read::{self, ProductFilter};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use validator::Validate;

use super::answer::StaffProductBody;
use crate::extract::{Content, Query};
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::reading::{failed, long_reader};
use crate::state::AppState;
use crate::v1::catalogue::Currencies;
use crate::v1::paging::{DEFAULT_LIMIT, ListOf, has_no_words};

/// Filters of the products in scope. Everything given has to hold.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListStaffProducts {
    /// Only products of this store.
    #[param(value_type = Option<String>, min_length = 18, max_length = 18, pattern = "^[Ss][Tt][Oo]_[0-9A-TV-Za-tv-z]{14}$")]
    store: Option<StoreId>,
    /// Only products of this category, such as `tea`.
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100)]
    category: Option<String>,
    /// Only products with these words in title, category or stock keeping unit.
    #[validate(length(min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// With `true` only products that can be ordered, with `false` only those that cannot, because they or their store are
    /// not active.
    active: Option<bool>,
    /// Count the rows too, up to 10,000.
    #[param(default = false)]
    include_total: Option<bool>,
    /// Rows of a page.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before, or the `previous_cursor` of the page behind, with the same filters.
    #[validate(length(min = 1, max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
}

impl Content for ListStaffProducts {}

/// List products
///
/// Those of the stores in your scope, with their stock, newest first. A store outside of it gives an empty list, like one
/// that does not exist.
#[utoipa::path(get, path = "/v1/staff/products", operation_id = "list_staff_products", tag = "staff-catalogue",
    params(ListStaffProducts),
    responses((status = 200, description = "A page of products", body = ListOf<StaffProductBody>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn list_staff_products(
    state: web::Data<AppState>,
    staff: Staff<permit::ProductsRead>,
    query: Query<ListStaffProducts>,
) -> Result<web::Json<ListOf<StaffProductBody>>, Problem> {
    let query = query.0;
    let sealed = ListStaffProducts { limit: None, cursor: None, include_total: None, ..query.clone() };
    let seal = state.cursors.of(&format!("products for {}", staff.member.id), &sealed);
    let from = seal.edge(query.cursor.as_ref())?;
    if has_no_words(query.q.as_deref()) {
        return Ok(web::Json(ListOf::empty(query.include_total == Some(true))));
    }
    let filter = ProductFilter {
        reach: staff.member.stores.clone(),
        store_id: query.store,
        category: query.category,
        active: query.active,
        terms: query.q.as_deref().map(query_terms).unwrap_or_default(),
    };
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let mut conn = long_reader(&state, Some(staff.member.id.get())).await?;
    let page = read::products(&mut conn, &filter, from, limit.into()).await.map_err(failed)?;
    let counted = match query.include_total {
        Some(true) => Some(read::count_products(&mut conn, &filter).await.map_err(failed)?),
        _ => None,
    };
    let currencies = Currencies::read(&mut conn).await?;
    let items = page.items.iter().map(|product| StaffProductBody::new(product, &currencies));
    let items = items.collect::<Result<_, _>>()?;
    Ok(web::Json(ListOf::new(items, [page.previous, page.next], &seal).with_total(counted)))
}
