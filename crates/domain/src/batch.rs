//! Batches: one command on many orders, carried out in the background, order by order.
//!
//! A batch has no history. What it does stands in the histories of its orders, all under the batch's request id.
//!
//! Whatever a person may do to an order without saying more than why can be done to many; and what they cost can be corrected.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::access::{Actor, MemberAuthority, Permission, StoreScope};
use crate::id::{BatchId, MemberId};
use crate::money::Currency;
use crate::order::{self, Adjust, AdjustReason, AdjustmentKind, NotPlain, OrderCommand, OrderCommandKind};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::totals::Value;

/// Most orders of one batch.
pub const MAX_ORDERS: usize = 10_000;
/// Most orders that are named one by one.
pub const MAX_IDS: usize = 500;

/// What is done to each order: a command that says no more than why, or a correction of what it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchAction(Box<OrderCommand>);

/// By how much each order costs less, or more: all of its lines share it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Which way it goes.
    pub kind: AdjustmentKind,
    /// How much.
    pub value: Value,
    /// The currency that an amount is told in: orders in another one are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What customers showed for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl BatchAction {
    /// The action of this kind. A comment is forgotten when the batch is finished, because then it stands in the histories.
    ///
    /// # Errors
    /// When nobody does that to many orders, or the reason is not one of this kind.
    pub fn new(
        kind: OrderCommandKind,
        reason: Option<&str>,
        comment: Option<String>,
    ) -> Result<Self, NotPlain> {
        // Nothing leads many orders back into the accounts out of which they were taken.
        match kind.is_action() && kind != OrderCommandKind::Unlink {
            true => Ok(Self(Box::new(kind.plain(reason, comment)?))),
            false => Err(NotPlain::SaysMore),
        }
    }

    /// The action that corrects what each order costs.
    #[must_use]
    pub fn correct(correction: Correction, reason: AdjustReason, comment: Option<String>) -> Self {
        let Correction { kind, value, currency, code } = correction;
        let adjust =
            Adjust { kind, value, currency, lines: None, code, reason, comment, expected_total: None };
        Self(Box::new(OrderCommand::Adjust(Box::new(adjust))))
    }

    /// By how much each order costs less, or more, if that is what is done.
    #[must_use]
    pub fn correction(&self) -> Option<Correction> {
        match self.0.as_ref() {
            OrderCommand::Adjust(adjust) => Some(Correction {
                kind: adjust.kind,
                value: adjust.value,
                currency: adjust.currency,
                code: adjust.code.clone(),
            }),
            _ => None,
        }
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> OrderCommandKind {
        OrderCommandKind::from(self.0.as_ref())
    }

    /// Why, and that in words, if it says so.
    #[must_use]
    pub fn why(&self) -> (Option<&'static str>, Option<&str>) {
        self.0.why()
    }

    /// May this actor do it at all?
    ///
    /// # Errors
    /// The permission that is missing.
    pub fn authorize(&self, actor: &Actor) -> Result<(), Refusal> {
        order::authorize(None, actor, self.kind())
    }

    /// What takes it back from an order to which it was done; nothing takes back a correction of many.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        self.0.inverse().map(|command| Self(Box::new(command)))
    }

    /// The command that each order gets.
    #[must_use]
    pub fn command(&self, batch: BatchId) -> OrderCommand {
        match self.0.as_ref() {
            OrderCommand::Delete { .. } => OrderCommand::Delete { batch: Some(batch) },
            OrderCommand::Undelete { .. } => OrderCommand::Undelete { batch: Some(batch) },
            command => command.clone(),
        }
    }
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, Display, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum BatchStatus {
    /// Accepted; no order has had its turn yet.
    Pending,
    /// Some orders have had their turn.
    Running,
    /// Every order has had its turn.
    Completed,
    /// Called off; the orders that had not had their turn never get one.
    Cancelled,
}

/// What became of one order of a batch.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumIter,
    EnumString,
    Display,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ItemOutcome {
    /// Its turn is still to come.
    Waiting,
    /// It was done.
    Succeeded,
    /// It was so already.
    AlreadyApplied,
    /// A rule said no.
    Refused,
    /// The batch was cancelled before its turn.
    Cancelled,
}

/// A batch as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The id.
    pub id: BatchId,
    /// In whose name, and with whose rights at each order's turn.
    pub created_by: MemberId,
    /// What is done.
    pub action: BatchAction,
    /// The batch that it takes back, if it does.
    pub undoes: Option<BatchId>,
    /// The stores of its orders, as far as its maker reached them.
    pub stores: StoreScope,
    /// The request that it came with, for the histories of its orders.
    pub request_id: String,
    /// How far it is.
    pub status: BatchStatus,
    /// Number of its orders.
    pub total: i64,
    /// Orders to which it was done.
    pub succeeded: i64,
    /// Orders for which it was so already.
    pub already_applied: i64,
    /// Orders for which a rule said no.
    pub refused: i64,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When the first order had its turn.
    pub started_at: Option<Timestamp>,
    /// When it was completed or cancelled.
    pub finished_at: Option<Timestamp>,
}

/// What a batch is opened with.
#[derive(Clone, Debug)]
pub struct Opening {
    /// In whose name.
    pub created_by: MemberId,
    /// What is to be done.
    pub action: BatchAction,
    /// The batch that it takes back, if it does.
    pub undoes: Option<BatchId>,
    /// The stores of its orders, as far as its maker reached them.
    pub stores: StoreScope,
}

impl Batch {
    /// A batch that nobody has begun with. One without orders is completed.
    #[must_use]
    pub fn open(id: BatchId, opening: Opening, request_id: &str, total: i64, now: Timestamp) -> Self {
        let Opening { created_by, action, undoes, stores } = opening;
        let batch = Self {
            id,
            created_by,
            action,
            undoes,
            stores,
            request_id: request_id.to_owned(),
            status: BatchStatus::Pending,
            total,
            succeeded: 0,
            already_applied: 0,
            refused: 0,
            created_at: now,
            started_at: None,
            finished_at: None,
        };
        batch.finished_if_done(now)
    }

    /// As it was when it was accepted: what the answer to its request said.
    #[must_use]
    pub fn as_accepted(&self) -> Self {
        let Self { created_by, action, undoes, stores, .. } = self.clone();
        let opening = Opening { created_by, action, undoes, stores };
        Self::open(self.id, opening, &self.request_id, self.total, self.created_at)
    }

    /// Orders that have had their turn.
    #[must_use]
    pub fn done(&self) -> i64 {
        self.succeeded + self.already_applied + self.refused
    }

    /// Is there nothing more to come?
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.finished_at.is_some()
    }

    /// After one more order has had its turn.
    #[must_use]
    pub fn settled(mut self, outcome: ItemOutcome, now: Timestamp) -> Self {
        match outcome {
            ItemOutcome::Succeeded => self.succeeded += 1,
            ItemOutcome::AlreadyApplied => self.already_applied += 1,
            ItemOutcome::Refused => self.refused += 1,
            ItemOutcome::Waiting | ItemOutcome::Cancelled => {}
        }
        self.status = BatchStatus::Running;
        self.started_at = self.started_at.or(Some(now));
        self.finished_if_done(now)
    }

    /// After it was called off; `None`: it was already.
    ///
    /// # Errors
    /// When every order has had its turn.
    pub fn cancelled(mut self, now: Timestamp) -> Result<Option<Self>, Refusal> {
        match self.status {
            BatchStatus::Cancelled => Ok(None),
            BatchStatus::Completed => Err(Refusal::BatchCompleted),
            BatchStatus::Pending | BatchStatus::Running => {
                self.status = BatchStatus::Cancelled;
                self.finished_at = Some(now);
                Ok(Some(self))
            }
        }
    }

    /// Is it there for this member? Their own; those of others for whoever leads people, may do the same and reaches all
    /// the stores. Whoever does not reach the stores (any more) does not see it.
    #[must_use]
    pub fn is_visible_to(&self, member: &MemberAuthority) -> bool {
        let others = leads(member)
            && self.action.authorize(&Actor::Member(member.clone())).is_ok()
            && self.stores != StoreScope::none();
        member.stores.includes(&self.stores) && (self.created_by == member.id || others)
    }

    fn finished_if_done(mut self, now: Timestamp) -> Self {
        if self.done() == self.total {
            self.status = BatchStatus::Completed;
            self.finished_at = Some(now);
        }
        self
    }
}

/// May this member see batches of others at all?
#[must_use]
pub fn leads(member: &MemberAuthority) -> bool {
    Actor::Member(member.clone()).may(Permission::MembersRead)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::access::Role;
    use crate::id::StoreId;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn batch(total: i64) -> Batch {
        let opening = Opening {
            created_by: MemberId::from_i64(7),
            action: BatchAction::new(OrderCommandKind::Delete, None, None).unwrap(),
            undoes: None,
            stores: StoreScope::Only(BTreeSet::from([StoreId::from_i64(1)])),
        };
        Batch::open(BatchId::from_i64(5), opening, "req", total, at(1))
    }

    /// Every action, each with a reason if it takes one.
    fn actions() -> Vec<BatchAction> {
        let actions = OrderCommandKind::iter().filter_map(|kind| {
            let other = BatchAction::new(kind, Some("other"), Some("x".into()));
            other.or_else(|_| BatchAction::new(kind, None, None)).ok()
        });
        actions.collect()
    }

    #[test]
    fn every_action_is_told_by_its_kind_and_why() {
        for action in actions() {
            let (reason, comment) = action.why();
            let again = BatchAction::new(action.kind(), reason, comment.map(str::to_owned));
            assert_eq!(again.as_ref(), Ok(&action));
            assert_eq!(OrderCommandKind::from(&action.command(BatchId::from_i64(1))), action.kind());
        }
        let new = |kind, reason, comment: Option<&str>| {
            BatchAction::new(kind, reason, comment.map(str::to_owned)).unwrap_err()
        };
        assert_eq!(new(OrderCommandKind::Invalidate, None, None), NotPlain::ReasonMissing);
        assert_eq!(new(OrderCommandKind::Cancel, Some("test"), None), NotPlain::ReasonUnknown);
        assert_eq!(new(OrderCommandKind::Confirm, None, Some("x")), NotPlain::TakesNoReason);
        assert_eq!(new(OrderCommandKind::Amend, None, None), NotPlain::SaysMore);
        assert_eq!(new(OrderCommandKind::Expire, None, None), NotPlain::SaysMore);
    }

    #[test]
    fn every_action_is_taken_back_by_another() {
        for action in actions() {
            let inverse = action.inverse().unwrap();
            // A rejected order is marked invalid, like others.
            let expected = match action.kind() {
                OrderCommandKind::Reject => OrderCommandKind::Invalidate,
                kind => kind,
            };
            assert_eq!(inverse.inverse().map(|action| action.kind()), Some(expected));
            assert_ne!(inverse.kind(), action.kind());
        }
    }

    #[test]
    fn a_batch_is_completed_by_its_last_order() {
        let mut batch = batch(3);
        assert_eq!((batch.status, batch.started_at), (BatchStatus::Pending, None));
        for (now, outcome) in [(2, ItemOutcome::Succeeded), (3, ItemOutcome::AlreadyApplied)] {
            batch = batch.settled(outcome, at(now));
            assert_eq!(
                (batch.status, batch.started_at, batch.finished_at),
                (BatchStatus::Running, Some(at(2)), None)
            );
        }
        batch = batch.settled(ItemOutcome::Refused, at(4));
        assert_eq!((batch.status, batch.finished_at, batch.done()), (BatchStatus::Completed, Some(at(4)), 3));
        assert_eq!((batch.succeeded, batch.already_applied, batch.refused), (1, 1, 1));
        assert_eq!(batch.clone().cancelled(at(5)), Err(Refusal::BatchCompleted));
        assert_eq!(batch.as_accepted(), self::batch(3));
    }

    #[test]
    fn a_batch_is_cancelled_once() {
        let cancelled = batch(3).settled(ItemOutcome::Succeeded, at(2)).cancelled(at(3)).unwrap().unwrap();
        assert_eq!((cancelled.status, cancelled.finished_at), (BatchStatus::Cancelled, Some(at(3))));
        assert_eq!(cancelled.cancelled(at(4)), Ok(None));
    }

    #[test]
    fn a_batch_without_orders_is_completed() {
        assert_eq!((batch(0).status, batch(0).finished_at), (BatchStatus::Completed, Some(at(1))));
    }

    #[test]
    fn batches_of_others_are_for_those_who_lead() {
        let sees = |id, role, stores: StoreScope| {
            let member =
                MemberAuthority { id: MemberId::from_i64(id), roles: BTreeSet::from([role]), stores };
            batch(1).is_visible_to(&member)
        };
        for role in Role::iter() {
            let leads = matches!(role, Role::Owner | Role::Manager);
            assert!(sees(7, role, StoreScope::All), "{role}, their own");
            assert_eq!(sees(8, role, StoreScope::All), leads, "{role}");
            assert!(!sees(7, role, StoreScope::none()), "{role}, their own of before");
            assert!(!sees(8, role, StoreScope::none()), "{role}, out of reach");
        }
        let nowhere = Batch { stores: StoreScope::none(), ..batch(1) };
        let owner = |id| MemberAuthority {
            id: MemberId::from_i64(id),
            roles: BTreeSet::from([Role::Owner]),
            stores: StoreScope::All,
        };
        assert!(nowhere.is_visible_to(&owner(7)) && !nowhere.is_visible_to(&owner(8)));
    }
}
