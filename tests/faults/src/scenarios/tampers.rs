//! Hands in the database, past the program.

use ordervault_tests::damage::damage;

use crate::subject::{Subject, copy, verify};
use crate::trial::{Outcome, Trial};

/// What is done to a shop with orders of which some are confirmed.
const TAMPERS: &[(&str, &str)] = &[
    ("a total", "UPDATE orders SET total = total + 1 WHERE id = (SELECT MIN(id) FROM orders)"),
    ("a status", "UPDATE orders SET status = 'completed' WHERE id = (SELECT MAX(id) FROM orders)"),
    ("a note", "UPDATE orders SET note = 'x' WHERE id = (SELECT MIN(id) FROM orders)"),
    ("a contact", "UPDATE orders SET contact_name = 'Eve' WHERE id = (SELECT MIN(id) FROM orders)"),
    ("a quantity", "UPDATE order_lines SET quantity = 2 WHERE order_id = (SELECT MIN(id) FROM orders)"),
    ("lines", "DELETE FROM order_lines WHERE order_id = (SELECT MIN(id) FROM orders)"),
    ("stock", "UPDATE products SET on_hand = on_hand + 5"),
    ("a movement of stock", "DELETE FROM stock_movements WHERE entity_id = (SELECT MIN(id) FROM orders)"),
    (
        "an event",
        "UPDATE history SET event = REPLACE(event, '100', '900') WHERE entity_id = (SELECT MIN(id) FROM orders)",
    ),
    (
        "the time of an event",
        "UPDATE history SET recorded_at = recorded_at + 1 WHERE entity_id = (SELECT MIN(id) FROM orders)",
    ),
    (
        "the request of an event",
        "UPDATE history SET request_id = 'mine' WHERE entity_id = (SELECT MIN(id) FROM orders)",
    ),
    ("the last event of an order", "DELETE FROM history WHERE seq = 2 AND kind = 'order'"),
    ("a place of the outbox", "DELETE FROM outbox WHERE position = 5"),
    ("an order with its rows", "DELETE FROM orders WHERE id = (SELECT MIN(id) FROM orders)"),
    ("a member", "UPDATE members SET name = 'Eve'"),
];
const NOTHING: &[(&str, &str)] = &[("nothing", "UPDATE orders SET note = note")];

pub(super) async fn round(trial: Trial) -> Outcome {
    let mut subject = Subject::open(&trial).await;
    subject.under_load(async |subject| subject.ledger.more_done(50).await).await;
    let mut outcome = subject.judge(0).await;
    let tampers = if trial.is_control { NOTHING } else { TAMPERS };
    for (what, sql) in tampers.iter().take(trial.size(usize::MAX, 8)) {
        let shop = copy(&trial, &subject.installation).await;
        damage(&shop.url(), sql).await;
        outcome.struck += 1;
        outcome.check(verify(&shop).is_none().then(|| format!("UNNOTICED: {what}")));
    }
    outcome
}
