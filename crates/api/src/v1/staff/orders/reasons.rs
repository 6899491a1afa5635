//! Why staff end an order, in requests.

use ordervault_domain::order::{InvalidReason, MAX_COMMENT_CODE_POINTS};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::problem::Problem;
use crate::v1::fields::Fields;

/// Why an order is not a real one.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvalidateOrder {
    /// `duplicate`, `test`, `unreachable_contact`, `bad_address`, `price_error`, `fraud`, `unpaid` or `other`.
    #[schema(value_type = String, example = "duplicate")]
    pub reason: InvalidReason,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "the same as the order before")]
    comment: Option<String>,
}

impl InvalidateOrder {
    /// What they say in their own words.
    pub(super) fn comment(&self) -> Result<Option<String>, Problem> {
        comment(self.comment.as_ref())
    }
}

/// Reads what somebody says in their own words.
pub(super) fn comment(text: Option<&String>) -> Result<Option<String>, Problem> {
    let mut fields = Fields::default();
    let comment = fields.lines_option("/comment", text, MAX_COMMENT_CODE_POINTS);
    fields.finish(comment)
}
