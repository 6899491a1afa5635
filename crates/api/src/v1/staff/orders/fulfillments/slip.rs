//! `GET /v1/staff/orders/{id}/fulfillments/{no}/packing-slip`

use actix_web::web;
use ordervault_domain::access::{Actor, Permission};
use ordervault_domain::id::OrderId;
use ordervault_domain::money::Amount;
use ordervault_domain::order::{Fulfillment, FulfillmentState, Order};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::totals::PaymentKind;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{PathId, PathNo};
use crate::names;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::Problem;
use crate::refusals::refused;
use crate::state::AppState;
use crate::v1::contact::ContactBody;
use crate::v1::fulfillment_body::ParcelBody;
use crate::v1::money::MoneyBody;
use crate::v1::offers::store_name;
use crate::v1::orders::read::visible;

/// What lies in the parcels of a fulfillment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PackingSlip {
    /// What people read out: the number of the order, and that of the fulfillment.
    #[schema(example = "0P65-4D22-1QSQ-5F/F1")]
    pub(super) reference: String,
    /// What customers call the store.
    #[schema(example = "台北茶館 Taipei Tea House")]
    pub(super) store_name: String,
    /// How far the fulfillment is.
    #[schema(value_type = names::FulfillmentState)]
    state: &'static str,
    /// What is in it.
    pub(super) lines: Vec<SlipLine>,
    /// Who carries it, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "黑貓宅急便")]
    pub(super) carrier: Option<String>,
    /// How its parcels are found, as far as that is known.
    pub(super) parcels: Vec<ParcelBody>,
    /// Who gets it, and where. Whoever sees no contacts otherwise sees this one from packing to the arrival.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) ship_to: Option<ContactBody>,
    /// What is to be collected at the door, where the order is paid there and something is missing yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) collect: Option<MoneyBody>,
}

/// A line of a packing slip.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SlipLine {
    /// The number of the order's line.
    #[schema(minimum = 1, example = 1)]
    no: u32,
    /// Its stock keeping unit when it was ordered.
    #[schema(example = "TEA-001")]
    pub(super) sku: String,
    /// Its title when it was ordered.
    #[schema(example = "高山烏龍茶 150g")]
    pub(super) title: String,
    /// How many are in it.
    #[schema(minimum = 1, maximum = 1_000_000, example = 1)]
    pub(super) units: u32,
}

impl PackingSlip {
    fn new(order: &Order, fulfillment: &Fulfillment, store_name: &str, actor: &Actor) -> Self {
        let lines = fulfillment.lines.iter().filter_map(|packed| {
            let line = order.line(packed.no)?;
            Some(SlipLine {
                no: line.no,
                sku: line.sku.clone(),
                title: line.title.clone(),
                units: packed.units,
            })
        });
        Self {
            reference: format!("{}/F{}", order.id.number(), fulfillment.no),
            store_name: store_name.to_owned(),
            state: fulfillment.state.into(),
            lines: lines.collect(),
            carrier: fulfillment.carrier.clone(),
            parcels: fulfillment.parcels.iter().map(ParcelBody::from).collect(),
            ship_to: shows_recipient(fulfillment.state, actor).then(|| ContactBody::from(&order.contact)),
            collect: to_collect(order).map(|amount| MoneyBody::new(amount, order.currency)),
        }
    }
}

/// Whoever packs and sends needs the address for as long as the parcels are on their way, and no longer.
fn shows_recipient(state: FulfillmentState, actor: &Actor) -> bool {
    use FulfillmentState::{Delivered, Packed, Shipped};
    let handles = actor.may(Permission::FulfillmentsWork) && matches!(state, Packed | Shipped | Delivered);
    actor.scope().shows_contact() || handles
}

/// What is missing of an order that is paid when it arrives.
fn to_collect(order: &Order) -> Option<Amount> {
    let is_meant = order.terms.payment.as_ref().is_some_and(|rule| rule.kind == PaymentKind::OnDelivery);
    let open = order.balance.open(order.totals.total);
    (is_meant && open > Amount::ZERO).then_some(open)
}

/// Read a packing slip
///
/// Of one fulfillment: what is in it, and, from packing to the arrival, for whom it is.
#[utoipa::path(get, path = "/v1/staff/orders/{id}/fulfillments/{no}/packing-slip", operation_id = "get_packing_slip",
    tag = "staff-orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER)),
        ("no" = u32, Path, description = "Number of the fulfillment", example = 1)),
    responses((status = 200, description = "The slip", body = PackingSlip)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_packing_slip(
    state: web::Data<AppState>,
    staff: Staff<permit::FulfillmentsWork>,
    id: PathId<OrderId>,
    no: PathNo,
) -> Result<web::Json<PackingSlip>, Problem> {
    slip(&state, &staff.actor(), id.0, no.0).await.map(web::Json)
}

/// The slip of a fulfillment that the actor may see.
pub(super) async fn slip(
    state: &AppState,
    actor: &Actor,
    id: OrderId,
    no: u32,
) -> Result<PackingSlip, Problem> {
    let order = visible(state, actor, id).await?;
    let fulfillment = order.fulfillment(no).ok_or_else(|| refused(&Refusal::UnknownFulfillment))?;
    let store_name = store_name(state, order.store_id).await?;
    Ok(PackingSlip::new(&order, fulfillment, &store_name, actor))
}
