//! The strict query string.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use url::form_urlencoded;
use validator::Validate;

use super::argument::Argument;
use super::gather::{Content, faults_of, read};
use super::tree::Node;
use crate::problem::{Code, Problem};
use crate::state::AppState;

/// The query of a request. `T` is a plain struct (no `#[serde(flatten)]`) of numbers, booleans, texts, unit-variant enums,
/// [`Option`]s of these, and [`Vec`]s, which are written with commas: `status=confirmed,processing`.
///
/// Unknown and repeated parameters and bad values are refused with 400 `invalid-parameter`; `errors[].pointer` is the
/// parameter's name.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: Content> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        request.extensions_mut().insert(QueryWasRead);
        let state = request.app_data::<web::Data<AppState>>();
        ready(parse(request.query_string(), state.map(|state| state.get_ref())).map(Query))
    }
}

impl<T: Content> Argument for Query<T> {}

struct QueryWasRead;

/// An API operation without a [`Query`] takes no parameters; given ones are refused like any other unknown one.
pub(crate) fn refuse_unread_query(request: &HttpRequest) -> Result<(), Problem> {
    let was_read = request.extensions().contains::<QueryWasRead>();
    if was_read || request.query_string().is_empty() || !request.path().starts_with("/v1/") {
        return Ok(());
    }
    parse::<NoParameters>(request.query_string(), None).map(|_| ())
}

#[derive(serde::Deserialize, Validate)]
struct NoParameters {}

impl Content for NoParameters {}

fn parse<T: Content>(query: &str, state: Option<&AppState>) -> Result<T, Problem> {
    read(tree(query)).ok_or_else(|| {
        let more = |content: &T| state.map(|state| content.faults(state)).unwrap_or_default();
        let faults = faults_of::<T>(tree(query), query.len(), more);
        Problem::new(Code::InvalidParameter).errors(faults)
    })
}

fn tree(query: &str) -> Node {
    let pairs = form_urlencoded::parse(query.as_bytes());
    Node::Query(pairs.map(|(name, value)| (name.into_owned(), Node::Parameter(value.into_owned()))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Default, Deserialize, Validate, PartialEq)]
    struct Filter {
        #[validate(range(min = 1, max = 100))]
        limit: Option<i64>,
        #[serde(default)]
        status: Vec<Status>,
        include_total: Option<bool>,
        #[validate(length(max = 4))]
        q: Option<String>,
        placed_after: Option<String>,
    }

    impl Content for Filter {}

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Status {
        Confirmed,
        PendingReview,
    }

    fn refusal(query: &str) -> (String, String) {
        let problem = parse::<Filter>(query, None).unwrap_err();
        assert_eq!(problem.code(), Code::InvalidParameter);
        let error = &problem.field_errors()[0];
        (error.pointer.clone(), error.code.to_string())
    }

    #[test]
    fn a_good_query_is_read() {
        assert_eq!(parse::<Filter>("", None).unwrap(), Filter::default());
        let filter: Filter =
            parse("limit=7&status=confirmed,pending_review&include_total=true&q=%E4%BF%9D+x", None).unwrap();
        assert_eq!(filter.limit, Some(7));
        assert_eq!(filter.status, [Status::Confirmed, Status::PendingReview]);
        assert_eq!((filter.include_total, filter.q.as_deref()), (Some(true), Some("保 x")));
    }

    #[test]
    fn bad_queries_name_the_parameter() {
        for (query, pointer, code) in [
            ("limit=1&limit=2", "limit", "repeated-parameter"),
            ("status=confirmed&status=pending_review", "status", "repeated-parameter"),
            ("limt=1", "limt", "unknown-parameter"),
            ("limit=abc", "limit", "wrong-type"),
            ("limit=", "limit", "wrong-type"),
            ("limit=1.5", "limit", "wrong-type"),
            ("limit=99999999999999999999", "limit", "wrong-type"),
            ("limit=0", "limit", "out-of-range"),
            ("limit=-1", "limit", "out-of-range"),
            ("limit=101", "limit", "out-of-range"),
            ("status=paid", "status", "unknown-value"),
            ("status=confirmed,,", "status", "blank"),
            ("status=", "status", "blank"),
            ("include_total=1", "include_total", "wrong-type"),
            ("q=12345", "q", "too-long"),
            ("q=%00", "q", "forbidden-character"),
        ] {
            assert_eq!(refusal(query), (pointer.into(), code.into()), "{query}");
        }
    }

    #[test]
    fn the_nearest_known_name_is_proposed() {
        let detail =
            |query: &str| parse::<Filter>(query, None).unwrap_err().field_errors()[0].detail.in_english();
        assert_eq!(detail("placed_afer=1"), "there is no such parameter; did you mean placed_after?");
        assert!(detail("xyz=1").starts_with("there is no such parameter; known are: limit, status"));
    }
}
