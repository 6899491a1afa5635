//! `PATCH /v1/me`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::customer::{CustomerCommand, CustomerEdit};
use ordervault_persistence::writer::Operation;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::answer::{CustomerBody, answer};
use crate::extract::{Content, IfMatch, OptionalIdempotencyKey, Valid, present, present_value};
use crate::middleware::request_id::RequestId;
use crate::principals::{Customer, CustomerOrGuest};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::translations::Translations;
use crate::v1::caller::Caller;
use crate::v1::fields::{Fields, MAX_NAME_CODE_POINTS, faults_of};

/// What shall change (RFC 7396); what is left out stays. The address to log in with is changed by `POST /v1/me/email`.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditMe {
    /// Your name.
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "王小明")]
    name: Option<String>,
    /// Your phone number; `null` takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 3, max_length = 100, example = "+886912345678")]
    phone: Option<Option<String>>,
    /// The language that you read: what is written to you is in it.
    #[serde(default, deserialize_with = "present_value")]
    #[schema(nullable = false, min_length = 2, max_length = 35, example = "zh-Hant")]
    language: Option<String>,
}

impl Content for EditMe {
    fn faults(&self, state: &AppState) -> Vec<FieldError> {
        faults_of(self.to_domain(&state.translations))
    }
}

impl EditMe {
    fn to_domain(&self, translations: &Translations) -> Result<CustomerEdit, Problem> {
        let mut fields = Fields::default();
        let edit = CustomerEdit {
            name: fields.line_option("/name", self.name.as_ref(), MAX_NAME_CODE_POINTS),
            phone: self.phone.as_ref().map(|phone| fields.reach("/phone", phone.as_ref())),
            email: None,
            language: fields.language("/language", self.language.as_ref(), translations),
        };
        fields.finish(edit)
    }
}

/// Change your account
///
/// Name, phone number and language. Send the ETag that you have seen as `If-Match`. Orders that are placed already keep the contact
/// that they were given.
#[utoipa::path(patch, path = "/v1/me", operation_id = "edit_me", tag = "auth", params(IfMatch), request_body = EditMe,
    responses((status = 200, description = "Your account as it is now", body = CustomerBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("customer_bearer" = [])))]
pub(crate) async fn edit_me(
    state: web::Data<AppState>,
    customer: Customer,
    request_id: RequestId,
    version: IfMatch,
    body: Valid<EditMe>,
) -> Result<HttpResponse, Problem> {
    let edit = Operation::Customer {
        id: Some(customer.id),
        expected_version: version.expected_version(),
        command: CustomerCommand::Edit(body.0.to_domain(&state.translations)?),
        password_hash: None,
    };
    let caller = Caller::buyer(&state, &CustomerOrGuest::Customer(customer), &request_id);
    let changed = caller.change(OptionalIdempotencyKey(None), "edit_me", &(), vec![edit]).await?;
    Ok(answer(&state, &changed, StatusCode::OK))
}
