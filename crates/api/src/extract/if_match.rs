//! `If-Match` (RFC 9110, section 13.1.1): the version a change is based on. Our ETag is the version in quotes: `"7"`; after
//! a restore the epoch stands before it, `"2.7"`, because what was version 7 may have been another one.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use ordervault_domain::installation::FIRST_EPOCH;
use serde_json::json;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required};

use super::argument::Argument;
use super::header::header_parameter;
use crate::problem::{Code, FieldError, Problem};
use crate::state::AppState;
use crate::translations::Text;

/// The precondition of an operation that requires one; without it 428.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever the version, as long as the thing exists.
    Any,
    /// `"<version>"`: only if this is still the version.
    Version(i64),
}

/// The precondition of an operation that takes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionalIfMatch(pub Option<IfMatch>);

/// The ETag of a version in an epoch of the installation.
pub(crate) fn etag(epoch: i64, version: i64) -> String {
    match epoch {
        FIRST_EPOCH => format!("\"{version}\""),
        epoch => format!("\"{epoch}.{version}\""),
    }
}

impl IfMatch {
    /// The version expected; `None` if any will do.
    pub fn expected_version(self) -> Option<i64> {
        match self {
            IfMatch::Any => None,
            IfMatch::Version(version) => Some(version),
        }
    }
}

impl OptionalIfMatch {
    /// The version expected; `None` if any will do.
    pub fn expected_version(self) -> Option<i64> {
        self.0.and_then(IfMatch::expected_version)
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request).and_then(|found| found.ok_or_else(|| Problem::new(Code::PreconditionRequired))))
    }
}

impl FromRequest for OptionalIfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request).map(OptionalIfMatch))
    }
}

impl Argument for IfMatch {}

impl Argument for OptionalIfMatch {}

/// What an ETag looks like, whoever made it.
const ETAG: &str = r#"^(\*|(W/)?"[^"]*")$"#;

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "The ETag that you have seen, such as `\"1\"`; `*` takes any version";
        let parameter = header_parameter("If-Match", description, ObjectBuilder::new().pattern(Some(ETAG)));
        vec![parameter.required(Required::True).example(Some(json!("*"))).build()]
    }
}

impl IntoParams for OptionalIfMatch {
    /// Without an example: Swagger UI would send it.
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let description = "The ETag that you have seen; left out, any version will do";
        vec![header_parameter("If-Match", description, ObjectBuilder::new().pattern(Some(ETAG))).build()]
    }
}

fn read(request: &HttpRequest) -> Result<Option<IfMatch>, Problem> {
    let mut values = request.headers().get_all(header::IF_MATCH);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let state = request.app_data::<web::Data<AppState>>();
            let state = state.ok_or_else(|| Problem::internal("no state"))?;
            parse(value.as_bytes(), state.epoch()).map(Some)
        }
        (Some(_), Some(_)) => Err(unreadable()),
    }
}

fn unreadable() -> Problem {
    Problem::new(Code::InvalidParameter)
        .errors(vec![FieldError::new("If-Match", "invalid").detail(Text::new("etag-unreadable"))])
}

fn parse(value: &[u8], epoch: i64) -> Result<IfMatch, Problem> {
    let text = std::str::from_utf8(value).map_err(|_| unreadable())?.trim();
    if text == "*" {
        return Ok(IfMatch::Any);
    }
    // A weak tag is well-formed, but never matches here (RFC 9110, section 8.8.3.2).
    let (is_weak, tag) = match text.strip_prefix("W/") {
        Some(tag) => (true, tag),
        None => (false, text),
    };
    let tag = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).filter(|tag| !tag.contains('"'));
    match tag {
        None => Err(unreadable()),
        Some(_) if is_weak => Err(Problem::new(Code::PreconditionFailed)),
        Some(tag) => match epoch_and_version(tag) {
            Some((seen, version)) if seen == epoch => Ok(IfMatch::Version(version)),
            Some(_) => Err(Problem::new(Code::PreconditionFailed).detail(Text::new("etag-of-before"))),
            // Somebody else's ETag: well-formed, but no version of ours.
            None => Err(Problem::new(Code::PreconditionFailed)),
        },
    }
}

/// What [`etag`] wrote, to the symbol: `7`, but not `+7`, `07` or `-7`, since an ETag is compared as text.
fn epoch_and_version(tag: &str) -> Option<(i64, i64)> {
    let (epoch, version) = match tag.split_once('.') {
        Some((epoch, version)) => (epoch.parse().ok()?, version.parse().ok()?),
        None => (FIRST_EPOCH, tag.parse().ok()?),
    };
    let written = etag(epoch, version);
    (epoch >= FIRST_EPOCH && version >= 1 && written.trim_matches('"') == tag).then_some((epoch, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_has_its_answer() {
        let outcome = |value: &str| parse(value.as_bytes(), FIRST_EPOCH).map_err(|problem| problem.code());
        for (value, expected) in [
            ("\"7\"", Ok(IfMatch::Version(7))),
            (" \"9223372036854775807\" ", Ok(IfMatch::Version(i64::MAX))),
            ("*", Ok(IfMatch::Any)),
            ("W/\"7\"", Err(Code::PreconditionFailed)),
            ("\"abc\"", Err(Code::PreconditionFailed)),
            ("\"0\"", Err(Code::PreconditionFailed)),
            ("\"07\"", Err(Code::PreconditionFailed)),
            ("\"9223372036854775808\"", Err(Code::PreconditionFailed)),
            ("7", Err(Code::InvalidParameter)),
            ("", Err(Code::InvalidParameter)),
            ("\"7", Err(Code::InvalidParameter)),
            ("\"7\", \"8\"", Err(Code::InvalidParameter)),
            ("W/7", Err(Code::InvalidParameter)),
        ] {
            assert_eq!(outcome(value), expected, "{value}");
        }
    }

    #[test]
    fn a_version_of_another_epoch_is_none_of_this_one() {
        let outcome = |value: &str| parse(value.as_bytes(), 2).map_err(|problem| problem.code());
        assert_eq!(outcome(&etag(2, 7)), Ok(IfMatch::Version(7)));
        for seen in
            [etag(1, 7), etag(3, 7), "\"02.7\"".into(), "\"2.07\"".into(), "\"2.\"".into(), "\"1.7\"".into()]
        {
            assert_eq!(outcome(&seen), Err(Code::PreconditionFailed), "{seen}");
        }
    }
}
