//! What can be asked of a customer's account, and who of the staff may.

use strum::{Display, EnumDiscriminants, EnumIter, IntoStaticStr};

use super::DeactivationReason;
use crate::access::Permission;
use crate::contact::{Contact, Email, Phone};
use crate::language::Language;

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
    /// The customer wants the account to be deleted, with all that it tells of them, once some days have gone.
    RequestDeletion {
        /// Also while orders are open, which the shop goes on with.
        despite_open_orders: bool,
    },
    /// They want to keep it.
    TakeBackDeletion,
    /// Forget who they are, when it is time. The program's own; the operator repeats what an older database does not know of.
    Erase,
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
            | Self::Activate
            | Self::RequestDeletion { .. }
            | Self::TakeBackDeletion
            | Self::Erase => None,
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
    pub(super) fn applied_to(&self, contact: &Contact) -> Contact {
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

impl CustomerCommandKind {
    /// The permissions of which each opens this kind of command to staff; none: it is not for them.
    #[must_use]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Deactivate | Self::Activate | Self::HandOutCode | Self::TakeBackDeletion => {
                &[Permission::CustomersWrite]
            }
            Self::Register
            | Self::Import
            | Self::Edit
            | Self::ChangePassword
            | Self::ResetPassword
            | Self::VerifyEmail
            | Self::RequestDeletion
            | Self::Erase => &[],
        }
    }
}
