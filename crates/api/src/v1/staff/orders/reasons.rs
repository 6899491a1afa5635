//! Why staff end an order or take a step of it back, in requests.

use ordervault_domain::order::{CancelReason, InvalidReason, MAX_COMMENT_CODE_POINTS, ReversalReason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::extract::Content;
use crate::names;
use crate::problem::FieldError;
use crate::state::AppState;
use crate::v1::fields::faults_in;

/// Why an order is called off.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct CancelStaffOrder {
    /// The reason.
    #[schema(value_type = names::KnownCancelReason)]
    reason: CancelReason,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "the last one is damaged")]
    comment: Option<String>,
}

impl Content for CancelStaffOrder {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        })
    }
}

/// Why an order is not a real one.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvalidateOrder {
    /// The reason.
    #[schema(value_type = names::KnownInvalidReason)]
    reason: InvalidReason,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "the same as the order before")]
    comment: Option<String>,
}

impl Content for InvalidateOrder {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        })
    }
}

/// Why an order takes a step back.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReverseOrder {
    /// The reason.
    #[schema(value_type = names::KnownReversalReason)]
    reason: ReversalReason,
    /// In your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "clicked the wrong row")]
    comment: Option<String>,
}

impl Content for ReverseOrder {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        faults_in(|fields| {
            fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS);
        })
    }
}

/// What a request says about why.
pub(super) trait Why: Serialize {
    /// The reason and what is said in words; neither, where there is no body.
    fn why(&self) -> (Option<&'static str>, Option<&String>);
}

impl Why for () {
    fn why(&self) -> (Option<&'static str>, Option<&String>) {
        (None, None)
    }
}

impl Why for CancelStaffOrder {
    fn why(&self) -> (Option<&'static str>, Option<&String>) {
        (Some(self.reason.into()), self.comment.as_ref())
    }
}

impl Why for InvalidateOrder {
    fn why(&self) -> (Option<&'static str>, Option<&String>) {
        (Some(self.reason.into()), self.comment.as_ref())
    }
}

impl Why for ReverseOrder {
    fn why(&self) -> (Option<&'static str>, Option<&String>) {
        (Some(self.reason.into()), self.comment.as_ref())
    }
}
