//! What a group is certain to ask, to be asked together: see [`Question`].
//!
//! Each is the same statement with the same values that `load` asks for later. Where that turns out to be another one (an order
//! that was named brings products along), it is asked then, and the answer that is here stays unused.

use ordervault_domain::customer::Customer;
use ordervault_domain::member::Member;
use ordervault_domain::product::Product;
use ordervault_domain::time::Timestamp;

use super::named::Named;
use crate::ahead::Question;
use crate::tables::{RowLock, Stored as _, idempotency, sessions, stores, throttles};

impl Named<'_> {
    /// Everything, for an engine with one writer, where nothing is to be locked.
    pub(crate) fn questions(&self, now: Timestamp) -> Vec<Question> {
        if self.corrects_clock {
            return vec![];
        }
        let mut questions = self.first_questions(now);
        questions.extend(self.product_question());
        questions.extend((!self.keys.is_empty()).then(|| idempotency::question(&self.keys)));
        questions
    }

    /// From the throttles up to the logins, if nothing else is to be locked in between.
    pub(super) fn first_questions(&self, now: Timestamp) -> Vec<Question> {
        let is_next = self.batches.is_empty() && !self.installation && self.commanded_stores.is_empty();
        if !is_next {
            return vec![];
        }
        let stores = without(&self.stores, &[]);
        let members = without(&self.members, &self.commanded_members);
        let customers = without(&self.customers, &self.commanded_customers);
        let mut questions = vec![];
        questions.extend((!self.throttles.is_empty()).then(|| throttles::question(&self.throttles)));
        questions.extend((!stores.is_empty()).then(|| stores::shared_question(&stores)));
        questions.extend((!members.is_empty()).then(|| Member::question(&members, RowLock::Free)));
        questions.extend((!customers.is_empty()).then(|| Customer::question(&customers, RowLock::Free)));
        questions.extend((!self.logins.is_empty()).then(|| sessions::open_question(&self.logins, now)));
        questions
    }

    /// The products, unless orders bring others along: all are locked in one order.
    pub(super) fn product_question(&self) -> Option<Question> {
        let products = without(&self.products, &[]);
        let are_all = !products.is_empty() && self.orders.is_empty();
        are_all.then(|| Product::question(&products, RowLock::Locked))
    }
}

/// These ids, sorted and each once, without the others.
fn without(ids: &[i64], others: &[i64]) -> Vec<i64> {
    let mut ids: Vec<i64> = ids.iter().copied().filter(|id| !others.contains(id)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
