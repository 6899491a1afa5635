//! The table `stores`.

use ordervault_domain::id::StoreId;
use ordervault_domain::money::Amount;
use ordervault_domain::store::{Policy, Store};
use ordervault_domain::time::Timestamp;
use ordervault_domain::totals::Rate;

use super::columns::{Row, TableRow as _, json_text, json_unless_default, table_row};
use super::{LockedRow, Stored};
use crate::ahead::Question;
use crate::bulk::{BulkInsert, BulkUpdate, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    READ: Template = Template::new("SELECT * FROM stores WHERE id {in_keys:1} ORDER BY id");
    LOCK: Template = Template::new("SELECT * FROM stores WHERE id {in_keys:1} ORDER BY id {lock}");
    // Placing an order reads currency and state of the store: an edit of another process waits for it.
    SHARE: Template = Template::forked(
        "SELECT * FROM stores WHERE id {in_keys:1} ORDER BY id",
        "SELECT * FROM stores WHERE id {in_keys:1} ORDER BY id FOR SHARE"
    );
    WITH_PRICES: Template = Template::new(
        "SELECT id FROM stores WHERE id {in_keys:1} AND EXISTS (SELECT 1 FROM products WHERE store_id = stores.id) \
         UNION SELECT id FROM stores WHERE id {in_keys:1} AND EXISTS (SELECT 1 FROM orders WHERE store_id = stores.id)"
    );
    INSERT: BulkInsert = BulkInsert::new("stores", StoreRow::COLUMNS);
    UPDATE: BulkUpdate = BulkUpdate::new("stores", &[("id", Int), ("version", Int)], StoreRow::COLUMNS.split_at(1).1, "");
}

table_row! {
    /// A row of the table.
    pub(crate) struct StoreRow {
        id: i64,
        version: i64,
        head_hash: String,
        name: String,
        currency: String,
        time_zone: String,
        country: Option<String>,
        active: bool,
        change_window_minutes: Option<i64>,
        external_reference: Option<String>,
        created_at: i64,
        updated_at: i64,
        duplicate_window_minutes: Option<i64>,
        review_minutes: Option<i64>,
        start_minutes: Option<i64>,
        completion_minutes: Option<i64>,
        payment_minutes: Option<i64>,
        shipping_minutes: Option<i64>,
        cancel_unconfirmed_minutes: Option<i64>,
        reversal_minutes: Option<i64>,
        public_board: bool,
        order_mails: bool,
        discount_limit: Option<i64>,
        tax: Option<String>,
        shipping: Option<String>,
        payments: Option<String>,
        refund_limit: Option<i64>,
    }
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
            country: at.parsed_option("country", row.country.as_deref())?,
            active: row.active,
            change_window_minutes: minutes("change_window_minutes", row.change_window_minutes)?,
            policy: Policy {
                duplicate_window_minutes: minutes("duplicate_window_minutes", row.duplicate_window_minutes)?,
                review_minutes: minutes("review_minutes", row.review_minutes)?,
                start_minutes: minutes("start_minutes", row.start_minutes)?,
                completion_minutes: minutes("completion_minutes", row.completion_minutes)?,
                payment_minutes: minutes("payment_minutes", row.payment_minutes)?,
                shipping_minutes: minutes("shipping_minutes", row.shipping_minutes)?,
                cancel_unconfirmed_minutes: minutes(
                    "cancel_unconfirmed_minutes",
                    row.cancel_unconfirmed_minutes,
                )?,
                reversal_minutes: minutes("reversal_minutes", row.reversal_minutes)?,
                discount_limit: discount_limit(at, row.discount_limit)?,
                refund_limit: row.refund_limit.map(Amount::new),
                public_board: row.public_board,
                order_mails: row.order_mails,
            },
            tax: row.tax.as_deref().map(|text| at.json("tax", text)).transpose()?,
            shipping: at.json_or_default("shipping", row.shipping.as_deref())?,
            payments: at.json_or_default("payments", row.payments.as_deref())?,
            external_reference: row.external_reference,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        };
        Ok(Self { state, head: row.head_hash })
    }
}

fn discount_limit(at: Row, limit: Option<i64>) -> Result<Option<Rate>, Error> {
    let rate = |thousandths: i64| {
        let rate = u32::try_from(thousandths).ok().and_then(|thousandths| thousandths.try_into().ok());
        rate.ok_or_else(|| at.inconsistent("discount_limit"))
    };
    limit.map(rate).transpose()
}

impl Stored for Store {
    type Row = StoreRow;

    const READ: &'static Template = &READ;
    const LOCK: &'static Template = &LOCK;
    const INSERT: &'static BulkInsert = &INSERT;
    const UPDATE: &'static BulkUpdate = &UPDATE;

    async fn states(_conn: &mut Conn, rows: Vec<Self::Row>) -> Result<Vec<LockedRow<Self>>, Error> {
        rows.into_iter().map(LockedRow::try_from).collect()
    }

    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    fn row(&self, head: &str) -> StoreRow {
        StoreRow {
            id: self.id.get(),
            version: self.version,
            head_hash: head.to_owned(),
            name: self.name.clone(),
            currency: self.currency.code().to_owned(),
            time_zone: self.time_zone.to_string(),
            country: self.country.map(|country| country.to_string()),
            active: self.active,
            change_window_minutes: self.change_window_minutes.map(i64::from),
            external_reference: self.external_reference.clone(),
            created_at: self.created_at.millis(),
            updated_at: self.updated_at.millis(),
            duplicate_window_minutes: self.policy.duplicate_window_minutes.map(i64::from),
            review_minutes: self.policy.review_minutes.map(i64::from),
            start_minutes: self.policy.start_minutes.map(i64::from),
            completion_minutes: self.policy.completion_minutes.map(i64::from),
            payment_minutes: self.policy.payment_minutes.map(i64::from),
            shipping_minutes: self.policy.shipping_minutes.map(i64::from),
            cancel_unconfirmed_minutes: self.policy.cancel_unconfirmed_minutes.map(i64::from),
            reversal_minutes: self.policy.reversal_minutes.map(i64::from),
            public_board: self.policy.public_board,
            order_mails: self.policy.order_mails,
            discount_limit: self.policy.discount_limit.map(|rate| rate.get().into()),
            tax: self.tax.as_ref().map(json_text),
            shipping: json_unless_default(&self.shipping),
            payments: json_unless_default(&self.payments),
            refund_limit: self.policy.refund_limit.map(Amount::get),
        }
    }
}

/// The stores, kept from being edited until the transaction ends.
pub(crate) async fn load_shared(conn: &mut Conn, ids: &[i64]) -> Result<Vec<LockedRow<Store>>, Error> {
    let rows: Vec<StoreRow> = conn.fetch_packed(SHARE.bind((ids,))).await?;
    rows.into_iter().map(LockedRow::try_from).collect()
}

/// What [`load_shared`] asks.
pub(crate) fn shared_question(ids: &[i64]) -> Question {
    Question::of::<StoreRow>(SHARE.bind((ids,)))
}

/// Those of the stores that have products or orders, and so prices.
pub(crate) async fn with_prices(conn: &mut Conn, ids: &[i64]) -> Result<Vec<i64>, Error> {
    let rows: Vec<(i64,)> = conn.fetch_all(&WITH_PRICES.bind((ids,))).await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
