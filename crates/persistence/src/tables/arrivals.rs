//! The tables `order_arrivals`, `seen_marks` and `seen_orders`: in which order orders came, and how far each member has
//! seen them.

use std::collections::BTreeMap;

use ordervault_domain::access::StoreScope;
use ordervault_domain::aggregate::Kind;

use super::followers::OutboxEvent;
use crate::bulk::{Bulk as _, BulkTemplate, ColumnType::*};
use crate::db::Db;
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tx::Conn;

statements! {
    // Whoever follows may get an event again.
    pub(crate) NOTE: BulkTemplate = BulkTemplate::new(
        "INSERT INTO order_arrivals (order_id, store_id, position)
         SELECT d.order_id, d.store_id, d.position FROM {rows} WHERE TRUE ON CONFLICT (order_id) DO NOTHING",
        &[("order_id", Int), ("store_id", Int), ("position", Int)]
    );
    // What has come and what the follower has not come to yet, which is little: looked at row by row.
    LAST: Template = Template::new(
        "SELECT MAX(position) FROM (
             SELECT MAX(position) AS position FROM order_arrivals
             UNION ALL SELECT MAX(b.position) FROM outbox b
             WHERE b.seq = 1 AND b.position > COALESCE((SELECT position FROM followers WHERE name = 'arrivals'), 0)
                 AND (SELECT h.store_id FROM history h WHERE h.entity_id = b.entity_id AND h.seq = 1
                     AND h.kind = 'order' AND h.type = 'placed') IS NOT NULL) AS last"
    );
    // Store by store: the end of an index each.
    LAST_IN_STORES: Template = Template::forked(
        "SELECT MAX(position) FROM (
             SELECT MAX((SELECT MAX(position) FROM order_arrivals a WHERE a.store_id = s.value)) AS position
             FROM json_each($1) AS s
             UNION ALL SELECT MAX(b.position) FROM outbox b
             WHERE b.seq = 1 AND b.position > COALESCE((SELECT position FROM followers WHERE name = 'arrivals'), 0)
                 AND (SELECT h.store_id FROM history h WHERE h.entity_id = b.entity_id AND h.seq = 1
                     AND h.kind = 'order' AND h.type = 'placed') IN (SELECT value FROM json_each($1))) AS last",
        "SELECT MAX(position) FROM (
             SELECT MAX((SELECT MAX(position) FROM order_arrivals a WHERE a.store_id = s.value)) AS position
             FROM unnest($1::bigint[]) AS s (value)
             UNION ALL SELECT MAX(b.position) FROM outbox b
             WHERE b.seq = 1 AND b.position > COALESCE((SELECT position FROM followers WHERE name = 'arrivals'), 0)
                 AND (SELECT h.store_id FROM history h WHERE h.entity_id = b.entity_id AND h.seq = 1
                     AND h.kind = 'order' AND h.type = 'placed') = ANY($1::bigint[])) AS last"
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

/// Notes the orders that were placed by these events. To do it again changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn note_arrivals(db: &Db, events: Vec<OutboxEvent>) -> Result<(), Error> {
    let mut rows = NOTE.rows();
    for event in events.iter().filter(|event| event.kind == Kind::Order && event.event == "placed") {
        rows.push((event.entity_id, event.store_id, event.position));
    }
    if rows.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    tx.run_bulk(&NOTE, &rows).await?;
    tx.commit().await.map_err(|error| Error::Db(error.into_inner()))
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
