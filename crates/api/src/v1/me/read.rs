//! `GET /v1/me`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::answer::{CustomerBody, account, answer};
use crate::principals::Customer;
use crate::problem::Problem;
use crate::state::AppState;

/// Read your account
#[utoipa::path(get, path = "/v1/me", operation_id = "get_me", tag = "auth",
    description = "Name and ways to reach you.",
    responses((status = 200, description = "Your account", body = CustomerBody,
        headers(("ETag" = String, description = "The version in double quotes")))),
    security(("customer_bearer" = [])))]
pub(crate) async fn get_me(state: web::Data<AppState>, customer: Customer) -> Result<HttpResponse, Problem> {
    let account = account(&state, &customer).await?;
    Ok(answer(&state, &account.into(), StatusCode::OK))
}
