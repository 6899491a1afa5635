//! Batches: opened by a request, then carried out order by order, each order together with what became of it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use ordervault_domain::access::{Actor, MemberAuthority, StoreScope};
use ordervault_domain::batch::{Batch, BatchAction, ItemOutcome};
use ordervault_domain::id::{BatchId, MemberId, OrderId};
use ordervault_domain::refusal::Refusal;
use ordervault_domain::time::Timestamp;

use super::decide::{ActorContext, Decider, OperationError};
use super::expect_rows;
use super::operation::{ActorRef, Effect};
use crate::bulk::Bulk as _;
use crate::error::Error;
use crate::tables::batches::{self, Item};
use crate::tables::columns::json_text;
use crate::tx::{Conn, Tx};

/// How long a preview is remembered.
pub const PREVIEW_MILLIS: i64 = 60 * 60 * 1_000;
/// Previews of one member that are remembered.
pub const MAX_PREVIEWS_PER_MEMBER: i64 = 10;

/// A change of batches.
#[derive(Clone, Debug)]
pub enum BatchOperation {
    /// Remembers what a member was shown, to tell later what has changed.
    Preview {
        /// Stands for the member, the act and the orders with their versions.
        digest: String,
        /// The orders with their versions, sorted; 0: not there.
        versions: Arc<[(OrderId, i64)]>,
    },
    /// A new batch of the member who acts.
    Open {
        /// What is done to each order.
        action: BatchAction,
        /// The stores of the orders, as far as the member reaches them.
        stores: StoreScope,
        /// The orders, each once, with the version that they must still have at their turn, if it matters.
        items: Arc<[(OrderId, Option<i64>)]>,
    },
    /// One order's turn, in the name of the batch's maker. A refusal is the result, not an error.
    Run {
        /// The batch.
        id: BatchId,
        /// The order.
        order_id: OrderId,
    },
    /// One order gets no further turn, because its turn ends in an error each time.
    GiveUp {
        /// The batch.
        id: BatchId,
        /// The order.
        order_id: OrderId,
        /// The code of the error.
        code: &'static str,
    },
    /// What is not done yet is left.
    Cancel {
        /// The batch.
        id: BatchId,
    },
}

/// The batches that a write batch touches, as they were read, and what happened to them since.
#[derive(Debug, Default)]
pub(crate) struct Batches {
    read: HashMap<BatchId, Batch>,
    items: HashMap<(BatchId, OrderId), Item>,
    changes: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Previewed {
        digest: String,
        member: MemberId,
        versions: Arc<[(OrderId, i64)]>,
        at: Timestamp,
    },
    Opened {
        batch: Batch,
        items: Arc<[(OrderId, Option<i64>)]>,
    },
    Settled {
        id: BatchId,
        order_id: OrderId,
        outcome: ItemOutcome,
        code: Option<&'static str>,
        at: Timestamp,
    },
    Cancelled {
        id: BatchId,
        at: Timestamp,
    },
}

impl Batches {
    /// Reads and locks batches, and reads the orders of them that are to have their turn.
    pub(crate) async fn load(
        conn: &mut Conn,
        ids: &[i64],
        items: &[(BatchId, OrderId)],
    ) -> Result<Self, Error> {
        let mut set = Self::default();
        if !ids.is_empty() {
            set.read = batches::lock(conn, ids).await?.into_iter().map(|batch| (batch.id, batch)).collect();
            set.items = batches::items(conn, items).await?.collect();
        }
        Ok(set)
    }

    /// In whose names orders have their turns.
    pub(crate) fn members(&self) -> impl Iterator<Item = i64> {
        self.read.values().map(|batch| batch.created_by.get())
    }

    /// How many changes there are.
    pub(crate) fn len(&self) -> usize {
        self.changes.len()
    }

    /// Takes back all changes after the first so many.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.changes.truncate(len);
    }

    /// The batch after everything that was decided so far.
    fn get(&self, id: BatchId) -> Option<Batch> {
        self.changes.iter().fold(self.read.get(&id).cloned(), |batch, change| match (batch, change) {
            (None, Change::Opened { batch, .. }) if batch.id == id => Some(batch.clone()),
            (Some(batch), Change::Settled { id: settled, outcome, at, .. }) if *settled == id => {
                Some(batch.settled(*outcome, *at))
            }
            (Some(batch), Change::Cancelled { id: cancelled, at }) if *cancelled == id => {
                batch.clone().cancelled(*at).ok().flatten().or(Some(batch))
            }
            (batch, _) => batch,
        })
    }

    /// The batch and the version that the order must have, if it waits for its turn.
    fn waiting(&self, id: BatchId, order_id: OrderId) -> Option<(&Batch, Option<i64>)> {
        let read = self.read.get(&id).and_then(|batch| {
            let item = self.items.get(&(id, order_id)).filter(|item| !item.is_settled)?;
            Some((batch, item.version))
        });
        self.changes.iter().fold(read, |waiting, change| match change {
            Change::Opened { batch, items } if batch.id == id => {
                let item = items.iter().find(|(order, _)| *order == order_id)?;
                Some((batch, item.1))
            }
            Change::Settled { id: batch, order_id: order, .. } if (*batch, *order) == (id, order_id) => None,
            Change::Cancelled { id: batch, .. } if *batch == id => None,
            _ => waiting,
        })
    }

    /// Writes the changes down.
    pub(crate) async fn flush(&mut self, tx: &mut Tx) -> Result<(), Error> {
        self.flush_previews(tx).await?;
        let (mut opened, mut items) = (batches::INSERT.rows(), batches::INSERT_ITEMS.rows());
        let (mut changed, mut settled) = (batches::UPDATE.rows(), batches::SETTLE_ITEMS.rows());
        let (mut touched, mut cancelled) = (BTreeSet::new(), vec![]);
        for change in &self.changes {
            match change {
                Change::Previewed { .. } => {}
                Change::Opened { batch, items: orders } => {
                    opened.push(batches::values(batch));
                    for (order, version) in orders.iter() {
                        items.push((batch.id.get(), order.get(), *version));
                    }
                }
                Change::Settled { id, order_id, outcome, code, .. } => {
                    touched.insert(*id);
                    settled.push((id.get(), order_id.get(), <&str>::from(*outcome), *code));
                }
                Change::Cancelled { id, .. } => {
                    touched.insert(*id);
                    cancelled.push(id.get());
                }
            }
        }
        for batch in touched.into_iter().filter_map(|id| self.get(id)) {
            let mut row = vec![batch.id.get().into()];
            row.extend(batches::values(&batch).into_iter().skip(1));
            changed.push(row);
        }
        expect_rows(opened.len(), tx.run_bulk(&batches::INSERT, &opened).await?)?;
        expect_rows(items.len(), tx.run_bulk(&batches::INSERT_ITEMS, &items).await?)?;
        expect_rows(settled.len(), tx.run_bulk(&batches::SETTLE_ITEMS, &settled).await?)?;
        if !cancelled.is_empty() {
            tx.execute(&batches::CANCEL_ITEMS.bind((cancelled,))).await?;
        }
        expect_rows(changed.len(), tx.run_bulk(&batches::UPDATE, &changed).await?)
    }

    async fn flush_previews(&self, tx: &mut Tx) -> Result<(), Error> {
        // Two equal ones in one statement would be one row twice.
        let mut rows = HashMap::new();
        for change in &self.changes {
            if let Change::Previewed { digest, member, versions, at } = change {
                rows.insert(digest, (member.get(), versions, *at));
            }
        }
        let Some(now) = rows.values().map(|row| row.2).max() else { return Ok(()) };
        let members: Vec<i64> = rows.values().map(|row| row.0).collect();
        let mut previews = batches::REMEMBER_PREVIEW.rows();
        for (digest, (member, versions, at)) in rows {
            let (at, until) = (at.millis(), at.plus_millis(PREVIEW_MILLIS).millis());
            previews.push((digest, member, json_text(&versions), at, until));
        }
        expect_rows(previews.len(), tx.run_bulk(&batches::REMEMBER_PREVIEW, &previews).await?)?;
        let forget = batches::FORGET_PREVIEWS.bind((now.millis(), members, MAX_PREVIEWS_PER_MEMBER));
        tx.execute(&forget).await?;
        Ok(())
    }
}

impl Decider<'_> {
    pub(super) fn batch(
        &mut self,
        actor_context: &ActorContext<'_>,
        act: &BatchOperation,
    ) -> Result<Effect, OperationError> {
        match act {
            BatchOperation::Preview { digest, versions } => {
                let (digest, versions) = (digest.clone(), Arc::clone(versions));
                let member = member(actor_context)?.id;
                self.set.batches.changes.push(Change::Previewed { digest, member, versions, at: self.now });
                Ok(Effect::Previewed)
            }
            BatchOperation::Open { action, stores, items } => {
                action.authorize(&actor_context.actor)?;
                let id = BatchId::from_i64(self.new_id());
                let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
                let (action, stores, by) = (action.clone(), stores.clone(), member(actor_context)?.id);
                let batch = Batch::open(id, by, action, stores, actor_context.request_id, total, self.now);
                let items = Arc::clone(items);
                self.set.batches.changes.push(Change::Opened { batch: batch.clone(), items });
                Ok(Effect::Batch(Arc::new(batch)))
            }
            BatchOperation::Run { id, order_id } => self.run_item(*id, *order_id),
            BatchOperation::GiveUp { id, order_id, code } => {
                let waits = self.set.batches.waiting(*id, *order_id).is_some();
                Ok(Effect::BatchItem(
                    waits.then(|| self.settle(*id, *order_id, ItemOutcome::Refused, Some(code))),
                ))
            }
            BatchOperation::Cancel { id } => {
                let batch = self.set.batches.get(*id).ok_or(Refusal::NotFound)?;
                if !batch.is_visible_to(member(actor_context)?) {
                    return Err(Refusal::NotFound.into());
                }
                batch.action.authorize(&actor_context.actor)?;
                let cancelled = batch.clone().cancelled(self.now)?;
                if cancelled.is_some() {
                    self.set.batches.changes.push(Change::Cancelled { id: *id, at: self.now });
                }
                Ok(Effect::Batch(Arc::new(cancelled.unwrap_or(batch))))
            }
        }
    }

    /// The command on the order with the rights that the batch's maker has now, and what became of it.
    fn run_item(&mut self, id: BatchId, order_id: OrderId) -> Result<Effect, OperationError> {
        let Some((batch, version)) = self.set.batches.waiting(id, order_id) else {
            return Ok(Effect::BatchItem(None));
        };
        let (by, request_id) = (ActorRef::Member(batch.created_by), batch.request_id.clone());
        let command = batch.action.command(id);
        let written = self.set.pending.history.len();
        let done = match self.actor_context(by, &request_id) {
            Ok(actor_context) => self.order(&actor_context, Some(order_id), version, &command),
            Err(stop) => Err(stop),
        };
        let (outcome, code) = match done {
            Ok(_) if self.set.pending.history.len() > written => (ItemOutcome::Succeeded, None),
            Ok(_) => (ItemOutcome::AlreadyApplied, None),
            Err(OperationError::Refused(refusal)) => (ItemOutcome::Refused, Some(<&str>::from(refusal))),
            Err(stop) => return Err(stop),
        };
        Ok(Effect::BatchItem(Some(self.settle(id, order_id, outcome, code))))
    }

    fn settle(
        &mut self,
        id: BatchId,
        order_id: OrderId,
        outcome: ItemOutcome,
        code: Option<&'static str>,
    ) -> ItemOutcome {
        let at = self.now;
        self.set.batches.changes.push(Change::Settled { id, order_id, outcome, code, at });
        outcome
    }
}

/// Batches are the staff's.
fn member<'a>(actor_context: &'a ActorContext<'_>) -> Result<&'a MemberAuthority, Refusal> {
    match &actor_context.actor {
        Actor::Member(member) => Ok(member),
        _ => Err(Refusal::Forbidden(None)),
    }
}
