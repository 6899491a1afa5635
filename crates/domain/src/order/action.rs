//! What a person may do with an order now: found by asking [`decide()`], so it cannot lie.

use serde::Serialize;
use strum::{Display, EnumIter, IntoEnumIterator, IntoStaticStr};

use super::{
    Amendment, CancelReason, DecisionContext, InvalidReason, Order, OrderCommand, OrderCommandKind,
    References, decide,
};
use crate::access::Actor;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// Something that a person may ask for; named like the endpoint that does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, EnumIter, IntoStaticStr, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Action {
    /// [`OrderCommand::Confirm`]
    Confirm,
    /// [`OrderCommand::Reject`]
    Reject,
    /// [`OrderCommand::Amend`]
    Amend,
    /// [`OrderCommand::Start`]
    Start,
    /// [`OrderCommand::Complete`]
    Complete,
    /// [`OrderCommand::Cancel`]
    Cancel,
    /// [`OrderCommand::Invalidate`]
    Invalidate,
    /// [`OrderCommand::Restore`]
    Restore,
    /// [`OrderCommand::Delete`]
    Delete,
    /// [`OrderCommand::Undelete`]
    Undelete,
    /// [`OrderCommand::Hide`]
    Hide,
    /// [`OrderCommand::Show`]
    Show,
}

/// Whether one action is open to the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActionAvailability {
    /// Which.
    pub action: Action,
    /// Would it be carried out now?
    pub allowed: bool,
    /// Until when, if that is known.
    pub until: Option<Timestamp>,
    /// Why not: the name of the rule that says no ([`Rule`](crate::refusal::Rule)), or `already-applied`.
    pub blocked_by: Option<&'static str>,
}

impl Action {
    /// Does the customer's time for changes end it?
    const fn is_a_change(self) -> bool {
        match self {
            Self::Amend | Self::Cancel => true,
            Self::Confirm
            | Self::Reject
            | Self::Start
            | Self::Complete
            | Self::Invalidate
            | Self::Restore
            | Self::Delete
            | Self::Undelete
            | Self::Hide
            | Self::Show => false,
        }
    }

    /// A command of this kind with nothing in it that could be refused for its content.
    #[must_use]
    pub fn probe(self) -> OrderCommand {
        match self {
            Self::Confirm => OrderCommand::Confirm,
            Self::Reject => OrderCommand::Reject { reason: InvalidReason::Other, comment: None },
            Self::Amend => OrderCommand::Amend(Amendment::default()),
            Self::Start => OrderCommand::Start,
            Self::Complete => OrderCommand::Complete,
            Self::Cancel => OrderCommand::Cancel { reason: CancelReason::Other, comment: None },
            Self::Invalidate => OrderCommand::Invalidate { reason: InvalidReason::Other, comment: None },
            Self::Restore => OrderCommand::Restore,
            Self::Delete => OrderCommand::Delete { batch: None },
            Self::Undelete => OrderCommand::Undelete { batch: None },
            Self::Hide => OrderCommand::Hide,
            Self::Show => OrderCommand::Show,
        }
    }
}

impl OrderCommandKind {
    /// The action by which a person asks for this of an order that is there; none: it makes an order, or is the program's own.
    #[must_use]
    pub const fn action(self) -> Option<Action> {
        match self {
            Self::Confirm => Some(Action::Confirm),
            Self::Reject => Some(Action::Reject),
            Self::Amend => Some(Action::Amend),
            Self::Start => Some(Action::Start),
            Self::Complete => Some(Action::Complete),
            Self::Cancel => Some(Action::Cancel),
            Self::Invalidate => Some(Action::Invalidate),
            Self::Restore => Some(Action::Restore),
            Self::Delete => Some(Action::Delete),
            Self::Undelete => Some(Action::Undelete),
            Self::Hide => Some(Action::Hide),
            Self::Show => Some(Action::Show),
            Self::Place | Self::Import | Self::NoteBreach | Self::Expire => None,
        }
    }
}

/// What the decisions behind [`actions`] look at besides the order.
#[must_use]
pub fn references_of_actions(order: &Order) -> References {
    let mut all = References::default();
    for action in Action::iter() {
        let References { store, products } = References::of(&action.probe(), Some(order));
        all.store = all.store.or(store);
        all.products.extend(products);
    }
    all
}

/// The actions of this actor's kind, each with whether and until when it is open. Those that the actor may never do are
/// left out.
#[must_use]
pub fn actions(
    order: &Order,
    context: &DecisionContext<'_>,
    actor: &Actor,
    now: Timestamp,
) -> Vec<ActionAvailability> {
    Action::iter()
        .filter_map(|action| {
            let blocked_by = match decide(Some(order), context, actor, &action.probe(), now) {
                Err(Refusal::Forbidden(_) | Refusal::NotFound) => return None,
                Err(refusal) => Some(refusal.into()),
                Ok(events) if events.is_empty() && action != Action::Amend => Some("already-applied"),
                Ok(_) => None,
            };
            let allowed = blocked_by.is_none();
            let until = order.change_until.filter(|_| allowed && actor.buys() && action.is_a_change());
            Some(ActionAvailability { action, allowed, until, blocked_by })
        })
        .collect()
}
