//! The table `members`.

use ordervault_domain::contact::Email;
use ordervault_domain::folding;
use ordervault_domain::id::MemberId;
use ordervault_domain::member::Member;
use ordervault_domain::time::Timestamp;

use super::columns::{Row, TableRow as _, address_text, but_ends, json_text, table_row};
use super::{LockedRow, Stored};
use crate::bulk::{BulkInsert, BulkUpdate, Column, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    READ: Template = Template::new("SELECT * FROM members WHERE id {in_keys:1} ORDER BY id");
    LOCK: Template = Template::new("SELECT * FROM members WHERE id {in_keys:1} ORDER BY id {lock}");
    BY_EMAIL: Template = Template::new("SELECT email_key, id FROM members WHERE email_key {in_keys:1}");
    // Locked together: two processes cannot each take away one of the last two owners.
    LOCK_OWNERS: Template = Template::new(
        "SELECT id FROM members WHERE active AND roles LIKE '%\"owner\"%' ORDER BY id {lock}"
    );
    INSERT: BulkInsert = BulkInsert::new("members", MemberRow::COLUMNS);
    // The key stays as long as the address does: by newer rules it may be another's, see `repair::reindex`.
    UPDATE: BulkUpdate = BulkUpdate::new("members", &[("id", Int), ("version", Int)], but_ends(MemberRow::COLUMNS), "")
        .keeping(&[("email_key", "email")]);
}

table_row! {
    /// A row of the table.
    pub(crate) struct MemberRow {
        pub(crate) id: i64,
        version: i64,
        head_hash: String,
        name: Option<String>,
        email: Option<String>,
        email_key: Option<String>,
        phone: Option<String>,
        address: Option<String>,
        roles: String,
        stores: String,
        active: bool,
        must_change_password: bool,
        created_at: i64,
        updated_at: i64,
        folded_by: i64,
    }
}

impl TryFrom<MemberRow> for LockedRow<Member> {
    type Error = Error;

    fn try_from(row: MemberRow) -> Result<Self, Error> {
        let at = Row { table: "members", id: row.id };
        let contact = at.contact(
            row.name,
            ("phone", row.phone.as_deref()),
            ("email", row.email.as_deref()),
            ("address", row.address.as_deref()),
        )?;
        let state = Member {
            id: MemberId::from_i64(row.id),
            version: row.version,
            contact,
            roles: at.json("roles", &row.roles)?,
            stores: at.json("stores", &row.stores)?,
            active: row.active,
            must_change_password: row.must_change_password,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        };
        Ok(Self { state, head: row.head_hash })
    }
}

impl Stored for Member {
    type Row = MemberRow;

    const READ: &'static Template = &READ;
    const LOCK: &'static Template = &LOCK;
    const INSERT: &'static BulkInsert = &INSERT;
    const UPDATE: &'static BulkUpdate = &UPDATE;
    const FOLDED: &'static [Column] = &[("email_key", Text), ("folded_by", Int)];

    async fn states(_conn: &mut Conn, rows: Vec<Self::Row>) -> Result<Vec<LockedRow<Self>>, Error> {
        rows.into_iter().map(LockedRow::try_from).collect()
    }

    fn folded_by(row: &Self::Row) -> i64 {
        row.folded_by
    }

    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    fn row(&self, head: &str) -> MemberRow {
        MemberRow {
            id: self.id.get(),
            version: self.version,
            head_hash: head.to_owned(),
            name: self.contact.name.clone(),
            email: self.contact.email.as_ref().map(|email| email.as_str().to_owned()),
            email_key: self.contact.email.as_ref().map(Email::skeleton),
            phone: self.contact.phone.as_ref().map(|phone| phone.to_string()),
            address: address_text(self.contact.address.as_ref()),
            roles: json_text(&self.roles),
            stores: json_text(&self.stores),
            active: self.active,
            must_change_password: self.must_change_password,
            created_at: self.created_at.millis(),
            updated_at: self.updated_at.millis(),
            folded_by: folding::VERSION,
        }
    }
}

/// Who signs in with these addresses: (address, member).
pub(crate) async fn by_email_key(conn: &mut Conn, keys: &[String]) -> Result<Vec<(String, i64)>, Error> {
    Ok(conn.fetch_all(&BY_EMAIL.bind((keys,))).await?)
}

/// The active owners, locked.
pub(crate) async fn lock_owners(conn: &mut Conn) -> Result<Vec<i64>, Error> {
    let rows: Vec<(i64,)> = conn.fetch_all(&LOCK_OWNERS.bind(())).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
