//! The table `credentials`: password hashes, apart from everything that is shown or exported.

use ordervault_domain::contact::Email;

use super::columns::{TableRow as _, table_row};
use crate::bulk::BulkInsert;
use crate::error::Error;
use crate::seal::{Key, Seal, Sealed};
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    OF_CUSTOMER: Template = Template::new(
        "SELECT c.id, k.password_hash FROM customers c JOIN credentials k ON k.principal_id = c.id
         WHERE c.email_key = $1 AND c.active AND c.email_verification <> 'required'"
    );
    OF_MEMBER: Template = Template::new(
        "SELECT m.id, k.password_hash FROM members m JOIN credentials k ON k.principal_id = m.id
         WHERE m.email_key = $1 AND m.active"
    );
    LOCK: Template = Template::new(
        "SELECT * FROM credentials WHERE principal_id {in_keys:1} ORDER BY principal_id {lock}"
    );
    OF_PRINCIPAL: Template = Template::new("SELECT password_hash FROM credentials WHERE principal_id = $1");
    pub(crate) UPSERT: BulkInsert = BulkInsert::new("credentials", CredentialRow::COLUMNS).suffix(
        "ON CONFLICT (principal_id) DO UPDATE SET password_hash = excluded.password_hash,
             version = excluded.version, seal = excluded.seal"
    );
    pub(crate) DELETE: Template = Template::new("DELETE FROM credentials WHERE principal_id {in_keys:1}");
}

table_row! {
    /// A row of the table.
    pub(crate) struct CredentialRow {
        pub(crate) principal_id: i64,
        password_hash: String,
        pub(crate) version: i64,
        seal: String,
    }
}

/// A principal's password.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Password {
    /// Its hash.
    pub(crate) hash: String,
    /// The version of the principal that set it.
    pub(crate) version: i64,
}

impl CredentialRow {
    /// The password that a principal has from now on.
    pub(crate) fn new(principal_id: i64, password: &Password, key: &Key) -> Self {
        let Password { hash, version } = password.clone();
        let row = Self { principal_id, password_hash: hash, version, seal: String::new() };
        Self { seal: row.seal_under(key), ..row }
    }
}

impl Sealed for CredentialRow {
    const TABLE: &'static str = "credentials";

    fn put(&self, seal: &mut Seal) {
        seal.int(self.principal_id).text(&self.password_hash).int(self.version);
    }

    fn seal(&self) -> &str {
        &self.seal
    }
}

/// Whom an e-mail address signs in as, and the hash of the password.
pub(crate) async fn by_email(
    conn: &mut Conn,
    realm: super::sessions::Realm,
    email: &Email,
) -> Result<Option<(i64, String)>, Error> {
    let template = match realm {
        super::sessions::Realm::Customer => &OF_CUSTOMER,
        super::sessions::Realm::Staff => &OF_MEMBER,
    };
    Ok(conn.fetch_optional(&template.bind((realm.email_key(email),))).await?)
}

/// The passwords of these principals, locked.
pub(crate) async fn lock(conn: &mut Conn, principal_ids: &[i64]) -> Result<Vec<(i64, Password)>, Error> {
    let rows: Vec<CredentialRow> = match principal_ids {
        [] => vec![],
        ids => conn.fetch_all(&LOCK.bind((ids,))).await?,
    };
    let password = |row: CredentialRow| Password { hash: row.password_hash, version: row.version };
    Ok(rows.into_iter().map(|row| (row.principal_id, password(row))).collect())
}

/// The hash of a principal's password.
pub(crate) async fn of(conn: &mut Conn, principal_id: i64) -> Result<Option<String>, Error> {
    let row: Option<(String,)> = conn.fetch_optional(&OF_PRINCIPAL.bind((principal_id,))).await?;
    Ok(row.map(|row| row.0))
}
