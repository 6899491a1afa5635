//! The table `customers`.

use ordervault_domain::contact::Email;
use ordervault_domain::customer::Customer;
use ordervault_domain::folding;
use ordervault_domain::id::CustomerId;
use ordervault_domain::time::Timestamp;

use super::columns::{Row, TableRow as _, address_text, but_ends, millis, table_row, time};
use super::{LockedRow, Stored};
use crate::bulk::{BulkInsert, BulkUpdate, Column, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    READ: Template = Template::new("SELECT * FROM customers WHERE id {in_keys:1} ORDER BY id");
    LOCK: Template = Template::new("SELECT * FROM customers WHERE id {in_keys:1} ORDER BY id {lock}");
    BY_EMAIL: Template = Template::new("SELECT email_key, id FROM customers WHERE email_key {in_keys:1}");
    INSERT: BulkInsert = BulkInsert::new("customers", CustomerRow::COLUMNS);
    // The key stays as long as the address does: by newer rules it may be another's, see `repair::reindex`.
    UPDATE: BulkUpdate = BulkUpdate::new("customers", &[("id", Int), ("version", Int)], but_ends(CustomerRow::COLUMNS), "")
        .keeping(&[("email_key", "email")]);
}

table_row! {
    /// A row of the table.
    pub(crate) struct CustomerRow {
        id: i64,
        version: i64,
        head_hash: String,
        name: Option<String>,
        email: Option<String>,
        email_key: Option<String>,
        phone: Option<String>,
        phone_reversed: Option<String>,
        address: Option<String>,
        external_reference: Option<String>,
        language: Option<String>,
        email_verification: String,
        active: bool,
        deletion_due_at: Option<i64>,
        erased_at: Option<i64>,
        created_at: i64,
        updated_at: i64,
        folded_by: i64,
    }
}

impl TryFrom<CustomerRow> for LockedRow<Customer> {
    type Error = Error;

    fn try_from(row: CustomerRow) -> Result<Self, Error> {
        let at = Row { table: "customers", id: row.id };
        let contact = at.contact(
            row.name,
            ("phone", row.phone.as_deref()),
            ("email", row.email.as_deref()),
            ("address", row.address.as_deref()),
        )?;
        let state = Customer {
            id: CustomerId::from_i64(row.id),
            version: row.version,
            contact,
            external_reference: row.external_reference,
            language: row.language.as_deref().map(|text| at.parsed("language", text)).transpose()?,
            email_verification: at.parsed("email_verification", &row.email_verification)?,
            active: row.active,
            deletion_due_at: time(row.deletion_due_at),
            erased_at: time(row.erased_at),
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        };
        Ok(Self { state, head: row.head_hash })
    }
}

impl Stored for Customer {
    type Row = CustomerRow;

    const READ: &'static Template = &READ;
    const LOCK: &'static Template = &LOCK;
    const INSERT: &'static BulkInsert = &INSERT;
    const UPDATE: &'static BulkUpdate = &UPDATE;
    const FOLDED: &'static [Column] = &[("email_key", Text), ("phone_reversed", Text), ("folded_by", Int)];

    async fn states(_conn: &mut Conn, rows: Vec<Self::Row>) -> Result<Vec<LockedRow<Self>>, Error> {
        rows.into_iter().map(LockedRow::try_from).collect()
    }

    fn folded_by(row: &Self::Row) -> i64 {
        row.folded_by
    }

    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    fn row(&self, head: &str) -> CustomerRow {
        CustomerRow {
            id: self.id.get(),
            version: self.version,
            head_hash: head.to_owned(),
            name: self.contact.name.clone(),
            email: self.contact.email.as_ref().map(|email| email.as_str().to_owned()),
            email_key: self.contact.email.as_ref().map(Email::key),
            phone: self.contact.phone.as_ref().map(|phone| phone.to_string()),
            phone_reversed: self.contact.phone.as_ref().map(|phone| phone.reversed_line(None)),
            address: address_text(self.contact.address.as_ref()),
            external_reference: self.external_reference.clone(),
            language: self.language.as_ref().map(ToString::to_string),
            email_verification: self.email_verification.to_string(),
            active: self.active,
            deletion_due_at: millis(self.deletion_due_at),
            erased_at: millis(self.erased_at),
            created_at: self.created_at.millis(),
            updated_at: self.updated_at.millis(),
            folded_by: folding::VERSION,
        }
    }
}

/// Who signs in with these addresses: (address, customer).
pub(crate) async fn by_email_key(conn: &mut Conn, keys: &[String]) -> Result<Vec<(String, i64)>, Error> {
    Ok(conn.fetch_all(&BY_EMAIL.bind((keys,))).await?)
}
