//! Who may do what: actors, roles, permissions and the scope of orders that an actor reaches.
//!
//! A permission says *what kind of command*; a [`Scope`] says *on which orders*. Both are asked by the
//! decisions on orders and by every read, so a list can never show what a single read would hide.

mod grant;
mod role;
mod scope;

pub use grant::OrderGrant;
pub use role::{Permission, Role, permissions_of};
pub use scope::{Scope, StatusSet, StoreScope};

use std::collections::BTreeSet;

use crate::aggregate::Kind;
use crate::id::{CustomerId, MemberId};

/// Whoever asks for a change or a read, with the authority that the writer found in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody in particular (yet): whoever opens an account or signs in. Has no rights at all.
    Anonymous,
    /// A shop's customer, signed in.
    Customer(CustomerId),
    /// Somebody without an account, who orders or has proved to know an order.
    Guest(Option<OrderGrant>),
    /// A staff member with the roles and stores that their row holds now.
    Member(MemberAuthority),
    /// The person at the server's command line, who could open the database file anyway.
    Operator,
    /// A bulk import of orders that were placed elsewhere.
    Importer,
    /// The program itself: timers and rules.
    System,
}

/// What a staff member's row grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberAuthority {
    /// Who.
    pub id: MemberId,
    /// Sets of permissions; several add up.
    pub roles: BTreeSet<Role>,
    /// The stores whose orders, products and members are in reach.
    pub stores: StoreScope,
}

impl Actor {
    /// May this actor do what takes this permission? Customers and the program are ruled by `decide`, not by permissions.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        match self {
            Self::Anonymous | Self::Customer(_) | Self::Guest(_) | Self::Importer => false,
            Self::Operator | Self::System => true,
            Self::Member(member) => permissions_of(&member.roles).contains(&permission),
        }
    }

    /// Is this somebody who buys, with or without an account, rather than one who works for the shop?
    #[must_use]
    pub fn buys(&self) -> bool {
        match self {
            Self::Customer(_) | Self::Guest(_) => true,
            Self::Anonymous | Self::Member(_) | Self::Operator | Self::Importer | Self::System => false,
        }
    }

    /// Does one of these permissions let this actor through?
    #[must_use]
    pub fn may_any(&self, permissions: &[Permission]) -> bool {
        permissions.iter().any(|permission| self.may(*permission))
    }

    /// May this actor read things of this kind at all, and so their history? Customers belong to no store: their accounts
    /// are for those who look after all stores and may see contacts. Nor does the installation.
    #[must_use]
    pub fn reads(&self, kind: Kind) -> bool {
        match kind {
            Kind::Order => self.may(Permission::OrdersRead),
            Kind::Store => self.may(Permission::StoresRead),
            Kind::Product => self.may(Permission::ProductsRead),
            Kind::Member => self.may(Permission::MembersRead),
            Kind::Customer => self.may(Permission::ContactRead) && self.stores() == StoreScope::All,
            Kind::Installation => self.may(Permission::HistoryRead) && self.stores() == StoreScope::All,
        }
    }

    /// The orders in reach.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self {
            Self::Anonymous => Scope::Guest(None),
            Self::Customer(id) => Scope::Customer(*id),
            Self::Guest(id) => Scope::Guest(*id),
            Self::Operator | Self::Importer | Self::System => Scope::Everything,
            Self::Member(member) => Scope::Staff {
                stores: member.stores.clone(),
                statuses: StatusSet::of_roles(&member.roles),
                contact: self.may(Permission::ContactRead),
                payments: self.may(Permission::PaymentsRead),
                trash: self.may(Permission::OrdersDelete),
            },
        }
    }

    /// The stores in reach, for catalogue and staff matters.
    #[must_use]
    pub fn stores(&self) -> StoreScope {
        match self {
            Self::Anonymous | Self::Customer(_) | Self::Guest(_) => StoreScope::none(),
            Self::Operator | Self::Importer | Self::System => StoreScope::All,
            Self::Member(member) => member.stores.clone(),
        }
    }

    /// The word that the history keeps for this kind of actor.
    #[must_use]
    pub fn kind(&self) -> ActorKind {
        match self {
            Self::Anonymous => ActorKind::Anonymous,
            Self::Customer(_) => ActorKind::Customer,
            Self::Guest(_) => ActorKind::Guest,
            Self::Member(_) => ActorKind::Member,
            Self::Operator => ActorKind::Operator,
            Self::Importer => ActorKind::Importer,
            Self::System => ActorKind::System,
        }
    }

    /// The id behind customers and members.
    #[must_use]
    pub fn id(&self) -> Option<i64> {
        match self {
            Self::Customer(id) => Some(id.get()),
            Self::Member(member) => Some(member.id.get()),
            Self::Anonymous | Self::Guest(_) | Self::Operator | Self::Importer | Self::System => None,
        }
    }

    /// A staff member's highest role, which is what a customer is shown instead of a name.
    #[must_use]
    pub fn leading_role(&self) -> Option<Role> {
        match self {
            Self::Member(member) => member.roles.first().copied(),
            Self::Anonymous
            | Self::Customer(_)
            | Self::Guest(_)
            | Self::Operator
            | Self::Importer
            | Self::System => None,
        }
    }
}

/// The kinds of actor as the history stores them.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::EnumIter,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ActorKind {
    /// Nobody in particular; whoever becomes somebody by what they do is told as that.
    Anonymous,
    /// A signed-in customer.
    Customer,
    /// Somebody without an account.
    Guest,
    /// A staff member.
    Member,
    /// The command line.
    Operator,
    /// An import.
    Importer,
    /// The program itself.
    System,
}
