//! The tables `order_arrivals`, `seen_marks` and `seen_orders`: in which order orders came, and how far each member has
//! seen them.

use std::collections::BTreeMap;

use ordervault_domain::access::StoreScope;

use crate::bulk::{BulkTemplate, ColumnType::*};
use crate::error::Error;
use crate::statement::{Statement, Template, statements};
use crate::tx::{Conn, Tx};

statements! {
    // The new events come first, each looks up its own row of the history: of the two ways to join them the planner
    // might take the other one, and read all orders ever placed.
    NOTE: Template = Template::new(
        "INSERT INTO order_arrivals (order_id, store_id, position)
         WITH first_events AS MATERIALIZED (
             SELECT b.entity_id, b.position, (SELECT h.store_id FROM history h
                 WHERE h.entity_id = b.entity_id AND h.seq = 1 AND h.kind = 'order' AND h.type = 'placed') AS store_id
             FROM outbox b WHERE b.position > $1 AND b.seq = 1)
         SELECT entity_id, store_id, position FROM first_events WHERE store_id IS NOT NULL"
    );
    LAST: Template = Template::new("SELECT MAX(position) FROM order_arrivals");
    // Store by store: the end of an index each.
    LAST_IN_STORES: Template = Template::forked(
        "SELECT MAX((SELECT MAX(position) FROM order_arrivals a WHERE a.store_id = s.value)) FROM json_each($1) AS s",
        "SELECT MAX((SELECT MAX(position) FROM order_arrivals a WHERE a.store_id = s.value))
         FROM unnest($1::bigint[]) AS s (value)"
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
             SELECT s.member_id, s.order_id FROM {rows} JOIN seen_orders s ON s.member_id = d.member_id
                 JOIN order_arrivals a ON a.order_id = s.order_id
             WHERE a.position <= d.position)",
        &[("member_id", Int), ("position", Int)]
    );
    pub(crate) SEE: BulkTemplate = BulkTemplate::new(
        "INSERT INTO seen_orders (member_id, order_id)
         SELECT d.member_id, d.order_id FROM {rows} JOIN orders o ON o.id = d.order_id WHERE TRUE
         ON CONFLICT (member_id, order_id) DO NOTHING",
        &[("member_id", Int), ("order_id", Int)]
    );
}

/// Notes the orders that came after this position.
pub(super) async fn note(tx: &mut Tx, after: i64) -> Result<(), Error> {
    tx.execute(&note_statement(after)).await?;
    Ok(())
}

/// What notes the orders that came after this position.
pub(super) fn note_statement(after: i64) -> Statement {
    NOTE.bind((after,))
}

/// The position of the order that came last into these stores; 0: none did. It says nothing about other stores.
pub(crate) async fn last_position(conn: &mut Conn, stores: &StoreScope) -> Result<i64, Error> {
    let statement = match stores {
        StoreScope::All => LAST.bind(()),
        StoreScope::Only(stores) => {
            LAST_IN_STORES.bind((stores.iter().map(|store| store.get()).collect::<Vec<i64>>(),))
        }
    };
    let (position,): (Option<i64>,) = conn.fetch_one(&statement).await?;
    Ok(position.unwrap_or(0))
}

/// Up to which position each of these members has seen everything.
pub(crate) async fn marks(conn: &mut Conn, members: &[i64]) -> Result<BTreeMap<i64, i64>, Error> {
    let rows: Vec<(i64, i64)> = conn.fetch_all(&MARKS.bind((members,))).await?;
    Ok(rows.into_iter().collect())
}
