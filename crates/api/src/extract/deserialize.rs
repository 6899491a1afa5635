//! From a tree to a type, stricter than serde's default: an object is an object (not an array of its fields), every unknown
//! member is refused without a type having to ask for it, and each fault knows where it is.

use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::fault::Fault;
use super::tree::Node;
use crate::translations::Text;

impl Node {
    fn unexpected(&self) -> Unexpected<'_> {
        match self {
            Node::Null => Unexpected::Unit,
            Node::Bool(value) => Unexpected::Bool(*value),
            Node::Unsigned(value) => Unexpected::Unsigned(*value),
            Node::Negative(value) => Unexpected::Signed(*value),
            Node::Float(value) => Unexpected::Float(*value),
            Node::Text(text) | Node::Parameter(text) => Unexpected::Str(text),
            Node::List(_) => Unexpected::Seq,
            Node::Object(_) | Node::Query(_) => Unexpected::Map,
            Node::Blank => Unexpected::Other("nothing"),
        }
    }
}

/// A parameter is the text of what the type asks for; a blank is whatever it asks for.
macro_rules! scalars {
    ($($method:ident $visit:ident $blank:expr, $expected:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            match self {
                Node::Parameter(text) => match text.parse() {
                    Ok(value) => visitor.$visit(value),
                    Err(_) => Err(Fault::wrong_type($expected)),
                },
                Node::Blank => visitor.$visit($blank),
                node => node.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Node::Null | Node::Blank => visitor.visit_unit(),
            Node::Bool(value) => visitor.visit_bool(value),
            Node::Unsigned(value) => visitor.visit_u64(value),
            Node::Negative(value) => visitor.visit_i64(value),
            Node::Float(value) => visitor.visit_f64(value),
            Node::Text(text) | Node::Parameter(text) => visitor.visit_string(text),
            Node::List(items) => visitor.visit_seq(Items { items: items.into_iter().enumerate() }),
            Node::Object(members) | Node::Query(members) => visitor.visit_map(Members::of(members)),
        }
    }

    scalars! {
        deserialize_bool visit_bool false, "expected-boolean";
        deserialize_i8 visit_i8 0, "expected-whole-number";
        deserialize_i16 visit_i16 0, "expected-whole-number";
        deserialize_i32 visit_i32 0, "expected-whole-number";
        deserialize_i64 visit_i64 0, "expected-whole-number";
        deserialize_u8 visit_u8 0, "expected-unsigned";
        deserialize_u16 visit_u16 0, "expected-unsigned";
        deserialize_u32 visit_u32 0, "expected-unsigned";
        deserialize_u64 visit_u64 0, "expected-unsigned";
        deserialize_str visit_string String::new(), "expected-string";
        deserialize_string visit_string String::new(), "expected-string";
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Node::Null => visitor.visit_none(),
            node => visitor.visit_some(node),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    /// A parameter is a list with commas between its entries.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Node::Parameter(text) => visitor.visit_seq(Commas { text: Some(text), entries: 0 }),
            Node::Blank => visitor.visit_seq(Items { items: vec![].into_iter().enumerate() }),
            node => node.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let unknown: fn(&str, &'static [&'static str]) -> Fault = match self {
            Node::Query(_) => Fault::unknown_parameter,
            _ => serde::de::Error::unknown_field,
        };
        let members = match self {
            Node::Object(members) | Node::Query(members) => members,
            Node::Blank => fields.iter().map(|field| ((*field).to_owned(), Node::Blank)).collect(),
            node => return Err(serde::de::Error::invalid_type(node.unexpected(), &visitor)),
        };
        if let Some((name, _)) = members.iter().find(|(name, _)| !fields.contains(&name.as_str())) {
            return Err(unknown(name, fields));
        }
        visitor.visit_map(Members::of(members))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self {
            Node::Text(text) | Node::Parameter(text) => {
                visitor.visit_enum(IntoDeserializer::<Fault>::into_deserializer(text))
            }
            Node::Object(members) if members.len() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(Members::of(members)))
            }
            Node::Object(_) => Err(Fault::wrong_type("expected-one-member")),
            Node::Blank => {
                let first = variants.first().copied().unwrap_or_default();
                visitor.visit_enum(IntoDeserializer::<Fault>::into_deserializer(first))
            }
            _ => Err(Fault::wrong_type("expected-string")),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct map identifier ignored_any
    }
}

struct Items {
    items: std::iter::Enumerate<std::vec::IntoIter<Node>>,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        match self.items.next() {
            Some((index, item)) => {
                seed.deserialize(item).map(Some).map_err(|fault| fault.under(index.to_string()))
            }
            None => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The rest of a list in a parameter; none: it has been read to its end.
struct Commas {
    text: Option<String>,
    entries: usize,
}

impl<'de> SeqAccess<'de> for Commas {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(mut entry) = self.text.take() else { return Ok(None) };
        if let Some(comma) = entry.find(',') {
            self.text = Some(entry.split_off(comma + 1));
            entry.truncate(comma);
        }
        let index = self.entries;
        self.entries += 1;
        if entry.is_empty() {
            return Err(Fault::new("blank").detail(Text::new("entry-blank")).under(index.to_string()));
        }
        seed.deserialize(Node::Parameter(entry)).map(Some).map_err(|fault| fault.under(index.to_string()))
    }
}

struct Members {
    members: std::vec::IntoIter<(String, Node)>,
    value: Option<(String, Node)>,
}

impl Members {
    fn of(members: Vec<(String, Node)>) -> Self {
        Self { members: members.into_iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Members {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((name, value)) = self.members.next() else { return Ok(None) };
        let key: StringDeserializer<Fault> = name.clone().into_deserializer();
        self.value = Some((name, value));
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        match self.value.take() {
            Some((name, value)) => seed.deserialize(value).map_err(|fault| fault.under(name)),
            None => Err(Fault::new("missing")),
        }
    }
}
