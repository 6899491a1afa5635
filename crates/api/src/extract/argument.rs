//! What the arguments of a handler say about its operation in the contract, and what they are refused for.

use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, web};
use serde::de::DeserializeOwned;
use utoipa::openapi::path::Operation;

use crate::problem::{Code, Problem};

/// An argument of a handler: taken out of the request, and told in the contract if callers should know of it.
pub trait Argument: FromRequest + 'static {
    /// Adds what callers should know.
    fn describe(_: &mut Operation) {}
}

impl<T: 'static> Argument for web::Data<T> {}
impl<T: DeserializeOwned + 'static> Argument for web::Path<T> {}
impl Argument for HttpRequest {}

/// What the arguments of a request were refused for so far: the first problem, with the faults of all.
#[derive(Default)]
pub(crate) struct Refusals(Option<Problem>);

/// Marks a request of which an argument was refused.
struct IsRefused;

/// Marks a request whose path has no id where one should be.
pub(super) struct IsNoId;

/// Was an argument refused before this one?
pub(super) fn is_refused(request: &HttpRequest) -> bool {
    request.extensions().contains::<IsRefused>()
}

impl Refusals {
    /// The argument; none: it is refused for what its sender wrote, and the others are looked at, too.
    ///
    /// # Errors
    /// What is refused for another reason, such as who asks.
    pub(crate) fn pass<A>(
        &mut self,
        request: &HttpRequest,
        argument: Result<A, Error>,
    ) -> Result<Option<A>, Error> {
        let error = match argument {
            Ok(argument) => return Ok(Some(argument)),
            Err(error) => error,
        };
        let Some(problem) =
            error.as_error::<Problem>().filter(|problem| is_about_content(request, problem.code()))
        else {
            return Err(error);
        };
        request.extensions_mut().insert(IsRefused);
        self.0 = Some(match self.0.take() {
            Some(first) => first.and(problem),
            None => problem.clone(),
        });
        Ok(None)
    }

    /// Nothing, if nothing was refused.
    ///
    /// # Errors
    /// Everything that was.
    pub(crate) fn finish(self) -> Result<(), Error> {
        self.0.map_or(Ok(()), |problem| Err(problem.into()))
    }
}

/// Is it about what the sender wrote, which they can put right together with the rest?
fn is_about_content(request: &HttpRequest, code: Code) -> bool {
    // Other places that are not there look as if nothing was, whatever else was asked.
    if code == Code::NotFound {
        return request.extensions().contains::<IsNoId>();
    }
    matches!(
        code,
        Code::MalformedRequest
            | Code::InvalidParameter
            | Code::IdempotencyKeyMissing
            | Code::IdempotencyKeyInvalid
            | Code::OrderNumberMistyped
            | Code::UnsupportedMediaType
            | Code::ValidationFailed
            | Code::PreconditionRequired
    )
}
