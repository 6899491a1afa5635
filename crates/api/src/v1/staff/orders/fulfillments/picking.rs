//! `GET /v1/staff/picking-list`

use std::collections::BTreeMap;

use actix_web::web;
use ordervault_domain::id::{ProductId, StoreId};
use ordervault_domain::order::{FulfillmentState, Order};
use ordervault_persistence::read;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::extract::{Content, Query};
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::reading::{failed, long_reader};
use crate::state::AppState;

/// Of which store.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct PickingQuery {
    /// Only goods of this store.
    #[param(value_type = Option<String>, min_length = 18, max_length = 18,
        pattern = "^[Ss][Tt][Oo]_[0-9A-TV-Za-tv-z]{14}$")]
    store: Option<StoreId>,
}

impl Content for PickingQuery {}

/// What is to be taken from the shelf.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PickingList {
    /// Product by product, by stock keeping unit.
    products: Vec<PickedProduct>,
    /// Are there further orders, which come when these are packed?
    #[schema(example = false)]
    more: bool,
}

/// A product that is to be taken from the shelf.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PickedProduct {
    /// Which.
    #[schema(example = json!(examples::PRODUCT))]
    product_id: String,
    /// Its stock keeping unit when it was ordered.
    #[schema(example = "TEA-001")]
    sku: String,
    /// Its title when it was ordered.
    #[schema(example = "高山烏龍茶 150g")]
    title: String,
    /// How many, for all of them.
    #[schema(minimum = 1, example = 3)]
    units: u64,
    /// For which fulfillments.
    fulfillments: Vec<PickedFor>,
}

/// A fulfillment that waits for a product.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PickedFor {
    /// What people read out: the number of the order, and that of the fulfillment.
    #[schema(example = "0P65-4D22-1QSQ-5F/F1")]
    reference: String,
    /// The order.
    #[schema(example = json!(examples::ORDER))]
    order_id: String,
    /// The number of the fulfillment.
    #[schema(minimum = 1, example = 1)]
    no: u32,
    /// How many are for it.
    #[schema(minimum = 1, maximum = 1_000_000, example = 1)]
    units: u32,
    /// Are they taken from the shelf already?
    #[schema(example = false)]
    picked: bool,
}

impl PickingList {
    fn new(orders: &[Order], more: bool) -> Self {
        let mut items: BTreeMap<(String, ProductId), PickedProduct> = BTreeMap::new();
        for order in orders {
            for fulfillment in &order.fulfillments {
                let picked = match fulfillment.state {
                    FulfillmentState::Planned => false,
                    FulfillmentState::Picked => true,
                    _ => continue,
                };
                for packed in &fulfillment.lines {
                    let Some(line) = order.line(packed.no) else { continue };
                    let item =
                        items.entry((line.sku.clone(), line.product_id)).or_insert_with(|| PickedProduct {
                            product_id: line.product_id.to_string(),
                            sku: line.sku.clone(),
                            title: line.title.clone(),
                            units: 0,
                            fulfillments: vec![],
                        });
                    item.units += u64::from(packed.units);
                    item.fulfillments.push(PickedFor {
                        reference: format!("{}/F{}", order.id.number(), fulfillment.no),
                        order_id: order.id.to_string(),
                        no: fulfillment.no,
                        units: packed.units,
                        picked,
                    });
                }
            }
        }
        Self { products: items.into_values().collect(), more }
    }
}

/// Read the picking list
///
/// What planned and picked fulfillments in your scope wait for, product by product; of the oldest 500 orders that have any.
#[utoipa::path(get, path = "/v1/staff/picking-list", operation_id = "get_picking_list", tag = "staff-orders",
    params(PickingQuery),
    responses((status = 200, description = "The list", body = PickingList)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_picking_list(
    state: web::Data<AppState>,
    staff: Staff<permit::FulfillmentsWork>,
    query: Query<PickingQuery>,
) -> Result<web::Json<PickingList>, Problem> {
    let mut conn = long_reader(&state, Some(staff.member.id.get())).await?;
    let page = read::orders_to_pick(&mut conn, &staff.actor().scope(), query.0.store).await;
    let (orders, more) = page.map_err(failed)?;
    Ok(web::Json(PickingList::new(&orders, more)))
}
