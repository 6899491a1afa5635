//! What orders, stores, products, members, customers and the installation have in common for the API.

use std::sync::Arc;

use ordervault_domain::access::{Actor, OrderGrant};
use ordervault_domain::aggregate::{Aggregate, Change, Kind};
use ordervault_domain::customer::{Customer, CustomerEvent};
use ordervault_domain::id::BatchId;
use ordervault_domain::installation::{Installation, InstallationEvent};
use ordervault_domain::order::{Order, OrderEvent};
use ordervault_persistence::writer::Effect;

/// A kind of resource that requests change and look at.
pub(crate) trait Resource: Aggregate {
    /// It, if that is what an operation led to.
    fn of(effect: Effect) -> Option<Arc<Self>>;

    /// Is it within this actor's reach?
    fn is_visible(&self, actor: &Actor) -> bool;

    /// What somebody without an account has who knows it as it is.
    fn grant(&self) -> Option<OrderGrant> {
        None
    }

    /// A change in its history with the names and values of the API. `None`: the API does not compare this field.
    fn shown(change: Change) -> Option<Change> {
        Some(change)
    }

    /// What an event says that the changes of fields do not show.
    fn told(event: &Self::Event) -> Told;
}

/// Whoever changes something without an account knows it as they left it, whatever it was that they had proved.
pub(crate) fn knowing<A: Resource>(actor: &Actor, left: &A) -> Actor {
    match actor {
        Actor::Guest(_) => Actor::Guest(left.grant()),
        actor => actor.clone(),
    }
}

/// What the history tells of an event besides the changed fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// The code of the reason that was given.
    pub reason: Option<&'static str>,
    /// The batch that it belongs to.
    pub batch: Option<BatchId>,
    /// By how many units the stock changed.
    pub delta: Option<i64>,
}

impl Resource for Order {
    fn of(done: Effect) -> Option<Arc<Self>> {
        match done {
            Effect::Order(order) => Some(order),
            _ => None,
        }
    }

    fn is_visible(&self, actor: &Actor) -> bool {
        actor.scope().covers(self)
    }

    fn grant(&self) -> Option<OrderGrant> {
        Some(self.grant())
    }

    fn told(event: &OrderEvent) -> Told {
        Told { reason: event.reason(), batch: event.batch(), delta: None }
    }
}

impl Resource for Customer {
    fn of(done: Effect) -> Option<Arc<Self>> {
        match done {
            Effect::Customer(customer) => Some(customer),
            _ => None,
        }
    }

    fn is_visible(&self, actor: &Actor) -> bool {
        *actor == Actor::Customer(self.id) || actor.reads(Kind::Customer)
    }

    fn told(event: &CustomerEvent) -> Told {
        Told { reason: event.reason(), ..Told::default() }
    }
}

impl Resource for Installation {
    fn of(done: Effect) -> Option<Arc<Self>> {
        match done {
            Effect::Installation(installation) => Some(installation),
            _ => None,
        }
    }

    fn is_visible(&self, actor: &Actor) -> bool {
        actor.reads(Kind::Installation)
    }

    fn told(event: &InstallationEvent) -> Told {
        match event {
            InstallationEvent::Installed {}
            | InstallationEvent::Restored { .. }
            | InstallationEvent::Repaired {}
            | InstallationEvent::ExpiriesApproved { .. }
            | InstallationEvent::ClockCorrected { .. } => Told::default(),
        }
    }
}
