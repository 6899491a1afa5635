//! The life of one order, lived by commands at times, in a store with any policy.

use ordervault_domain::access::Actor;
use ordervault_domain::aggregate::{Aggregate, Envelope, Stamp};
use ordervault_domain::order::timeline::{Beginning, Step, timeline};
use ordervault_domain::order::{
    DecisionContext, DuplicateKey, Order, OrderCommand, OrderEvent, decide, stock_deltas,
};
use ordervault_domain::product::Product;
use ordervault_domain::refusal::Refusal;
use ordervault_domain::store::{Policy, Store};
use ordervault_domain::time::Timestamp;

use super::{NOW, ORDER, product, store};

/// An event of the order's history, and the number of the command that led to it.
#[derive(Clone)]
pub struct HistoryEvent {
    pub envelope: Envelope<OrderEvent>,
    pub stamp: Stamp,
    pub by: usize,
}

/// One order, the stock it draws on, and orders that were placed before it.
pub struct Life {
    pub store: Store,
    pub products: Vec<Product>,
    pub earlier: Vec<Order>,
    pub order: Option<Order>,
    pub history: Vec<HistoryEvent>,
    pub now: Timestamp,
}

impl Life {
    pub fn new(policy: Policy, change_window_minutes: Option<u32>, units: i64) -> Self {
        Self {
            store: Store { policy, change_window_minutes, ..store() },
            products: (10..14).map(|id| product(id, units)).collect(),
            earlier: vec![],
            order: None,
            history: vec![],
            now: NOW,
        }
    }

    /// What the writer would know for this command: of the earlier orders those that are like the one to be placed.
    pub fn context(&self, actor: &Actor, command: &OrderCommand) -> DecisionContext<'_> {
        let mut context = super::context(&self.store, &self.products);
        if let (OrderCommand::Place(place), Some(minutes)) =
            (command, self.store.policy.duplicate_window_minutes)
        {
            let customer_id = match actor {
                Actor::Customer(id) => Some(*id),
                _ => place.customer_id,
            };
            let wanted = DuplicateKey::of_place(place, customer_id, self.store.country);
            let is_like = |order: &&Order| {
                order.placed_at.plus_minutes(minutes) > self.now && DuplicateKey::of_order(order) == wanted
            };
            context.possible_duplicates = self.earlier.iter().filter(is_like).collect();
        }
        context
    }

    pub fn decide(
        &self,
        actor: &Actor,
        command: &OrderCommand,
    ) -> Result<Vec<Envelope<OrderEvent>>, Refusal> {
        decide(self.order.as_ref(), &self.context(actor, command), actor, command, self.now)
    }

    /// Carries the command out, if it is allowed, and moves the stock.
    pub fn live(
        &mut self,
        by: usize,
        actor: &Actor,
        command: &OrderCommand,
    ) -> Result<Vec<Envelope<OrderEvent>>, Refusal> {
        let events = self.decide(actor, command)?;
        let before = self.order.clone();
        for event in &events {
            let seq = self.order.as_ref().map_or(0, |order| order.version) + 1;
            let occurred_at = event.occurred_at.unwrap_or(self.now);
            let stamp = Stamp { seq, recorded_at: self.now, occurred_at };
            self.order =
                Some(Order::apply(self.order.take(), ORDER.get(), event, stamp).expect("an event that fits"));
            self.history.push(HistoryEvent { envelope: event.clone(), stamp, by });
        }
        for moved in self.order.iter().flat_map(|after| stock_deltas(before.as_ref(), after)) {
            let product = self.products.iter_mut().find(|product| product.id == moved.product_id);
            let product = product.expect("a known product");
            product.on_hand += moved.on_hand;
            product.reserved += moved.reserved;
        }
        Ok(events)
    }

    pub fn steps(&self) -> Vec<Step<usize>> {
        let mut order = None;
        let mut beginnings: Vec<Beginning<usize>> = vec![];
        for HistoryEvent { envelope, stamp, by } in &self.history {
            let after = Order::apply(order, ORDER.get(), envelope, *stamp).expect("an event that fits");
            match (envelope.event.enters(), beginnings.last_mut()) {
                (None, Some(last)) => last.due_at = after.deadlines.step,
                _ => beginnings.push(Beginning {
                    status: after.status(),
                    at: stamp.occurred_at,
                    by: *by,
                    due_at: after.deadlines.step,
                }),
            }
            order = Some(after);
        }
        timeline(None, beginnings)
    }
}
