//! Which orders an actor reaches. This value has two interpreters, `Scope::covers` beside the order and the SQL condition
//! in the persistence crate; a law on both engines says that they agree.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator;

use super::{OrderGrant, Role};
use crate::id::{CustomerId, StoreId};
use crate::status::Status;

/// The orders in reach of an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A customer's own orders, without those in the trash.
    Customer(CustomerId),
    /// The one order that somebody without an account has proved to know, unless it is in the trash or can be reached by
    /// something else since; none yet: none.
    Guest(Option<OrderGrant>),
    /// What the public boards of these stores show to everybody.
    Board(BTreeSet<StoreId>),
    /// The orders of some stores in some statuses.
    Staff {
        /// The stores.
        stores: StoreScope,
        /// The statuses that the roles look at.
        statuses: StatusSet,
        /// Are contact, address and note shown and searched?
        contact: bool,
        /// Is shown by what and when was paid?
        payments: bool,
        /// Are orders in the trash in reach?
        trash: bool,
    },
    /// Every order.
    Everything,
}

impl Scope {
    /// May contact, address and note be shown?
    #[must_use]
    pub fn shows_contact(&self) -> bool {
        match self {
            Self::Customer(_) | Self::Guest(_) | Self::Everything => true,
            Self::Board(_) => false,
            Self::Staff { contact, .. } => *contact,
        }
    }

    /// May payments be shown? What is owed, whoever sees the order may know.
    #[must_use]
    pub fn shows_payments(&self) -> bool {
        match self {
            Self::Customer(_) | Self::Guest(_) | Self::Everything => true,
            Self::Board(_) => false,
            Self::Staff { payments, .. } => *payments,
        }
    }
}

/// All stores or some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreScope {
    /// Every store, also those made later.
    All,
    /// These only.
    Only(BTreeSet<StoreId>),
}

impl StoreScope {
    /// No store at all.
    #[must_use]
    pub fn none() -> Self {
        Self::Only(BTreeSet::new())
    }

    /// Is this store in reach?
    #[must_use]
    pub fn covers(&self, store: StoreId) -> bool {
        match self {
            Self::All => true,
            Self::Only(stores) => stores.contains(&store),
        }
    }

    /// Is everything that `other` reaches in reach here too?
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Only(_), Self::All) => false,
            (Self::Only(mine), Self::Only(theirs)) => theirs.is_subset(mine),
        }
    }
}

/// A set of order statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusSet(u16);

impl StatusSet {
    /// What these roles look at: the warehouse only what is to be executed or was; everybody else all.
    #[must_use]
    pub fn of_roles(roles: &BTreeSet<Role>) -> Self {
        roles.iter().fold(Self(0), |set, role| {
            let statuses: Self = match role {
                Role::Warehouse => {
                    [Status::Confirmed, Status::Processing, Status::Completed].into_iter().collect()
                }
                Role::Owner
                | Role::Manager
                | Role::Reviewer
                | Role::Clerk
                | Role::Finance
                | Role::Auditor => Status::iter().collect(),
            };
            Self(set.0 | statuses.0)
        })
    }

    /// Is this status in the set?
    #[must_use]
    pub fn contains(self, status: Status) -> bool {
        self.0 & Self::bit(status) != 0
    }

    /// The statuses in the set, in the order of the life cycle.
    pub fn iter(self) -> impl Iterator<Item = Status> {
        Status::iter().filter(move |status| self.contains(*status))
    }

    /// Is every status in the set?
    #[must_use]
    pub fn is_all(self) -> bool {
        self.iter().count() == Status::iter().count()
    }

    fn bit(status: Status) -> u16 {
        1 << (status as u16)
    }
}

impl FromIterator<Status> for StatusSet {
    fn from_iter<I: IntoIterator<Item = Status>>(statuses: I) -> Self {
        Self(statuses.into_iter().fold(0, |set, status| set | Self::bit(status)))
    }
}
