//! Customers: people with an account (or known from an import) who order.

use serde::{Deserialize, Serialize};

use crate::access::Actor;
use crate::aggregate::{Aggregate, Envelope, Inconsistent, Kind, Personal, Stamp, compared};
use crate::contact::Contact;
use crate::id::{CustomerId, StoreId};
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
    /// When they came.
    pub created_at: Timestamp,
    /// When they were last written.
    pub updated_at: Timestamp,
}

/// What can be asked of a customer's account.
#[derive(Clone, Debug, PartialEq)]
pub enum CustomerCommand {
    /// Open an account.
    Register {
        /// Name, e-mail address, phone.
        contact: Contact,
    },
    /// Take over from another system; such a customer cannot sign in.
    Import {
        /// Their key there.
        external_reference: String,
    },
    /// The password becomes another one.
    ChangePassword,
}

/// What can have happened to a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, strum::VariantNames)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
pub enum CustomerEvent {
    /// They opened an account.
    Registered {},
    /// They were taken over from another system.
    Imported {
        /// Their key there.
        external_reference: String,
    },
    /// The password became another one.
    PasswordChanged {},
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
    let event = match (customer, command) {
        (None, CustomerCommand::Register { contact }) => {
            if email_taken {
                return Err(Refusal::Duplicate { field: "email" });
            }
            Envelope::of(CustomerEvent::Registered {})
                .with(Personal { contact: Some(contact.clone()), ..Personal::default() })
        }
        (None, CustomerCommand::Import { external_reference }) => match actor {
            Actor::Importer | Actor::Operator => {
                Envelope::of(CustomerEvent::Imported { external_reference: external_reference.clone() })
            }
            _ => return Err(Refusal::Forbidden(None)),
        },
        (None, _) => return Err(Refusal::NotFound),
        (Some(customer), CustomerCommand::Import { external_reference })
            if customer.external_reference.as_ref() == Some(external_reference) =>
        {
            return Ok(vec![]);
        }
        (Some(_), CustomerCommand::Register { .. } | CustomerCommand::Import { .. }) => {
            return Err(Refusal::Duplicate { field: "id" });
        }
        (Some(customer), CustomerCommand::ChangePassword) => match actor {
            Actor::Customer(id) if *id == customer.id => Envelope::of(CustomerEvent::PasswordChanged {}),
            _ => return Err(Refusal::NotFound),
        },
    };
    Ok(vec![event])
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
            created_at: stamp.occurred_at,
            updated_at: stamp.recorded_at,
        };
        let mut customer = match (state, envelope.event.clone()) {
            (None, CustomerEvent::Registered {}) => new(None),
            (None, CustomerEvent::Imported { external_reference }) => new(Some(external_reference)),
            (None, _) => return Err(misfit("the customer does not exist yet")),
            (Some(customer), CustomerEvent::PasswordChanged {}) => customer,
            (Some(_), _) => return Err(misfit("the customer exists already")),
        };
        if stamp.seq != customer.version + 1 {
            return Err(misfit("the number of the event leaves a gap"));
        }
        customer.version = stamp.seq;
        customer.updated_at = stamp.recorded_at;
        if let Some(contact) = &envelope.personal.contact {
            customer.contact = contact.clone();
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

    compared!(contact);
}
