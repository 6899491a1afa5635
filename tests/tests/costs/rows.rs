//! Rows with which each bulk statement is tried, made from the names of its columns.

use ordervault_persistence::statement::Bind;
use ordervault_tests::fabricate::{GREAT_BATCH, MEMBERS, Numbers};
use ordervault_tests::meter::column_type;

/// Above all ids that are there.
const NEW_ID: i64 = i64::MAX - 1_000_000;
/// Above all numbers of events that are there.
const NEW_SEQ: i64 = 1_000_000;

/// So many rows for the bulk statement of this name with this text for PostgreSQL.
pub(crate) fn rows(name: &str, text: &str, numbers: &Numbers, count: i64) -> Vec<Vec<Bind>> {
    let names =
        text.split_once("AS d(").and_then(|(_, rest)| rest.split_once(')')).map_or("", |(names, _)| names);
    let columns: Vec<(&str, &str)> =
        names.split(", ").enumerate().map(|(place, name)| (name, column_type(text, place))).collect();
    let count = match statement_of(name) {
        "MOVE_MARK" | "DROP_BELOW_MARK" => count.min(MEMBERS - 1),
        _ if name == "tables::installations::INSERT" => 1,
        _ => count,
    };
    let row =
        |number| columns.iter().map(|(column, kind)| cell(name, column, kind, numbers, number)).collect();
    (1..=count).map(row).collect()
}

fn statement_of(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or_default()
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn cell(name: &str, column: &str, kind: &str, numbers: &Numbers, row: i64) -> Bind {
    let (room, statement) = name.rsplit_once("::").unwrap_or_default();
    let is_new = statement.starts_with("INSERT");
    match (room, column) {
        ("tables::one_time_codes", "customer_id") => Bind::from(NEW_ID + row),
        ("tables::one_time_codes", "hash") => Bind::from(format!("new {row}")),
        // Whatever a constraint ties to something else.
        ("repair::kinds", "external_reference" | "email_key") => Bind::from(format!("x {row}")),
        (
            _,
            "external_reference" | "deleted_at" | "deleted_in" | "invalid_from" | "code" | "done_version"
            | "undoes" | "confirmed_at" | "started_at" | "completed_at" | "cancelled_at" | "invalidated_at"
            | "finished_at" | "cancel_reason" | "invalid_reason" | "customer_id" | "email" | "email_key",
        ) => match kind {
            "bigint" => Bind::Int(None),
            _ => Bind::Text(None),
        },
        (_, "reserved" | "reserved_before" | "shipping_total" | "on_hand_before") => Bind::from(0),
        // What nothing has become of yet.
        (
            "tables::order_lines",
            "discount" | "tax" | "added_tax" | "cancelled" | "allocated" | "shipped" | "delivered" | "lost"
            | "returned" | "restocked" | "replaced" | "credited" | "cancelled_value" | "credited_value",
        ) => Bind::from(0),
        (
            "tables::orders",
            "last_fulfillment_no"
            | "discount_total"
            | "fee_total"
            | "tax_total"
            | "added_tax_total"
            | "cancelled_total"
            | "credited_total"
            | "written_off_total"
            | "kept_total"
            | "paid_total"
            | "refunded_total"
            | "refund_pending_total"
            | "charged_back_total",
        ) => Bind::from(0),
        ("tables::orders", "attention" | "deadlines") => Bind::Text(None),
        ("tables::parcels", "place") if is_new => Bind::from(NEW_SEQ + row),
        (_, "payment_status") => Bind::from("unpaid"),
        (_, "fulfillment_status") => Bind::from("unfulfilled"),
        (_, "return_status") => Bind::from("none"),
        ("tables::batches", "status") => Bind::from("pending"),
        (_, "status" | "executed_to") => Bind::from("pending_review"),
        (_, "result") => Bind::from(if is_new { "waiting" } else { "already_applied" }),
        (_, "realm") => Bind::from("customer"),
        (_, "email_verification") => Bind::from("unverified"),
        (_, "source") => Bind::from("shop"),
        (_, "kind") => Bind::from("order"),
        (_, "sku") => Bind::from(format!("SKU-{row}{}", if is_new { " new" } else { "" })),
        (_, "total") if room == "tables::batches" => Bind::from(100),
        (_, "seq" | "beyond" | "no") if is_new || ["WRITE", "REMOVE"].contains(&statement) => {
            Bind::from(NEW_SEQ + row)
        }
        (_, "scoped_key" | "key" | "digest") => Bind::from(format!("new {row}")),
        (_, "key_key") => Bind::from(format!("throttle {row}")),
        (_, "key_batch_id") | ("tables::batches", "batch_id") => Bind::from(GREAT_BATCH.get()),
        ("tables::batches", "order_id") if is_new => Bind::from(NEW_ID + row),
        ("tables::batches", "order_id" | "key_order_id") => Bind::from(20 + row),
        ("tables::batches", "key_id") => Bind::from(row),
        (_, "order_id" | "entity_id") => Bind::from(numbers.id(numbers.orders - 20 - row)),
        // Of the key that seals it.
        ("tables::history", "key_id") => Bind::from("none"),
        ("tables::history", "beyond") => Bind::from(0),
        ("tables::orders", "key_id") | ("verify::order", "id") => {
            Bind::from(numbers.id(numbers.orders - 20 - row))
        }
        ("tables::sessions", "key_id") => Bind::from(numbers.id(numbers.orders - 5 * row) + 1),
        ("tables::arrivals", "member_id") => Bind::from(if statement == "SEE" { 2 } else { row }),
        (_, "id") if is_new => Bind::from(NEW_ID + row),
        (_, "id" | "key_id" | "product_id" | "principal_id") => Bind::from(row),
        _ => match kind {
            "bigint" => Bind::from(1),
            "boolean" => Bind::from(true),
            _ => Bind::from("x"),
        },
    }
}
