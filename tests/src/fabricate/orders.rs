//! The orders themselves, with their lines and words, and what they belong to.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use ordervault_domain::id::{CustomerId, ProductId, StoreId, compose};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::db::Db;
use ordervault_persistence::statement::{Statement, Template};

use crate::shop::OPENING_MILLIS;

/// Between two orders.
pub const STEP_MILLIS: i64 = 60_000;
/// Has half of the orders.
pub const GREAT_STORE: StoreId = StoreId::from_i64(1);
/// Has two orders.
pub const SMALL_STORE: StoreId = StoreId::from_i64(5);
/// Is in half of the orders.
pub const COMMON_PRODUCT: ProductId = ProductId::from_i64(1);
/// Is in one of 20,011 orders, as its category and the word "rare".
pub const RARE_PRODUCT: ProductId = ProductId::from_i64(2_000);
/// Has ten orders.
pub const CUSTOMER: CustomerId = CustomerId::from_i64(7);
/// Has one order in fifty.
pub const GREAT_CUSTOMER: CustomerId = CustomerId::from_i64(11);
/// Stores; the last one has neither products nor orders.
pub const STORES: i64 = 21;
/// Members, of whom the first is an owner. The last one has seen nothing at all.
pub const MEMBERS: i64 = 21;
/// Products with orders.
pub const SOLD_PRODUCTS: i64 = 2_000;
/// Orders that are past their deadline without a note of it are among so many before the last one.
pub const UNNOTED_ORDERS: i64 = 3_000;

/// Orders that one statement writes: it must end before its time is up.
const BATCH_ORDERS: i64 = 10_000;

static NUMBERS: Template = Template::new("CREATE TABLE fabricated (value BIGINT PRIMARY KEY)");
static COUNT: Template = Template::forked(
    "INSERT INTO fabricated WITH RECURSIVE counted (value) AS
         (SELECT 1 UNION ALL SELECT value + 1 FROM counted WHERE value < $1) SELECT value FROM counted",
    "INSERT INTO fabricated SELECT generate_series(1, $1::bigint)",
);
static OPEN_STORES: Template = Template::new(
    "INSERT INTO stores (id, version, head_hash, name, currency, time_zone, active, created_at, updated_at)
     SELECT value, 1, '', 'Store ' || value, 'TWD', 'Asia/Taipei', TRUE, 0, 0 FROM fabricated WHERE value <= 21",
);
static PRODUCTS: Template = Template::new(
    "INSERT INTO products (id, version, head_hash, store_id, sku, title, category, price, active, on_hand, reserved,
         created_at, updated_at, folded_by)
     SELECT value, 1, '', 1 + value % 20, 'SKU-' || value, '保温杯 ' || value, 'category-' || (value % 40), 100, TRUE, 0, 0,
         0, 0, 1
     FROM fabricated WHERE value <= $1",
);
static CUSTOMERS: Template = Template::new(
    "INSERT INTO customers (id, version, head_hash, name, email, email_key, phone_reversed, active, created_at, updated_at, folded_by)
     SELECT value, 1, '', 'Maria ' || value, 'buyer' || value || '@example.com', 'buyer' || value || '@example.com',
         value || '219688', TRUE, 0, 0, 1
     FROM fabricated WHERE value <= $1",
);
static CUSTOMER_WORDS: Template = Template::forked(
    "INSERT INTO customer_search (rowid, words) SELECT value, 'maria ' || value || ' buyer' || value || ' example com'
     FROM fabricated WHERE value <= $1",
    "INSERT INTO customer_search (id, words)
     SELECT value, ('''maria'':1 ''' || value || ''':2 ''buyer' || value || ''':3 ''example'':4 ''com'':5')::tsvector
     FROM fabricated WHERE value <= $1",
);
/// $1 and $2: numbers after the one and up to the other; $3 and $4: id and time of the number 0; $5: customers; $6: up to
/// which number a missed deadline is noted.
static ORDERS: Template = Template::new(
    "INSERT INTO orders (id, number_tail, version, head_hash, status, executed_to, store_id, customer_id, source, source_status, currency,
         subtotal, shipping_total, total, balance_due, payment_status, fulfillment_status, contact_name, contact_phone_reversed, contact_email, contact_email_key, note, duplicate_key, holds_stock,
         last_line_no, folded_by, invalid_from, placed_at, updated_at, status_since, due_at, breached_at, deleted_at, attention)
     SELECT $3 + (value * 60000 << 22) + value % 1000, value % 1048576, 1, '', status,
         CASE status WHEN 'invalid' THEN 'confirmed' WHEN 'cancelled' THEN 'pending_review' ELSE status END, store, customer, source,
         CASE WHEN source = 'shop' THEN NULL WHEN value % 2003 = 0 THEN 'lost' ELSE 'delivered' END, 'TWD',
         total, 0, total, total, 'unpaid',
         CASE WHEN value % 97 = 5 THEN 'partially_fulfilled' WHEN is_open THEN 'unfulfilled' ELSE 'delivered' END, '王小明 Maria ' || value, CAST(1000000 + value * 7919 % 9000000 AS TEXT),
         'maria' || (value % $5) || '@example.com', 'maria' || (value % $5) || '@example.com', '', CASE WHEN source = 'shop' THEN customer END, FALSE, 1 + value % 3, 1,
         CASE WHEN status = 'invalid' THEN 'confirmed' END,
         $4 + value * 60000, $4 + value * 60000 + value % 5000 * 1000, $4 + value * 60000,
         CASE WHEN is_open THEN $4 + value * 60000 + 172800000 END,
         CASE WHEN is_open AND value <= $6 THEN $4 + value * 60000 + 172800000 END,
         CASE WHEN status = 'invalid' AND value % 5 = 0 THEN $4 + value * 60000 + 1 END,
         CASE value % 499 WHEN 7 THEN '[\"refund_due\"]' WHEN 9 THEN '[\"cod_uncollected\"]' END
     FROM (SELECT made.*, status IN ('pending_review', 'confirmed', 'processing') AS is_open
         FROM (SELECT value, value * 37 % 100000 * 10 AS total,
                 CASE WHEN value % 50 = 3 THEN 11 ELSE 1 + value % $5 END AS customer,
                 CASE WHEN value % 4 = 1 THEN 'import' ELSE 'shop' END AS source,
                 CASE WHEN value IN (1001, 1003) THEN 5 WHEN value % 2 = 0 THEN 1 WHEN value % 3 = 0 THEN 2
                     WHEN value % 101 = 0 THEN 4 ELSE 6 + value % 14 END AS store,
                 CASE WHEN value % 1009 = 0 THEN 'invalid' WHEN value % 97 = 0 THEN 'cancelled'
                     WHEN value % 53 = 0 THEN 'processing' WHEN value % 89 = 0 THEN 'confirmed'
                     WHEN value % 211 = 0 THEN 'pending_review' ELSE 'completed' END AS status
             FROM fabricated WHERE value > $1 AND value <= $2) AS made) AS made",
);
/// $1 and $2 as above; $3: id of the number 0.
static LINES: Template = Template::new(
    "INSERT INTO order_lines (order_id, no, product_id, sku, title, category, quantity, unit_price, total, amount)
     SELECT $3 + (value * 60000 << 22) + value % 1000, 1 + place, product, 'SKU-' || product, '保温杯 ' || product,
         CASE WHEN product = 2000 THEN 'rare' ELSE 'category-' || (product % 40) END, 1, 100, 100, 100
     FROM (SELECT value, place, CASE WHEN place = 0 AND value % 2 = 0 THEN 1 WHEN value % 20011 = 0 THEN 2000
             ELSE 2 + (value * 31 + place * 17) % 1998 END AS product
         FROM fabricated, (SELECT 0 AS place UNION ALL SELECT 1 UNION ALL SELECT 2) AS places
         WHERE value > $1 AND value <= $2 AND place <= value % 3) AS made",
);
/// $1, $2, $3 as above; $4: customers.
static WORDS: Template = Template::forked(
    "INSERT INTO order_search (rowid, items, contact, note)
     SELECT $3 + (value * 60000 << 22) + value % 1000,
         CASE WHEN value % 2 = 0 THEN '保温 温杯 杯 thermos' ELSE '茶壶 壶' END || ' t' || (value % 5000)
             || CASE WHEN value % 20011 = 0 THEN ' rare' ELSE '' END || ' sku ' || (value % 2000),
         '王小 小明 明 maria ' || value || ' maria' || (value % $4) || ' example com',
         CASE WHEN value % 3 = 0 THEN '请按 按门 门铃 铃' ELSE '' END
     FROM fabricated WHERE value > $1 AND value <= $2",
    "INSERT INTO order_search (id, items, contact, note)
     SELECT $3 + (value * 60000 << 22) + value % 1000,
         (SELECT string_agg('''' || word || ''':' || place, ' ')::tsvector
          FROM unnest(string_to_array(items, ' ')) WITH ORDINALITY AS words (word, place)),
         (SELECT string_agg('''' || word || ''':' || place, ' ')::tsvector
          FROM unnest(string_to_array(contact, ' ')) WITH ORDINALITY AS words (word, place)),
         CASE WHEN value % 3 = 0 THEN '''请按'':1 ''按门'':2 ''门铃'':3 ''铃'':4'::tsvector ELSE ''::tsvector END
     FROM (SELECT value, CASE WHEN value % 2 = 0 THEN '保温 温杯 杯 thermos' ELSE '茶壶 壶' END || ' t' || (value % 5000)
             || CASE WHEN value % 20011 = 0 THEN ' rare' ELSE '' END || ' sku ' || (value % 2000) AS items,
             '王小 小明 明 maria ' || value || ' maria' || (value % $4) || ' example com' AS contact
         FROM fabricated WHERE value > $1 AND value <= $2) AS made",
);
static ANALYZE: Template = Template::new("ANALYZE");

/// How many orders there are, and which numbers, ids and times they have.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// So many orders, numbered from 1.
    pub orders: i64,
    /// The time of the order that would have the number 0.
    pub first_millis: i64,
    /// What this adds to is its id.
    first_id: i64,
}

impl Numbers {
    /// One a minute, the last one when every test shop opens.
    #[must_use]
    pub fn of(orders: i64) -> Self {
        let first_millis = OPENING_MILLIS - orders * STEP_MILLIS;
        let first_id = compose(Timestamp::from_millis(first_millis), 0).expect("a time after 2020");
        Self { orders, first_millis, first_id }
    }

    /// The id of an order.
    #[must_use]
    pub fn id(&self, number: i64) -> i64 {
        self.first_id + ((number * STEP_MILLIS) << 22) + number % 1_000
    }

    /// When an order was placed, milliseconds.
    #[must_use]
    pub fn placed_at(&self, number: i64) -> i64 {
        self.first_millis + number * STEP_MILLIS
    }

    /// Number of customers with orders; there is one more without any.
    #[must_use]
    pub fn customers(&self) -> i64 {
        (self.orders / 10).max(1)
    }

    /// Number of products; the first [`SOLD_PRODUCTS`] are sold.
    #[must_use]
    pub fn products(&self) -> i64 {
        SOLD_PRODUCTS + self.orders / 10
    }

    /// The order that was changed most often.
    #[must_use]
    pub fn long_order(&self) -> i64 {
        self.id(self.orders / 2)
    }

    /// How many versions that one has.
    #[must_use]
    pub fn long_versions(&self) -> i64 {
        self.orders / 20
    }

    /// After which number each of the statements that write it begins, and where it ends.
    pub(super) fn steps(&self) -> impl Iterator<Item = (i64, i64)> {
        let step = |after: i64| (after, (after + BATCH_ORDERS).min(self.orders));
        (0..self.orders).step_by(usize::try_from(BATCH_ORDERS).expect("small")).map(step)
    }
}

/// Writes so many orders with their lines and words, and what they belong to.
pub async fn fabricate(db: &Db, orders: i64) {
    let numbers = Numbers::of(orders);
    let (customers, products) = (numbers.customers(), numbers.products());
    write(db, &NUMBERS.bind(())).await;
    write(db, &COUNT.bind((orders.max(products),))).await;
    write(db, &OPEN_STORES.bind(())).await;
    write(db, &PRODUCTS.bind((products,))).await;
    write(db, &CUSTOMERS.bind((customers + 1,))).await;
    write(db, &CUSTOMER_WORDS.bind((customers + 1,))).await;
    for (after, last) in numbers.steps() {
        let (id, at) = (numbers.first_id, numbers.first_millis);
        write(db, &ORDERS.bind((after, last, id, at, customers, orders - UNNOTED_ORDERS))).await;
        write(db, &LINES.bind((after, last, id))).await;
        write(db, &WORDS.bind((after, last, id, customers))).await;
    }
}

/// Tells the planner about what was written.
pub async fn analyze(db: &Db) {
    write(db, &ANALYZE.bind(())).await;
}

pub(super) async fn write(db: &Db, statement: &Statement) {
    let mut tx = db.begin().await.expect("a transaction");
    tx.execute(statement).await.expect("written");
    tx.commit().await.expect("committed");
}
