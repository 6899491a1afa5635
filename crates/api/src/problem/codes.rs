//! The one table of problem codes: slug and status. Title, what happened and what to do are the message `problem-<slug>` of the
//! [translations](crate::translations).

use actix_web::http::StatusCode;
use ordervault_domain::refusal::Rule;

use crate::names::names;
use crate::translations::Text;

macro_rules! codes {
    ($($name:ident $slug:literal $status:ident)*) => {
        /// Why a request was refused. Stable for clients; new ones may be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $slug, "`")] $name,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$name,)*];

            /// The name in `code` and in `/problems/<slug>`.
            pub const fn slug(self) -> &'static str {
                match self { $(Code::$name => $slug,)* }
            }

            /// The HTTP status.
            pub const fn status(self) -> StatusCode {
                match self { $(Code::$name => StatusCode::$status,)* }
            }

            /// The title, the same for every problem of this code.
            pub fn title(self) -> Text {
                match self { $(Code::$name => Text::new(concat!("problem-", $slug)),)* }
            }

            /// What happened; the default `detail`.
            pub fn happened(self) -> Text {
                match self { $(Code::$name => Text::new(concat!("problem-", $slug, ".detail")),)* }
            }

            /// What the reader can do about it; shown on the code's page.
            pub fn what_to_do(self) -> Text {
                match self { $(Code::$name => Text::new(concat!("problem-", $slug, ".what-to-do")),)* }
            }
        }
    };
}

codes! {
    // 400: unreadable
    MalformedRequest "malformed-request" BAD_REQUEST
    InvalidParameter "invalid-parameter" BAD_REQUEST
    IdempotencyKeyMissing "idempotency-key-missing" BAD_REQUEST
    IdempotencyKeyInvalid "idempotency-key-invalid" BAD_REQUEST
    // 401, 403: who are you, and may you
    TokenMissing "token-missing" UNAUTHORIZED
    TokenExpired "token-expired" UNAUTHORIZED
    TokenInvalid "token-invalid" UNAUTHORIZED
    InvalidCredentials "invalid-credentials" UNAUTHORIZED
    TokenReused "token-reused" UNAUTHORIZED
    Forbidden "forbidden" FORBIDDEN
    PasswordChangeRequired "password-change-required" FORBIDDEN
    // 404, 405, 406, 408
    NotFound "not-found" NOT_FOUND
    OrderNumberMistyped "order-number-mistyped" NOT_FOUND
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED
    NotAcceptable "not-acceptable" NOT_ACCEPTABLE
    RequestTimeout "request-timeout" REQUEST_TIMEOUT
    // 409: the state of things
    StateConflict "state-conflict" CONFLICT
    TooManyChanges "too-many-changes" CONFLICT
    InsufficientStock "insufficient-stock" CONFLICT
    PriceChanged "price-changed" CONFLICT
    DiscountAboveLimit "discount-above-limit" CONFLICT
    PaymentRuleNotMet "payment-rule-not-met" CONFLICT
    BalanceNotSettled "balance-not-settled" CONFLICT
    TotalBelowCredits "total-below-credits" CONFLICT
    MoneyKept "money-kept" CONFLICT
    NothingRefundable "nothing-refundable" CONFLICT
    RefundExceedsPayment "refund-exceeds-payment" CONFLICT
    RefundAboveLimit "refund-above-limit" CONFLICT
    WriteOffExceedsBalance "write-off-exceeds-balance" CONFLICT
    UnitsNotOpen "units-not-open" CONFLICT
    UnitsOut "units-out" CONFLICT
    UnitsUndelivered "units-undelivered" CONFLICT
    UnitsMoved "units-moved" CONFLICT
    Duplicate "duplicate" CONFLICT
    DuplicateOrder "duplicate-order" CONFLICT
    StockReserved "stock-reserved" CONFLICT
    CurrencyFixed "currency-fixed" CONFLICT
    InAnotherAccount "in-another-account" CONFLICT
    OpenOrders "open-orders" CONFLICT
    LastOwner "last-owner" CONFLICT
    OwnAccount "own-account" CONFLICT
    PreviewOutdated "preview-outdated" CONFLICT
    MailNotConfigured "mail-not-configured" CONFLICT
    // 410 to 428
    CodeNotGood "code-not-good" GONE
    ListOutdated "list-outdated" GONE
    PreconditionFailed "precondition-failed" PRECONDITION_FAILED
    PayloadTooLarge "payload-too-large" PAYLOAD_TOO_LARGE
    UriTooLong "uri-too-long" URI_TOO_LONG
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE
    ExportTooLarge "export-too-large" UNPROCESSABLE_ENTITY
    ValidationFailed "validation-failed" UNPROCESSABLE_ENTITY
    IdempotencyKeyReused "idempotency-key-reused" UNPROCESSABLE_ENTITY
    PreconditionRequired "precondition-required" PRECONDITION_REQUIRED
    RateLimited "rate-limited" TOO_MANY_REQUESTS
    // 5xx: our side
    InternalError "internal-error" INTERNAL_SERVER_ERROR
    Overloaded "overloaded" SERVICE_UNAVAILABLE
    NotExecuted "not-executed" SERVICE_UNAVAILABLE
    OutcomeUnknown "outcome-unknown" SERVICE_UNAVAILABLE
    StorageUnavailable "storage-unavailable" SERVICE_UNAVAILABLE
    NotReady "not-ready" SERVICE_UNAVAILABLE
}

names! {
    /// Why a request was refused; each is explained at `/problems/` and its name.
    ProblemCode, KnownProblemCode: Code::ALL.iter().map(|code| code.slug()).collect::<Vec<_>>();
}

impl Code {
    /// The code with this slug.
    pub fn from_slug(slug: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.slug() == slug)
    }

    /// What a rule that said no is called outside.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub fn of(rule: Rule) -> Code {
        match rule {
            Rule::NotFound | Rule::UnknownAdjustment | Rule::UnknownRefund | Rule::UnknownFulfillment => {
                Code::NotFound
            }
            Rule::Forbidden | Rule::BeyondOwnRights => Code::Forbidden,
            Rule::Inactive | Rule::InvalidCredentials => Code::TokenInvalid,
            Rule::VersionConflict => Code::PreconditionFailed,
            Rule::StateConflict
            | Rule::CutOffPassed
            | Rule::BatchCompleted
            | Rule::AccountDeactivated
            | Rule::AccountErased
            | Rule::FulfillmentConflict => Code::StateConflict,
            Rule::OpenOrders => Code::OpenOrders,
            Rule::TooManyChanges => Code::TooManyChanges,
            Rule::InsufficientStock => Code::InsufficientStock,
            Rule::PriceChanged => Code::PriceChanged,
            Rule::DiscountAboveLimit => Code::DiscountAboveLimit,
            Rule::PaymentRuleNotMet => Code::PaymentRuleNotMet,
            Rule::BalanceNotSettled => Code::BalanceNotSettled,
            Rule::TotalBelowCredits => Code::TotalBelowCredits,
            Rule::MoneyKept => Code::MoneyKept,
            Rule::NothingRefundable => Code::NothingRefundable,
            Rule::RefundExceedsPayment => Code::RefundExceedsPayment,
            Rule::RefundAboveLimit => Code::RefundAboveLimit,
            Rule::WriteOffExceedsBalance => Code::WriteOffExceedsBalance,
            Rule::UnitsNotOpen => Code::UnitsNotOpen,
            Rule::UnitsOut => Code::UnitsOut,
            Rule::UnitsUndelivered => Code::UnitsUndelivered,
            Rule::UnitsMoved => Code::UnitsMoved,
            Rule::PossibleDuplicate => Code::DuplicateOrder,
            Rule::UnknownProduct
            | Rule::NotSold
            | Rule::UnknownStore
            | Rule::UnknownCustomer
            | Rule::NoLines
            | Rule::TooManyLines
            | Rule::QuantityOutOfRange
            | Rule::UnknownLine
            | Rule::LineOfAnotherProduct
            | Rule::LineNamedTwice
            | Rule::NameMissing
            | Rule::Unreachable
            | Rule::AmountOutOfRange
            | Rule::PriceOutOfRange
            | Rule::OpeningStockOutOfRange
            | Rule::StockAboveLimit
            | Rule::UnfitTerms
            | Rule::UnknownTaxClass
            | Rule::UnknownShipping
            | Rule::TooHeavy
            | Rule::AdjustmentOutOfRange
            | Rule::TooManyAdjustments
            | Rule::NothingToAdjust
            | Rule::UnknownPaymentRule
            | Rule::PaymentOutOfRange
            | Rule::CurrencyMismatch
            | Rule::NotYet
            | Rule::TooManyPayments
            | Rule::TooManyRefunds
            | Rule::UnknownPayment
            | Rule::TooManyFulfillments
            | Rule::TooManyParcels
            | Rule::UnitsBackDiffer
            | Rule::DeliveryTimeOutOfRange
            | Rule::NoRole
            | Rule::PositionNotReached
            | Rule::BrokenHistory => Code::ValidationFailed,
            Rule::Duplicate => Code::Duplicate,
            Rule::StockBelowReserved => Code::StockReserved,
            Rule::InAnotherAccount => Code::InAnotherAccount,
            Rule::LastOwner => Code::LastOwner,
            Rule::OwnAccount => Code::OwnAccount,
            Rule::CurrencyFixed => Code::CurrencyFixed,
        }
    }

    /// The `type` member: a path on this server.
    pub fn type_uri(self) -> String {
        format!("/problems/{}", self.slug())
    }

    /// `WWW-Authenticate` for the 401 codes (RFC 6750, section 3).
    pub(super) const fn challenge(self) -> &'static str {
        match self {
            Code::TokenExpired | Code::TokenInvalid => r#"Bearer realm="ordervault", error="invalid_token""#,
            _ => r#"Bearer realm="ordervault""#,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn slugs_are_unique_kebab_case_and_found_again() {
        let slugs: HashSet<_> = Code::ALL.iter().map(|code| code.slug()).collect();
        assert_eq!(slugs.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.slug().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", code.slug());
            assert_eq!(Code::from_slug(code.slug()), Some(*code));
        }
        assert_eq!(Code::from_slug("no-such-code"), None);
    }

    #[test]
    fn every_code_is_an_error_with_help() {
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error());
            let [title, happened, what_to_do] =
                [code.title(), code.happened(), code.what_to_do()].map(|text| text.in_english());
            assert!(title.chars().next().is_some_and(char::is_uppercase), "{}", code.slug());
            assert!(what_to_do.ends_with('.'), "{}", code.slug());
            assert!(!happened.ends_with('.'), "{}", code.slug());
        }
    }
}
