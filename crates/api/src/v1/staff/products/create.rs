//! `POST /v1/staff/products`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::money::Amount;
use ordervault_domain::product::{MAX_SKU_CODE_POINTS, NewProduct, ProductCommand};
use ordervault_persistence::writer::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{MAX_CATEGORY_CODE_POINTS, MAX_TITLE_CODE_POINTS, StaffProductBody, answer};
use crate::extract::{Content, OptionalIdempotencyKey, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::submit::unshown;
use crate::v1::caller::Caller;
use crate::v1::fields::{Fields, faults_of};

/// A new product.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateProduct {
    /// The store that sells it.
    #[schema(min_length = 18, max_length = 18, pattern = "^[Ss][Tt][Oo]_[0-9A-TV-Za-tv-z]{14}$",
        example = json!(examples::STORE))]
    store_id: String,
    /// Stock keeping unit, unique within the store.
    #[schema(min_length = 1, max_length = 100, example = "TEA-101")]
    sku: String,
    /// What customers call it.
    #[schema(min_length = 1, max_length = 200, example = "杉林溪烏龍茶 150g")]
    title: String,
    /// Where it stands in the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 100, example = "tea")]
    category: Option<String>,
    /// Price of one unit in minor units of the store's currency: 199900 is 1999.00 TWD.
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, example = 76_000)]
    price: i64,
    /// How it is taxed: a class of its store. Left out: `standard`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 32, example = "standard")]
    tax_class: Option<String>,
    /// What one unit weighs, in grams. Left out: nothing that counts for sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(max = 100_000_000))]
    #[schema(nullable = false, minimum = 0, maximum = 100_000_000, example = 180)]
    weight_grams: Option<u32>,
    /// Units in the house.
    #[serde(default)]
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000, default = 0, example = 12)]
    on_hand: i64,
}

impl Content for CreateProduct {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain())
    }
}

impl CreateProduct {
    fn to_domain(&self) -> Result<NewProduct, Problem> {
        let mut fields = Fields::default();
        let store_id = fields.parsed("/store_id", &self.store_id, "unknown-store");
        let sku = fields.line("/sku", &self.sku, MAX_SKU_CODE_POINTS);
        let title = fields.line("/title", &self.title, MAX_TITLE_CODE_POINTS);
        let category = fields.line_option("/category", self.category.as_ref(), MAX_CATEGORY_CODE_POINTS);
        let tax_class = fields.parsed_option("/tax_class", self.tax_class.as_ref(), "unknown-tax-class");
        let new = store_id.map(|store_id| NewProduct {
            store_id,
            sku,
            title,
            category,
            price: Amount::new(self.price),
            tax_class,
            weight_grams: self.weight_grams,
            on_hand: self.on_hand,
            external_reference: None,
        });
        fields.finish(new)?.ok_or_else(|| Problem::internal("a store id was lost"))
    }
}

/// Create a product
///
/// It can be ordered at once, as far as there is stock.
#[utoipa::path(post, path = "/v1/staff/products", operation_id = "create_product", tag = "staff-catalogue",
    params(OptionalIdempotencyKey),
    request_body = CreateProduct,
    responses((status = 201, description = "The product", body = StaffProductBody, headers(
        ("ETag" = String, description = "The version in double quotes"),
        ("Location" = String, description = "The path of the product")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn create_product(
    state: web::Data<AppState>,
    staff: Staff<permit::product::Create>,
    request_id: RequestId,
    key: OptionalIdempotencyKey,
    body: Valid<CreateProduct>,
) -> Result<HttpResponse, Problem> {
    let command = ProductCommand::Create(body.0.to_domain()?);
    let operation = Operation::Product { id: None, expected_version: None, command };
    let caller = Caller::staff(&state, &staff, &request_id);
    let changed = caller.change(key, "create_product", &body.0, vec![operation]).await?;
    answer(&state, &changed, StatusCode::CREATED).await.map_err(unshown)
}
