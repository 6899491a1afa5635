//! `POST /v1/staff/stores`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::country::Country;
use ordervault_domain::store::{NewStore, StoreCommand};
use ordervault_persistence::writer::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{MAX_CHANGE_WINDOW_MINUTES, StaffStoreBody, answer};
use super::policy::PolicyBody;
use crate::extract::{Content, OptionalIdempotencyKey, Valid};
use crate::middleware::request_id::RequestId;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::v1::caller::Caller;
use crate::v1::fields::{Fields, MAX_NAME_CODE_POINTS, faults_of};
use crate::v1::store_terms::{
    PaymentRuleBody, ShippingRuleBody, TaxTermsBody, payment_rules, shipping_rules,
};

/// A new store.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateStore {
    /// What customers call it.
    #[schema(min_length = 1, max_length = 200, example = "Livraria do Chiado")]
    name: String,
    /// ISO 4217 code of its prices and orders, in upper case. It stays once there are products.
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", example = "EUR")]
    currency: String,
    /// The IANA time zone that decides which day it is.
    #[schema(min_length = 1, max_length = 64, example = "Europe/Lisbon")]
    time_zone: String,
    /// ISO 3166-1 alpha-2 code of the country where it sells, in upper case: national phone numbers are read as they are dialled
    /// there. Left out: the setting `defaults.country`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 2, max_length = 2, pattern = "^[A-Z]{2}$", example = "PT")]
    country: Option<String>,
    /// Minutes after placing in which customers may change an order. Left out: until its execution starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 0, max = MAX_CHANGE_WINDOW_MINUTES))]
    #[schema(nullable = false, minimum = 0, maximum = 527_040, example = 60)]
    change_window_minutes: Option<u32>,
    /// How it handles orders.
    #[serde(default)]
    #[validate(nested)]
    #[schema(required = false)]
    policy: PolicyBody,
    /// How it is taxed. Left out: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    #[schema(nullable = false)]
    tax: Option<TaxTermsBody>,
    /// How it sends, the usual way first. Left out: that is not said, and costs nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(nested, length(max = 20))]
    #[schema(max_items = 20)]
    shipping: Vec<ShippingRuleBody>,
    /// How it is paid, the usual way first. Left out: that is not said, and no order waits for a payment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(nested, length(max = 20))]
    #[schema(max_items = 20)]
    payments: Vec<PaymentRuleBody>,
}

impl Content for CreateStore {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain(None))
    }
}

impl CreateStore {
    fn to_domain(&self, default_country: Option<Country>) -> Result<NewStore, Problem> {
        let mut fields = Fields::default();
        let name = fields.line("/name", &self.name, MAX_NAME_CODE_POINTS);
        let currency = fields.parsed("/currency", &self.currency, "unknown-currency");
        let time_zone = fields.parsed("/time_zone", &self.time_zone, "unknown-time-zone");
        let country = fields.parsed_option("/country", self.country.as_ref(), "unknown-country");
        let tax = self.tax.as_ref().and_then(|tax| tax.to_domain(&mut fields));
        let shipping = shipping_rules(&mut fields, &self.shipping);
        let payments = payment_rules(&mut fields, &self.payments);
        let new = currency.zip(time_zone).map(|(currency, time_zone)| NewStore {
            name,
            currency,
            time_zone,
            country: country.or(default_country),
            change_window_minutes: self.change_window_minutes,
            policy: self.policy.to_domain(),
            tax,
            shipping,
            payments,
            external_reference: None,
        });
        fields.finish(new)?.ok_or_else(|| Problem::internal("a currency or time zone was lost"))
    }
}

/// Create a store
///
/// It takes orders at once. For members who look after all stores.
#[utoipa::path(post, path = "/v1/staff/stores", operation_id = "create_store", tag = "staff-catalogue",
    params(OptionalIdempotencyKey),
    request_body = CreateStore,
    responses((status = 201, description = "The store", body = StaffStoreBody, headers(
        ("ETag" = String, description = "The version in double quotes"),
        ("Location" = String, description = "The path of the store")))),
    security(("staff_bearer" = [])))]
pub(crate) async fn create_store(
    state: web::Data<AppState>,
    staff: Staff<permit::store::Create>,
    request_id: RequestId,
    key: OptionalIdempotencyKey,
    body: Valid<CreateStore>,
) -> Result<HttpResponse, Problem> {
    let command = StoreCommand::Create(body.0.to_domain(state.settings.default_country)?);
    let operation = Operation::Store { id: None, expected_version: None, command };
    let caller = Caller::staff(&state, &staff, &request_id);
    let changed = caller.change(key, "create_store", &body.0, vec![operation]).await?;
    Ok(answer(&state, &changed, StatusCode::CREATED))
}
