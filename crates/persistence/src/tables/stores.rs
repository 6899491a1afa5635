//! The table `stores`.

use ordervault_domain::id::StoreId;
use ordervault_domain::store::{Policy, Store};
use ordervault_domain::time::Timestamp;

use super::columns::{Row, millis};
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
    ("currency", Text),
    ("time_zone", Text),
    ("active", Bool),
    ("change_window_minutes", Int),
    ("external_reference", Text),
    ("created_at", Int),
    ("updated_at", Int),
    ("duplicate_window_minutes", Int),
    ("review_minutes", Int),
    ("start_minutes", Int),
    ("completion_minutes", Int),
    ("cancel_unconfirmed_minutes", Int),
    ("public_board", Bool),
];
const SETS: &[Column] = COLUMNS.split_at(1).1;

statements! {
    READ: Template = Template::new("SELECT * FROM stores WHERE id {in_keys:1} ORDER BY id");
    LOCK: Template = Template::new("SELECT * FROM stores WHERE id {in_keys:1} ORDER BY id {lock}");
    // Placing an order reads currency and state of the store: an edit of another process waits for it.
    SHARE: Template = Template::forked(
        "SELECT * FROM stores WHERE id {in_keys:1} ORDER BY id",
        "SELECT * FROM stores WHERE id {in_keys:1} ORDER BY id FOR SHARE"
    );
    WITH_ORDERS: Template = Template::new(
        "SELECT id FROM stores WHERE id {in_keys:1} AND EXISTS (SELECT 1 FROM orders WHERE store_id = stores.id)"
    );
    INSERT: BulkInsert = BulkInsert::new("stores", COLUMNS);
    UPDATE: BulkUpdate = BulkUpdate::new("stores", &[("id", Int), ("version", Int)], SETS, "");
}

#[derive(sqlx_macros::FromRow)]
pub(crate) struct StoreRow {
    id: i64,
    version: i64,
    head_hash: String,
    name: String,
    currency: String,
    time_zone: String,
    active: bool,
    change_window_minutes: Option<i64>,
    external_reference: Option<String>,
    created_at: i64,
    updated_at: i64,
    duplicate_window_minutes: Option<i64>,
    review_minutes: Option<i64>,
    start_minutes: Option<i64>,
    completion_minutes: Option<i64>,
    cancel_unconfirmed_minutes: Option<i64>,
    public_board: bool,
}

impl TryFrom<StoreRow> for LockedRow<Store> {
    type Error = Error;

    fn try_from(row: StoreRow) -> Result<Self, Error> {
        let at = Row { table: "stores", id: row.id };
        let minutes =
            |column, minutes: Option<i64>| minutes.map(|minutes| at.fitting(column, minutes)).transpose();
        let state = Store {
            id: StoreId::from_i64(row.id),
            version: row.version,
            name: row.name,
            currency: at.parsed("currency", &row.currency)?,
            time_zone: at.parsed("time_zone", &row.time_zone)?,
            active: row.active,
            change_window_minutes: minutes("change_window_minutes", row.change_window_minutes)?,
            policy: Policy {
                duplicate_window_minutes: minutes("duplicate_window_minutes", row.duplicate_window_minutes)?,
                review_minutes: minutes("review_minutes", row.review_minutes)?,
                start_minutes: minutes("start_minutes", row.start_minutes)?,
                completion_minutes: minutes("completion_minutes", row.completion_minutes)?,
                cancel_unconfirmed_minutes: minutes(
                    "cancel_unconfirmed_minutes",
                    row.cancel_unconfirmed_minutes,
                )?,
                public_board: row.public_board,
            },
            external_reference: row.external_reference,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        };
        Ok(Self { state, head: row.head_hash })
    }
}

impl Stored for Store {
    const INSERT: &'static BulkInsert = &INSERT;
    const UPDATE: &'static BulkUpdate = &UPDATE;

    async fn load(conn: &mut Conn, ids: &[i64], hold: RowLock) -> Result<Vec<LockedRow<Self>>, Error> {
        let rows: Vec<StoreRow> = conn.fetch_all(&hold.of(&READ, &LOCK).bind((ids,))).await?;
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
            (&self.name).into(),
            self.currency.code().into(),
            self.time_zone.to_string().into(),
            self.active.into(),
            self.change_window_minutes.into(),
            self.external_reference.clone().into(),
            millis(self.created_at),
            millis(self.updated_at),
            self.policy.duplicate_window_minutes.into(),
            self.policy.review_minutes.into(),
            self.policy.start_minutes.into(),
            self.policy.completion_minutes.into(),
            self.policy.cancel_unconfirmed_minutes.into(),
            self.policy.public_board.into(),
        ]
    }
}

/// The stores, kept from being edited until the transaction ends.
pub(crate) async fn load_shared(conn: &mut Conn, ids: &[i64]) -> Result<Vec<LockedRow<Store>>, Error> {
    let rows: Vec<StoreRow> = conn.fetch_all(&SHARE.bind((ids,))).await?;
    rows.into_iter().map(LockedRow::try_from).collect()
}

/// Those of the stores that have orders.
pub(crate) async fn with_orders(conn: &mut Conn, ids: &[i64]) -> Result<Vec<i64>, Error> {
    let rows: Vec<(i64,)> = conn.fetch_all(&WITH_ORDERS.bind((ids,))).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
