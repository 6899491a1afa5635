//! What a person may do with an order now: found by asking [`decide()`], so it cannot lie.

use serde::Serialize;
use strum::{Display, EnumIter, IntoEnumIterator, IntoStaticStr};

use super::{Amendment, CancelReason, DecisionContext, InvalidReason, Order, OrderCommand, decide};
use crate::access::Actor;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// An act that a person may ask for; named like the endpoint that does it.
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

/// Whether one act is open to the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActionAvailability {
    /// Which act.
    pub action: Action,
    /// Would it be carried out now?
    pub allowed: bool,
    /// Until when, if that is known.
    pub until: Option<Timestamp>,
    /// Why not: the name of the rule that says no ([`Rule`](crate::refusal::Rule)), or `already-applied`.
    pub blocked_by: Option<&'static str>,
}

impl Action {
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

/// The acts of this actor's kind, each with whether and until when it is open. Acts that the actor may never do are
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
            let until = match (actor, action) {
                (Actor::Customer(_) | Actor::Guest(_), Action::Amend | Action::Cancel) => order.change_until,
                _ => None,
            };
            let allowed = blocked_by.is_none();
            Some(ActionAvailability { action, allowed, until: until.filter(|_| allowed), blocked_by })
        })
        .collect()
}
