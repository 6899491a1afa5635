//! The strict query string.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use validator::Validate;

use super::argument::Argument;
use super::body::rule_errors;
use super::fault::Fault;
use super::tree::has_forbidden_character;
use crate::problem::{Code, FieldError, Problem};

/// How alike a known name must be to be proposed for an unknown one (1 = equal).
const MIN_SIMILARITY: f64 = 0.6;

/// The query of a request. `T` is a plain struct (no `#[serde(flatten)]`) of numbers, booleans, texts, unit-variant enums,
/// [`Option`]s of these, and [`Vec`]s, which are written with commas: `status=confirmed,processing`.
///
/// Unknown and repeated parameters and bad values are refused with 400 `invalid-parameter`; `errors[].pointer` is the
/// parameter's name.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Validate> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        request.extensions_mut().insert(QueryWasRead);
        ready(parse(request.query_string()).map(Query))
    }
}

impl<T: DeserializeOwned + Validate + 'static> Argument for Query<T> {}

struct QueryWasRead;

/// An API operation without a [`Query`] takes no parameters; given ones are refused like any other unknown one.
pub(crate) fn refuse_unread_query(request: &HttpRequest) -> Result<(), Problem> {
    let was_read = request.extensions().contains::<QueryWasRead>();
    if was_read || request.query_string().is_empty() || !request.path().starts_with("/v1/") {
        return Ok(());
    }
    parse::<NoParameters>(request.query_string()).map(|_| ())
}

#[derive(serde::Deserialize, Validate)]
struct NoParameters {}

fn parse<T: DeserializeOwned + Validate>(query: &str) -> Result<T, Problem> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|_| Problem::new(Code::InvalidParameter).detail("the query string cannot be read"))?
        .into_inner();
    let refused = |error: FieldError| Problem::new(Code::InvalidParameter).errors(vec![error]);
    if let Some((name, _)) =
        pairs.iter().find(|(name, value)| has_forbidden_character(name) || has_forbidden_character(value))
    {
        let name = if has_forbidden_character(name) { "" } else { name };
        return Err(refused(FieldError::new(name, "forbidden-character")));
    }
    let content = T::deserialize(Parameters { pairs }).map_err(|fault| refused(fault.in_query()))?;
    content.validate().map_err(|errors| {
        let errors = rule_errors(&errors)
            .into_iter()
            .map(|mut error| {
                error.pointer = error.pointer.trim_start_matches('/').to_owned();
                error
            })
            .collect();
        Problem::new(Code::InvalidParameter).errors(errors)
    })?;
    Ok(content)
}

/// The known name that is most like an unknown one, if one is alike at all.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let alike = known.map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    let nearest = alike.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (nearest.0 >= MIN_SIMILARITY).then_some(nearest.1)
}

struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    fn check_names(&self, known: &'static [&'static str]) -> Result<(), Fault> {
        for (index, (name, _)) in self.pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let detail = match nearest(name, known.iter().copied()) {
                    Some(candidate) => format!("there is no such parameter; did you mean {candidate}?"),
                    None if known.is_empty() => "this operation takes no parameters".to_owned(),
                    None => format!("there is no such parameter; known are: {}", known.join(", ")),
                };
                let shown: String = name.chars().take(64).collect();
                return Err(Fault::new("unknown-parameter").detail(detail).under(shown));
            }
            if self.pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Fault::new("repeated-parameter").under(name));
            }
        }
        Ok(())
    }
}

impl<'de> Deserializer<'de> for Parameters {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_map(Pairs { pairs: self.pairs.into_iter(), value: None })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.check_names(fields)?;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any option newtype_struct enum
    }
}

struct Pairs {
    pairs: std::vec::IntoIter<(String, String)>,
    value: Option<(String, String)>,
}

impl<'de> MapAccess<'de> for Pairs {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((name, value)) = self.pairs.next() else { return Ok(None) };
        let key: StringDeserializer<Fault> = name.clone().into_deserializer();
        self.value = Some((name, value));
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        match self.value.take() {
            Some((name, value)) => seed.deserialize(Text(value)).map_err(|fault| fault.under(name)),
            None => Err(Fault::new("missing")),
        }
    }
}

/// One value, as text that becomes what the type asks for.
struct Text(String);

macro_rules! parsed {
    ($($method:ident $visit:ident $expected:literal)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Fault::new("wrong-type").detail($expected.to_owned())),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Text {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_string(self.0)
    }

    parsed! {
        deserialize_bool visit_bool "expected true or false"
        deserialize_i8 visit_i8 "expected a whole number"
        deserialize_i16 visit_i16 "expected a whole number"
        deserialize_i32 visit_i32 "expected a whole number"
        deserialize_i64 visit_i64 "expected a whole number"
        deserialize_u8 visit_u8 "expected a whole number, zero or more"
        deserialize_u16 visit_u16 "expected a whole number, zero or more"
        deserialize_u32 visit_u32 "expected a whole number, zero or more"
        deserialize_u64 visit_u64 "expected a whole number, zero or more"
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor
            .visit_seq(Commas { parts: self.0.split(',').map(str::to_owned).collect::<Vec<_>>().into_iter() })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_enum(IntoDeserializer::<Fault>::into_deserializer(self.0))
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier
        ignored_any
    }
}

struct Commas {
    parts: std::vec::IntoIter<String>,
}

impl<'de> SeqAccess<'de> for Commas {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        match self.parts.next() {
            Some(part) if part.is_empty() => {
                Err(Fault::new("blank").detail("an entry of the list is empty".to_owned()))
            }
            Some(part) => seed.deserialize(Text(part)).map(Some),
            None => Ok(None),
        }
    }
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

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Status {
        Confirmed,
        PendingReview,
    }

    fn refusal(query: &str) -> (String, String) {
        let problem = parse::<Filter>(query).unwrap_err();
        assert_eq!(problem.code(), Code::InvalidParameter);
        let error = &problem.field_errors()[0];
        (error.pointer.clone(), error.code.clone())
    }

    #[test]
    fn a_good_query_is_read() {
        assert_eq!(parse::<Filter>("").unwrap(), Filter::default());
        let filter: Filter =
            parse("limit=7&status=confirmed,pending_review&include_total=true&q=%E4%BF%9D+x").unwrap();
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
        let detail = |query: &str| parse::<Filter>(query).unwrap_err().field_errors()[0].detail.clone();
        assert_eq!(detail("placed_afer=1"), "there is no such parameter; did you mean placed_after?");
        assert!(detail("xyz=1").starts_with("there is no such parameter; known are: limit, status"));
    }
}
