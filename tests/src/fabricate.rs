//! Orders by the hundred thousand, written by SQL alone: for query plans and timings. They have no history, or one that
//! no hash binds, so that nothing that verifies may look at such a database.
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
/// Has one order in 20,000 or so.
pub const SMALL_STORE: StoreId = StoreId::from_i64(5);
/// Is in half of the orders.
pub const COMMON_PRODUCT: ProductId = ProductId::from_i64(1);
/// Is in one of 20,011 orders, as its category and the word "rare".
pub const RARE_PRODUCT: ProductId = ProductId::from_i64(2_000);
/// Has ten orders.
pub const CUSTOMER: CustomerId = CustomerId::from_i64(7);

/// Orders that one statement writes: it must end before its time is up.
const BATCH_ORDERS: i64 = 10_000;

static NUMBERS: Template = Template::new("CREATE TABLE fabricated (value BIGINT PRIMARY KEY)");
static COUNT: Template = Template::forked(
    "INSERT INTO fabricated WITH RECURSIVE counted (value) AS
         (SELECT 1 UNION ALL SELECT value + 1 FROM counted WHERE value < $1) SELECT value FROM counted",
    "INSERT INTO fabricated SELECT generate_series(1, $1::bigint)",
);
static STORES: Template = Template::new(
    "INSERT INTO stores (id, version, head_hash, name, currency, time_zone, active, created_at, updated_at)
     SELECT value, 1, '', 'Store ' || value, 'TWD', 'Asia/Taipei', TRUE, 0, 0 FROM fabricated WHERE value <= 20",
);
static PRODUCTS: Template = Template::new(
    "INSERT INTO products (id, version, head_hash, store_id, sku, title, category, price, active, on_hand, reserved,
         created_at, updated_at)
     SELECT value, 1, '', 1 + value % 20, 'SKU-' || value, '保温杯 ' || value, 'category-' || (value % 40), 100, TRUE, 0, 0,
         0, 0
     FROM fabricated WHERE value <= 2000",
);
static CUSTOMERS: Template = Template::new(
    "INSERT INTO customers (id, version, head_hash, name, created_at, updated_at)
     SELECT value, 1, '', 'Maria ' || value, 0, 0 FROM fabricated WHERE value <= $1",
);
/// $1 and $2: numbers after the one and up to the other; $3 and $4: id and time of the number 0; $5: customers.
static ORDERS: Template = Template::new(
    "INSERT INTO orders (id, version, head_hash, status, executed_to, store_id, customer_id, source, source_status, currency,
         subtotal, shipping_total, total, contact_name, contact_phone_reversed, contact_email, note, holds_stock,
         last_line_no, invalid_from, placed_at, updated_at, due_at, deleted_at)
     SELECT $3 + (value * 60000 << 22) + value % 1000, 1, '', status,
         CASE status WHEN 'invalid' THEN 'confirmed' WHEN 'cancelled' THEN 'pending_review' ELSE status END, store, 1 + value % $5, source,
         CASE WHEN source = 'shop' THEN NULL WHEN value % 2003 = 0 THEN 'lost' ELSE 'delivered' END, 'TWD',
         total, 0, total, '王小明 Maria ' || value, CAST(1000000 + value * 7919 % 9000000 AS TEXT),
         'maria' || (value % $5) || '@example.com', '', FALSE, 1 + value % 3, CASE WHEN status = 'invalid' THEN 'confirmed' END,
         $4 + value * 60000, $4 + value * 60000 + value % 5000 * 1000,
         CASE WHEN status IN ('pending_review', 'confirmed', 'processing') THEN $4 + value * 60000 + 172800000 END,
         CASE WHEN status = 'invalid' AND value % 5 = 0 THEN $4 + value * 60000 + 1 END
     FROM (SELECT value, value * 37 % 100000 * 10 AS total,
             CASE WHEN value % 4 = 1 THEN 'import' ELSE 'shop' END AS source,
             CASE WHEN value % 2 = 0 THEN 1 WHEN value % 3 = 0 THEN 2 WHEN value % 101 = 0 THEN 4
                 WHEN value % 10007 = 0 THEN 5 ELSE 6 + value % 14 END AS store,
             CASE WHEN value % 1009 = 0 THEN 'invalid' WHEN value % 97 = 0 THEN 'cancelled'
                 WHEN value % 53 = 0 THEN 'processing' WHEN value % 89 = 0 THEN 'confirmed'
                 WHEN value % 211 = 0 THEN 'pending_review' ELSE 'completed' END AS status
         FROM fabricated WHERE value > $1 AND value <= $2) AS made",
);
/// $1 and $2 as above; $3: id of the number 0.
static LINES: Template = Template::new(
    "INSERT INTO order_lines (order_id, no, product_id, sku, title, category, quantity, unit_price, total)
     SELECT $3 + (value * 60000 << 22) + value % 1000, 1 + place, product, 'SKU-' || product, '保温杯 ' || product,
         CASE WHEN product = 2000 THEN 'rare' ELSE 'category-' || (product % 40) END, 1, 100, 100
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
/// $1 and $2 as above. Two events of each order, in the order of the outbox.
static HISTORY: Template = Template::new(
    "INSERT INTO history (entity_id, seq, kind, store_id, type, format, event, fields, recorded_at, occurred_at,
         actor_kind, request_id, key_id, hash)
     SELECT id, seq, 'order', store_id,
         CASE WHEN seq = 2 THEN 'confirmed' WHEN source = 'import' THEN 'imported' ELSE 'placed' END, 1, '{}', '[]',
         placed_at, placed_at, 'customer', '', '', ''
     FROM orders, (SELECT 1 AS seq UNION ALL SELECT 2) AS numbers WHERE placed_at > $1 AND placed_at <= $2",
);
/// $1 and $2 as above; $3: time of the number 0.
static OUTBOX: Template = Template::new(
    "INSERT INTO outbox (entity_id, seq, recorded_at, position, arrived_in)
     SELECT id, seq, placed_at, (placed_at - $3) / 60000 * 2 + seq - 2,
         CASE WHEN seq = 1 AND source <> 'import' THEN store_id END
     FROM orders, (SELECT 1 AS seq UNION ALL SELECT 2) AS numbers WHERE placed_at > $1 AND placed_at <= $2",
);
/// SQLite is run without statistics.
static ANALYZE: Template = Template::forked("SELECT 1", "ANALYZE");

/// Writes so many orders, one a minute, the last one when every test shop opens.
pub async fn fabricate(db: &Db, orders: i64) {
    let first_millis = OPENING_MILLIS - orders * STEP_MILLIS;
    let first_id = compose(Timestamp::from_millis(first_millis), 0).expect("a time after 2020");
    let customers = (orders / 10).max(1);
    for statement in [NUMBERS.bind(()), COUNT.bind((orders.max(2_000),)), STORES.bind(()), PRODUCTS.bind(())]
    {
        write(db, &statement).await;
    }
    write(db, &CUSTOMERS.bind((customers,))).await;
    let mut after = 0;
    while after < orders {
        let last = (after + BATCH_ORDERS).min(orders);
        write(db, &ORDERS.bind((after, last, first_id, first_millis, customers))).await;
        write(db, &LINES.bind((after, last, first_id))).await;
        write(db, &WORDS.bind((after, last, first_id, customers))).await;
        after = last;
    }
    write(db, &ANALYZE.bind(())).await;
}

/// Gives each of so many fabricated orders two events, numbered in the order of their placing.
pub async fn fabricate_events(db: &Db, orders: i64) {
    let first_millis = OPENING_MILLIS - orders * STEP_MILLIS;
    let mut after = 0;
    while after < orders {
        let last = (after + BATCH_ORDERS).min(orders);
        let [begin, end] = [after, last].map(|number| first_millis + number * STEP_MILLIS);
        write(db, &HISTORY.bind((begin, end))).await;
        write(db, &OUTBOX.bind((begin, end, first_millis))).await;
        after = last;
    }
    write(db, &ANALYZE.bind(())).await;
}

async fn write(db: &Db, statement: &Statement) {
    let mut tx = db.begin().await.expect("a transaction");
    tx.execute(statement).await.expect("written");
    tx.commit().await.expect("committed");
}
