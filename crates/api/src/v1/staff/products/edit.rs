//! `PATCH /v1/staff/products/{id}`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::ProductId;
use ordervault_domain::money::Amount;
use ordervault_domain::product::{MAX_SKU_CODE_POINTS, ProductCommand, ProductEdit};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{MAX_CATEGORY_CODE_POINTS, MAX_TITLE_CODE_POINTS, StaffProductBody, carry_out};
use crate::extract::{Content, IfMatch, PathId, Valid, present, present_value};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::{Fields, faults_of};

/// What shall change (RFC 7396); what is left out stays. Stock is changed by adjustments.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditProduct {
    /// Stock keeping unit, unique within the store.
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, min_length = 1, max_length = 100, example = "TEA-002")]
    sku: Option<String>,
    /// What customers call it.
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "阿里山金萱茶 150g")]
    title: Option<String>,
    /// Where it stands in the catalogue; `null` takes it out of all categories.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "tea")]
    category: Option<Option<String>>,
    /// Price of one unit in minor units of the store's currency: 199900 is 1999.00 TWD. Orders that are placed already keep
    /// theirs.
    #[serde(default, deserialize_with = "present_value")]
    #[validate(range(min = 0, max = 1_000_000_000_000_i64))]
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000_000_000_i64, example = 64_000)]
    price: Option<i64>,
    /// How it is taxed: a class of its store; `null`: `standard`. Orders that are placed already keep theirs.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 32, example = "standard")]
    tax_class: Option<Option<String>>,
    /// What one unit weighs, in grams; `null`: nothing that counts for sending.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(max = 100_000_000))]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 100_000_000, example = 180)]
    weight_grams: Option<Option<u32>>,
}

impl Content for EditProduct {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain())
    }
}

impl EditProduct {
    fn to_domain(&self) -> Result<ProductEdit, Problem> {
        let mut fields = Fields::default();
        let (category, tax_class) = (self.category.as_ref(), self.tax_class.as_ref());
        let edit = ProductEdit {
            sku: fields.line_option("/sku", self.sku.as_ref(), MAX_SKU_CODE_POINTS),
            title: fields.line_option("/title", self.title.as_ref(), MAX_TITLE_CODE_POINTS),
            category: category
                .map(|text| fields.line_option("/category", text.as_ref(), MAX_CATEGORY_CODE_POINTS)),
            price: self.price.map(Amount::new),
            tax_class: tax_class
                .map(|class| fields.parsed_option("/tax_class", class.as_ref(), "unknown-tax-class")),
            weight_grams: self.weight_grams,
        };
        fields.finish(edit)
    }
}

/// Change a product
///
/// Send the ETag that you have seen as `If-Match`.
#[utoipa::path(patch, path = "/v1/staff/products/{id}", operation_id = "edit_product", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the product", example = json!(examples::PRODUCT_TO_EDIT)),
        IfMatch),
    request_body = EditProduct,
    responses((status = 200, description = "The product as it is now", body = StaffProductBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn edit_product(
    state: web::Data<AppState>,
    staff: Staff<permit::product::Edit>,
    id: PathId<ProductId>,
    request_id: RequestId,
    version: IfMatch,
    body: Valid<EditProduct>,
) -> Result<HttpResponse, Problem> {
    let command = ProductCommand::Edit(body.0.to_domain()?);
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(&caller, id.0, Conditions::version(version), "edit_product", &(), command).await
}
