//! A customer as the events make them.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::CustomerEvent;
use crate::aggregate::{Aggregate, Envelope, Inconsistent, Kind, Stamp, compared};
use crate::contact::Contact;
use crate::id::{CustomerId, StoreId};
use crate::language::Language;
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
    /// When the account is to be erased, if the customer has asked for it.
    pub deletion_due_at: Option<Timestamp>,
    /// When it was: nothing is known of the person any more.
    pub erased_at: Option<Timestamp>,
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
            deletion_due_at: None,
            erased_at: None,
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
            (Some(customer), CustomerEvent::DeletionRequested { due_at }) => {
                Self { deletion_due_at: Some(due_at), ..customer }
            }
            (Some(customer), CustomerEvent::DeletionTakenBack {}) => {
                Self { deletion_due_at: None, ..customer }
            }
            (Some(customer), CustomerEvent::Erased {}) => erased(customer, stamp.occurred_at),
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

    fn erases(event: &CustomerEvent) -> bool {
        matches!(event, CustomerEvent::Erased {})
    }

    compared! {
        fields { contact, language, email_verification, active, deletion_due_at, erased_at }
        left_out { id, version, external_reference, created_at, updated_at }
    }
}

/// All that was made of personal values is as if there had been none: the history without them leads here as well.
fn erased(customer: Customer, at: Timestamp) -> Customer {
    Customer {
        contact: Contact::default(),
        language: None,
        email_verification: EmailVerification::Unverified,
        active: false,
        deletion_due_at: None,
        erased_at: Some(at),
        ..customer
    }
}
