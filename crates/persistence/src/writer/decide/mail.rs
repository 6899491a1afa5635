//! What is to be written to people, and the codes that go with it.

use ordervault_domain::customer::Customer;
use ordervault_domain::refusal::Refusal;
use strum::IntoEnumIterator as _;

use super::decider::{Decider, OperationError};
use crate::tables::mails::{Mail, MailKind};
use crate::tables::one_time_codes::{OneTimeCode, Purpose};
use crate::writer::mail_operation::{CodeOperation, MailOperation};
use crate::writer::operation::Effect;
use crate::writer::set::{Change, Exchange};

impl Decider<'_> {
    pub(in crate::writer) fn mail(&mut self, operation: &MailOperation) -> Effect {
        match operation {
            MailOperation::Queue { kind, entity_id } => self.queue(*kind, *entity_id),
            MailOperation::QueueTo { kind, email } => {
                if let Some(id) = self.set.customer_with_email(email) {
                    self.queue(*kind, id);
                }
            }
            MailOperation::PutOff { mail, due_at } => {
                self.put_mail(Mail { due_at: *due_at, attempts: mail.attempts + 1, ..mail.clone() });
            }
            MailOperation::Settle { kind, entity_id } => self.settle(*kind, *entity_id),
        }
        Effect::Mail
    }

    fn settle(&mut self, kind: MailKind, entity_id: i64) {
        self.set.apply(Change::Mail(Exchange { key: (entity_id, kind), value: None }));
    }

    /// Nothing waits any more to be written about this customer or order.
    pub(super) fn settle_mails(&mut self, entity_id: i64) {
        MailKind::iter().for_each(|kind| self.settle(kind, entity_id));
    }

    fn queue(&mut self, kind: MailKind, entity_id: i64) {
        self.put_mail(Mail { entity_id, kind, queued_at: self.now, due_at: self.now, attempts: 0 });
    }

    fn put_mail(&mut self, mail: Mail) {
        self.set.apply(Change::Mail(Exchange::put((mail.entity_id, mail.kind), mail)));
    }

    pub(in crate::writer) fn code(&mut self, operation: &CodeOperation) -> Result<Effect, OperationError> {
        match operation {
            CodeOperation::Issue { customer_id, purpose, hash, expires_at } => {
                let customer = self.set.get::<Customer>(customer_id.get());
                if !customer.is_some_and(|customer| customer.active) {
                    return Err(Refusal::AccountDeactivated.into());
                }
                let (customer_id, purpose) = (customer_id.get(), *purpose);
                let code = OneTimeCode { customer_id, purpose, hash: hash.clone(), expires_at: *expires_at };
                self.set.apply(Change::Code(Exchange::put((customer_id, purpose), code)));
            }
            CodeOperation::Redeem { customer_id, purpose, hash } => {
                let code = self.set.code(customer_id.get(), *purpose);
                if !code.is_some_and(|code| code.hash == *hash && self.now < code.expires_at) {
                    return Err(Refusal::InvalidCredentials.into());
                }
                self.void_code(customer_id.get(), *purpose);
            }
            CodeOperation::Void { customer_id, purpose } => self.void_code(customer_id.get(), *purpose),
        }
        Ok(Effect::Code)
    }

    /// Every code of a customer is void: what it was given out for is no longer so.
    pub(super) fn void_codes(&mut self, customer_id: i64) {
        for purpose in Purpose::iter() {
            self.void_code(customer_id, purpose);
        }
    }

    fn void_code(&mut self, customer_id: i64, purpose: Purpose) {
        self.set.apply(Change::Code(Exchange { key: (customer_id, purpose), value: None }));
    }
}
