//! Customers: people with an account (or known from an import) who order.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumDiscriminants, EnumIter, EnumString, IntoStaticStr, VariantNames};

use crate::access::{Actor, Permission, StoreScope};
use crate::aggregate::{Aggregate, Envelope, Inconsistent, Kind, Personal, Stamp, compared};
use crate::contact::{Contact, Email, Phone};
use crate::id::{CustomerId, StoreId};
use crate::language::Language;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// A customer as they are now. The password stands elsewhere and in no history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The id.
    pub id: CustomerId,
    /// Number of the last history row.
    pub version: i64,
    /// Name and ways to reach them; the e-mail address is the login.
    pub contact: Contact,
    /// Their key in the system that they were imported from.
    pub external_reference: Option<String>,
    /// The language that they read, as far as they have said.
    pub language: Option<Language>,
    /// Is the address theirs, as far as anybody knows?
    pub email_verification: EmailVerification,
    /// May they sign in?
    pub active: bool,
    /// When they came.
    pub created_at: Timestamp,
    /// When they were last written.
    pub updated_at: Timestamp,
}

impl Customer {
    /// May whoever has the password sign in?
    #[must_use]
    pub fn may_sign_in(&self) -> bool {
        self.active && self.email_verification != EmailVerification::Required
    }
}

/// Whether somebody has shown that they get what is sent to the address of an account.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumIter,
    EnumString,
    Display,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum EmailVerification {
    /// Nobody has, and nobody has to.
    #[default]
    Unverified,
    /// Somebody has to before they sign in: the account was opened where mail was configured.
    Required,
    /// Somebody has.
    Verified,
}

/// What can be asked of a customer's account.
#[derive(Clone, Debug, PartialEq, EnumDiscriminants)]
#[strum_discriminants(
    name(CustomerCommandKind),
    derive(EnumIter, Hash, IntoStaticStr, Display),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`CustomerCommand`], named like it."
)]
pub enum CustomerCommand {
    /// Open an account.
    Register {
        /// Name, e-mail address, phone.
        contact: Contact,
        /// The language that they read, if anybody knows.
        language: Option<Language>,
        /// Must the address be verified before they sign in?
        must_verify_email: bool,
    },
    /// Take over from another system; such a customer cannot sign in.
    Import {
        /// Their key there.
        external_reference: String,
    },
    /// Change what is given.
    Edit(CustomerEdit),
    /// The password becomes another one.
    ChangePassword,
    /// The password becomes another one by a code that was shown.
    ResetPassword {
        /// Did the code come by mail, which shows that the address is theirs, or from staff?
        by_mail: bool,
    },
    /// A code that was mailed to the address was shown.
    VerifyEmail,
    /// Staff give a code for a new password to somebody whom they know for the customer.
    HandOutCode,
    /// Let them not sign in any more.
    Deactivate {
        /// Why.
        reason: DeactivationReason,
        /// In the member's own words.
        comment: Option<String>,
    },
    /// Let them sign in again.
    Activate,
}

impl CustomerCommand {
    /// The address to sign in with that the account shall have, of which nobody else may have one like it.
    #[must_use]
    pub fn new_email(&self) -> Option<&Email> {
        match self {
            Self::Register { contact, .. } => contact.email.as_ref(),
            Self::Edit(edit) => edit.email.as_ref(),
            Self::Import { .. }
            | Self::ChangePassword
            | Self::ResetPassword { .. }
            | Self::VerifyEmail
            | Self::HandOutCode
            | Self::Deactivate { .. }
            | Self::Activate => None,
        }
    }
}

/// A change of one's own account; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CustomerEdit {
    /// New name.
    pub name: Option<String>,
    /// New phone number; `Some(None)` takes it away.
    pub phone: Option<Option<Phone>>,
    /// New e-mail address to sign in with.
    pub email: Option<Email>,
    /// New language that they read.
    pub language: Option<Language>,
}

impl CustomerEdit {
    fn applied_to(&self, contact: &Contact) -> Contact {
        let Self { name, phone, email, language: _ } = self.clone();
        let known = contact.clone();
        Contact {
            name: name.or(known.name),
            phone: phone.unwrap_or(known.phone),
            email: email.or(known.email),
            ..known
        }
    }
}

/// Why a customer shall not sign in any more.
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
pub enum DeactivationReason {
    /// Orders that were never meant, or words to the staff.
    Abuse,
    /// Suspected fraud.
    Fraud,
    /// Somebody else has got hold of the account.
    Stolen,
    /// The person has another account.
    Duplicate,
    /// The customer wishes it so.
    Customer,
    /// Anything else.
    Other,
}

/// What can have happened to a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, EnumDiscriminants, VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
#[strum_discriminants(
    name(CustomerEventKind),
    derive(EnumIter, Hash, IntoStaticStr, Display),
    strum(serialize_all = "snake_case"),
    doc = "The kind of [`CustomerEvent`], named like it."
)]
pub enum CustomerEvent {
    /// They opened an account.
    Registered {
        /// Must the address be verified before they sign in?
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        must_verify_email: bool,
    },
    /// They were taken over from another system.
    Imported {
        /// Their key there.
        external_reference: String,
    },
    /// Name, phone number, e-mail address or language were changed.
    Edited {},
    /// The password became another one.
    PasswordChanged {},
    /// The password became another one by a code.
    PasswordReset {
        /// Did the code come by mail?
        by_mail: bool,
    },
    /// The address is theirs.
    EmailVerified {},
    /// Staff gave them a code for a new password.
    CodeHandedOut {},
    /// They may not sign in any more.
    Deactivated {
        /// Why.
        reason: DeactivationReason,
    },
    /// They may sign in again.
    Activated {},
}

impl CustomerEvent {
    /// The reason that was given.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Deactivated { reason } => Some(reason.into()),
            Self::Registered { .. }
            | Self::Imported { .. }
            | Self::Edited {}
            | Self::PasswordChanged {}
            | Self::PasswordReset { .. }
            | Self::EmailVerified {}
            | Self::CodeHandedOut {}
            | Self::Activated {} => None,
        }
    }
}

/// Decides one command on one customer. `email_taken`: does another customer sign in with the wanted address?
///
/// # Errors
/// The first rule that says no.
pub fn decide(
    customer: Option<&Customer>,
    email_taken: bool,
    actor: &Actor,
    command: &CustomerCommand,
) -> Result<Vec<Envelope<CustomerEvent>>, Refusal> {
    authorize(customer, actor, command.into())?;
    let event = match (customer, command) {
        (None, CustomerCommand::Register { contact, language, must_verify_email }) => {
            if email_taken {
                return Err(Refusal::Duplicate { field: "email" });
            }
            let event = CustomerEvent::Registered { must_verify_email: *must_verify_email };
            Envelope::of(event).with(Personal {
                contact: Some(contact.clone()),
                language: language.clone(),
                ..Personal::default()
            })
        }
        (None, CustomerCommand::Import { external_reference }) => {
            Envelope::of(CustomerEvent::Imported { external_reference: external_reference.clone() })
        }
        (None, _) => return Err(Refusal::NotFound),
        (Some(customer), CustomerCommand::Import { external_reference })
            if customer.external_reference.as_ref() == Some(external_reference) =>
        {
            return Ok(vec![]);
        }
        (Some(_), CustomerCommand::Register { .. } | CustomerCommand::Import { .. }) => {
            return Err(Refusal::Duplicate { field: "id" });
        }
        (Some(customer), CustomerCommand::Edit(edit)) => return edited(customer, email_taken, edit),
        (Some(_), CustomerCommand::ChangePassword) => Envelope::of(CustomerEvent::PasswordChanged {}),
        (Some(customer), CustomerCommand::ResetPassword { .. } | CustomerCommand::HandOutCode)
            if !customer.active =>
        {
            return Err(Refusal::AccountDeactivated);
        }
        (Some(_), CustomerCommand::ResetPassword { by_mail }) => {
            Envelope::of(CustomerEvent::PasswordReset { by_mail: *by_mail })
        }
        (Some(_), CustomerCommand::HandOutCode) => Envelope::of(CustomerEvent::CodeHandedOut {}),
        (Some(customer), CustomerCommand::VerifyEmail)
            if customer.email_verification == EmailVerification::Verified =>
        {
            return Ok(vec![]);
        }
        (Some(_), CustomerCommand::VerifyEmail) => Envelope::of(CustomerEvent::EmailVerified {}),
        (Some(customer), CustomerCommand::Deactivate { .. }) if !customer.active => return Ok(vec![]),
        (Some(customer), CustomerCommand::Activate) if customer.active => return Ok(vec![]),
        (Some(_), CustomerCommand::Deactivate { reason, comment }) => {
            Envelope::of(CustomerEvent::Deactivated { reason: *reason })
                .with(Personal { comment: comment.clone(), ..Personal::default() })
        }
        (Some(_), CustomerCommand::Activate) => Envelope::of(CustomerEvent::Activated {}),
    };
    Ok(vec![event])
}

fn edited(
    customer: &Customer,
    email_taken: bool,
    edit: &CustomerEdit,
) -> Result<Vec<Envelope<CustomerEvent>>, Refusal> {
    let contact = edit.applied_to(&customer.contact);
    if contact.email != customer.contact.email && email_taken {
        return Err(Refusal::Duplicate { field: "email" });
    }
    let contact = Some(contact).filter(|contact| *contact != customer.contact);
    let language = edit.language.clone().filter(|language| customer.language.as_ref() != Some(language));
    if contact.is_none() && language.is_none() {
        return Ok(vec![]);
    }
    let personal = Personal { contact, language, ..Personal::default() };
    Ok(vec![Envelope::of(CustomerEvent::Edited {}).with(personal)])
}

impl CustomerCommandKind {
    /// The permissions of which each opens this kind of command to staff; none: it is not for them.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Deactivate | Self::Activate | Self::HandOutCode => &[Permission::CustomersWrite],
            Self::Register
            | Self::Import
            | Self::Edit
            | Self::ChangePassword
            | Self::ResetPassword
            | Self::VerifyEmail => &[],
        }
    }
}

/// May this actor ask for this at all? Whoever is nobody yet may become a customer, and nothing else; what somebody changes
/// is their own account; and because an account is good in all stores, only those shut it who look after all of them.
fn authorize(customer: Option<&Customer>, actor: &Actor, kind: CustomerCommandKind) -> Result<(), Refusal> {
    use CustomerCommandKind as Kind;
    match kind {
        // What lets somebody reset a password or verify an address is the code, which is asked for before.
        Kind::Register | Kind::ResetPassword | Kind::VerifyEmail
            if matches!(actor, Actor::Anonymous | Actor::Operator) =>
        {
            Ok(())
        }
        Kind::Import if matches!(actor, Actor::Importer | Actor::Operator) => Ok(()),
        Kind::Register | Kind::ResetPassword | Kind::VerifyEmail | Kind::Import => {
            Err(Refusal::Forbidden(None))
        }
        Kind::Edit | Kind::ChangePassword => match customer {
            Some(customer) if *actor == Actor::Customer(customer.id) => Ok(()),
            _ => Err(Refusal::NotFound),
        },
        Kind::Deactivate | Kind::Activate | Kind::HandOutCode => match actor.may_any(kind.permissions()) {
            true if actor.stores() == StoreScope::All => Ok(()),
            true => Err(Refusal::NotFound),
            false => Err(Refusal::lacking(kind.permissions())),
        },
    }
}

impl Aggregate for Customer {
    const KIND: Kind = Kind::Customer;
    type Event = CustomerEvent;

    fn apply(
        state: Option<Self>,
        id: i64,
        envelope: &Envelope<CustomerEvent>,
        stamp: Stamp,
    ) -> Result<Self, Inconsistent> {
        let misfit = |why| Inconsistent { seq: stamp.seq, why };
        let new = |external_reference| Self {
            id: CustomerId::from_i64(id),
            version: 0,
            contact: Contact::default(),
            external_reference,
            language: None,
            email_verification: EmailVerification::default(),
            active: true,
            created_at: stamp.occurred_at,
            updated_at: stamp.recorded_at,
        };
        let mut customer = match (state, envelope.event.clone()) {
            (None, CustomerEvent::Registered { must_verify_email: false }) => new(None),
            (None, CustomerEvent::Registered { must_verify_email: true }) => {
                Self { email_verification: EmailVerification::Required, ..new(None) }
            }
            (None, CustomerEvent::Imported { external_reference }) => new(Some(external_reference)),
            (None, _) => return Err(misfit("the customer does not exist yet")),
            (
                Some(customer),
                CustomerEvent::Edited {}
                | CustomerEvent::PasswordChanged {}
                | CustomerEvent::CodeHandedOut {},
            ) => customer,
            (
                Some(customer),
                CustomerEvent::PasswordReset { by_mail: true } | CustomerEvent::EmailVerified {},
            ) => Self { email_verification: EmailVerification::Verified, ..customer },
            // Staff know them.
            (Some(customer), CustomerEvent::PasswordReset { by_mail: false }) => {
                match customer.email_verification {
                    EmailVerification::Required => {
                        Self { email_verification: EmailVerification::Unverified, ..customer }
                    }
                    EmailVerification::Unverified | EmailVerification::Verified => customer,
                }
            }
            (Some(customer), CustomerEvent::Deactivated { .. }) => Self { active: false, ..customer },
            (Some(customer), CustomerEvent::Activated {}) => Self { active: true, ..customer },
            (Some(_), CustomerEvent::Registered { .. } | CustomerEvent::Imported { .. }) => {
                return Err(misfit("the customer exists already"));
            }
        };
        if stamp.seq != customer.version + 1 {
            return Err(misfit("the number of the event leaves a gap"));
        }
        customer.version = stamp.seq;
        customer.updated_at = stamp.recorded_at;
        if let Some(contact) = &envelope.personal.contact {
            if stamp.seq > 1 && contact.email != customer.contact.email {
                customer.email_verification = EmailVerification::Unverified;
            }
            customer.contact = contact.clone();
        }
        if let Some(language) = &envelope.personal.language {
            customer.language = Some(language.clone());
        }
        Ok(customer)
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
        fields { contact, language, email_verification, active }
        left_out { id, version, external_reference, created_at, updated_at }
    }
}
