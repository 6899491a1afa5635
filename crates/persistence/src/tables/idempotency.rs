//! The table `idempotency_keys`: what a key did, written with what it did.

use super::columns::{TableRow as _, table_row};
use crate::ahead::Question;
use crate::bulk::BulkInsert;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::{Conn, Tx};

statements! {
    READ: Template = Template::new(
        "SELECT scoped_key, fingerprint, entity_id, version, created_at FROM idempotency_keys
         WHERE scoped_key {in_keys:1}"
    );
    FORGET: Template = Template::new("DELETE FROM idempotency_keys WHERE scoped_key {in_keys:1}");
    FORGET_OLDEST: Template = Template::new(
        "DELETE FROM idempotency_keys WHERE scoped_key IN (
             SELECT scoped_key FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2
         )"
    );
    pub(crate) INSERT: BulkInsert = BulkInsert::new("idempotency_keys", Record::COLUMNS).suffix("ON CONFLICT (scoped_key) DO NOTHING");
}

table_row! {
    /// What a key did.
    #[derive(Eq)]
    pub(crate) struct Record {
        pub scoped_key: String,
        pub fingerprint: String,
        pub entity_id: i64,
        pub version: i64,
        pub created_at: i64,
    }
}

/// The record of this key, unless it has served its time.
pub(crate) async fn read(conn: &mut Conn, scoped_key: &str, oldest: i64) -> Result<Option<Record>, Error> {
    let keys = vec![scoped_key.to_owned()];
    let record: Option<Record> = conn.fetch_optional(&READ.bind((keys,))).await?;
    Ok(record.filter(|record| record.created_at >= oldest))
}

/// The records of these keys. Those made before `oldest` have served their time and are deleted on the way.
pub(crate) async fn load(tx: &mut Tx, keys: &[String], oldest: i64) -> Result<Vec<Record>, Error> {
    let records: Vec<Record> = tx.conn().fetch_packed(READ.bind((keys,))).await?;
    let (live, expired): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|record| record.created_at >= oldest);
    if !expired.is_empty() {
        let keys: Vec<String> = expired.into_iter().map(|record| record.scoped_key).collect();
        tx.execute(&FORGET.bind((keys,))).await?;
    }
    Ok(live)
}

/// What [`load`] asks.
pub(crate) fn question(keys: &[String]) -> Question {
    Question::of::<Record>(READ.bind((keys,)))
}

/// Deletes some of the records that nobody asks for any more, those made before `oldest`.
pub(crate) async fn forget_oldest(tx: &mut Tx, oldest: i64, most: i64) -> Result<(), Error> {
    tx.execute(&FORGET_OLDEST.bind((oldest, most))).await?;
    Ok(())
}
