//! An order in a list.

use std::collections::BTreeSet;

use ordervault_domain::id::{CustomerId, OrderId, StoreId};
use ordervault_domain::money::{Amount, Currency};
use ordervault_domain::order::{Line, OrderTexts, PaymentStatus, Source, Status, is_overdue};
use ordervault_domain::search::{Field, Term};
use ordervault_domain::time::Timestamp;
use sea_query::Expr;

use super::filter::SortKey;
use crate::engine::Engine;
use crate::error::Error;
use crate::json::{packed, packed_rows};
use crate::read::page::{Edge, RowKey};
use crate::tables::columns::{Row, TableRow as _, packed_row, table_row, time};
use crate::tables::order_lines::LineRow;

/// Where a page ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderCursor {
    /// What the list is sorted by, of the last order.
    pub key: i64,
    /// The last order.
    pub id: OrderId,
}

impl RowKey for OrderCursor {
    fn numbers(self) -> Vec<i64> {
        vec![self.key, self.id.get()]
    }

    fn of(numbers: &[i64]) -> Option<Self> {
        let [key, id] = numbers.try_into().ok()?;
        Some(Self { key, id: OrderId::from_i64(id) })
    }

    fn beside(self, by: i64) -> Self {
        Self { id: OrderId::from_i64(self.id.get().saturating_add(by)), ..self }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderPage {
    /// The page's orders.
    pub items: Vec<OrderSummary>,
    /// Where to go on; `None` when this was the last page. A page may be short and have a next one all the same.
    pub next: Option<Edge<OrderCursor>>,
    /// The way back; `None` when there is nothing before this page.
    pub previous: Option<Edge<OrderCursor>>,
    /// The position of the order that came last into the reader's stores; 0: none did. Whatever came up to there was there when
    /// the page was read. `None`: there is no reader.
    pub position: Option<i64>,
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
    /// What was paid.
    pub paid: Amount,
    /// What of that was paid back.
    pub refunded: Amount,
    /// What is missing; below nothing: what the shop owes.
    pub balance_due: Amount,
    /// How far it is paid.
    pub payment_status: PaymentStatus,
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
    /// What a list shows of its lines; empty in an export, which has the rest.
    pub glance: OrderGlance,
    /// The rest of what it has for an export; no list has it.
    pub rest: Option<OrderRest>,
}

/// What tells an order from others at first sight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderGlance {
    /// How many lines it has.
    pub line_count: u32,
    /// Title and quantity of the first three, by their numbers.
    pub first_lines: Vec<(String, u32)>,
}

/// So many lines of an order are shown in a list.
const FIRST_LINES: usize = 3;

/// What an export has of an order besides what lists show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRest {
    /// The customer's note; none where the scope does not show it, or if it is empty.
    pub note: Option<String>,
    /// All lines, by their numbers.
    pub lines: Vec<Line>,
}

table_row! {
    /// The columns of `orders` that a list shows.
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
        paid_total: i64,
        refunded_total: i64,
        balance_due: i64,
        payment_status: String,
        currency: String,
        placed_at: i64,
        updated_at: i64,
        due_at: Option<i64>,
        deleted_at: Option<i64>,
    }
}

/// An order of a page. All of them come as one text: of each value that SQLite's driver fetches it makes a copy under a lock,
/// and for each row it changes threads.
#[derive(serde::Deserialize)]
pub(super) struct PackedRow {
    order: ListedRow,
    /// 0 or 1, if there is a reader.
    is_new: Option<i64>,
    texts: Option<TextsRow>,
    glance: Option<GlanceRow>,
    rest: Option<RestRow>,
}

/// Columns of a list that are asked for besides [`ListedRow`].
#[derive(Clone, Copy)]
pub(super) struct Besides {
    /// What search looks at?
    pub(super) texts: bool,
    /// What an export has, instead of what a list shows at first sight?
    pub(super) rest: bool,
}

impl Besides {
    /// Their names in `orders`.
    pub(super) fn columns(self) -> &'static [&'static str] {
        match self {
            Self { texts: true, .. } => &TEXTS,
            Self { rest: true, .. } => &[NOTE],
            Self { .. } => &[],
        }
    }
}

/// What an export has besides what a list shows.
#[derive(serde::Deserialize)]
struct RestRow {
    note: String,
    lines: Vec<LineRow>,
}

/// How many lines there are, and title and quantity of the first.
#[derive(serde::Deserialize)]
struct GlanceRow(u32, Vec<(String, u32)>);

/// What search looks at besides what a list shows.
#[derive(serde::Deserialize)]
struct TextsRow {
    note: String,
    address: Option<String>,
    country: Option<String>,
    /// Title, stock keeping unit and category of each line.
    lines: Vec<(String, String, Option<String>)>,
}

/// The column of [`RestRow`].
const NOTE: &str = "note";
/// Columns of [`TextsRow`].
const TEXTS: [&str; 3] = [NOTE, "contact_address", "country"];

impl PackedRow {
    /// All rows of a selection of `orders` as one text.
    pub(super) fn all(engine: Engine, is_new: Expr, besides: Besides) -> Expr {
        let row = packed_row(engine, "orders", ListedRow::COLUMNS);
        let asked = |is_asked: bool, row: fn(Engine) -> String| match is_asked {
            true => row(engine),
            false => "NULL".to_owned(),
        };
        let texts = asked(besides.texts, TextsRow::packed);
        let glance = asked(!besides.rest, GlanceRow::packed);
        let rest = asked(besides.rest, RestRow::packed);
        let placeholder = match engine {
            Engine::Sqlite => "?",
            Engine::Postgres => "$1",
        };
        let value = packed(engine, &[row, placeholder.to_owned(), texts, glance, rest]);
        Expr::cust_with_exprs(format!("CAST({} AS TEXT)", packed_rows(engine, &value, "")), [is_new])
    }

    /// The order, with where the words are that were asked for.
    pub(super) fn summary(self, asked: &[(&[Term], &[Field])]) -> Result<OrderSummary, Error> {
        let Self { order: row, is_new, texts, glance, rest } = self;
        let at = Row { table: "orders", id: row.id };
        let matched = match texts {
            Some(texts) => texts.matched(&row, asked)?,
            None => vec![],
        };
        Ok(OrderSummary {
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
            paid: Amount::new(row.paid_total),
            refunded: Amount::new(row.refunded_total),
            balance_due: Amount::new(row.balance_due),
            payment_status: at.parsed("payment_status", &row.payment_status)?,
            currency: at.parsed("currency", &row.currency)?,
            placed_at: Timestamp::from_millis(row.placed_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            due_at: time(row.due_at),
            deleted_at: time(row.deleted_at),
            is_new: is_new.map(|flag| flag != 0),
            matched,
            glance: glance.map(GlanceRow::glance).unwrap_or_default(),
            rest: rest.map(RestRow::rest).transpose()?,
        })
    }
}

impl GlanceRow {
    fn packed(engine: Engine) -> String {
        let first = format!(
            "(SELECT no, title, quantity FROM order_lines WHERE order_id = orders.id ORDER BY no LIMIT {FIRST_LINES}) l"
        );
        let line = packed(engine, &["l.title", "l.quantity"].map(str::to_owned));
        // Counted by itself: SQLite takes twice as long for a window over the lines.
        let count = "(SELECT COUNT(*) FROM order_lines l WHERE l.order_id = orders.id)".to_owned();
        packed(engine, &[count, lines_from(engine, &first, &line, " ORDER BY l.no")])
    }

    fn glance(self) -> OrderGlance {
        let Self(line_count, first_lines) = self;
        OrderGlance { line_count, first_lines }
    }
}

impl RestRow {
    fn packed(engine: Engine) -> String {
        let line = packed_row(engine, "l", LineRow::COLUMNS);
        packed(engine, &[format!("orders.{NOTE}"), lines_of_order(engine, &line, " ORDER BY l.no")])
    }

    fn rest(self) -> Result<OrderRest, Error> {
        let lines = self.lines.into_iter().map(LineRow::line).collect::<Result<_, _>>()?;
        Ok(OrderRest { note: Some(self.note).filter(|note| !note.is_empty()), lines })
    }
}

/// A value of each line `l` of an order, in SQL.
fn lines_of_order(engine: Engine, value: &str, order: &str) -> String {
    lines_from(engine, "order_lines l WHERE l.order_id = orders.id", value, order)
}

/// A value of each line `l` of these, in SQL.
fn lines_from(engine: Engine, lines: &str, value: &str, order: &str) -> String {
    let lines = format!("(SELECT {} FROM {lines})", packed_rows(engine, value, order));
    match engine {
        Engine::Sqlite => format!("json({lines})"),
        Engine::Postgres => lines,
    }
}

impl TextsRow {
    fn packed(engine: Engine) -> String {
        let line = ["title", "sku", "category"].map(|name| format!("l.{name}"));
        let lines = lines_of_order(engine, &packed(engine, &line), "");
        let [note, address, country] = TEXTS.map(|name| format!("orders.{name}"));
        packed(engine, &[note, address, country, lines])
    }

    /// In which classes of texts the words are.
    fn matched(&self, row: &ListedRow, asked: &[(&[Term], &[Field])]) -> Result<Vec<Field>, Error> {
        let at = Row { table: "orders", id: row.id };
        let contact = at.contact(
            row.contact_name.clone(),
            ("contact_phone", row.contact_phone.as_deref()),
            ("contact_email", row.contact_email.as_deref()),
            ("contact_address", self.address.as_deref()),
        )?;
        let lines = self.lines.iter().map(|(title, sku, category)| {
            [title.as_str(), sku.as_str(), category.as_deref().unwrap_or_default()]
        });
        let lines = lines.collect();
        let country = at.parsed_option("country", self.country.as_deref())?;
        let texts = OrderTexts { lines, contact: &contact, country, note: &self.note };
        let matched = asked.iter().flat_map(|(terms, fields)| texts.matched(terms, fields));
        Ok(matched.collect::<BTreeSet<_>>().into_iter().collect())
    }
}

impl OrderSummary {
    /// Should it have left its status before `now`?
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        is_overdue(self.due_at, now)
    }

    /// The same without contact and note.
    pub(super) fn without_contact(self) -> Self {
        let rest = self.rest.map(|rest| OrderRest { note: None, ..rest });
        Self { contact_name: None, contact_email: None, contact_phone: None, rest, ..self }
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
