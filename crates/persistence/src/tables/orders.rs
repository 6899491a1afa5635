//! The table `orders`.

use std::collections::HashMap;

use ordervault_domain::contact::Email;
use ordervault_domain::folding;
use ordervault_domain::id::{BatchId, CustomerId, OrderId, StoreId};
use ordervault_domain::money::Amount;
use ordervault_domain::order::{Balance, Derived, DuplicateKey, Order, StageParts, Totals};
use ordervault_domain::refusal::OpenOrder;
use ordervault_domain::time::Timestamp;

use super::columns::{
    Row, TableRow as _, address_text, but_ends, json_unless_default, millis, table_row, time,
};
use super::order_lines::{self, LineRow, packed_lines};
use super::{LockedRow, RowLock, Stored};
use crate::ahead::Question;
use crate::bulk::{BulkInsert, BulkUpdate, Column, ColumnType::*};
use crate::error::Error;
use crate::statement::{Statement, Template, statements};
use crate::tx::Conn;

/// How far back looks who looks for orders like one that is to be placed.
const MAX_DUPLICATE_WINDOW_MILLIS: i64 =
    ordervault_domain::store::MAX_DUPLICATE_WINDOW_MINUTES as i64 * 60_000;

/// How far back looks who looks for open orders of a customer.
const MAX_WALKED_ORDERS: i64 = 4_000;
/// Open orders of a customer that are told.
const MAX_OPEN_ORDERS: i64 = 100;

statements! {
    READ: Template = Template::new("SELECT * FROM orders WHERE id {in_keys:1} ORDER BY id");
    LOCK: Template = Template::new("SELECT * FROM orders WHERE id {in_keys:1} ORDER BY id {lock}");
    // Each with its lines: one statement, and so one state of the database.
    WHOLE: Template = Template::made(|engine| format!(
        "SELECT o.*, {} AS lines FROM orders o WHERE o.id {{in_keys:1}} ORDER BY o.id", packed_lines(engine, "o")
    ));
    INSERT: BulkInsert = BulkInsert::new("orders", OrderRow::COLUMNS);
    UPDATE: BulkUpdate = BulkUpdate::new("orders", &[("id", Int), ("version", Int)], but_ends(OrderRow::COLUMNS), "");
    // Whoever places what somebody else is placing right now waits and then sees it. SQLite has one writer anyway.
    LOCK_ALIKE: Template = Template::forked(
        "SELECT value AS key FROM json_each($1) ORDER BY 1",
        "SELECT key FROM (SELECT unnest($1::bigint[]) AS key ORDER BY 1) AS keys
         WHERE pg_advisory_xact_lock(key) IS NOT NULL"
    );
    ALIKE: Template = Template::new(
        "SELECT id FROM orders WHERE duplicate_key {in_keys:1} AND placed_at >= $2 ORDER BY id"
    );
    // The bound is on what is looked at, not on what is found: somebody may have very many that are closed.
    OPEN_OF_CUSTOMER: Template = Template::new(
        "SELECT id, status FROM (
             SELECT id, status, placed_at FROM orders WHERE customer_id = $1 ORDER BY placed_at DESC, id DESC LIMIT $2) AS newest
         WHERE status IN ('pending_review', 'confirmed', 'processing') ORDER BY placed_at DESC, id DESC LIMIT $3"
    );
}

table_row! {
    /// A row of the table.
    pub(crate) struct OrderRow {
        pub(crate) id: i64,
        version: i64,
        head_hash: String,
        number_tail: i64,
        status: String,
        executed_to: String,
        store_id: i64,
        customer_id: Option<i64>,
        source: String,
        source_status: Option<String>,
        external_reference: Option<String>,
        currency: String,
        country: Option<String>,
        subtotal: i64,
        discount_total: i64,
        shipping_total: i64,
        fee_total: i64,
        tax_total: i64,
        added_tax_total: i64,
        total: i64,
        terms: Option<String>,
        adjustments: Option<String>,
        last_adjustment_no: i64,
        payments: Option<String>,
        attention: Option<String>,
        fulfillments: Option<String>,
        last_fulfillment_no: i64,
        cancellations: Option<String>,
        cancelled_total: i64,
        credited_total: i64,
        written_off_total: i64,
        kept_total: i64,
        paid_total: i64,
        refunded_total: i64,
        refund_pending_total: i64,
        charged_back_total: i64,
        balance_due: i64,
        payment_status: String,
        fulfillment_status: String,
        return_status: String,
        contact_name: Option<String>,
        contact_phone: Option<String>,
        contact_phone_reversed: Option<String>,
        contact_email: Option<String>,
        contact_email_key: Option<String>,
        contact_address: Option<String>,
        contact_version: i64,
        note: String,
        holds_stock: bool,
        change_until: Option<i64>,
        cancel_reason: Option<String>,
        invalid_reason: Option<String>,
        invalid_from: Option<String>,
        placed_at: i64,
        updated_at: i64,
        confirmed_at: Option<i64>,
        started_at: Option<i64>,
        completed_at: Option<i64>,
        cancelled_at: Option<i64>,
        invalidated_at: Option<i64>,
        unlisted: bool,
        status_since: i64,
        deadlines: Option<String>,
        due_at: Option<i64>,
        breached_at: Option<i64>,
        erased_at: Option<i64>,
        deleted_at: Option<i64>,
        deleted_in: Option<i64>,
        duplicate_key: Option<i64>,
        last_line_no: i64,
        folded_by: i64,
    }
}

table_row! {
    /// A key that is locked.
    struct AlikeKey {
        key: i64,
    }
}

table_row! {
    /// An order with such a key.
    struct AlikeRow {
        id: i64,
    }
}

/// A row of the table with its lines as text.
#[derive(sqlx_macros::FromRow)]
pub(crate) struct WholeRow {
    #[sqlx(flatten)]
    order: OrderRow,
    lines: String,
}

impl WholeRow {
    /// The order.
    pub(crate) fn held(self) -> Result<LockedRow<Order>, Error> {
        let rows: Vec<LineRow> = Row { table: "orders", id: self.order.id }.json("lines", &self.lines)?;
        self.order.held(rows)
    }
}

impl OrderRow {
    fn totals(&self) -> Totals {
        Totals {
            subtotal: Amount::new(self.subtotal),
            discount_total: Amount::new(self.discount_total),
            shipping_total: Amount::new(self.shipping_total),
            fee_total: Amount::new(self.fee_total),
            tax_total: Amount::new(self.tax_total),
            added_tax_total: Amount::new(self.added_tax_total),
            total: Amount::new(self.total),
        }
    }

    fn balance(&self) -> Balance {
        Balance {
            cancelled: Amount::new(self.cancelled_total),
            credited: Amount::new(self.credited_total),
            written_off: Amount::new(self.written_off_total),
            kept: Amount::new(self.kept_total),
            paid: Amount::new(self.paid_total),
            refunded: Amount::new(self.refunded_total),
            refund_pending: Amount::new(self.refund_pending_total),
            charged_back: Amount::new(self.charged_back_total),
        }
    }

    fn derived(&self, at: Row) -> Result<Derived, Error> {
        Ok(Derived {
            payment_status: at.parsed("payment_status", &self.payment_status)?,
            fulfillment_status: at.parsed("fulfillment_status", &self.fulfillment_status)?,
            return_status: at.parsed("return_status", &self.return_status)?,
        })
    }

    fn held(self, rows: Vec<LineRow>) -> Result<LockedRow<Order>, Error> {
        let at = Row { table: "orders", id: self.id };
        let units = order_lines::units(&rows)?;
        let lines = rows.into_iter().map(LineRow::line).collect::<Result<_, _>>()?;
        let (totals, balance) = (self.totals(), self.balance());
        let derived = self.derived(at)?;
        let contact = at.contact(
            self.contact_name,
            ("contact_phone", self.contact_phone.as_deref()),
            ("contact_email", self.contact_email.as_deref()),
            ("contact_address", self.contact_address.as_deref()),
        )?;
        let stage = StageParts {
            status: at.parsed("status", &self.status)?,
            executed_to: at.parsed("executed_to", &self.executed_to)?,
            confirmed_at: time(self.confirmed_at),
            started_at: time(self.started_at),
            completed_at: time(self.completed_at),
            cancelled_at: time(self.cancelled_at),
            cancel_reason: at.parsed_option("cancel_reason", self.cancel_reason.as_deref())?,
            invalidated_at: time(self.invalidated_at),
            invalid_reason: at.parsed_option("invalid_reason", self.invalid_reason.as_deref())?,
            invalid_from: at.parsed_option("invalid_from", self.invalid_from.as_deref())?,
            deleted_at: time(self.deleted_at),
            deleted_in: self.deleted_in.map(BatchId::from_i64),
        };
        let stage = stage.stage().ok_or_else(|| at.inconsistent("status"))?;
        let state = Order {
            id: OrderId::from_i64(self.id),
            version: self.version,
            stage,
            store_id: StoreId::from_i64(self.store_id),
            customer_id: self.customer_id.map(CustomerId::from_i64),
            source: at.parsed("source", &self.source)?,
            source_status: self.source_status,
            external_reference: self.external_reference,
            currency: at.parsed("currency", &self.currency)?,
            country: at.parsed_option("country", self.country.as_deref())?,
            lines,
            last_line_no: at.fitting("last_line_no", self.last_line_no)?,
            totals,
            terms: at.json_or_default("terms", self.terms.as_deref())?,
            adjustments: at.json_or_default("adjustments", self.adjustments.as_deref())?,
            last_adjustment_no: at.fitting("last_adjustment_no", self.last_adjustment_no)?,
            fulfillments: at.json_or_default("fulfillments", self.fulfillments.as_deref())?,
            last_fulfillment_no: at.fitting("last_fulfillment_no", self.last_fulfillment_no)?,
            cancellations: at.json_or_default("cancellations", self.cancellations.as_deref())?,
            units,
            balance,
            derived,
            payments: at.json_or_default("payments", self.payments.as_deref())?,
            attention: at.json_or_default("attention", self.attention.as_deref())?,
            contact,
            contact_version: self.contact_version,
            note: self.note,
            holds_stock: self.holds_stock,
            change_until: time(self.change_until),
            unlisted: self.unlisted,
            status_since: Timestamp::from_millis(self.status_since),
            deadlines: at.json_or_default("deadlines", self.deadlines.as_deref())?,
            due_at: time(self.due_at),
            breached_at: time(self.breached_at),
            erased_at: time(self.erased_at),
            placed_at: Timestamp::from_millis(self.placed_at),
            updated_at: Timestamp::from_millis(self.updated_at),
        };
        Ok(LockedRow { state, head: self.head_hash })
    }
}

/// Completes rows of `orders` with their lines, keeping the rows' order.
pub(crate) async fn with_lines(conn: &mut Conn, rows: Vec<OrderRow>) -> Result<Vec<LockedRow<Order>>, Error> {
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut lines: HashMap<i64, Vec<LineRow>> = HashMap::with_capacity(ids.len());
    for row in conn.fetch_packed::<LineRow>(order_lines::OF_ORDERS.bind((ids,))).await? {
        lines.entry(row.order_id).or_default().push(row);
    }
    rows.into_iter()
        .map(|row| {
            let lines = lines.remove(&row.id).unwrap_or_default();
            row.held(lines)
        })
        .collect()
}

/// The newest open orders of a customer, as far back as lists walk.
pub(crate) async fn open_of_customer(conn: &mut Conn, customer_id: i64) -> Result<Vec<OpenOrder>, Error> {
    let rows: Vec<(i64, String)> =
        conn.fetch_all(&OPEN_OF_CUSTOMER.bind((customer_id, MAX_WALKED_ORDERS, MAX_OPEN_ORDERS))).await?;
    let open = |(id, status): (i64, String)| {
        let at = Row { table: "orders", id };
        Ok(OpenOrder { id: OrderId::from_i64(id), status: at.parsed("status", &status)? })
    };
    rows.into_iter().map(open).collect()
}

/// Locks these keys of [`DuplicateKey`]: until the transaction ends no other process places what has one of them.
pub(crate) async fn lock_alike(conn: &mut Conn, keys: &[i64]) -> Result<(), Error> {
    conn.fetch_packed::<AlikeKey>(LOCK_ALIKE.bind((keys,))).await?;
    Ok(())
}

/// Orders of the longest window before `now` that have one of these keys.
pub(crate) async fn alike(conn: &mut Conn, keys: &[i64], now: Timestamp) -> Result<Vec<i64>, Error> {
    let rows: Vec<AlikeRow> = conn.fetch_packed(alike_since(keys, now)).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

fn alike_since(keys: &[i64], now: Timestamp) -> Statement {
    ALIKE.bind((keys, now.plus_millis(-MAX_DUPLICATE_WINDOW_MILLIS).millis()))
}

/// What [`lock_alike`] asks.
pub(crate) fn alike_lock_question(keys: &[i64]) -> Question {
    Question::of::<AlikeKey>(LOCK_ALIKE.bind((keys,)))
}

/// What [`alike`] asks.
pub(crate) fn alike_question(keys: &[i64], now: Timestamp) -> Question {
    Question::of::<AlikeRow>(alike_since(keys, now))
}

impl Stored for Order {
    type Row = OrderRow;

    const READ: &'static Template = &READ;
    const LOCK: &'static Template = &LOCK;
    const INSERT: &'static BulkInsert = &INSERT;
    const UPDATE: &'static BulkUpdate = &UPDATE;
    const FOLDED: &'static [Column] = &[
        ("contact_phone_reversed", Text),
        ("contact_email_key", Text),
        ("duplicate_key", Int),
        ("folded_by", Int),
    ];

    async fn states(conn: &mut Conn, rows: Vec<Self::Row>) -> Result<Vec<LockedRow<Self>>, Error> {
        with_lines(conn, rows).await
    }

    /// While rows are locked, their lines are read afterwards: whoever had the lock before may have changed them.
    async fn load(conn: &mut Conn, ids: &[i64], hold: RowLock) -> Result<Vec<LockedRow<Self>>, Error> {
        match hold {
            RowLock::Free => {
                let rows: Vec<WholeRow> = conn.fetch_all(&WHOLE.bind((ids,))).await?;
                rows.into_iter().map(WholeRow::held).collect()
            }
            RowLock::Locked => {
                let rows = conn.fetch_packed(LOCK.bind((ids,))).await?;
                with_lines(conn, rows).await
            }
        }
    }

    fn folded_by(row: &Self::Row) -> i64 {
        row.folded_by
    }

    fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    #[expect(clippy::too_many_lines, reason = "a table, one entry a column")]
    fn row(&self, head: &str) -> OrderRow {
        let phone = self.contact.phone.as_ref();
        let stage = self.stage.parts();
        OrderRow {
            id: self.id.get(),
            number_tail: self.id.tail(),
            version: self.version,
            head_hash: head.to_owned(),
            status: stage.status.to_string(),
            executed_to: stage.executed_to.to_string(),
            store_id: self.store_id.get(),
            customer_id: self.customer_id.map(CustomerId::get),
            source: self.source.to_string(),
            source_status: self.source_status.clone(),
            external_reference: self.external_reference.clone(),
            currency: self.currency.code().to_owned(),
            country: self.country.map(|country| country.to_string()),
            subtotal: self.totals.subtotal.get(),
            discount_total: self.totals.discount_total.get(),
            shipping_total: self.totals.shipping_total.get(),
            fee_total: self.totals.fee_total.get(),
            tax_total: self.totals.tax_total.get(),
            added_tax_total: self.totals.added_tax_total.get(),
            total: self.totals.total.get(),
            terms: json_unless_default(&self.terms),
            adjustments: json_unless_default(&self.adjustments),
            last_adjustment_no: self.last_adjustment_no.into(),
            payments: json_unless_default(&self.payments),
            attention: json_unless_default(&self.attention),
            fulfillments: json_unless_default(&self.fulfillments),
            last_fulfillment_no: self.last_fulfillment_no.into(),
            cancellations: json_unless_default(&self.cancellations),
            cancelled_total: self.balance.cancelled.get(),
            credited_total: self.balance.credited.get(),
            written_off_total: self.balance.written_off.get(),
            kept_total: self.balance.kept.get(),
            paid_total: self.balance.paid.get(),
            refunded_total: self.balance.refunded.get(),
            refund_pending_total: self.balance.refund_pending.get(),
            charged_back_total: self.balance.charged_back.get(),
            balance_due: self.balance.open(self.totals.total).get(),
            payment_status: self.derived.payment_status.to_string(),
            fulfillment_status: self.derived.fulfillment_status.to_string(),
            return_status: self.derived.return_status.to_string(),
            contact_name: self.contact.name.clone(),
            contact_phone: phone.map(|phone| phone.to_string()),
            contact_phone_reversed: phone.map(|phone| phone.reversed_line(self.country)),
            contact_email: self.contact.email.as_ref().map(|email| email.as_str().to_owned()),
            contact_email_key: self.contact.email.as_ref().map(Email::key),
            contact_address: address_text(self.contact.address.as_ref()),
            contact_version: self.contact_version,
            note: self.note.clone(),
            holds_stock: self.holds_stock,
            change_until: millis(self.change_until),
            cancel_reason: stage.cancel_reason.map(|reason| reason.to_string()),
            invalid_reason: stage.invalid_reason.map(|reason| reason.to_string()),
            invalid_from: stage.invalid_from.map(|status| status.to_string()),
            placed_at: self.placed_at.millis(),
            updated_at: self.updated_at.millis(),
            confirmed_at: millis(stage.confirmed_at),
            started_at: millis(stage.started_at),
            completed_at: millis(stage.completed_at),
            cancelled_at: millis(stage.cancelled_at),
            invalidated_at: millis(stage.invalidated_at),
            unlisted: self.unlisted,
            status_since: self.status_since.millis(),
            deadlines: json_unless_default(&self.deadlines),
            due_at: millis(self.due_at),
            breached_at: millis(self.breached_at),
            erased_at: millis(self.erased_at),
            deleted_at: millis(stage.deleted_at),
            deleted_in: stage.deleted_in.map(BatchId::get),
            duplicate_key: DuplicateKey::of_order(self).map(|duplicate_key| duplicate_key.key()),
            last_line_no: self.last_line_no.into(),
            folded_by: folding::VERSION,
        }
    }
}
