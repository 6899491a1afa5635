//! JSON: text for SQLite's `json_each` and `jsonb_each`, written straight into a string, since this is the hot path of every group; and
//! rows that come as text, in SQL.

use std::fmt::Write as _;

use crate::engine::Engine;

/// A JSON array of the elements that `push` writes.
pub(crate) fn array<T>(elements: &[T], mut push: impl FnMut(&mut String, &T)) -> String {
    let mut text = String::with_capacity(2 + elements.len() * 20);
    text.push('[');
    for (index, element) in elements.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        push(&mut text, element);
    }
    text.push(']');
    text
}

/// Appends an integer or null.
pub(crate) fn push_int(json: &mut String, value: Option<i64>) {
    match value {
        // Writing into a string cannot fail.
        Some(value) => write!(json, "{value}").unwrap_or_default(),
        None => json.push_str("null"),
    }
}

/// Appends a string with its quotes.
pub(crate) fn push_text(json: &mut String, value: &str) {
    json.push('"');
    let mut plain_from = 0;
    for (index, byte) in value.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0..0x20 => "",
            _ => continue,
        };
        json.push_str(&value[plain_from..index]);
        if escape.is_empty() {
            write!(json, "\\u{byte:04x}").unwrap_or_default();
        } else {
            json.push_str(escape);
        }
        plain_from = index + 1;
    }
    json.push_str(&value[plain_from..]);
    json.push('"');
}

/// Values as a JSON array, in SQL.
pub(crate) fn packed(engine: Engine, values: &[String]) -> String {
    let array = match engine {
        Engine::Sqlite => "json_array",
        Engine::Postgres => "json_build_array",
    };
    format!("{array}({})", values.join(", "))
}

/// A JSON array with such a value of each row that a selection finds, in SQL; the order may be empty.
pub(crate) fn packed_rows(engine: Engine, value: &str, order: &str) -> String {
    match engine {
        Engine::Sqlite => format!("json_group_array({value}{order})"),
        Engine::Postgres => format!("COALESCE(json_agg({value}{order}), '[]')"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_valid_json() -> Result<(), serde_json::Error> {
        for value in
            ["", "plain", "\"", "a\\b", "\u{0}\u{1}\n\t\u{1f}", "保温杯 \u{1F680}", "123", "null", "\u{7f}"]
        {
            let mut json = String::new();
            push_text(&mut json, value);
            assert_eq!(serde_json::from_str::<String>(&json)?, value);
        }
        Ok(())
    }

    #[test]
    fn integers_keep_every_digit() {
        let json = array(&[Some(i64::MIN), None, Some(i64::MAX)], |json, value| push_int(json, *value));
        assert_eq!(json, "[-9223372036854775808,null,9223372036854775807]");
        assert_eq!(array(&[] as &[i64], |_, _| {}), "[]");
    }
}
