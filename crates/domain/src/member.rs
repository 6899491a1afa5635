//! Members: the staff, with roles and the stores they look after.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumDiscriminants, EnumIter, IntoStaticStr, VariantNames};

use crate::access::{Actor, MemberAuthority, Permission, Role, StoreScope, permissions_of};
use crate::aggregate::{Aggregate, Envelope, Inconsistent, Kind, Personal, Stamp, compared};
use crate::contact::{Contact, Email};
use crate::id::{MemberId, StoreId};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// A member as they are now. The password stands elsewhere and in no history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The id.
    pub id: MemberId,
    /// Number of the last history row.
    pub version: i64,
    /// Name and e-mail address, which is the login.
    pub contact: Contact,
    /// What they are in the shop.
    pub roles: BTreeSet<Role>,
    /// The stores they look after.
    pub stores: StoreScope,
    /// May they sign in?
    pub active: bool,
    /// Was the password set by somebody else?
    pub must_change_password: bool,
    /// When they came.
    pub created_at: Timestamp,
    /// When they were last written.
    pub updated_at: Timestamp,
}

impl Member {
    /// The rights that this member's row grants now.
    #[must_use]
    pub fn authority(&self) -> MemberAuthority {
        MemberAuthority { id: self.id, roles: self.roles.clone(), stores: self.stores.clone() }
    }

    /// May this member sign in, and is an owner?
    #[must_use]
    pub fn is_active_owner(&self) -> bool {
        self.active && self.roles.contains(&Role::Owner)
    }
}

/// What can be asked of a member's account.
#[derive(Clone, Debug, PartialEq, EnumDiscriminants)]
#[strum_discriminants(
    name(MemberCommandKind),
    derive(EnumIter, Hash, IntoStaticStr, Display),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`MemberCommand`], named like it."
)]
pub enum MemberCommand {
    /// Let somebody in.
    Create(NewMember),
    /// Change what is given.
    Edit(MemberEdit),
    /// Let them sign in again.
    Activate,
    /// Let them not sign in any more.
    Deactivate,
    /// The member's own new password.
    ChangePassword,
    /// A password set by somebody else, to be changed at the first login.
    ResetPassword,
}

impl MemberCommand {
    /// The address to sign in with that the account shall have, of which nobody else may have one that looks like it.
    #[must_use]
    pub fn new_email(&self) -> Option<&Email> {
        match self {
            Self::Create(new) => new.contact.email.as_ref(),
            Self::Edit(edit) => edit.contact.as_ref()?.email.as_ref(),
            Self::Activate | Self::Deactivate | Self::ChangePassword | Self::ResetPassword => None,
        }
    }
}

/// A new member.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMember {
    /// Name and e-mail address.
    pub contact: Contact,
    /// What they are in the shop.
    pub roles: BTreeSet<Role>,
    /// The stores they look after.
    pub stores: StoreScope,
    /// Must the password be changed at the first login?
    pub must_change_password: bool,
}

/// A change of a member; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberEdit {
    /// New name and e-mail address.
    pub contact: Option<Contact>,
    /// New roles.
    pub roles: Option<BTreeSet<Role>>,
    /// New stores.
    pub stores: Option<StoreScope>,
}

/// What the writer knows besides the member.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecisionContext {
    /// Does another member sign in with the wanted address?
    pub email_taken: bool,
    /// Active owners, this member included.
    pub active_owners: i64,
}

/// What can have happened to a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, EnumDiscriminants, VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
#[strum_discriminants(
    name(MemberEventKind),
    derive(EnumIter, Hash, IntoStaticStr, Display),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`MemberEvent`], named like it."
)]
pub enum MemberEvent {
    /// They were let in.
    Created {
        /// What they are in the shop.
        roles: BTreeSet<Role>,
        /// The stores they look after.
        stores: StoreScope,
        /// Must the password be changed at the first login?
        must_change_password: bool,
    },
    /// Rights, name or address were changed; the rights are given whole.
    Edited {
        /// What they are in the shop.
        roles: BTreeSet<Role>,
        /// The stores they look after.
        stores: StoreScope,
    },
    /// They may sign in.
    Activated {},
    /// They may not sign in any more.
    Deactivated {},
    /// They chose a new password.
    PasswordChanged {},
    /// Somebody else set the password.
    PasswordReset {},
}

/// Decides one command on one member.
///
/// # Errors
/// The first rule that says no. Nobody grants, changes or takes away rights beyond their own.
pub fn decide(
    member: Option<&Member>,
    context: DecisionContext,
    actor: &Actor,
    command: &MemberCommand,
) -> Result<Vec<Envelope<MemberEvent>>, Refusal> {
    authorize(member, actor, command.into())?;
    let event = match (member, command) {
        (None, MemberCommand::Create(new)) => create(context, actor, new)?,
        (None, _) => return Err(Refusal::NotFound),
        (Some(_), MemberCommand::Create(_)) => return Err(Refusal::Duplicate { field: "id" }),
        (Some(member), MemberCommand::Edit(edit)) => return edited(member, context, actor, edit),
        (Some(member), MemberCommand::Activate) if member.active => return Ok(vec![]),
        (Some(member), MemberCommand::Deactivate) if !member.active => return Ok(vec![]),
        (Some(_), MemberCommand::Activate) => Envelope::of(MemberEvent::Activated {}),
        (Some(member), MemberCommand::Deactivate) => {
            if actor.id() == Some(member.id.get()) {
                return Err(Refusal::OwnAccount);
            }
            an_owner_stays(member, false, context)?;
            Envelope::of(MemberEvent::Deactivated {})
        }
        (Some(_), MemberCommand::ChangePassword) => Envelope::of(MemberEvent::PasswordChanged {}),
        // With the current password only: whoever finds somebody's open session must not keep the account.
        (Some(member), MemberCommand::ResetPassword) if actor.id() == Some(member.id.get()) => {
            return Err(Refusal::OwnAccount);
        }
        (Some(_), MemberCommand::ResetPassword) => Envelope::of(MemberEvent::PasswordReset {}),
    };
    Ok(vec![event])
}

impl MemberCommandKind {
    /// The permissions of which each opens this kind of command to staff; none: it is for one's own account alone.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Create | Self::Edit | Self::Activate | Self::Deactivate | Self::ResetPassword => {
                &[Permission::MembersWrite]
            }
            Self::ChangePassword => &[],
        }
    }
}

fn authorize(member: Option<&Member>, actor: &Actor, kind: MemberCommandKind) -> Result<(), Refusal> {
    match member {
        Some(member) if kind == MemberCommandKind::ChangePassword => {
            if actor.id() == Some(member.id.get()) {
                Ok(())
            } else {
                Err(Refusal::NotFound)
            }
        }
        _ if !actor.may_any(kind.permissions()) => Err(Refusal::lacking(kind.permissions())),
        Some(member) if !actor.stores().includes(&member.stores) => Err(Refusal::NotFound),
        Some(member) => within_own_rights(actor, &member.roles, &member.stores),
        None => Ok(()),
    }
}

/// Nobody grants what they lack.
fn within_own_rights(actor: &Actor, roles: &BTreeSet<Role>, stores: &StoreScope) -> Result<(), Refusal> {
    let may_all = permissions_of(roles).iter().all(|permission| actor.may(*permission));
    if may_all && actor.stores().includes(stores) {
        return Ok(());
    }
    Err(Refusal::BeyondOwnRights)
}

fn create(
    context: DecisionContext,
    actor: &Actor,
    new: &NewMember,
) -> Result<Envelope<MemberEvent>, Refusal> {
    has_a_role(&new.roles)?;
    within_own_rights(actor, &new.roles, &new.stores)?;
    if context.email_taken {
        return Err(Refusal::Duplicate { field: "email" });
    }
    let event = MemberEvent::Created {
        roles: new.roles.clone(),
        stores: new.stores.clone(),
        must_change_password: new.must_change_password,
    };
    Ok(Envelope::of(event).with(Personal { contact: Some(new.contact.clone()), ..Personal::default() }))
}

fn edited(
    member: &Member,
    context: DecisionContext,
    actor: &Actor,
    edit: &MemberEdit,
) -> Result<Vec<Envelope<MemberEvent>>, Refusal> {
    let roles = edit.roles.clone().unwrap_or_else(|| member.roles.clone());
    let stores = edit.stores.clone().unwrap_or_else(|| member.stores.clone());
    has_a_role(&roles)?;
    within_own_rights(actor, &roles, &stores)?;
    an_owner_stays(member, roles.contains(&Role::Owner), context)?;
    let contact = edit.contact.clone().filter(|contact| *contact != member.contact);
    if contact.as_ref().is_some_and(|contact| contact.email != member.contact.email) && context.email_taken {
        return Err(Refusal::Duplicate { field: "email" });
    }
    if contact.is_none() && roles == member.roles && stores == member.stores {
        return Ok(vec![]);
    }
    let personal = Personal { contact, ..Personal::default() };
    Ok(vec![Envelope::of(MemberEvent::Edited { roles, stores }).with(personal)])
}

fn has_a_role(roles: &BTreeSet<Role>) -> Result<(), Refusal> {
    if !roles.is_empty() {
        return Ok(());
    }
    Err(Refusal::NoRole)
}

/// The shop is never left without an active owner.
fn an_owner_stays(member: &Member, stays_owner: bool, context: DecisionContext) -> Result<(), Refusal> {
    if member.is_active_owner() && !stays_owner && context.active_owners <= 1 {
        return Err(Refusal::LastOwner);
    }
    Ok(())
}

impl Aggregate for Member {
    const KIND: Kind = Kind::Member;
    type Event = MemberEvent;

    fn apply(
        state: Option<Self>,
        id: i64,
        envelope: &Envelope<MemberEvent>,
        stamp: Stamp,
    ) -> Result<Self, Inconsistent> {
        let misfit = |why| Inconsistent { seq: stamp.seq, why };
        let mut member = match (state, envelope.event.clone()) {
            (None, MemberEvent::Created { roles, stores, must_change_password }) => Self {
                id: MemberId::from_i64(id),
                version: 0,
                contact: Contact::default(),
                roles,
                stores,
                active: true,
                must_change_password,
                created_at: stamp.occurred_at,
                updated_at: stamp.recorded_at,
            },
            (None, _) => return Err(misfit("the member does not exist yet")),
            (Some(_), MemberEvent::Created { .. }) => return Err(misfit("the member exists already")),
            (Some(member), MemberEvent::Edited { roles, stores }) => Self { roles, stores, ..member },
            (Some(member), MemberEvent::Activated {}) => Self { active: true, ..member },
            (Some(member), MemberEvent::Deactivated {}) => Self { active: false, ..member },
            (Some(member), MemberEvent::PasswordChanged {}) => Self { must_change_password: false, ..member },
            (Some(member), MemberEvent::PasswordReset {}) => Self { must_change_password: true, ..member },
        };
        if stamp.seq != member.version + 1 {
            return Err(misfit("the number of the event leaves a gap"));
        }
        member.version = stamp.seq;
        member.updated_at = stamp.recorded_at;
        if let Some(contact) = &envelope.personal.contact {
            member.contact = contact.clone();
        }
        Ok(member)
    }

    fn raw_id(&self) -> i64 {
        self.id.get()
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn store_id(&self) -> Option<StoreId> {
        None
    }

    compared! {
        parts { name of contact, email of contact }
        fields { roles, stores, active, must_change_password }
        left_out { id, version, contact, created_at, updated_at }
    }
}
