//! Carries out batches: a share of the orders of each open one, then the next share.

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use ordervault_domain::batch::Batch;
use ordervault_domain::id::OrderId;
use ordervault_persistence::read;
use ordervault_persistence::writer::{ActorRef, BatchOperation, Class, Operation, Submission, WriteError};

use super::job::{Job, JobError, Remaining, Tools};
use crate::problem::Code;

/// Batches that are worked on side by side; the oldest first.
const MAX_BATCHES: i64 = 20;
/// Orders of one step, over all batches.
const ORDERS_PER_STEP: i64 = 200;

/// The job that runs batches. Where it stopped, killed or not, the next one goes on: each order's result is written
/// together with what was done to it.
pub struct RunBatches;

impl Job for RunBatches {
    fn name(&self) -> &'static str {
        "batches"
    }

    fn step<'a>(&'a mut self, tools: &'a Tools) -> BoxFuture<'a, Result<Remaining, JobError>> {
        step(tools).boxed()
    }
}

async fn step(tools: &Tools) -> Result<Remaining, JobError> {
    let waiting = waiting(tools).await?;
    if waiting.is_empty() {
        return Ok(Remaining::Nothing);
    }
    let turns = waiting.iter().map(|(batch, order_id)| turn(tools, batch, *order_id));
    // All have had their turn before the first error counts.
    join_all(turns).await.into_iter().collect::<Result<(), WriteError>>()?;
    Ok(Remaining::More)
}

/// The next orders of the open batches, each batch with the same share.
async fn waiting(tools: &Tools) -> Result<Vec<(Batch, OrderId)>, ordervault_persistence::Error> {
    let mut conn = tools.db.read().await.map_err(ordervault_persistence::Error::Db)?;
    let batches = read::open_batches(&mut conn, MAX_BATCHES).await?;
    let share = ORDERS_PER_STEP / i64::try_from(batches.len().max(1)).unwrap_or(MAX_BATCHES);
    let mut waiting = vec![];
    for batch in batches {
        let orders = read::waiting_items(&mut conn, batch.id, share).await?;
        waiting.extend(orders.into_iter().map(|order_id| (batch.clone(), order_id)));
    }
    Ok(waiting)
}

async fn turn(tools: &Tools, batch: &Batch, order_id: OrderId) -> Result<(), WriteError> {
    match submit(tools, batch, BatchOperation::Run { id: batch.id, order_id }).await {
        // It would fail for ever, and the batch would never end.
        Err(WriteError::Internal) => give_up(tools, batch, order_id).await,
        outcome => outcome,
    }
}

async fn give_up(tools: &Tools, batch: &Batch, order_id: OrderId) -> Result<(), WriteError> {
    let code = Code::InternalError.slug();
    submit(tools, batch, BatchOperation::GiveUp { id: batch.id, order_id, code }).await
}

async fn submit(tools: &Tools, batch: &Batch, operation: BatchOperation) -> Result<(), WriteError> {
    let submission = Submission {
        // The writer looks up in whose name, and with which rights, at this very moment.
        actor: ActorRef::System,
        login: None,
        request_id: batch.request_id.clone(),
        class: Class::Background,
        idempotency: None,
        operations: vec![Operation::Batch(operation)],
    };
    tools.writer.submit(submission).await.map(drop)
}
