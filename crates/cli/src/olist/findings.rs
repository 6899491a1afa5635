//! Broken rows and the account of all rows.

use std::collections::BTreeMap;
use std::fmt;

use super::status::OlistStatus;

/// One broken row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Name of the file, with its extension.
    pub file: String,
    /// First line of the row in the (unpacked) file, the header being line 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: Reason,
    /// The order that is left out because of it, where one can be told.
    pub order_id: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.reason)?;
        match &self.order_id {
            Some(order_id) => write!(f, " (order {order_id} is skipped)"),
            None => Ok(()),
        }
    }
}

/// Why a row is not used. The column is named where one is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// More or fewer fields than the header names.
    WrongFieldCount,
    /// A quotation mark is opened and not closed.
    UnclosedQuote,
    /// Longer than any row of this data can be.
    LineTooLong,
    /// Bytes that are no UTF-8.
    BadUtf8,
    /// A field that must not be empty is.
    MissingValue(&'static str),
    /// An identifier with blanks or control characters in it, or far too long.
    BadId(&'static str),
    /// Not a number of the kind expected there.
    BadNumber(&'static str),
    /// A number below zero.
    NegativeNumber(&'static str),
    /// Not a time written `YYYY-MM-DD HH:MM:SS`, or one that no calendar has.
    BadTime(&'static str),
    /// A status outside the source's vocabulary.
    UnknownStatus,
    /// Not one of the 27 federal states.
    UnknownState,
    /// The row names an order that has no row.
    UnknownOrder,
    /// The row names a customer without a usable row.
    UnknownCustomer,
    /// The row names a product without a usable row.
    UnknownProduct,
    /// A row with the same key came before.
    DuplicateKey,
    /// Control characters, or far too long for what it is.
    BadText(&'static str),
    /// Items of an order are numbered from 1 without gaps; the one before this one is missing.
    MissingItem,
    /// Nothing is wrong with the row itself: another row of its order is broken.
    OrderSkipped,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongFieldCount => f.write_str("wrong number of fields"),
            Self::UnclosedQuote => f.write_str("a quotation mark is not closed"),
            Self::LineTooLong => f.write_str("line too long"),
            Self::BadUtf8 => f.write_str("not UTF-8"),
            Self::MissingValue(column) => write!(f, "{column} is empty"),
            Self::BadId(column) => write!(f, "{column} is no identifier"),
            Self::BadNumber(column) => write!(f, "{column} is no proper number"),
            Self::NegativeNumber(column) => write!(f, "{column} is negative"),
            Self::BadTime(column) => write!(f, "{column} is no time written YYYY-MM-DD HH:MM:SS"),
            Self::UnknownStatus => f.write_str("unknown order status"),
            Self::UnknownState => f.write_str("unknown federal state"),
            Self::UnknownOrder => f.write_str("unknown order id"),
            Self::UnknownCustomer => f.write_str("unknown customer id"),
            Self::UnknownProduct => f.write_str("unknown product id"),
            Self::DuplicateKey => f.write_str("duplicate key"),
            Self::BadText(column) => write!(f, "{column} is no proper text"),
            Self::MissingItem => f.write_str("the item before this one is missing"),
            Self::OrderSkipped => f.write_str("its order is skipped"),
        }
    }
}

/// What became of the rows of one file; `read` is always `used` plus the sum of `skipped`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCount {
    /// Name of the file, with its extension.
    pub file: String,
    /// Rows read, without the header and blank lines.
    pub read: u64,
    /// Rows used.
    pub used: u64,
    /// Rows not used, by reason.
    pub skipped: BTreeMap<Reason, u64>,
}

/// Payments of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PaymentSum {
    /// Number of payments.
    pub rows: u64,
    /// Their sum in minor units.
    pub amount: i64,
}

/// The account of one reading: every row, and the totals of the orders that come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// One entry a file, in the order of reading.
    pub files: Vec<FileCount>,
    /// Orders left out because of a broken row, as far as their id can be told.
    pub orders_skipped: u64,
    /// Orders that come in, by the source's status; statuses without orders are left out.
    pub orders_by_status: BTreeMap<OlistStatus, u64>,
    /// Orders among them without any line.
    pub orders_without_lines: u64,
    /// Lines of the orders that come in.
    pub lines: u64,
    /// Sum of price × quantity over these lines, in minor units.
    pub price_total: i64,
    /// Sum of their freight, in minor units.
    pub freight_total: i64,
    /// Payments of the orders that come in, by kind.
    pub payments: BTreeMap<String, PaymentSum>,
}

impl Summary {
    /// Whether every row could be used.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.files.iter().all(|file| file.skipped.is_empty())
    }

    /// Orders that come in.
    #[must_use]
    pub fn orders(&self) -> u64 {
        self.orders_by_status.values().sum()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.files {
            writeln!(f, "{}: {} rows read, {} used", file.file, file.read, file.used)?;
            for (reason, rows) in &file.skipped {
                writeln!(f, "    {rows} skipped: {reason}")?;
            }
        }
        let (orders, skipped) = (self.orders(), self.orders_skipped);
        writeln!(
            f,
            "{orders} orders, {} of them without lines; {skipped} skipped",
            self.orders_without_lines
        )?;
        for (status, orders) in &self.orders_by_status {
            writeln!(f, "    {orders} {status}")?;
        }
        writeln!(
            f,
            "{} lines: {} BRL and {} BRL freight",
            self.lines,
            reais(self.price_total),
            reais(self.freight_total)
        )?;
        let paid = self.payments.values().map(|sum| sum.amount).sum();
        writeln!(f, "payments (checked, not imported): {} BRL", reais(paid))?;
        for (kind, sum) in &self.payments {
            writeln!(f, "    {} {kind}: {} BRL", sum.rows, reais(sum.amount))?;
        }
        Ok(())
    }
}

/// Minor units of BRL as text; sums here are never negative.
fn reais(minor_units: i64) -> String {
    format!("{}.{:02}", minor_units / 100, minor_units % 100)
}
