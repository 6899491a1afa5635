//! Ids in paths.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use ordervault_domain::id::{BatchId, CustomerId, IdError, MemberId, OrderId, ProductId, SessionId, StoreId};

use super::argument::{Argument, IsNoId};
use crate::problem::{Code, Problem};

/// Why a path segment is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdFault {
    /// Not of the shape of an id, so nothing can be found under it.
    NotAnId,
    /// Shaped like an order number, but the check symbol does not fit.
    Mistyped,
}

/// Something that names a resource in a path.
pub trait PathKey: Sized + 'static {
    /// Reads the (percent-decoded) path segment.
    fn from_segment(text: &str) -> Result<Self, IdFault>;
}

/// The path's `{id}`. What cannot be an id is 404, like any other thing that is not there.
#[derive(Debug, Clone, Copy)]
pub struct PathId<T>(pub T);

impl<T: PathKey> FromRequest for PathId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let segment = request.match_info().get("id").unwrap_or_default();
        ready(T::from_segment(segment).map(PathId).map_err(|fault| match fault {
            IdFault::NotAnId => {
                request.extensions_mut().insert(IsNoId);
                Problem::new(Code::NotFound)
            }
            IdFault::Mistyped => Problem::new(Code::OrderNumberMistyped),
        }))
    }
}

impl<T: PathKey> Argument for PathId<T> {}

/// The path's `{no}`: the number of a part of what `{id}` names. What cannot be one is 404, too.
#[derive(Debug, Clone, Copy)]
pub struct PathNo(pub u32);

impl FromRequest for PathNo {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let segment = request.match_info().get("no").unwrap_or_default();
        let number = segment.parse().ok().filter(|no: &u32| no.to_string() == segment);
        ready(number.map(PathNo).ok_or_else(|| Problem::new(Code::NotFound)))
    }
}

impl Argument for PathNo {}

impl PathKey for OrderId {
    fn from_segment(text: &str) -> Result<Self, IdFault> {
        text.parse().map_err(|fault| match fault {
            IdError::Mistyped => IdFault::Mistyped,
            IdError::Malformed => IdFault::NotAnId,
        })
    }
}

macro_rules! path_keys {
    ($($id:ty)*) => {$(
        impl PathKey for $id {
            // Only an order's number is typed by people, so only there a slip is worth telling.
            fn from_segment(text: &str) -> Result<Self, IdFault> {
                text.parse().map_err(|_: IdError| IdFault::NotAnId)
            }
        }
    )*};
}

path_keys! { StoreId ProductId CustomerId MemberId BatchId SessionId }
