//! The table `customers`.

use ordervault_domain::customer::Customer;
use ordervault_domain::id::CustomerId;
use ordervault_domain::time::Timestamp;

use super::columns::{Row, address_text, millis};
use super::{LockedRow, RowLock, Stored};
use crate::bulk::{BulkInsert, BulkUpdate, Column, ColumnType::*};
use crate::error::Error;
use crate::statement::{Bind, Template, statements};
use crate::tx::Conn;

const COLUMNS: &[Column] = &[
    ("id", Int),
    ("version", Int),
    ("head_hash", Text),
    ("name", Text),
    ("email", Text),
    ("phone", Text),
    ("address", Text),
    ("external_reference", Text),
    ("created_at", Int),
    ("updated_at", Int),
];
const SETS: &[Column] = COLUMNS.split_at(1).1;

statements! {
    READ: Template = Template::new("SELECT * FROM customers WHERE id {in_keys:1} ORDER BY id");
    LOCK: Template = Template::new("SELECT * FROM customers WHERE id {in_keys:1} ORDER BY id {lock}");
    BY_EMAIL: Template = Template::new("SELECT email, id FROM customers WHERE email {in_keys:1}");
    INSERT: BulkInsert = BulkInsert::new("customers", COLUMNS);
    UPDATE: BulkUpdate = BulkUpdate::new("customers", &[("id", Int), ("version", Int)], SETS, "");
}

#[derive(sqlx_macros::FromRow)]
pub(crate) struct CustomerRow {
    id: i64,
    version: i64,
    head_hash: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    address: Option<String>,
    external_reference: Option<String>,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<CustomerRow> for LockedRow<Customer> {
    type Error = Error;

    fn try_from(row: CustomerRow) -> Result<Self, Error> {
        let at = Row { table: "customers", id: row.id };
        let contact =
            at.contact(row.name, row.phone.as_deref(), row.email.as_deref(), row.address.as_deref())?;
        let state = Customer {
            id: CustomerId::from_i64(row.id),
            version: row.version,
            contact,
            external_reference: row.external_reference,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        };
        Ok(Self { state, head: row.head_hash })
    }
}

impl Stored for Customer {
    const INSERT: &'static BulkInsert = &INSERT;
    const UPDATE: &'static BulkUpdate = &UPDATE;

    async fn load(conn: &mut Conn, ids: &[i64], hold: RowLock) -> Result<Vec<LockedRow<Self>>, Error> {
        let rows: Vec<CustomerRow> = conn.fetch_all(&hold.of(&READ, &LOCK).bind((ids,))).await?;
        rows.into_iter().map(LockedRow::try_from).collect()
    }

    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    fn values(&self, head: &str) -> Vec<Bind> {
        vec![
            self.id.get().into(),
            self.version.into(),
            head.into(),
            self.contact.name.clone().into(),
            self.contact.email.as_ref().map(|email| email.as_str()).into(),
            self.contact.phone.as_ref().map(|phone| phone.as_str()).into(),
            address_text(self.contact.address.as_ref()),
            self.external_reference.clone().into(),
            millis(self.created_at),
            millis(self.updated_at),
        ]
    }
}

/// Who signs in with these addresses: (address, customer).
pub(crate) async fn by_email(conn: &mut Conn, emails: &[String]) -> Result<Vec<(String, i64)>, Error> {
    Ok(conn.fetch_all(&BY_EMAIL.bind((emails,))).await?)
}
