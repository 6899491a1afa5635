//! The one table of problem codes: slug, status, title, what happened, what to do.

use actix_web::http::StatusCode;
use ordervault_domain::refusal::Rule;

use crate::names::names;

macro_rules! codes {
    ($($name:ident $slug:literal $status:ident $title:literal $happened:literal $todo:literal)*) => {
        /// Why a request was refused. Stable for clients; new ones may be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $happened] $name,)*
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
            pub const fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// What happened; the default `detail`.
            pub const fn happened(self) -> &'static str {
                match self { $(Code::$name => $happened,)* }
            }

            /// What the reader can do about it; shown on the code's page.
            pub const fn what_to_do(self) -> &'static str {
                match self { $(Code::$name => $todo,)* }
            }
        }
    };
}

codes! {
    // 400: unreadable
    MalformedRequest "malformed-request" BAD_REQUEST "The request cannot be read"
        "the body is not well-formed JSON in UTF-8"
        "Send one JSON object in UTF-8 without trailing commas, lone surrogates or a cut-off end."
    InvalidParameter "invalid-parameter" BAD_REQUEST "A parameter is not valid"
        "a query parameter or header has an unknown name or a value that is not accepted"
        "The errors list names the parameter and what is wrong with it; the API description lists every parameter with its limits."
    IdempotencyKeyMissing "idempotency-key-missing" BAD_REQUEST "An Idempotency-Key is required"
        "this operation must be safe to repeat and came without an Idempotency-Key header"
        "Make a new random key per intended change, send it as Idempotency-Key, and send the same key again when you retry."
    IdempotencyKeyInvalid "idempotency-key-invalid" BAD_REQUEST "The Idempotency-Key is not valid"
        "the Idempotency-Key is empty, too short, too long, sent twice or has characters outside printable ASCII"
        "Use 1 to 255 printable ASCII characters, without an account at least 16, for example a UUID, bare or in double quotes."
    // 401, 403: who are you, and may you
    Unauthenticated "unauthenticated" UNAUTHORIZED "Log in first"
        "the access token is missing, expired or not valid here"
        "Log in, or exchange the refresh token, and send the new token as Authorization: Bearer."
    InvalidCredentials "invalid-credentials" UNAUTHORIZED "Name or password is wrong"
        "this combination of name and password opens no account"
        "Check both and try again; after several failures the account pauses for a while."
    TokenReused "token-reused" UNAUTHORIZED "The refresh token was used before"
        "a refresh token opens a session once; this one was already exchanged, so the session was ended"
        "Log in again. If you did not send the token twice, change the password: somebody else may hold a copy."
    Forbidden "forbidden" FORBIDDEN "Not allowed"
        "you are known, but this operation is not among your rights"
        "Ask an owner of the shop for the right, or use an account of the other kind (customer or staff)."
    PasswordChangeRequired "password-change-required" FORBIDDEN "Choose a password of your own first"
        "somebody else set your password, and you have not replaced it yet"
        "Send the current and a new password to POST /v1/staff/me/password, then go on."
    // 404, 405, 406, 408
    NotFound "not-found" NOT_FOUND "Not found"
        "there is nothing here that you can see"
        "Check the address and the number; things of others look exactly like things that do not exist."
    OrderNumberMistyped "order-number-mistyped" NOT_FOUND "The order number is mistyped"
        "the order number's check symbol does not fit, so one symbol is wrong or two are swapped"
        "Compare the number with the confirmation symbol by symbol; upper and lower case do not matter."
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED "Method not allowed"
        "this address exists, but does not take this method"
        "Use one of the methods in the Allow header."
    NotAcceptable "not-acceptable" NOT_ACCEPTABLE "No such format"
        "the Accept header leaves no format that this server can send"
        "Accept application/json, or leave the header out."
    RequestTimeout "request-timeout" REQUEST_TIMEOUT "The request came too slowly"
        "the body did not arrive in time; nothing was changed"
        "Send the request again over a better connection."
    // 409: the state of things
    StateConflict "state-conflict" CONFLICT "Not possible in this state"
        "the thing is in a state that does not allow this"
        "Read it again: current_status says where it stands and actions lists what you may do now."
    TooManyChanges "too-many-changes" CONFLICT "Changed too often"
        "you have changed this order so often that it takes no more changes from you"
        "You can still cancel it; for any other change ask the shop, whose staff can still make it."
    InsufficientStock "insufficient-stock" CONFLICT "Not enough in stock"
        "at least one product has fewer pieces left than asked for"
        "The errors list names the lines; order fewer pieces or leave the line out."
    PriceChanged "price-changed" CONFLICT "The price has changed"
        "it costs something else than was expected; nothing was changed"
        "Look at total, which is what it costs now, and send the request again with it as expected_total."
    Duplicate "duplicate" CONFLICT "Exists already"
        "something with this name, address or code exists already"
        "Use the existing one, if you can see it, or choose another value."
    DuplicateOrder "duplicate-order" CONFLICT "Looks like an order placed before"
        "an order with the same content was placed a short while ago"
        "Look at the earlier order; to order the same again on purpose, confirm that in the request."
    StockReserved "stock-reserved" CONFLICT "Stock is promised to orders"
        "the change would leave fewer pieces than are reserved for open orders"
        "Reduce by less, or cancel or amend orders first."
    CurrencyFixed "currency-fixed" CONFLICT "The currency is fixed"
        "a store's currency cannot change once it has products or orders, whose prices are in it"
        "Open another store for the other currency."
    InAnotherAccount "in-another-account" CONFLICT "In another account"
        "the order is in the account of another customer"
        "Use that account; if it is the wrong one, the shop can take the order out of it."
    LastOwner "last-owner" CONFLICT "The last owner stays"
        "without this member nobody could manage the shop any more"
        "Make somebody else an owner first."
    OwnAccount "own-account" CONFLICT "Not on your own account"
        "nobody deactivates their own account or resets their own password"
        "Ask another member with the right to do it; change your password with POST /v1/staff/me/password."
    PreviewOutdated "preview-outdated" CONFLICT "The preview is out of date"
        "what was previewed is not what would be done now"
        "The errors list names orders that joined, left or changed; ask for the preview again, look at it, and send its digest."
    MailNotConfigured "mail-not-configured" CONFLICT "This shop sends no mail"
        "this takes mail, and the shop's server is not configured to send any"
        "Ask the shop: its staff can give you a one-time code for a new password."
    // 410 to 428
    CodeNotGood "code-not-good" GONE "The link or code is no longer good"
        "it was used before, has expired, was replaced by a newer one, or belongs to no account any more"
        "Ask for a new one, and use the newest that you got."
    ListOutdated "list-outdated" GONE "The list has begun anew"
        "the shop was restored from a backup or repaired since this page was read"
        "Start the list anew, without a cursor."
    PreconditionFailed "precondition-failed" PRECONDITION_FAILED "It has changed in the meantime"
        "the version in If-Match is no longer the current one"
        "Read it again, look at what changed, and repeat the change with the new ETag."
    PayloadTooLarge "payload-too-large" PAYLOAD_TOO_LARGE "The body is too large"
        "the body is larger than this operation takes"
        "Send less at a time; the API description names the limit."
    UriTooLong "uri-too-long" URI_TOO_LONG "The address is too long"
        "path and query together are longer than 8 KiB"
        "Use fewer or shorter filters."
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "Not a format for this operation"
        "the body is not declared as JSON, or is compressed"
        "Send Content-Type: application/json (a PATCH also takes application/merge-patch+json) without Content-Encoding."
    ExportTooLarge "export-too-large" UNPROCESSABLE_ENTITY "Too much for one export"
        "the list takes longer than ten seconds to read, or is larger than 512 MiB"
        "Narrow the filters, for example by placed_after and placed_before, and export part by part."
    ValidationFailed "validation-failed" UNPROCESSABLE_ENTITY "The content is not valid"
        "at least one field is not accepted; nothing was changed"
        "The errors list points at each field and says what is wrong with it."
    IdempotencyKeyReused "idempotency-key-reused" UNPROCESSABLE_ENTITY "The Idempotency-Key belongs to another request"
        "this Idempotency-Key was used before with another operation or body"
        "Use a new key for a new change; repeat the old request unchanged to get its answer again."
    PreconditionRequired "precondition-required" PRECONDITION_REQUIRED "If-Match is required"
        "this change needs the version it is based on"
        "Read the thing first and send its ETag as If-Match, so that nobody's change is lost."
    RateLimited "rate-limited" TOO_MANY_REQUESTS "Too many requests"
        "you have asked too often in a short time"
        "Wait as long as Retry-After says."
    // 5xx: our side
    InternalError "internal-error" INTERNAL_SERVER_ERROR "Something went wrong here"
        "an error on our side; it has been logged under this request id"
        "Try again with the same Idempotency-Key; if it stays, send the request id to whoever runs this server."
    Overloaded "overloaded" SERVICE_UNAVAILABLE "Too busy right now"
        "more work is waiting than can be done in time; nothing was changed"
        "Wait as long as Retry-After says and try again."
    NotExecuted "not-executed" SERVICE_UNAVAILABLE "Not carried out"
        "the request was not taken up in time and certainly changed nothing"
        "Send it again, with the same Idempotency-Key."
    OutcomeUnknown "outcome-unknown" SERVICE_UNAVAILABLE "It is not known whether it was carried out"
        "no answer came in time from what stores the change; it may or may not exist"
        "Send the same request with the same Idempotency-Key again: it is carried out at most once."
    StorageUnavailable "storage-unavailable" SERVICE_UNAVAILABLE "Storage is not available"
        "the database cannot be written or read right now; nothing was acknowledged"
        "Try again in a while; whoever runs this server finds the reason in the log."
    NotReady "not-ready" SERVICE_UNAVAILABLE "Not ready"
        "the server is starting, stopping or lacks something it needs"
        "Wait; the errors list names the failing checks."
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
    pub fn of(rule: Rule) -> Code {
        match rule {
            Rule::NotFound => Code::NotFound,
            Rule::Forbidden | Rule::BeyondOwnRights => Code::Forbidden,
            Rule::Inactive | Rule::InvalidCredentials => Code::Unauthenticated,
            Rule::VersionConflict => Code::PreconditionFailed,
            Rule::StateConflict | Rule::CutOffPassed | Rule::BatchCompleted | Rule::AccountDeactivated => {
                Code::StateConflict
            }
            Rule::TooManyChanges => Code::TooManyChanges,
            Rule::InsufficientStock => Code::InsufficientStock,
            Rule::PriceChanged => Code::PriceChanged,
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
            Code::Unauthenticated => r#"Bearer realm="ordervault", error="invalid_token""#,
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
            assert!(code.title().chars().next().is_some_and(char::is_uppercase), "{}", code.slug());
            assert!(code.what_to_do().ends_with('.'), "{}", code.slug());
            assert!(!code.happened().ends_with('.'), "{}", code.slug());
        }
    }
}
