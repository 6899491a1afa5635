//! Short ways to talk to the write queue in tests of the queue itself.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails")]

use std::sync::Arc;

use futures_util::future::join_all;
use ordervault_domain::aggregate::Aggregate;
use ordervault_domain::batch::BatchAction;
use ordervault_domain::customer::{self, Customer};
use ordervault_domain::id::{CustomerId, MemberId, OrderId, ProductId, StoreId};
use ordervault_domain::member;
use ordervault_domain::order::{self, CancelReason, Order, OrderCommandKind};
use ordervault_domain::product::{self, Product};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store;
use ordervault_persistence::db::Db;
use ordervault_persistence::engine::{DbOptions, Engine};
use ordervault_persistence::statement::Template;
use ordervault_persistence::writer::{
    ActorRef, Effect, Idempotency, Operation, Receipt, Submission, WriteError, Writer,
};
use ordervault_persistence::{HistoryRow, fold, sequence};

use crate::dump::{Cells, dump};
use crate::postgres;

/// What becomes of a submission.
pub type SubmissionResult = Result<Receipt, WriteError>;

/// Hands over all of them before the writer can take any (on the one thread of `#[tokio::test]`), so that they make
/// one group; see [`written_groups`].
pub async fn together(writer: &Writer, submissions: Vec<Submission>) -> Vec<SubmissionResult> {
    join_all(submissions.into_iter().map(|submission| writer.submit(submission))).await
}

/// How many groups all writers of the database have committed.
pub async fn written_groups(db: &Db) -> i64 {
    dump(db).await["writers"].iter().filter_map(|row| row.int("last_group")).sum()
}

/// Numbers everything that waits, as a server would.
pub async fn catch_up(db: &Db) {
    while sequence(db).await.expect("numbered") > 0 {}
}

/// The same database, as another process would open it.
pub async fn another_process(db: &Db) -> Db {
    let url = url_of(db).await;
    Db::open(&DbOptions::new(url)).await.expect("the database opens once more")
}

/// Where the database is.
pub async fn url_of(db: &Db) -> String {
    static WHERE: Template = Template::forked(
        "SELECT file FROM pragma_database_list WHERE name = 'main'",
        "SELECT current_database()::text",
    );
    let mut conn = db.read().await.expect("a reader");
    let (place,): (String,) = conn.fetch_one(&WHERE.bind(())).await.expect("a place");
    match db.engine() {
        Engine::Sqlite => format!("sqlite:{place}"),
        Engine::Postgres => postgres::database_url(&place),
    }
}

/// Runs one statement in a transaction of its own, past the writer.
pub async fn run_sql(db: &Db, statement: &'static Template) {
    let mut tx = db.begin().await.expect("a transaction");
    tx.execute(&statement.bind(())).await.expect("done");
    tx.commit().await.expect("committed");
}

/// The history of one thing.
pub async fn history(db: &Db, id: i64) -> Vec<HistoryRow> {
    static READ: Template = Template::new(
        "SELECT h.*, p.salt, p.content FROM history h
         LEFT JOIN personal_values p ON p.entity_id = h.entity_id AND p.seq = h.seq
         WHERE h.entity_id = $1 ORDER BY h.seq",
    );
    let mut conn = db.read().await.expect("a reader");
    conn.fetch_all(&READ.bind((id,))).await.expect("a history")
}

/// The state after everything that happened to one thing.
pub async fn folded<A: Aggregate>(db: &Db, id: i64) -> A {
    fold(&history(db, id).await).expect("a history").expect("something happened")
}

/// The row of one thing.
pub async fn row(db: &Db, table: &str, id: i64) -> Cells {
    let mut dump = dump(db).await;
    let rows = dump.remove(table).unwrap_or_default();
    rows.into_iter().find(|row| row.int("id") == Some(id)).expect("the row")
}

/// The units of a product: in the house, reserved.
pub async fn stock(db: &Db, product: &Product) -> (i64, i64) {
    let row = row(db, "products", product.id.get()).await;
    (row.int("on_hand").expect("units"), row.int("reserved").expect("units"))
}

/// The same with a key that is equal for equal names, and a fingerprint.
pub fn keyed(submission: Submission, key: &str, fingerprint: &str) -> Submission {
    let idempotency =
        Some(Idempotency { scoped_key: format!("test {key}"), fingerprint: fingerprint.to_owned() });
    Submission { idempotency, ..submission }
}

/// A command on an order.
pub fn on_order(id: OrderId, expected_version: Option<i64>, command: order::OrderCommand) -> Operation {
    Operation::Order { id: Some(id), expected_version, command }
}

/// A command on a product.
pub fn on_product(id: ProductId, command: product::ProductCommand) -> Operation {
    Operation::Product { id: Some(id), expected_version: None, command }
}

/// A command on a store.
pub fn on_store(id: StoreId, command: store::StoreCommand) -> Operation {
    Operation::Store { id: Some(id), expected_version: None, command }
}

/// A command on a member, without a password.
pub fn on_member(id: MemberId, command: member::MemberCommand) -> Operation {
    Operation::Member { id: Some(id), expected_version: None, command, password_hash: None }
}

/// A command on a customer, without a password.
pub fn on_customer(id: CustomerId, command: customer::CustomerCommand) -> Operation {
    Operation::on_customer(id, command)
}

/// The command to cancel.
pub fn cancel(reason: CancelReason) -> order::OrderCommand {
    order::OrderCommand::Cancel { reason, comment: None }
}

/// The one thing that was done.
pub fn done(outcome: SubmissionResult) -> Effect {
    match outcome {
        Ok(Receipt::Executed { mut done, .. }) if done.len() == 1 => done.remove(0),
        other => panic!("not one thing done: {other:?}"),
    }
}

/// The order that was made or changed.
pub fn order_of(outcome: SubmissionResult) -> Arc<Order> {
    match done(outcome) {
        Effect::Order(order) => order,
        other => panic!("not an order: {other:?}"),
    }
}

/// The rule that said no.
pub fn refusal_of(outcome: SubmissionResult) -> Refusal {
    match outcome {
        Err(WriteError::Refused { refusal, .. }) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// The customer as somebody who acts.
pub fn actor(customer: &Customer) -> ActorRef {
    ActorRef::Customer(customer.id)
}

/// What a batch does that takes no reason.
#[track_caller]
pub fn batch_action(kind: OrderCommandKind) -> BatchAction {
    BatchAction::new(kind, None, None).expect("an action without a reason")
}
