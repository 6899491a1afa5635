//! The table `credentials`: password hashes, apart from everything that is shown or exported.

use crate::bulk::{BulkInsert, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    OF_CUSTOMER: Template = Template::new(
        "SELECT c.id, k.password_hash FROM customers c JOIN credentials k ON k.principal_id = c.id WHERE c.email = $1"
    );
    OF_MEMBER: Template = Template::new(
        "SELECT m.id, k.password_hash FROM members m JOIN credentials k ON k.principal_id = m.id
         WHERE m.email = $1 AND m.active"
    );
    LOCK: Template = Template::new(
        "SELECT principal_id, password_hash FROM credentials WHERE principal_id {in_keys:1} ORDER BY principal_id {lock}"
    );
    OF_PRINCIPAL: Template = Template::new("SELECT password_hash FROM credentials WHERE principal_id = $1");
    pub(crate) UPSERT: BulkInsert = BulkInsert::new("credentials", &[
        ("principal_id", Int), ("password_hash", Text), ("updated_at", Int),
    ]).suffix(
        "ON CONFLICT (principal_id) DO UPDATE
         SET password_hash = excluded.password_hash, updated_at = excluded.updated_at"
    );
}

/// Whom an e-mail address signs in as, and the hash of the password.
pub(crate) async fn by_email(
    conn: &mut Conn,
    realm: super::sessions::Realm,
    email: &str,
) -> Result<Option<(i64, String)>, Error> {
    let template = match realm {
        super::sessions::Realm::Customer => &OF_CUSTOMER,
        super::sessions::Realm::Staff => &OF_MEMBER,
    };
    Ok(conn.fetch_optional(&template.bind((email,))).await?)
}

/// The hashes of these principals' passwords, locked: (principal, hash).
pub(crate) async fn lock(conn: &mut Conn, principal_ids: &[i64]) -> Result<Vec<(i64, String)>, Error> {
    match principal_ids {
        [] => Ok(vec![]),
        ids => Ok(conn.fetch_all(&LOCK.bind((ids,))).await?),
    }
}

/// The hash of a principal's password.
pub(crate) async fn of(conn: &mut Conn, principal_id: i64) -> Result<Option<String>, Error> {
    let row: Option<(String,)> = conn.fetch_optional(&OF_PRINCIPAL.bind((principal_id,))).await?;
    Ok(row.map(|row| row.0))
}
