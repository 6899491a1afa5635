//! Which orders came after which: the outbox has their positions, `seen_marks` and `seen_orders` how far each member has seen
//! them.

use std::collections::BTreeMap;

use ordervault_domain::access::StoreScope;

use crate::bulk::{BulkTemplate, ColumnType::*};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

/// The position of the order that came last into some `stores s`, store by store: the end of an index each.
pub(crate) const LAST_OF_STORES: &str =
    "COALESCE(MAX((SELECT MAX(a.position) FROM outbox a WHERE a.arrived_in = s.id)), 0)";

statements! {
    // What `LAST_OF_STORES` says.
    LAST: Template = Template::new(
        "SELECT COALESCE(MAX((SELECT MAX(a.position) FROM outbox a WHERE a.arrived_in = s.id)), 0) FROM stores s"
    );
    LAST_IN_STORES: Template = Template::new(
        "SELECT COALESCE(MAX((SELECT MAX(a.position) FROM outbox a WHERE a.arrived_in = s.id)), 0)
         FROM stores s WHERE s.id {in_keys:1}"
    );
    // Somebody whose own first event has no position yet came after everything that has one.
    MARKS: Template = Template::new(
        "SELECT m.id, COALESCE(s.position, b.position, 9223372036854775807)
         FROM members m LEFT JOIN seen_marks s ON s.member_id = m.id
             LEFT JOIN outbox b ON b.entity_id = m.id AND b.seq = 1
         WHERE m.id {in_keys:1}"
    );
    // A mark never goes back.
    pub(crate) MOVE_MARK: BulkTemplate = BulkTemplate::new(
        "INSERT INTO seen_marks (member_id, position) SELECT d.member_id, d.position FROM {rows} WHERE TRUE
         ON CONFLICT (member_id) DO UPDATE SET position = excluded.position
         WHERE seen_marks.position < excluded.position",
        &[("member_id", Int), ("position", Int)]
    );
    pub(crate) DROP_BELOW_MARK: BulkTemplate = BulkTemplate::new(
        "DELETE FROM seen_orders WHERE (member_id, order_id) IN (
             SELECT s.member_id, s.order_id FROM {rows} CROSS JOIN seen_orders s CROSS JOIN outbox a
             WHERE s.member_id = d.member_id AND a.entity_id = s.order_id AND a.seq = 1 AND a.position <= d.position)",
        &[("member_id", Int), ("position", Int)]
    );
    // Not a join: PostgreSQL would keep one that it planned while there were no orders, and read all of them for each row.
    pub(crate) SEE: BulkTemplate = BulkTemplate::new(
        "INSERT INTO seen_orders (member_id, order_id)
         SELECT d.member_id, d.order_id FROM {rows}
         WHERE (SELECT o.id FROM orders o WHERE o.id = d.order_id) IS NOT NULL
         ON CONFLICT (member_id, order_id) DO NOTHING",
        &[("member_id", Int), ("order_id", Int)]
    );
}

/// The position of the order that came last into these stores; 0: none did. It says nothing about other stores, nor about what
/// has no position yet.
pub(crate) async fn last_position(conn: &mut Conn, stores: &StoreScope) -> Result<i64, Error> {
    let statement = match stores {
        StoreScope::All => LAST.bind(()),
        StoreScope::Only(stores) => {
            LAST_IN_STORES.bind((stores.iter().map(|store| store.get()).collect::<Vec<i64>>(),))
        }
    };
    let (position,): (i64,) = conn.fetch_one(&statement).await?;
    Ok(position)
}

/// Up to which position each of these members has seen everything.
pub(crate) async fn marks(conn: &mut Conn, members: &[i64]) -> Result<BTreeMap<i64, i64>, Error> {
    let rows: Vec<(i64, i64)> = conn.fetch_all(&MARKS.bind((members,))).await?;
    Ok(rows.into_iter().collect())
}
