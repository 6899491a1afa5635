//! The rows and columns of an export.

use ordervault_domain::money::{Amount, Money};
use ordervault_domain::order::Line;
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::OrderSummary;

use super::super::filters::{Form, Rows};
use super::cells::{BYTE_ORDER_MARK, Cell, Record};

/// How orders are written.
pub(super) struct Sheet {
    pub(super) form: Form,
    pub(super) rows: Rows,
    pub(super) shows_contact: bool,
    pub(super) now: Timestamp,
}

/// What a row is about.
#[derive(Clone, Copy)]
struct Row<'a> {
    order: &'a OrderSummary,
    store: Option<&'a Store>,
    /// All lines of the order,
    lines: &'a [Line],
    /// and the one of this row.
    line: Option<&'a Line>,
    form: Form,
    now: Timestamp,
}

/// A column: its name, and what a row has in it.
type Column = (&'static str, fn(Row<'_>) -> Cell);

/// Columns of an order without those of the contact.
const COLUMNS: [Column; 22] = [
    ("number", |row| Cell::text(&row.order.id.number())),
    ("status", |row| Cell::text(&row.order.status)),
    ("store_id", |row| Cell::text(&row.order.store_id)),
    ("store_name", |row| Cell::given(row.store.map(|store| &store.name))),
    ("customer_id", |row| Cell::given(row.order.customer_id)),
    ("source", |row| Cell::text(&row.order.source)),
    ("source_status", |row| Cell::given(row.order.source_status.as_ref())),
    ("amount", |row| row.amount(row.order.total)),
    ("payment_status", |row| Cell::text(&row.order.payment_status)),
    ("paid", |row| row.amount(row.order.paid)),
    ("refunded", |row| row.amount(row.order.refunded)),
    ("balance_due", |row| row.amount(row.order.balance_due)),
    ("currency", |row| Cell::text(&row.order.currency)),
    ("placed_at", |row| Cell::plain(&row.order.placed_at)),
    ("placed_at_local", |row| row.local(Some(row.order.placed_at))),
    ("updated_at", |row| Cell::plain(&row.order.updated_at)),
    ("updated_at_local", |row| row.local(Some(row.order.updated_at))),
    ("due_at", |row| row.order.due_at.map(|at| Cell::plain(&at)).unwrap_or_default()),
    ("due_at_local", |row| row.local(row.order.due_at)),
    ("time_zone", |row| Cell::given(row.store.map(|store| store.time_zone))),
    ("overdue", |row| Cell::plain(&row.order.is_overdue(row.now))),
    ("deleted", |row| Cell::plain(&row.order.deleted_at.is_some())),
];
/// Columns for those who may see contacts.
const CONTACT_COLUMNS: [Column; 4] = [
    ("orderer", |row| Cell::given(row.order.contact_name.as_ref())),
    ("email", |row| Cell::given(row.order.contact_email.as_ref())),
    ("phone", |row| Cell::given(row.order.contact_phone.as_ref())),
    ("note", |row| Cell::given(row.order.rest.as_ref().and_then(|rest| rest.note.as_ref()))),
];
/// What was ordered, where a row is an order.
const OF_AN_ORDER: [Column; 1] = [("lines", |row| Cell::text(&in_words(row.lines)))];
/// What was ordered, where a row is a line.
const OF_A_LINE: [Column; 8] = [
    ("line", |row| row.line.map(|line| Cell::plain(&line.no)).unwrap_or_default()),
    ("product_id", |row| Cell::given(row.line.map(|line| line.product_id))),
    ("sku", |row| Cell::given(row.line.map(|line| &line.sku))),
    ("title", |row| Cell::given(row.line.map(|line| &line.title))),
    ("category", |row| Cell::given(row.line.and_then(|line| line.category.as_ref()))),
    ("quantity", |row| row.line.map(|line| Cell::plain(&line.quantity)).unwrap_or_default()),
    ("unit_price", |row| row.line.map(|line| row.amount(line.unit_price)).unwrap_or_default()),
    ("line_amount", |row| row.line.map(|line| row.amount(line.total)).unwrap_or_default()),
];

impl Row<'_> {
    fn amount(self, amount: Amount) -> Cell {
        Cell::plain(&Money { amount, currency: self.order.currency }.decimal())
    }

    /// What the clocks of the store show.
    fn local(self, at: Option<Timestamp>) -> Cell {
        let (Some(at), Some(store)) = (at, self.store) else { return Cell::default() };
        Cell::plain(&match self.form {
            Form::Exact => store.time_zone.rfc3339(at),
            Form::Spreadsheet => store.time_zone.clock_time(at),
        })
    }
}

/// What was ordered, as people read it.
fn in_words(lines: &[Line]) -> String {
    let line = |line: &Line| format!("{} × {} ({})", line.quantity, line.title, line.sku);
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl Sheet {
    /// The line of column names, with what stands before it.
    pub(super) fn head(&self) -> Vec<u8> {
        let names = [self.columns().map(|(name, _)| Cell::plain(name)).collect()];
        let mark = if self.form == Form::Spreadsheet { BYTE_ORDER_MARK } else { &[] };
        [mark, &self.form.written(&names)].concat()
    }

    /// These orders as lines of CSV.
    pub(super) fn lines(&self, orders: &[OrderSummary], stores: &[Store]) -> Vec<u8> {
        let rows: Vec<Record> = orders.iter().flat_map(|order| self.rows(order, stores)).collect();
        self.form.written(&rows)
    }

    /// The columns for whoever exports.
    fn columns(&self) -> impl Iterator<Item = &'static Column> {
        let contact = if self.shows_contact { &CONTACT_COLUMNS[..] } else { &[] };
        let lines = match self.rows {
            Rows::Orders => &OF_AN_ORDER[..],
            Rows::Lines => &OF_A_LINE[..],
        };
        COLUMNS.iter().chain(contact).chain(lines)
    }

    fn rows(&self, order: &OrderSummary, stores: &[Store]) -> Vec<Record> {
        let lines = order.rest.as_ref().map_or(&[][..], |rest| &rest.lines);
        let store = stores.iter().find(|store| store.id == order.store_id);
        let row = Row { order, store, lines, line: None, form: self.form, now: self.now };
        let record = |row| self.columns().map(|(_, cell)| cell(row)).collect();
        match self.rows {
            Rows::Lines if !lines.is_empty() => {
                lines.iter().map(|line| record(Row { line: Some(line), ..row })).collect()
            }
            Rows::Lines | Rows::Orders => vec![record(row)],
        }
    }
}
