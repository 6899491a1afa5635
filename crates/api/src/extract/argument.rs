//! What the arguments of a handler say about its operation in the contract.

use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
use utoipa::openapi::path::Operation;

/// An argument of a handler: taken out of the request, and told in the contract if callers should know of it.
pub trait Argument: FromRequest + 'static {
    /// Adds what callers should know.
    fn describe(_: &mut Operation) {}
}

impl<T: 'static> Argument for web::Data<T> {}
impl<T: DeserializeOwned + 'static> Argument for web::Path<T> {}
impl Argument for HttpRequest {}
