//! What stands beside fabricated orders: histories, the outbox, the ledger, logins, batches, what members have seen.

use ordervault_domain::id::BatchId;
use ordervault_persistence::db::Db;
use ordervault_persistence::statement::Template;

use super::orders::{Numbers, write};

/// Has as many items as a batch may have; all others have twenty.
pub const GREAT_BATCH: BatchId = BatchId::from_i64(1);

static SHOP: Template = Template::new(
    "CREATE TABLE fabricated_shop
         (orders BIGINT NOT NULL, first_millis BIGINT NOT NULL, long_order BIGINT NOT NULL, long_versions BIGINT NOT NULL)",
);
static DESCRIBE: Template = Template::new("INSERT INTO fabricated_shop VALUES ($1, $2, $3, $4)");
static NUMBERED: Template = Template::new(
    "CREATE TABLE fabricated_orders (number BIGINT PRIMARY KEY, id BIGINT NOT NULL, store_id BIGINT NOT NULL,
         source TEXT NOT NULL, customer_id BIGINT NOT NULL, placed_at BIGINT NOT NULL)",
);
static NUMBER: Template = Template::new(
    "INSERT INTO fabricated_orders
     SELECT (placed_at - first_millis) / 60000, id, store_id, source, customer_id, placed_at FROM orders, fabricated_shop",
);

/// Each for orders with numbers after $1 and up to $2.
static OF_ORDERS: [Template; 9] = [
    Template::new(
        "INSERT INTO parcels (order_id, fulfillment, place, tracking_number, tracking_key)
         SELECT id, 1, 1, 'RR ' || (number % 5000) || ' TW', 'RR' || (number % 5000) || 'TW' FROM fabricated_orders
         WHERE number > $1 AND number <= $2 AND number % 7 = 0",
    ),
    Template::new(
        "INSERT INTO history (entity_id, seq, kind, store_id, type, format, event, fields, recorded_at, occurred_at,
             actor_kind, actor_id, request_id, key_id, hash)
         SELECT id, seq, 'order', store_id,
             CASE WHEN seq = 2 THEN 'confirmed' WHEN source = 'import' THEN 'imported' ELSE 'placed' END, 1, '{}', 'status',
             placed_at, placed_at, CASE WHEN seq = 2 THEN 'member' ELSE 'customer' END,
             CASE WHEN seq = 2 THEN 1 + number % 20 ELSE customer_id END, '', '', ''
         FROM fabricated_orders, (SELECT 1 AS seq UNION ALL SELECT 2) AS events WHERE number > $1 AND number <= $2",
    ),
    // Those of the last ten have not been numbered yet.
    Template::new(
        "INSERT INTO outbox (entity_id, seq, recorded_at, position, arrived_in)
         SELECT id, seq, placed_at, CASE WHEN number <= orders - 10 THEN number * 2 + seq - 2 END,
             CASE WHEN seq = 1 AND source <> 'import' THEN store_id END
         FROM fabricated_shop, fabricated_orders, (SELECT 1 AS seq UNION ALL SELECT 2) AS events
         WHERE number > $1 AND number <= $2",
    ),
    Template::new(
        "INSERT INTO personal_values (entity_id, seq, salt, content)
         SELECT id, 1, '', '{}' FROM fabricated_orders WHERE number > $1 AND number <= $2",
    ),
    Template::new(
        "INSERT INTO stock_movements (product_id, entity_id, seq, on_hand, reserved)
         SELECT DISTINCT product_id, id, 1, 0, 1 FROM fabricated_orders JOIN order_lines ON order_id = id
         WHERE number > $1 AND number <= $2",
    ),
    Template::new(
        "INSERT INTO idempotency_keys (scoped_key, fingerprint, entity_id, version, created_at)
         SELECT 'key ' || number, '', id, 1, placed_at FROM fabricated_orders
         WHERE number > $1 AND number <= $2 AND source <> 'import'",
    ),
    // One customer has signed in and out again and again; of the others half are still signed in.
    Template::new(
        "INSERT INTO sessions (id, realm, principal_id, generation, token_hash, created_at, rotated_at, idle_until,
             expires_at, ended_at, seal)
         SELECT id + 1, 'customer', CASE WHEN number % 50 = 0 THEN 11 ELSE customer_id END, 1, '', placed_at, placed_at,
             placed_at, placed_at + 2592000000, CASE WHEN number % 50 = 0 OR number % 10 = 5 THEN placed_at END, ''
         FROM fabricated_orders WHERE number > $1 AND number <= $2 AND number % 5 = 0",
    ),
    Template::new(
        "INSERT INTO throttles (key, attempts, expires_at, blocked_until)
         SELECT 'throttle ' || number, 1, placed_at + 3600000, 0 FROM fabricated_orders
         WHERE number > $1 AND number <= $2",
    ),
    Template::new(
        "INSERT INTO state_snapshots (entity_id, seq, kind, format, state)
         SELECT id, 1, 'order', 1, '{}' FROM fabricated_orders WHERE number > $1 AND number <= $2 AND number % 50 = 0",
    ),
];

/// Written once.
static ONCE: [Template; 14] = [
    Template::new(
        "INSERT INTO members (id, version, head_hash, name, email, roles, stores, active, must_change_password,
             created_at, updated_at, folded_by)
         SELECT value, 1, '', 'Member ' || value, 'member' || value || '@example.com',
             CASE WHEN value = 1 THEN '[\"owner\"]' ELSE '[\"clerk\"]' END, '\"all\"', TRUE, FALSE, 0, 0, 1
         FROM fabricated WHERE value <= 21",
    ),
    // The third has seen nothing, the others all but the last orders, the first some of them one by one.
    Template::new(
        "INSERT INTO seen_marks (member_id, position)
         SELECT id, CASE WHEN id = 3 THEN 0 ELSE orders * 2 - 200 END FROM members, fabricated_shop WHERE id <= 20",
    ),
    Template::new(
        "INSERT INTO seen_orders (member_id, order_id)
         SELECT 1, id FROM fabricated_shop, fabricated_orders WHERE number % 10 = 2 AND number > orders - 1000",
    ),
    Template::new(
        "INSERT INTO credentials (principal_id, password_hash, version, seal) SELECT id, '', 1, '' FROM customers",
    ),
    // One order was changed again and again, all within a day.
    Template::new(
        "INSERT INTO history (entity_id, seq, kind, store_id, type, format, event, fields, recorded_at, occurred_at,
             actor_kind, actor_id, request_id, key_id, hash)
         SELECT id, value, 'order', store_id, 'amended', 1, '{}', 'note', placed_at + value * 1000,
             placed_at + value * 1000, 'member', 2, '', '', ''
         FROM fabricated_shop JOIN fabricated_orders ON id = long_order
             JOIN fabricated ON value > 2 AND value <= long_versions",
    ),
    Template::new(
        "INSERT INTO outbox (entity_id, seq, recorded_at, position)
         SELECT id, value, placed_at + value * 1000, orders * 2 + value
         FROM fabricated_shop JOIN fabricated_orders ON id = long_order
             JOIN fabricated ON value > 2 AND value <= long_versions",
    ),
    Template::new(
        "INSERT INTO state_snapshots (entity_id, seq, kind, format, state)
         SELECT long_order, value, 'order', 1, '{}' FROM fabricated_shop
             JOIN fabricated ON value % 100 = 0 AND value <= long_versions",
    ),
    // Followers have come to all but the last events.
    Template::new(
        "INSERT INTO followers (name, position)
         SELECT 'arrivals', orders * 2 + long_versions - 20 FROM fabricated_shop",
    ),
    // Once the clock was ahead.
    Template::new(
        "INSERT INTO history (entity_id, seq, kind, type, format, event, fields, recorded_at, occurred_at, actor_kind,
             request_id, key_id, hash)
         SELECT 900, 1, 'installation', 'clock_corrected', 1, '{}', '', first_millis, first_millis, 'operator', '', '', ''
         FROM fabricated_shop",
    ),
    Template::new(
        "INSERT INTO outbox (entity_id, seq, recorded_at, position) SELECT 900, 1, first_millis, 0 FROM fabricated_shop",
    ),
    // The last two are not finished.
    Template::new(
        "INSERT INTO batches (id, created_by, action, stores, request_id, status, total, succeeded, already_applied,
             refused, created_at, started_at, finished_at, seal)
         SELECT value, 1 + value % 20, 'confirm', '\"all\"', '',
             CASE WHEN value > orders / 200 - 2 THEN 'running' ELSE 'completed' END,
             CASE WHEN value = 1 THEN 10000 ELSE 20 END, 0, CASE WHEN value = 1 THEN 10000 ELSE 20 END, 0,
             first_millis, first_millis, CASE WHEN value <= orders / 200 - 2 THEN first_millis END, ''
         FROM fabricated_shop JOIN fabricated ON value <= orders / 200",
    ),
    Template::new(
        "INSERT INTO batch_items (batch_id, order_id, result, seal)
         SELECT batches.id, batches.id * 20 + value, CASE WHEN finished_at IS NULL THEN 'waiting' ELSE 'already_applied' END, ''
         FROM batches JOIN fabricated ON value <= batches.total",
    ),
    Template::new(
        "INSERT INTO batch_previews (digest, member_id, versions, created_at, expires_at)
         SELECT 'preview ' || value, 1 + value / 10, '[]', first_millis + orders * 60000 + value,
             first_millis + orders * 60000 + 3600000
         FROM fabricated_shop JOIN fabricated ON value <= orders / 1000",
    ),
    Template::new(
        "INSERT INTO writers (id, last_group, updated_at) SELECT value, 1, 0 FROM fabricated WHERE value <= 5",
    ),
];

/// Gives fabricated orders everything else that a shop with so many would have.
pub async fn fabricate_beside(db: &Db, numbers: &Numbers) {
    let Numbers { orders, first_millis, .. } = *numbers;
    write(db, &SHOP.bind(())).await;
    write(db, &DESCRIBE.bind((orders, first_millis, numbers.long_order(), numbers.long_versions()))).await;
    write(db, &NUMBERED.bind(())).await;
    write(db, &NUMBER.bind(())).await;
    for (after, last) in numbers.steps() {
        for statement in &OF_ORDERS {
            write(db, &statement.bind((after, last))).await;
        }
    }
    for statement in &ONCE {
        write(db, &statement.bind(())).await;
    }
}
