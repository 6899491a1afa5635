//! Bulk statements that go to the database together: each way there and back costs more than most of them.
//!
//! On SQLite all of them are one text, run one after another. PostgreSQL takes one statement at a time from this driver, so
//! they are parts of one (`WITH`), which see nothing of each other: none may build upon another. They run in the order in which
//! their rows are counted.

use std::fmt::Write as _;

use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;

use crate::bulk::{Bulk, Rows};
use crate::engine::Engine;
use crate::error::DbError;

/// Statements with their rows.
#[derive(Default)]
pub struct Bundle(Vec<Part>);

/// A statement with its rows.
pub(crate) struct Part {
    statement: &'static dyn Bulk,
    rows: Rows,
}

impl Bundle {
    /// One more, which has to change as many rows as it is given.
    pub fn add(&mut self, statement: &'static dyn Bulk, rows: Rows) {
        if rows.is_empty() {
            return;
        }
        self.0.push(Part { statement, rows });
    }

    /// What is sent at once, in this order.
    pub(crate) fn parts(self) -> Vec<Part> {
        self.0
    }
}

impl Part {
    /// Did it change as many rows as it was given?
    pub(crate) fn is_met(&self, changed: u64) -> bool {
        u64::try_from(self.rows.len()).is_ok_and(|rows| rows == changed)
    }
}

/// One text for SQLite: statement after statement.
pub(crate) fn for_sqlite(parts: &[Part]) -> Result<(String, SqliteArguments), DbError> {
    let (mut texts, mut arguments) = (vec![], SqliteArguments::default());
    for (index, Part { statement, rows }) in parts.iter().enumerate() {
        rows.check(*statement)?;
        let text = statement.text(Engine::Sqlite);
        texts.push(shifted(text, index));
        rows.add_to_sqlite(&mut arguments).map_err(|error| DbError::new(text, error))?;
    }
    Ok((texts.join(";\n"), arguments))
}

/// One statement for PostgreSQL; its answer is an array with the number of rows that each part changed.
pub(crate) fn for_postgres(parts: &[Part]) -> Result<(String, PgArguments), DbError> {
    let (mut texts, mut counts, mut arguments, mut binds) = (vec![], vec![], PgArguments::default(), 0);
    for (index, Part { statement, rows }) in parts.iter().enumerate() {
        rows.check(*statement)?;
        let text = statement.text(Engine::Postgres);
        texts.push(format!("p{index} AS ({} RETURNING 1)", shifted(text, binds)));
        counts.push(format!("(SELECT COUNT(*) FROM p{index})"));
        binds += statement.column_types().len();
        rows.add_to_postgres(&mut arguments).map_err(|error| DbError::new(text, error))?;
    }
    Ok((format!("WITH {}\nSELECT ARRAY[{}]", texts.join(",\n"), counts.join(", ")), arguments))
}

/// The text with `$1`, `$2` … so many places further.
pub(crate) fn shifted(text: &str, by: usize) -> String {
    let mut shifted = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text;
    while let Some(place) = rest.find('$') {
        let (before, after) = rest.split_at(place + 1);
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = after.split_at(digits);
        shifted.push_str(before);
        match number.parse::<usize>() {
            Ok(number) => write!(shifted, "{}", number + by).unwrap_or_default(),
            Err(_) => shifted.push_str(number),
        }
        rest = behind;
    }
    shifted.push_str(rest);
    shifted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_move_on_and_nothing_else_does() {
        for (text, by, expected) in [
            ("SELECT $1, $2::bigint[], x1", 3, "SELECT $4, $5::bigint[], x1"),
            ("SELECT $10", 90, "SELECT $100"),
            ("SELECT 1", 5, "SELECT 1"),
            ("$1", 0, "$1"),
        ] {
            assert_eq!(shifted(text, by), expected);
        }
    }
}
