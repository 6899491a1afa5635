//! A body or query as it was sent: duplicate members kept, so that they can be refused, and every text still unjudged.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

use crate::problem::{FieldError, pointer};

/// A JSON value, or a query. Objects keep their members in order, including duplicates.
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
    /// The parameters of a query.
    Query(Vec<(String, Node)>),
    /// The text of one of them.
    Parameter(String),
    /// Where something stood that was told to be wrong, or nothing where something has to be.
    Blank,
}

impl Node {
    pub(super) fn is_query(&self) -> bool {
        matches!(self, Node::Query(_))
    }

    /// Everything wrong with the content whatever it is meant for: duplicate members, forbidden characters.
    pub(super) fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        match self {
            Node::Query(parameters) => faults_of_query(parameters, &mut faults),
            body => body.collect_faults(&mut Vec::new(), &mut faults),
        }
        faults
    }

    fn collect_faults<'a>(&'a self, path: &mut Vec<PathPart<'a>>, faults: &mut Vec<FieldError>) {
        match self {
            Node::Text(text) => {
                let forbidden = forbidden_character(text);
                faults.extend(forbidden.map(|c| FieldError::forbidden_character(pointer(path.iter()), c)));
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
                    if let Some(forbidden) = forbidden_character(name) {
                        faults.push(FieldError::forbidden_character(pointer(path.iter()), forbidden));
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

    /// Takes out what [`faults`](Self::faults) tells: of duplicates the first stays.
    pub(super) fn clean(&mut self) {
        match self {
            Node::Text(text) | Node::Parameter(text) if forbidden_character(text).is_some() => {
                *self = Node::Blank;
            }
            Node::List(items) => items.iter_mut().for_each(Node::clean),
            Node::Object(members) | Node::Query(members) => {
                let mut seen = std::collections::HashSet::new();
                members.retain(|(name, _)| forbidden_character(name).is_none() && seen.insert(name.clone()));
                for (_, value) in members {
                    value.clean();
                }
            }
            _ => {}
        }
    }

    /// Puts a blank where the path leads, or takes away what has an unknown name; false: nothing stands there.
    pub(super) fn blank(&mut self, path: &[String], is_unknown: bool) -> bool {
        match (path, self) {
            ([], node) => *node = Node::Blank,
            ([name], Node::Object(members) | Node::Query(members)) => {
                members.retain(|(other, _)| other != name);
                if !is_unknown {
                    members.push((name.clone(), Node::Blank));
                }
            }
            // The entries of a list that is one parameter.
            (_, node @ Node::Parameter(_)) => *node = Node::Blank,
            ([name, rest @ ..], node) => {
                return node.child(name).is_some_and(|child| child.blank(rest, is_unknown));
            }
        }
        true
    }

    /// Takes away the member to which the path leads; false: there is none.
    pub(super) fn leave_out(&mut self, path: &[String]) -> bool {
        match (path, self) {
            ([name], Node::Object(members) | Node::Query(members)) => {
                let before = members.len();
                members.retain(|(other, _)| other != name);
                members.len() < before
            }
            ([name, rest @ ..], node) => node.child(name).is_some_and(|child| child.leave_out(rest)),
            ([], _) => false,
        }
    }

    fn child(&mut self, name: &str) -> Option<&mut Node> {
        match self {
            Node::List(items) => items.get_mut(name.parse::<usize>().ok()?),
            Node::Object(members) | Node::Query(members) => {
                members.iter_mut().find(|(other, _)| other == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }
}

fn faults_of_query(parameters: &[(String, Node)], faults: &mut Vec<FieldError>) {
    for (index, (name, value)) in parameters.iter().enumerate() {
        if let Some(forbidden) = forbidden_character(name) {
            faults.push(FieldError::forbidden_character("", forbidden));
            continue;
        }
        if parameters[..index].iter().any(|(earlier, _)| earlier == name) {
            faults.push(FieldError::new(name, "repeated-parameter"));
        }
        if let Node::Parameter(text) = value
            && let Some(forbidden) = forbidden_character(text)
        {
            faults.push(FieldError::forbidden_character(name, forbidden));
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
/// (Surrogates cannot occur in a Rust string.) The first of them. Fields may narrow this further, for example to one line.
fn forbidden_character(text: &str) -> Option<char> {
    text.chars().find(|c| {
        let c = *c;
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
        node.faults().into_iter().map(|fault| (fault.pointer, fault.code.into_owned())).collect()
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
