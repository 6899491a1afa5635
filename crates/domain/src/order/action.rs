//! What a person may do with an order now: found by asking [`decide()`], so it cannot lie.

use serde::Serialize;
use strum::{Display, EnumIter, IntoEnumIterator, IntoStaticStr};

use super::{Amendment, CancelReason, Command, Facts, InvalidReason, Order, decide};
use crate::access::Actor;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// An act that a person may ask for; named like the endpoint that does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, EnumIter, IntoStaticStr, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Action {
    /// [`Command::Confirm`]
    Confirm,
    /// [`Command::Reject`]
    Reject,
    /// [`Command::Amend`]
    Amend,
    /// [`Command::Start`]
    Start,
    /// [`Command::Complete`]
    Complete,
    /// [`Command::Cancel`]
    Cancel,
    /// [`Command::Invalidate`]
    Invalidate,
    /// [`Command::Restore`]
    Restore,
    /// [`Command::Delete`]
    Delete,
    /// [`Command::Undelete`]
    Undelete,
    /// [`Command::Hide`]
    Hide,
    /// [`Command::Show`]
    Show,
}

/// Whether one act is open to the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
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
    pub fn probe(self) -> Command {
        match self {
            Self::Confirm => Command::Confirm,
            Self::Reject => Command::Reject { reason: InvalidReason::Other, comment: None },
            Self::Amend => Command::Amend(Amendment::default()),
            Self::Start => Command::Start,
            Self::Complete => Command::Complete,
            Self::Cancel => Command::Cancel { reason: CancelReason::Other, comment: None },
            Self::Invalidate => Command::Invalidate { reason: InvalidReason::Other, comment: None },
            Self::Restore => Command::Restore,
            Self::Delete => Command::Delete { batch: None },
            Self::Undelete => Command::Undelete { batch: None },
            Self::Hide => Command::Hide,
            Self::Show => Command::Show,
        }
    }
}

/// The acts of this actor's kind, each with whether and until when it is open. Acts that the actor may never do are
/// left out.
#[must_use]
pub fn actions(order: &Order, facts: &Facts<'_>, actor: &Actor, now: Timestamp) -> Vec<Offer> {
    Action::iter()
        .filter_map(|action| {
            let blocked_by = match decide(Some(order), facts, actor, &action.probe(), now) {
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
            Some(Offer { action, allowed, until: until.filter(|_| allowed), blocked_by })
        })
        .collect()
}
