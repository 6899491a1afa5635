//! A product as staff see it, and what requests about products have in common.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use ordervault_domain::access::Actor;
use ordervault_domain::aggregate::Change;
use ordervault_domain::id::ProductId;
use ordervault_domain::product::{Product, ProductCommand, ProductEvent};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::{Effect, Operation};
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::examples;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::submit::unshown;
use crate::v1::caller::{Caller, Conditions, Written};
use crate::v1::catalogue::Currencies;
use crate::v1::money::MoneyBody;
use crate::v1::resource::{Resource, Told};

/// Longest title, in code points.
pub(super) const MAX_TITLE_CODE_POINTS: usize = 200;
/// Longest category, in code points.
pub(super) const MAX_CATEGORY_CODE_POINTS: usize = 100;

/// A product as staff see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StaffProduct)]
pub(crate) struct StaffProductBody {
    /// The id.
    #[schema(example = json!(examples::PRODUCT))]
    id: String,
    /// Rises by one with every change, but not when orders reserve or take units; the ETag.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// The store that sells it.
    #[schema(example = json!(examples::STORE))]
    store_id: String,
    /// Stock keeping unit, unique within the store.
    #[schema(example = "TEA-001")]
    sku: String,
    /// What customers call it.
    #[schema(example = "高山烏龍茶 150g")]
    title: String,
    /// Where it stands in the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "tea")]
    category: Option<String>,
    /// Price of one unit.
    price: MoneyBody,
    /// How it is taxed. Left out: `standard`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "standard")]
    tax_class: Option<String>,
    /// What one unit weighs, in grams. Left out: nothing that counts for sending.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 100_000_000, example = 180)]
    weight_grams: Option<u32>,
    /// Can it be ordered, as far as it depends on the product alone?
    #[schema(example = true)]
    active: bool,
    /// Units in the house.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 12)]
    on_hand: i64,
    /// Units promised to open orders.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 2)]
    reserved: i64,
    /// Units that can still be ordered.
    #[schema(minimum = 0, maximum = 1_000_000_000, example = 10)]
    available: i64,
    /// Its key in the system that it was imported from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "e481f51cbdc54678b7cc49136f2d6af7")]
    external_reference: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    created_at: Timestamp,
    /// When it was last written, by other than orders.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    updated_at: Timestamp,
}

impl StaffProductBody {
    /// The product, priced in its store's currency.
    pub(super) fn new(product: &Product, currencies: &Currencies) -> Result<Self, Problem> {
        Ok(Self {
            id: product.id.to_string(),
            version: product.version,
            store_id: product.store_id.to_string(),
            sku: product.sku.clone(),
            title: product.title.clone(),
            category: product.category.clone(),
            price: currencies.price(product)?,
            tax_class: product.tax_class.as_ref().map(ToString::to_string),
            weight_grams: product.weight_grams,
            active: product.active,
            on_hand: product.on_hand,
            reserved: product.reserved,
            available: product.available(),
            external_reference: product.external_reference.clone(),
            created_at: product.created_at,
            updated_at: product.updated_at,
        })
    }
}

impl Resource for Product {
    fn of(done: Effect) -> Option<Arc<Self>> {
        match done {
            Effect::Product(product) => Some(product),
            _ => None,
        }
    }

    fn is_visible(&self, actor: &Actor) -> bool {
        actor.stores().covers(self.store_id)
    }

    /// A product's own history does not know what orders took, so its sums would mislead; the adjustment says by how many.
    fn shown(change: Change) -> Option<Change> {
        (change.field != "on_hand").then_some(change)
    }

    fn told(event: &ProductEvent) -> Told {
        match event {
            ProductEvent::StockAdjusted { delta } => Told { delta: Some(*delta), ..Told::default() },
            ProductEvent::Created { .. }
            | ProductEvent::Edited { .. }
            | ProductEvent::Activated {}
            | ProductEvent::Deactivated {} => Told::default(),
        }
    }
}

/// The product, if it exists and is in the actor's scope.
pub(super) async fn visible(state: &AppState, actor: &Actor, id: ProductId) -> Result<Product, Problem> {
    let mut conn = reader(state).await?;
    let product = ordervault_persistence::read::product(&mut conn, id).await.map_err(failed)?;
    let product = product.filter(|product| product.is_visible(actor));
    product.ok_or_else(|| Problem::new(Code::NotFound))
}

/// Carries out a command on a product and answers with what became of it.
pub(super) async fn carry_out(
    caller: &Caller<'_>,
    id: ProductId,
    conditions: Conditions,
    name: &str,
    body: &impl Serialize,
    command: ProductCommand,
) -> Result<HttpResponse, Problem> {
    let expected_version = conditions.version.expected_version();
    let operation = Operation::Product { id: Some(id), expected_version, command };
    let changed = caller.change(conditions.key, &format!("{name} {id}"), body, vec![operation]).await?;
    answer(caller.state, &changed, StatusCode::OK).await.map_err(unshown)
}

pub(super) async fn answer(
    state: &AppState,
    changed: &Written<Product>,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let mut conn = reader(state).await?;
    let mut product = changed.resource.as_ref().clone();
    if changed.replayed {
        // Stock has no versions: a repeated answer is about that version and the stock of now.
        let now = ordervault_persistence::read::product(&mut conn, product.id).await.map_err(failed)?;
        let now = now.ok_or_else(|| Problem::internal("a product is gone"))?;
        (product.on_hand, product.reserved) = (now.on_hand, now.reserved);
    }
    let body = StaffProductBody::new(&product, &Currencies::read(&mut conn).await?)?;
    Ok(changed.answer(state, status, &format!("/v1/staff/products/{}", body.id), &body))
}
