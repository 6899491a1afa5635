//! Reading requests strictly: what is not understood is refused, never ignored.
//!
//! | where | extractor | refusals |
//! | --- | --- | --- |
//! | body | [`Valid<T>`], [`ValidOrNothing<T>`] | 400 `malformed-request`, 408, 413, 415, 422 `validation-failed` |
//! | query | [`Query<T>`] | 400 `invalid-parameter` |
//! | path | [`PathId<T>`] | 404 `not-found`, `order-number-mistyped` |
//! | `Idempotency-Key` | [`IdempotencyKey`], [`OptionalIdempotencyKey`] | 400 |
//! | `If-Match` | [`IfMatch`], [`OptionalIfMatch`] | 400, 412, 428 |
//! | `Accept-Language` | [`AcceptLanguage`] | none |
//! | the connection | [`ClientAddress`] | none |
//!
//! Extractors of a handler run from left to right (see [`crate::routes`]): put authentication first and the body last. What is
//! wrong in several places is told together, under the problem that was met first.

mod accept_language;
mod argument;
mod body;
mod client_address;
mod deserialize;
mod fault;
mod gather;
mod header;
mod idempotency;
mod if_match;
mod path;
mod query;
mod rules;
mod tree;

pub use accept_language::AcceptLanguage;
pub use argument::Argument;
pub(crate) use argument::Refusals;
pub(crate) use body::too_large;
pub use body::{BODY_TIMEOUT, Valid, ValidOrNothing, body_limit_bytes};
pub use client_address::ClientAddress;
pub(crate) use client_address::is_trusted;
pub(crate) use fault::nearest;
pub use gather::Content;
pub use idempotency::{IdempotencyKey, OptionalIdempotencyKey};
pub(crate) use if_match::etag;
pub use if_match::{IfMatch, OptionalIfMatch};
pub use path::{IdFault, PathId, PathKey, PathNo};
pub use query::Query;
pub(crate) use query::refuse_unread_query;

use serde::{Deserialize, Deserializer};

/// For the fields of a PATCH body (RFC 7396), which tell three cases apart: absent (`None`, leave it), `null`
/// (`Some(None)`, clear it), a value (`Some(Some(value))`, set it).
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct PatchStore {
///     #[serde(default, deserialize_with = "ordervault_api::extract::present")]
///     note: Option<Option<String>>,
/// }
/// let body: PatchStore = serde_json::from_str(r#"{"note": null}"#).unwrap();
/// assert_eq!(body.note, Some(None));
/// ```
///
/// A field that can be changed but not cleared is a plain [`Option`] with [`present_value`].
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// For the fields of a PATCH body that cannot be cleared: `null` is refused instead of being taken for "absent".
pub fn present_value<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}
