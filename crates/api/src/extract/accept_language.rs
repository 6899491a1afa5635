//! `Accept-Language` (RFC 9110, section 12.5.4): what somebody reads who has not said so in words.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use ordervault_domain::language::Language;
use utoipa::IntoParams;
use utoipa::openapi::ObjectBuilder;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::argument::Argument;
use super::header::header_parameter;
use crate::state::AppState;
use crate::translations::Locale;

/// The language that the client prefers of those that there are; none: it names none of them. What cannot be read is passed
/// over, since browsers send it unasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptLanguage(pub Option<Language>);

impl FromRequest for AcceptLanguage {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl AcceptLanguage {
    /// What this request says.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let header = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let state = request.app_data::<web::Data<AppState>>();
        let accepted = header
            .zip(state)
            .and_then(|(header, state)| Language::accepted(header, state.translations.languages()).cloned());
        Self(accepted)
    }

    /// In which language this request is to be answered.
    pub(crate) fn locale(request: &HttpRequest) -> Locale {
        match request.app_data::<web::Data<AppState>>() {
            Some(state) => state.translations.locale(Self::of(request).0.as_ref()),
            None => Locale::english(),
        }
    }
}

impl Argument for AcceptLanguage {}

impl IntoParams for AcceptLanguage {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description =
            "The languages that you read; what people read is in the first of them that there is.";
        let schema = ObjectBuilder::new().max_length(Some(1_000));
        vec![
            header_parameter("Accept-Language", description, schema)
                .example(Some("zh-TW,zh;q=0.9".into()))
                .build(),
        ]
    }
}
