//! What a person can do about a problem.

use serde::Serialize;
use strum::{EnumIter, IntoStaticStr};
use utoipa::ToSchema;

use crate::names::{names, variants};

/// What a remedy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, EnumIter, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RemedyKind {
    /// Look at the order.
    Open,
    /// Change the order.
    Amend,
    /// Cancel the order.
    Cancel,
    /// Find the order by its number and contact.
    LookUp,
    /// Place the order all the same.
    PlaceAnyway,
    /// Take the total as it is now.
    AcceptTotal,
    /// Take the order out of the trash.
    Undelete,
    /// Ask for the preview again.
    Preview,
    /// Look into it before anything is done.
    Review,
    /// Let it happen.
    Approve,
}

names! {
    /// What a remedy does.
    RemedyCode, KnownRemedyCode: variants::<RemedyKind>();
}

/// Something a person can do about a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Remedy {
    /// Stable name of the remedy.
    #[schema(value_type = RemedyCode)]
    pub code: RemedyKind,
    /// What to do, in plain words.
    #[schema(example = "cancel the order instead")]
    pub detail: String,
    /// The HTTP method to use, when the remedy is a request to this API.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "POST")]
    pub method: Option<String>,
    /// The path to send it to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "/v1/orders/0P8J46X40C3WA9/cancel")]
    pub href: Option<String>,
    /// `place_anyway`: send the same order with this as its `not_duplicate_of`. The ids of the earlier orders; without an account
    /// as many tokens, which stand for them and open nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(["0P654D221QSQ5F"]))]
    pub not_duplicate_of: Option<Vec<String>>,
}
