//! Which new orders a member has seen: their own bookkeeping, in no history.

use std::collections::BTreeMap;

use ordervault_domain::access::{Actor, Permission};
use ordervault_domain::id::OrderId;
use ordervault_domain::member::Member;
use ordervault_domain::refusal::Refusal;

use super::decide::{ActorContext, Decider, OperationError};
use super::operation::Effect;
use super::working_set::WorkingSet;
use crate::bulk::Bulk as _;
use crate::error::Error;
use crate::tables::arrivals;
use crate::tx::{Conn, Tx};

/// How far members have seen everything, and how far there is something to be seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Up to which position, by member.
    marks: BTreeMap<i64, i64>,
    /// The position of the order that came last into the member's stores.
    last_positions: BTreeMap<i64, i64>,
}

impl Seen {
    /// What marks of these members are compared with.
    pub(super) async fn load(conn: &mut Conn, members: &[&Member]) -> Result<Self, Error> {
        if members.is_empty() {
            return Ok(Self::default());
        }
        let ids: Vec<i64> = members.iter().map(|member| member.id.get()).collect();
        let mut last_positions = BTreeMap::new();
        for member in members {
            let position = arrivals::last_position(conn, &member.stores).await?;
            last_positions.insert(member.id.get(), position);
        }
        Ok(Self { marks: arrivals::marks(conn, &ids).await?, last_positions })
    }
}

impl Decider<'_> {
    /// Orders that do not exist are left out when it is written.
    pub(super) fn see(
        &mut self,
        actor_context: &ActorContext<'_>,
        orders: &[OrderId],
        up_to: Option<i64>,
    ) -> Result<Effect, OperationError> {
        let Actor::Member(member) = &actor_context.actor else { return Err(Refusal::Forbidden(None).into()) };
        if !actor_context.actor.may(Permission::OrdersRead) {
            return Err(Refusal::Forbidden(Some(Permission::OrdersRead)).into());
        }
        let id = member.id.get();
        self.set.pending.seen.extend(orders.iter().map(|order| (id, order.get())));
        if let Some(position) = up_to {
            if self.set.seen.last_positions.get(&id).is_none_or(|last| position > *last) {
                return Err(Refusal::Invalid {
                    pointer: "/up_to".into(),
                    code: "out-of-range",
                    detail: "no order of your stores has come so far",
                }
                .into());
            }
            if self.set.seen.marks.get(&id).is_some_and(|mark| *mark < position) {
                self.set.pending.marks.push((id, position));
            }
        }
        Ok(Effect::Seen)
    }

    /// A member who has placed an order has seen it; for their colleagues it is new.
    pub(super) fn has_seen(&mut self, actor: &Actor, order: OrderId) {
        if let Actor::Member(member) = actor {
            self.set.pending.seen.push((member.id.get(), order.get()));
        }
    }
}

impl WorkingSet {
    pub(super) async fn flush_seen(&mut self, tx: &mut Tx) -> Result<(), Error> {
        let mut seen = arrivals::SEE.rows();
        self.pending.seen.sort_unstable();
        self.pending.seen.dedup();
        self.pending.seen.iter().for_each(|row| seen.push(*row));
        tx.run_bulk(&arrivals::SEE, &seen).await?;
        // Of several marks of one member the furthest counts.
        self.pending.marks.sort_unstable_by(|a, b| b.cmp(a));
        self.pending.marks.dedup_by_key(|mark| mark.0);
        self.pending.marks.reverse();
        let mut marks = arrivals::MOVE_MARK.rows();
        self.pending.marks.iter().for_each(|mark| marks.push(*mark));
        tx.run_bulk(&arrivals::MOVE_MARK, &marks).await?;
        tx.run_bulk(&arrivals::DROP_BELOW_MARK, &marks).await?;
        Ok(())
    }
}
