//! What can have happened to a customer.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumDiscriminants, EnumIter, EnumString, IntoStaticStr, VariantNames};

use crate::time::Timestamp;

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
    /// They asked for the account to be deleted.
    DeletionRequested {
        /// When it is to be.
        due_at: Timestamp,
    },
    /// They keep it.
    DeletionTakenBack {},
    /// Nothing is known of the person any more.
    Erased {},
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
            | Self::Activated {}
            | Self::DeletionRequested { .. }
            | Self::DeletionTakenBack {}
            | Self::Erased {} => None,
        }
    }
}
