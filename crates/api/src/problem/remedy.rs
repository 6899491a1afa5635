//! What a person can do about a problem.

use serde::Serialize;
use strum::{EnumIter, IntoStaticStr};
use utoipa::ToSchema;

use crate::names::{names, variants};
use crate::translations::{Locale, Text};

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
    /// Delete the account all the same.
    DeleteAnyway,
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
    /// Get the next access token with the refresh token.
    Refresh,
    /// Log in.
    LogIn,
}

names! {
    /// What a remedy does.
    RemedyCode, KnownRemedyCode: variants::<RemedyKind>();
}

/// Something a person can do about a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// What it does.
    pub code: RemedyKind,
    /// What to do.
    pub detail: Text,
    /// The HTTP method to use, when the remedy is a request to this API.
    pub method: Option<&'static str>,
    /// The path to send it to.
    pub href: Option<String>,
    /// With what to place an order all the same.
    pub not_duplicate_of: Option<Vec<String>>,
}

impl Remedy {
    /// Something that is no request.
    pub fn new(code: RemedyKind, detail: Text) -> Self {
        Self { code, detail, method: None, href: None, not_duplicate_of: None }
    }

    /// It is this request.
    #[must_use]
    pub fn request(self, method: &'static str, href: impl Into<String>) -> Self {
        Self { method: Some(method), href: Some(href.into()), ..self }
    }

    /// For a client who reads this language.
    pub fn body(&self, locale: Locale) -> RemedyBody {
        RemedyBody {
            code: self.code,
            detail: locale.say(&self.detail),
            method: self.method,
            href: self.href.clone(),
            not_duplicate_of: self.not_duplicate_of.clone(),
        }
    }
}

/// Something a person can do about a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Remedy)]
pub struct RemedyBody {
    /// Stable name of the remedy.
    #[schema(value_type = RemedyCode)]
    pub code: RemedyKind,
    /// What to do, in plain words.
    #[schema(example = "cancel the order instead")]
    pub detail: String,
    /// The HTTP method to use, when the remedy is a request to this API.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "POST")]
    pub method: Option<&'static str>,
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
