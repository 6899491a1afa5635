//! Rows of tables, and the way between columns and domain values. What cannot become a value is an
//! [`Error::Inconsistent`] that names the row.
//!
//! A table's columns are declared once, with `table_row!`: what is read, what is written and what verification compares
//! follow from it. A new column is entered in three places, of which the compiler names the other two: its line there, its
//! value in the function that makes a row of a state, and (unless it is made from others) its field in the function that
//! makes a state of a row.

use std::str::FromStr;

use ordervault_domain::contact::{Address, Contact};
use ordervault_domain::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bulk::{Column, ColumnType};
use crate::engine::Engine;
use crate::error::Error;
use crate::json::packed;
use crate::record::{Packed, Record};
use crate::statement::Bind;

/// A row of a table, column by column.
pub(crate) trait TableRow: Record + Clone + PartialEq {
    /// Every column that it has here, in the order of [`TableRow::values`].
    const COLUMNS: &'static [Column];

    /// The values to write.
    fn values(self) -> Vec<Bind>;

    /// The first column in which two rows differ, other than these.
    fn differing(&self, other: &Self, but: &[Column]) -> Option<&'static str>;
}

impl<T: TableRow + DeserializeOwned> Packed for T {
    fn packed(engine: Engine, row: &str) -> String {
        packed_row(engine, row, T::COLUMNS)
    }
}

/// A Rust type that a column has.
pub(crate) trait ColumnValue {
    /// What that is for the engines.
    const TYPE: ColumnType;
}

impl ColumnValue for i64 {
    const TYPE: ColumnType = ColumnType::Int;
}

impl ColumnValue for String {
    const TYPE: ColumnType = ColumnType::Text;
}

impl ColumnValue for bool {
    const TYPE: ColumnType = ColumnType::Bool;
}

impl<T: ColumnValue> ColumnValue for Option<T> {
    const TYPE: ColumnType = T::TYPE;
}

/// Declares the row of a table: a field for each column, by its name, with [`TableRow`].
macro_rules! table_row {
    ($(#[$attribute:meta])* $visibility:vis struct $name:ident {
        $($field_visibility:vis $column:ident: $type:ty,)+
    }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, PartialEq, sqlx_macros::FromRow, serde::Deserialize)]
        $visibility struct $name {
            $($field_visibility $column: $type,)+
        }

        impl $crate::tables::columns::TableRow for $name {
            const COLUMNS: &'static [$crate::bulk::Column] =
                &[$((stringify!($column), <$type as $crate::tables::columns::ColumnValue>::TYPE),)+];

            fn values(self) -> Vec<$crate::statement::Bind> {
                vec![$(self.$column.into(),)+]
            }

            fn differing(&self, other: &Self, but: &[$crate::bulk::Column]) -> Option<&'static str> {
                $(if self.$column != other.$column && but.iter().all(|(name, _)| *name != stringify!($column)) {
                    return Some(stringify!($column));
                })+
                None
            }
        }
    };
}
pub(crate) use table_row;

/// What an update writes of a row that is folded: all but the id, which is first, and by which rules, which is last.
pub(crate) const fn but_ends(columns: &'static [Column]) -> &'static [Column] {
    match columns {
        [_, updated @ .., _] => updated,
        _ => &[],
    }
}

/// Id and version of a row of what has a history: its first two columns.
pub(crate) fn id_and_version<R: TableRow>(row: &R) -> (i64, i64) {
    match row.clone().values().as_slice() {
        [Bind::Int(Some(id)), Bind::Int(Some(version)), ..] => (*id, *version),
        _ => (0, 0),
    }
}

/// Names the row that is being read, for errors.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub table: &'static str,
    pub id: i64,
}

impl Row {
    /// Blames a column.
    pub(crate) fn inconsistent(self, column: &'static str) -> Error {
        Error::Inconsistent { table: self.table, column, id: self.id }
    }

    /// A value from its text.
    pub(crate) fn parsed<T: FromStr>(self, column: &'static str, text: &str) -> Result<T, Error> {
        text.parse().map_err(|_| self.inconsistent(column))
    }

    /// A value from its text, if there is one.
    pub(crate) fn parsed_option<T: FromStr>(
        self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<T>, Error> {
        text.map(|text| self.parsed(column, text)).transpose()
    }

    /// A value from JSON text.
    pub(crate) fn json<T: DeserializeOwned>(self, column: &'static str, text: &str) -> Result<T, Error> {
        serde_json::from_str(text).map_err(|_| self.inconsistent(column))
    }

    /// A value from JSON text; what says nothing, if there is none.
    pub(crate) fn json_or_default<T: DeserializeOwned + Default>(
        self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<T, Error> {
        text.map_or_else(|| Ok(T::default()), |text| self.json(column, text))
    }

    /// A number that fits a smaller type.
    pub(crate) fn fitting<T: TryFrom<i64>>(self, column: &'static str, number: i64) -> Result<T, Error> {
        T::try_from(number).map_err(|_| self.inconsistent(column))
    }

    /// A contact from its columns: the name, and the names and texts of phone, e-mail address and address.
    pub(crate) fn contact(
        self,
        name: Option<String>,
        phone: (&'static str, Option<&str>),
        email: (&'static str, Option<&str>),
        address: (&'static str, Option<&str>),
    ) -> Result<Contact, Error> {
        Ok(Contact {
            name,
            phone: self.parsed_option(phone.0, phone.1)?,
            email: self.parsed_option(email.0, email.1)?,
            address: address.1.map(|text| self.json(address.0, text)).transpose()?,
        })
    }
}

/// A table's row, called `row`, as a JSON array of its columns, in SQL. It is read as the type that `table_row!` declares.
pub(crate) fn packed_row(engine: Engine, row: &str, columns: &[Column]) -> String {
    let value = |(name, column_type): &Column| match (engine, column_type) {
        (Engine::Sqlite, ColumnType::Bool) => format!("json(iif({row}.{name}, 'true', 'false'))"),
        _ => format!("{row}.{name}"),
    };
    packed(engine, &columns.iter().map(value).collect::<Vec<_>>())
}

/// JSON text of a value that always has one.
pub(crate) fn json_text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// JSON text of a value; none of one that says nothing.
pub(crate) fn json_unless_default<T: Serialize + Default + PartialEq>(value: &T) -> Option<String> {
    (*value != T::default()).then(|| json_text(value))
}

/// An address as the text of its column.
pub(crate) fn address_text(address: Option<&Address>) -> Option<String> {
    address.map(json_text)
}

/// A time, if there is one, as the number of its column.
pub(crate) fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::millis)
}

/// A time from the number of its column, if there is one.
pub(crate) fn time(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}
