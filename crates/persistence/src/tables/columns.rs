//! Between columns and domain values. What cannot become a value is an [`Error::Inconsistent`] that names the row.

use std::str::FromStr;

use ordervault_domain::contact::{Address, Contact};
use ordervault_domain::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::statement::Bind;

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

    /// A number that fits a smaller type.
    pub(crate) fn fitting<T: TryFrom<i64>>(self, column: &'static str, number: i64) -> Result<T, Error> {
        T::try_from(number).map_err(|_| self.inconsistent(column))
    }

    /// A contact from its columns.
    pub(crate) fn contact(
        self,
        name: Option<String>,
        phone: Option<&str>,
        email: Option<&str>,
        address: Option<&str>,
    ) -> Result<Contact, Error> {
        Ok(Contact {
            name,
            phone: self.parsed_option("phone", phone)?,
            email: self.parsed_option("email", email)?,
            address: address.map(|address| self.json("address", address)).transpose()?,
        })
    }
}

/// JSON text of a value that always has one.
pub(crate) fn json_text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// An address as the text of its column.
pub(crate) fn address_text(address: Option<&Address>) -> Bind {
    address.map(json_text).into()
}

/// A time as the number of its column.
pub(crate) fn millis(at: Timestamp) -> Bind {
    at.millis().into()
}

/// A time, if there is one, as the number of its column.
pub(crate) fn millis_option(at: Option<Timestamp>) -> Bind {
    at.map(Timestamp::millis).into()
}

/// A time from the number of its column, if there is one.
pub(crate) fn time_option(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}
