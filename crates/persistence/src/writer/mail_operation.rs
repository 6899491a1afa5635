//! Changes of what is to be written to people, and of the codes that go with it.

use ordervault_domain::contact::Email;
use ordervault_domain::id::CustomerId;
use ordervault_domain::time::Timestamp;
use strum::{EnumDiscriminants, EnumIter};

use crate::tables::mails::{Mail, MailKind};
use crate::tables::one_time_codes::Purpose;

/// A change of what is to be written to people.
#[derive(Clone, Debug, EnumDiscriminants)]
#[strum_discriminants(name(MailOperationKind), derive(EnumIter), doc = "The kinds of [`MailOperation`].")]
pub enum MailOperation {
    /// A mail about a customer or an order waits to be sent now. There is one of each kind.
    Queue {
        /// What about.
        kind: MailKind,
        /// The customer or the order.
        entity_id: i64,
    },
    /// The same to the customer who has this address. Whether anybody has, is not told.
    QueueTo {
        /// What about.
        kind: MailKind,
        /// The address.
        email: Email,
    },
    /// It could not be sent, and waits for another try.
    PutOff {
        /// As it waited so far.
        mail: Mail,
        /// When it is tried next.
        due_at: Timestamp,
    },
    /// It waits no longer.
    Settle {
        /// What about.
        kind: MailKind,
        /// The customer or the order.
        entity_id: i64,
    },
}

/// A change of one-time codes.
#[derive(Clone, EnumDiscriminants)]
#[strum_discriminants(name(CodeOperationKind), derive(EnumIter), doc = "The kinds of [`CodeOperation`].")]
pub enum CodeOperation {
    /// A code was made, and takes the place of another one for the same. Refused unless the account is active.
    Issue {
        /// For whose account.
        customer_id: CustomerId,
        /// What for.
        purpose: Purpose,
        /// Its keyed hash.
        hash: String,
        /// When it ends to be good.
        expires_at: Timestamp,
    },
    /// A code was shown: refused unless it is good, and no good any more. In front of what it gives a right to.
    Redeem {
        /// For whose account.
        customer_id: CustomerId,
        /// What for.
        purpose: Purpose,
        /// Its keyed hash.
        hash: String,
    },
    /// A code is no good any more.
    Void {
        /// For whose account.
        customer_id: CustomerId,
        /// What for.
        purpose: Purpose,
    },
}

impl std::fmt::Debug for CodeOperation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Without the hashes, which are nobody's business.
        std::fmt::Debug::fmt(&CodeOperationKind::from(self), f)
    }
}
