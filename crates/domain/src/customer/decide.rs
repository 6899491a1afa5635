//! Commands to events: every rule of a customer's account.

use super::{
    Customer, CustomerCommand, CustomerCommandKind, CustomerEdit, CustomerEvent, DecisionContext,
    EmailVerification, deletion,
};
use crate::access::{Actor, StoreScope};
use crate::aggregate::{Envelope, Personal};
use crate::refusal::Refusal;

/// Decides one command on one customer.
///
/// # Errors
/// The first rule that says no.
pub fn decide(
    customer: Option<&Customer>,
    context: &DecisionContext<'_>,
    actor: &Actor,
    command: &CustomerCommand,
) -> Result<Vec<Envelope<CustomerEvent>>, Refusal> {
    authorize(customer, actor, command.into())?;
    let email_taken = context.email_taken;
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
        (Some(customer), CustomerCommand::Erase) => return Ok(deletion::erase(customer, actor, context.now)),
        (Some(customer), CustomerCommand::Import { external_reference })
            if customer.external_reference.as_ref() == Some(external_reference) =>
        {
            return Ok(vec![]);
        }
        (Some(customer), _) if customer.erased_at.is_some() => return Err(Refusal::AccountErased),
        (Some(customer), CustomerCommand::RequestDeletion { despite_open_orders }) => {
            return deletion::request(customer, context, *despite_open_orders);
        }
        (Some(customer), CustomerCommand::TakeBackDeletion) => {
            return Ok(deletion::take_back(customer));
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
        Kind::Erase if matches!(actor, Actor::System | Actor::Operator) => Ok(()),
        // After a restore, when nobody knows whether it was taken back meanwhile.
        Kind::RequestDeletion | Kind::TakeBackDeletion if *actor == Actor::Operator => Ok(()),
        Kind::Register | Kind::ResetPassword | Kind::VerifyEmail | Kind::Import | Kind::Erase => {
            Err(Refusal::Forbidden(None))
        }
        Kind::TakeBackDeletion if customer.is_some_and(|customer| *actor == Actor::Customer(customer.id)) => {
            Ok(())
        }
        Kind::Edit | Kind::ChangePassword | Kind::RequestDeletion => match customer {
            Some(customer) if *actor == Actor::Customer(customer.id) => Ok(()),
            _ => Err(Refusal::NotFound),
        },
        Kind::TakeBackDeletion | Kind::Deactivate | Kind::Activate | Kind::HandOutCode => {
            match actor.may_any(kind.permissions()) {
                true if actor.stores() == StoreScope::All => Ok(()),
                true => Err(Refusal::NotFound),
                false => Err(Refusal::lacking(kind.permissions())),
            }
        }
    }
}
