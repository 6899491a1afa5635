//! An order in a list.

use ordervault_domain::id::{CustomerId, OrderId, StoreId};
use ordervault_domain::money::{Amount, Currency};
use ordervault_domain::order::{Source, Status, is_overdue};
use ordervault_domain::search::Field;
use ordervault_domain::time::Timestamp;
use serde::{Deserialize as _, Deserializer};

use super::filter::SortKey;
use crate::error::Error;
use crate::tables::columns::{Row, TableRow as _, table_row, time};
use crate::tx::Packed;

/// Where a page ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderCursor {
    /// What the list is sorted by, of the last order.
    pub key: i64,
    /// The last order.
    pub id: OrderId,
}

/// An order in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSummary {
    /// The order.
    pub id: OrderId,
    /// Its version.
    pub version: i64,
    /// Where it stands.
    pub status: Status,
    /// The store.
    pub store_id: StoreId,
    /// The customer, if they have an account.
    pub customer_id: Option<CustomerId>,
    /// Who ordered; none where the scope does not show it.
    pub contact_name: Option<String>,
    /// How to write to them; none where the scope does not show it.
    pub contact_email: Option<String>,
    /// How to call them; none where the scope does not show it.
    pub contact_phone: Option<String>,
    /// How it came in.
    pub source: Source,
    /// Its status where it was imported from.
    pub source_status: Option<String>,
    /// What it costs.
    pub total: Amount,
    /// In which currency.
    pub currency: Currency,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// When it is due to leave its status.
    pub due_at: Option<Timestamp>,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// Is it new for the reader? None: nobody was named.
    pub is_new: Option<bool>,
    /// Where the words that were asked for are; empty when none were.
    pub matched: Vec<Field>,
}

table_row! {
    /// The columns of `orders` that a list shows.
    #[derive(serde::Deserialize)]
    pub(super) struct ListedRow {
        id: i64,
        version: i64,
        status: String,
        store_id: i64,
        customer_id: Option<i64>,
        contact_name: Option<String>,
        contact_email: Option<String>,
        contact_phone: Option<String>,
        source: String,
        source_status: Option<String>,
        total: i64,
        currency: String,
        placed_at: i64,
        updated_at: i64,
        due_at: Option<i64>,
        deleted_at: Option<i64>,
    }
}

#[derive(sqlx_macros::FromRow, serde::Deserialize)]
pub(super) struct SummaryRow {
    #[sqlx(flatten)]
    order: ListedRow,
    #[serde(deserialize_with = "flag")]
    is_new: Option<bool>,
    /// How many orders were looked at to find this page.
    pub(super) looked_at: i64,
}

impl Packed for SummaryRow {
    fn values() -> String {
        let columns: Vec<&str> = ListedRow::COLUMNS.iter().map(|(name, _)| *name).collect();
        format!("json_array({}), is_new, looked_at", columns.join(", "))
    }
}

/// A truth as SQLite has it.
fn flag<'de, D: Deserializer<'de>>(text: D) -> Result<Option<bool>, D::Error> {
    Ok(Option::<i64>::deserialize(text)?.map(|number| number != 0))
}

impl TryFrom<SummaryRow> for OrderSummary {
    type Error = Error;

    fn try_from(SummaryRow { order: row, is_new, .. }: SummaryRow) -> Result<Self, Error> {
        let at = Row { table: "orders", id: row.id };
        Ok(Self {
            id: OrderId::from_i64(row.id),
            version: row.version,
            status: at.parsed("status", &row.status)?,
            store_id: StoreId::from_i64(row.store_id),
            customer_id: row.customer_id.map(CustomerId::from_i64),
            contact_name: row.contact_name,
            contact_email: row.contact_email,
            contact_phone: row.contact_phone,
            source: at.parsed("source", &row.source)?,
            source_status: row.source_status,
            total: Amount::new(row.total),
            currency: at.parsed("currency", &row.currency)?,
            placed_at: Timestamp::from_millis(row.placed_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            due_at: time(row.due_at),
            deleted_at: time(row.deleted_at),
            is_new,
            matched: vec![],
        })
    }
}

impl OrderSummary {
    /// Should it have left its status before `now`?
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        is_overdue(self.due_at, now)
    }

    /// Where a page that ends with this order ends.
    pub(super) fn cursor(&self, key: SortKey) -> OrderCursor {
        let key = match key {
            SortKey::Placed => self.placed_at.millis(),
            SortKey::Updated => self.updated_at.millis(),
            SortKey::Due => self.due_at.map_or(i64::MAX, Timestamp::millis),
            SortKey::Total => self.total.get(),
        };
        OrderCursor { key, id: self.id }
    }
}
