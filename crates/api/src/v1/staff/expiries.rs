//! `POST /v1/staff/expiries/approve`

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use ordervault_domain::installation::{Installation, InstallationCommand};
use ordervault_domain::order::MAX_COMMENT_CODE_POINTS;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::extract::{Content, OptionalIdempotencyKey, Valid};
use crate::middleware::request_id::RequestId;
use crate::principals::{Staff, permit};
use crate::problem::{FieldError, Problem};
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::v1::caller::Caller;
use crate::v1::fields::{Fields, faults_in};

/// The path of the approval.
pub(super) const APPROVE: &str = "/v1/staff/expiries/approve";

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().with(endpoint!(approve_expiries))
}

/// Which expiries are approved, and why.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApproveExpiries {
    /// Those that were due to by then: the `through` of the summary. A time to come counts as now.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    through: Timestamp,
    /// In your own words; staff see it in the history.
    #[schema(min_length = 1, max_length = 1000, example = "we were closed, and the clock is right")]
    comment: String,
}

impl Content for ApproveExpiries {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.line("/comment", &self.comment, MAX_COMMENT_CODE_POINTS);
        })
    }
}

/// Up to which time expiries are approved.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExpiryApproval)]
pub(crate) struct ExpiryApprovalBody {
    /// Orders that were due to expire by then are cancelled with the next look of the timer, however many they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    through: Option<Timestamp>,
}

/// Approve expiries
///
/// Unconfirmed orders expire by themselves, but not more than 20 and more than a tenth of all open orders at once: these wait
/// until somebody who looks after all stores has approved it, because the clock may be wrong. The summary says that they wait
/// (`expiries_waiting`). What is due later than `through` is not approved by this. Doing it twice is the same as once.
#[utoipa::path(post, path = "/v1/staff/expiries/approve", operation_id = "approve_expiries", tag = "staff-orders",
    params(OptionalIdempotencyKey),
    request_body = ApproveExpiries,
    responses((status = 200, description = "What is approved now", body = ExpiryApprovalBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn approve_expiries(
    state: web::Data<AppState>,
    staff: Staff<permit::installation::ApproveExpiries>,
    request_id: RequestId,
    key: OptionalIdempotencyKey,
    body: Valid<ApproveExpiries>,
) -> Result<HttpResponse, Problem> {
    let body = body.0;
    let mut fields = Fields::default();
    let comment = fields.line("/comment", &body.comment, MAX_COMMENT_CODE_POINTS);
    let comment = fields.finish(comment)?;
    let command = InstallationCommand::ApproveExpiries { through: body.through, comment };
    let caller = Caller::staff(&state, &staff, &request_id);
    let operations = vec![Operation::Installation(command)];
    let changed = caller.change::<Installation>(key, "approve_expiries", &body, operations).await?;
    let approved = ExpiryApprovalBody { through: changed.resource.expiries_approved_through };
    Ok(changed.answer(&state, StatusCode::OK, APPROVE, &approved))
}
