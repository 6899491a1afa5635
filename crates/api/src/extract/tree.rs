//! JSON as it was sent: duplicate members kept, so that they can be refused, and every text still unjudged.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

use crate::problem::{FieldError, pointer};

/// A JSON value. Objects keep their members in order, including duplicates.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Unsigned(u64),
    Negative(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// Everything wrong with the content whatever it is meant for: duplicate members, forbidden characters.
    pub(super) fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        self.collect_faults(&mut Vec::new(), &mut faults);
        faults
    }

    fn collect_faults<'a>(&'a self, path: &mut Vec<PathPart<'a>>, faults: &mut Vec<FieldError>) {
        match self {
            Node::Text(text) if has_forbidden_character(text) => {
                faults.push(FieldError::new(pointer(path.iter()), "forbidden-character"));
            }
            Node::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(PathPart::Index(index.to_string()));
                    item.collect_faults(path, faults);
                    path.pop();
                }
            }
            Node::Object(members) => {
                let mut seen = std::collections::HashSet::with_capacity(members.len());
                for (name, value) in members {
                    if has_forbidden_character(name) {
                        faults.push(FieldError::new(pointer(path.iter()), "forbidden-character"));
                        continue;
                    }
                    path.push(PathPart::Name(name));
                    if !seen.insert(name) {
                        faults.push(FieldError::new(pointer(path.iter()), "duplicate-field"));
                    }
                    value.collect_faults(path, faults);
                    path.pop();
                }
            }
            _ => {}
        }
    }
}

enum PathPart<'a> {
    Name(&'a str),
    Index(String),
}

impl AsRef<str> for PathPart<'_> {
    fn as_ref(&self) -> &str {
        match self {
            PathPart::Name(name) => name,
            PathPart::Index(index) => index,
        }
    }
}

/// Outside RFC 9839's "Unicode Assignables": controls other than tab, line feed and carriage return, and noncharacters.
/// (Surrogates cannot occur in a Rust string.) Fields may narrow this further, for example to one line.
pub(super) fn has_forbidden_character(text: &str) -> bool {
    text.chars().any(|c| {
        let is_control = c.is_control() && !matches!(c, '\t' | '\n' | '\r');
        let is_noncharacter = matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE;
        is_control || is_noncharacter
    })
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NodeVisitor;

        impl<'de> Visitor<'de> for NodeVisitor {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }
            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Bool(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
                Ok(Node::Unsigned(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
                Ok(Node::Negative(value))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
                Ok(Node::Float(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Node, E> {
                Ok(Node::Text(value.to_owned()))
            }
            fn visit_string<E>(self, value: String) -> Result<Node, E> {
                Ok(Node::Text(value))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Node::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Node::Object(members))
            }
        }

        deserializer.deserialize_any(NodeVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(json: &str) -> Vec<(String, String)> {
        let node: Node = serde_json::from_str(json).unwrap();
        node.faults().into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn duplicates_are_found_at_every_depth() {
        assert_eq!(
            faults(r#"{"a": [{"b": 1, "b": 2}], "a": 3}"#),
            [("/a/0/b".into(), "duplicate-field".into()), ("/a".into(), "duplicate-field".into())]
        );
    }

    #[test]
    fn forbidden_characters_are_found_in_values_and_names() {
        for bad in ["\\u0000", "\\u0085", "\\ufffe", "\\ufdd0", "\\u001b", "\\ud83f\\udfff"] {
            let expected = [("/t".to_owned(), "forbidden-character".to_owned())];
            assert_eq!(faults(&format!(r#"{{"t": "x{bad}y"}}"#)), expected, "{bad}");
        }
        assert_eq!(faults(r#"{"t\u0000": 1}"#), [(String::new(), "forbidden-character".into())]);
        assert_eq!(faults(r#"{"t": "two\nlines\twith 王小明 👩‍👩‍👧"}"#), []);
    }
}
