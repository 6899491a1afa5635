//! `PATCH /v1/staff/stores/{id}`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::StoreId;
use ordervault_domain::store::{StoreCommand, StoreEdit};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{MAX_CHANGE_WINDOW_MINUTES, StaffStoreBody, carry_out};
use super::policy::EditPolicy;
use crate::extract::{Content, IfMatch, PathId, Valid, present, present_value};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::fields::{Fields, MAX_NAME_CODE_POINTS, faults_of};
use crate::v1::store_terms::{
    PaymentRuleBody, ShippingRuleBody, TaxTermsBody, payment_rules, shipping_rules,
};

/// What shall change (RFC 7396); what is left out stays.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditStore {
    /// What customers call it.
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "青空文具 Aozora Stationery")]
    name: Option<String>,
    /// ISO 4217 code of its prices and orders, in upper case. It stays once there are products.
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", example = "JPY")]
    currency: Option<String>,
    /// The IANA time zone that decides which day it is.
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, min_length = 1, max_length = 64, example = "Asia/Tokyo")]
    time_zone: Option<String>,
    /// ISO 3166-1 alpha-2 code of the country where it sells, in upper case. Orders that are placed already keep theirs.
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, min_length = 2, max_length = 2, pattern = "^[A-Z]{2}$", example = "JP")]
    country: Option<String>,
    /// Minutes after placing in which customers may change an order; `null`: until its execution starts. Orders that are
    /// placed already keep theirs.
    #[serde(default, deserialize_with = "present")]
    #[validate(range(min = 0, max = MAX_CHANGE_WINDOW_MINUTES))]
    #[schema(value_type = Option<u32>, minimum = 0, maximum = 527_040, example = 180)]
    change_window_minutes: Option<Option<u32>>,
    /// How it handles orders.
    #[serde(default)]
    #[validate(nested)]
    #[schema(required = false)]
    policy: EditPolicy,
    /// How it is taxed, whole; `null`: not at all. Orders that are placed already keep theirs.
    #[serde(default, deserialize_with = "present")]
    #[validate(nested)]
    #[schema(value_type = Option<TaxTermsBody>)]
    tax: Option<Option<TaxTermsBody>>,
    /// How it sends, all ways, the usual one first. Orders that are placed already keep theirs.
    #[serde(default, deserialize_with = "present_value")]
    #[validate(nested, length(max = 20))]
    #[schema(nullable = false, max_items = 20)]
    shipping: Option<Vec<ShippingRuleBody>>,
    /// How it is paid, all ways, the usual one first; none: no order waits for a payment. Orders that are placed already keep theirs.
    #[serde(default, deserialize_with = "present_value")]
    #[validate(nested, length(max = 20))]
    #[schema(nullable = false, max_items = 20)]
    payments: Option<Vec<PaymentRuleBody>>,
}

impl Content for EditStore {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain())
    }
}

impl EditStore {
    fn to_domain(&self) -> Result<StoreEdit, Problem> {
        let mut fields = Fields::default();
        let name = fields.line_option("/name", self.name.as_ref(), MAX_NAME_CODE_POINTS);
        let currency = fields.parsed_option("/currency", self.currency.as_ref(), "unknown-currency");
        let time_zone = fields.parsed_option("/time_zone", self.time_zone.as_ref(), "unknown-time-zone");
        let country = fields.parsed_option("/country", self.country.as_ref(), "unknown-country");
        let change_window_minutes = self.change_window_minutes;
        let policy = self.policy.to_domain();
        let tax = self.tax.as_ref().map(|tax| tax.as_ref().and_then(|tax| tax.to_domain(&mut fields)));
        let shipping = self.shipping.as_ref().map(|rules| shipping_rules(&mut fields, rules));
        let payments = self.payments.as_ref().map(|rules| payment_rules(&mut fields, rules));
        fields.finish(StoreEdit {
            name,
            currency,
            time_zone,
            country,
            change_window_minutes,
            policy,
            tax,
            shipping,
            payments,
        })
    }
}

/// Change a store
///
/// Send the ETag that you have seen as `If-Match`.
#[utoipa::path(patch, path = "/v1/staff/stores/{id}", operation_id = "edit_store", tag = "staff-catalogue",
    params(("id" = String, Path, description = "Id of the store", example = json!(examples::STORE_TO_EDIT)),
        IfMatch),
    request_body = EditStore,
    responses((status = 200, description = "The store as it is now", body = StaffStoreBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn edit_store(
    state: web::Data<AppState>,
    staff: Staff<permit::store::Edit>,
    id: PathId<StoreId>,
    request_id: RequestId,
    version: IfMatch,
    body: Valid<EditStore>,
) -> Result<HttpResponse, Problem> {
    let command = StoreCommand::Edit(body.0.to_domain()?);
    let caller = Caller::staff(&state, &staff, &request_id);
    carry_out(&caller, id.0, Conditions::version(version), "edit_store", &(), command).await
}
