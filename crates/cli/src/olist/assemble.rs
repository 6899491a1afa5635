//! Reads the seven files one after the other and joins them into orders.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::data::{Olist, OlistLine, OlistOrder, OlistProduct};
use super::error::OlistError;
use super::fields;
use super::findings::{FileCount, Finding, PaymentSum, Reason, Summary};
use super::status::OlistStatus;
use super::table::{self, Row, Table};

// The columns used of each file. The first is the one that a broken row is known by.
const TRANSLATIONS: File = File {
    name: "product_category_name_translation",
    columns: &["product_category_name", "product_category_name_english"],
};
const PRODUCTS: File =
    File { name: "olist_products_dataset", columns: &["product_id", "product_category_name"] };
const SELLERS: File = File { name: "olist_sellers_dataset", columns: &["seller_id"] };
const CUSTOMERS: File = File {
    name: "olist_customers_dataset",
    columns: &[
        "customer_id",
        "customer_unique_id",
        "customer_zip_code_prefix",
        "customer_city",
        "customer_state",
    ],
};
const ORDERS: File = File {
    name: "olist_orders_dataset",
    columns: &[
        "order_id",
        "customer_id",
        "order_status",
        "order_purchase_timestamp",
        "order_approved_at",
        "order_delivered_carrier_date",
        "order_delivered_customer_date",
        "order_estimated_delivery_date",
    ],
};
const ITEMS: File = File {
    name: "olist_order_items_dataset",
    columns: &[
        "order_id",
        "order_item_id",
        "product_id",
        "seller_id",
        "shipping_limit_date",
        "price",
        "freight_value",
    ],
};
const PAYMENTS: File = File {
    name: "olist_order_payments_dataset",
    columns: &["order_id", "payment_sequential", "payment_type", "payment_installments", "payment_value"],
};
const FILES: [&File; 7] = [&TRANSLATIONS, &PRODUCTS, &SELLERS, &CUSTOMERS, &ORDERS, &ITEMS, &PAYMENTS];

struct File {
    name: &'static str,
    columns: &'static [&'static str],
}

/// Reads the data set in `folder`.
///
/// # Errors
/// When a file or a column is missing, or a file cannot be read to its end. Broken rows are no errors, see [`Olist`].
pub fn read(folder: &Path) -> Result<Olist, OlistError> {
    let mut missing = Vec::new();
    for file in FILES {
        if table::locate(folder, file.name)?.is_none() {
            missing.push(file.name);
        }
    }
    if !missing.is_empty() {
        return Err(OlistError::MissingFiles { folder: folder.to_owned(), names: missing });
    }
    let mut reading = Reading::default();
    let translations = reading.reference(folder, &TRANSLATIONS, |row| row_text(row, &TRANSLATIONS, 1))?;
    let products = reading.reference(folder, &PRODUCTS, |row| product(row, &translations))?;
    reading.reference(folder, &SELLERS, |_| Ok(()))?;
    let customers = reading.reference(folder, &CUSTOMERS, customer)?;
    reading.orders(folder, &customers)?;
    reading.items(folder, &products)?;
    reading.gaps();
    reading.payments(folder)?;
    Ok(reading.finish(products))
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    drafts: HashMap<String, Draft>,
    /// Orders with a broken row. They are left out, but their other rows are not to blame.
    broken: HashSet<String>,
    findings: Vec<Finding>,
    files: Vec<FileCount>,
}

/// An order whose items and payments are still being collected.
struct Draft {
    order: OlistOrder,
    items: BTreeMap<i64, Item>,
    payments: BTreeMap<i64, (String, i64)>,
}

struct Item {
    /// Where it stands in the file.
    line: u64,
    product_id: String,
    seller_id: String,
    category: Option<String>,
    price: i64,
    freight: i64,
}

#[derive(Clone, PartialEq, Eq)]
struct Customer {
    unique_id: String,
    zip: String,
    city: String,
    state: String,
}

impl Reading {
    /// Hands every row of `file` that can be taken apart to `take`, and keeps account of all. Rows that `take` accepts
    /// count as used until [`Reading::finish`] knows better. `by_order`: the first column is an order's id.
    fn rows(
        &mut self,
        folder: &Path,
        file: &File,
        by_order: bool,
        mut take: impl FnMut(&mut Self, &Row<'_>) -> Result<(), Reason>,
    ) -> Result<(), OlistError> {
        let Some(path) = table::locate(folder, file.name)? else {
            return Err(OlistError::MissingFiles { folder: folder.to_owned(), names: vec![file.name] });
        };
        let mut table = Table::open(path, file.columns)?;
        let name = table.file_name();
        let mut count = FileCount { file: name.clone(), read: 0, used: 0, skipped: BTreeMap::new() };
        while let Some((line, row)) = table.next()? {
            count.read += 1;
            let (reason, key) = match row {
                Ok(row) => match take(self, &row) {
                    Ok(()) => {
                        count.used += 1;
                        continue;
                    }
                    Err(reason) => (reason, fields::id(row.get(0), "").ok()),
                },
                Err(broken) => (broken.reason, broken.key),
            };
            *count.skipped.entry(reason).or_default() += 1;
            if reason != Reason::OrderSkipped {
                let order_id = key.filter(|_| by_order);
                // An order without a row of its own is not there to be left out: each of its rows is to blame.
                self.broken.extend(order_id.clone().filter(|_| reason != Reason::UnknownOrder));
                self.findings.push(Finding { file: name.clone(), line, reason, order_id });
            }
        }
        self.files.push(count);
        Ok(())
    }

    /// A file of what orders refer to, by the first column. A repeated row is a finding and otherwise harmless;
    /// rows that contradict each other are worth nothing, so that nobody can refer to them.
    fn reference<T: PartialEq>(
        &mut self,
        folder: &Path,
        file: &File,
        parse: impl Fn(&Row<'_>) -> Result<T, Reason>,
    ) -> Result<HashMap<String, T>, OlistError> {
        let mut known: HashMap<String, Option<T>> = HashMap::new();
        self.rows(folder, file, false, |_, row| {
            let key = fields::id(row.get(0), file.columns[0])?;
            let value = parse(row)?;
            match known.get_mut(&key) {
                None => {
                    known.insert(key, Some(value));
                    Ok(())
                }
                Some(known) => {
                    if known.as_ref() != Some(&value) {
                        *known = None;
                    }
                    Err(Reason::DuplicateKey)
                }
            }
        })?;
        Ok(known.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
    }

    fn orders(&mut self, folder: &Path, customers: &HashMap<String, Customer>) -> Result<(), OlistError> {
        self.rows(folder, &ORDERS, true, |reading, row| {
            let order = order(row, customers)?;
            if reading.drafts.contains_key(&order.order_id) {
                return Err(Reason::DuplicateKey);
            }
            let id = order.order_id.clone();
            reading.drafts.insert(id, Draft { order, items: BTreeMap::new(), payments: BTreeMap::new() });
            Ok(())
        })
    }

    fn items(&mut self, folder: &Path, products: &HashMap<String, OlistProduct>) -> Result<(), OlistError> {
        self.rows(folder, &ITEMS, true, |reading, row| {
            let draft = reading.draft(row, &ITEMS)?;
            let number = fields::whole(row.get(1), ITEMS.columns[1])?;
            let item = item(row, products)?;
            if draft.items.contains_key(&number) {
                return Err(Reason::DuplicateKey);
            }
            draft.items.insert(number, item);
            Ok(())
        })
    }

    /// Items are numbered from 1 without gaps: where one is missing, its row was broken beyond recognition or names
    /// another order, and an order must not come in with a line less. The row after the gap is the one that tells.
    fn gaps(&mut self) {
        let Some(count) = self.files.last_mut() else { return };
        let mut findings: Vec<Finding> = Vec::new();
        for (order_id, draft) in
            self.drafts.iter_mut().filter(|(order_id, _)| !self.broken.contains(*order_id))
        {
            let mut numbered = (1i64..).zip(draft.items.keys());
            let Some(number) = numbered.find_map(|(due, number)| (due != *number).then_some(*number)) else {
                continue;
            };
            let line = draft.items.remove(&number).map_or(0, |item| item.line);
            let (file, order_id) = (count.file.clone(), Some(order_id.clone()));
            findings.push(Finding { file, line, reason: Reason::MissingItem, order_id });
        }
        let rows = findings.len() as u64;
        if rows > 0 {
            count.used -= rows;
            count.skipped.insert(Reason::MissingItem, rows);
        }
        findings.sort_unstable_by_key(|finding| finding.line);
        self.broken.extend(findings.iter().filter_map(|finding| finding.order_id.clone()));
        self.findings.extend(findings);
    }

    fn payments(&mut self, folder: &Path) -> Result<(), OlistError> {
        self.rows(folder, &PAYMENTS, true, |reading, row| {
            let draft = reading.draft(row, &PAYMENTS)?;
            let number = fields::whole(row.get(1), PAYMENTS.columns[1])?;
            let kind = fields::id(row.get(2), PAYMENTS.columns[2])?;
            fields::whole(row.get(3), PAYMENTS.columns[3])?;
            let value = fields::amount(row.get(4), PAYMENTS.columns[4])?;
            if draft.payments.contains_key(&number) {
                return Err(Reason::DuplicateKey);
            }
            draft.payments.insert(number, (kind, value));
            Ok(())
        })
    }

    /// The order that an item or a payment belongs to.
    fn draft(&mut self, row: &Row<'_>, file: &File) -> Result<&mut Draft, Reason> {
        let order_id = fields::id(row.get(0), file.columns[0])?;
        match self.drafts.get_mut(&order_id) {
            Some(draft) => Ok(draft),
            None if self.broken.contains(&order_id) => Err(Reason::OrderSkipped),
            None => Err(Reason::UnknownOrder),
        }
    }

    /// Leaves the broken orders out, takes their rows off the account, and adds up the rest.
    fn finish(mut self, products: HashMap<String, OlistProduct>) -> Olist {
        let mut summary = Summary {
            files: Vec::new(),
            orders_skipped: self.broken.len() as u64,
            orders_by_status: BTreeMap::new(),
            orders_without_lines: 0,
            lines: 0,
            price_total: 0,
            freight_total: 0,
            payments: BTreeMap::new(),
        };
        let mut orders = Vec::with_capacity(self.drafts.len());
        for (order_id, draft) in self.drafts {
            if self.broken.contains(&order_id) {
                let rows = [1, draft.items.len() as u64, draft.payments.len() as u64];
                // Orders, items and payments are the files read last, in this order.
                let last = self.files.len().saturating_sub(rows.len());
                for (file, rows) in self.files[last..].iter_mut().zip(rows).filter(|(_, rows)| *rows > 0) {
                    file.used -= rows;
                    *file.skipped.entry(Reason::OrderSkipped).or_default() += rows;
                }
                continue;
            }
            for (kind, amount) in draft.payments.into_values() {
                let sum: &mut PaymentSum = summary.payments.entry(kind).or_default();
                sum.rows += 1;
                sum.amount += amount;
            }
            let mut order = draft.order;
            order.lines = lines(draft.items.into_values());
            order.freight_total = order.lines.iter().map(|line| line.freight).sum();
            summary.lines += order.lines.len() as u64;
            summary.orders_without_lines += u64::from(order.lines.is_empty());
            summary.price_total +=
                order.lines.iter().map(|line| line.unit_price * line.quantity).sum::<i64>();
            summary.freight_total += order.freight_total;
            *summary.orders_by_status.entry(order.status).or_default() += 1;
            orders.push(order);
        }
        orders.sort_unstable_by(|a, b| (a.purchased_at, &a.order_id).cmp(&(b.purchased_at, &b.order_id)));
        summary.files = self.files;
        Olist { orders, products: products.into_iter().collect(), findings: self.findings, summary }
    }
}

/// Equal units become one line with a quantity. Their order is that of their first unit's number.
fn lines(items: impl Iterator<Item = Item>) -> Vec<OlistLine> {
    let mut lines: Vec<OlistLine> = Vec::new();
    for item in items {
        let same = lines.iter_mut().find(|line| {
            line.product_id == item.product_id
                && line.seller_id == item.seller_id
                && line.unit_price == item.price
        });
        match same {
            Some(line) => {
                line.quantity += 1;
                line.freight += item.freight;
            }
            None => lines.push(OlistLine {
                product_id: item.product_id,
                seller_id: item.seller_id,
                quantity: 1,
                unit_price: item.price,
                category: item.category,
                freight: item.freight,
            }),
        }
    }
    lines
}

fn row_text(row: &Row<'_>, file: &File, column: usize) -> Result<String, Reason> {
    fields::text(row.get(column), file.columns[column])
}

fn product(row: &Row<'_>, translations: &HashMap<String, String>) -> Result<OlistProduct, Reason> {
    if row.get(1).is_empty() {
        return Ok(OlistProduct { category: None });
    }
    let slug = row_text(row, &PRODUCTS, 1)?;
    Ok(OlistProduct { category: Some(translations.get(&slug).cloned().unwrap_or(slug)) })
}

fn customer(row: &Row<'_>) -> Result<Customer, Reason> {
    Ok(Customer {
        unique_id: fields::id(row.get(1), CUSTOMERS.columns[1])?,
        zip: row_text(row, &CUSTOMERS, 2)?,
        city: row_text(row, &CUSTOMERS, 3)?,
        state: fields::state(row.get(4))?,
    })
}

fn order(row: &Row<'_>, customers: &HashMap<String, Customer>) -> Result<OlistOrder, Reason> {
    let order_id = fields::id(row.get(0), ORDERS.columns[0])?;
    let status = OlistStatus::parse(row.get(2)).ok_or(Reason::UnknownStatus)?;
    let purchased_at = fields::time(row.get(3), ORDERS.columns[3])?;
    let step = |column: usize| fields::optional_time(row.get(column), ORDERS.columns[column]);
    let (approved_at, carrier_at, delivered_at, estimated) = (step(4)?, step(5)?, step(6)?, step(7)?);
    let customer = customers.get(row.get(1)).ok_or(Reason::UnknownCustomer)?.clone();
    Ok(OlistOrder {
        order_id,
        customer_unique_id: customer.unique_id,
        status,
        purchased_at,
        approved_at,
        carrier_at,
        delivered_at,
        estimated,
        state: customer.state,
        city: customer.city,
        zip: customer.zip,
        lines: Vec::new(),
        freight_total: 0,
    })
}

fn item(row: &Row<'_>, products: &HashMap<String, OlistProduct>) -> Result<Item, Reason> {
    let product_id = fields::id(row.get(2), ITEMS.columns[2])?;
    let seller_id = fields::id(row.get(3), ITEMS.columns[3])?;
    fields::optional_time(row.get(4), ITEMS.columns[4])?;
    let price = fields::amount(row.get(5), ITEMS.columns[5])?;
    let freight = fields::amount(row.get(6), ITEMS.columns[6])?;
    let category = products.get(&product_id).ok_or(Reason::UnknownProduct)?.category.clone();
    Ok(Item { line: row.line(), product_id, seller_id, category, price, freight })
}
