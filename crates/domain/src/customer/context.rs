//! What a decision takes into account.

use crate::refusal::OpenOrder;
use crate::time::Timestamp;

/// What a decision takes into account besides the customer.
#[derive(Clone, Copy, Debug)]
pub struct DecisionContext<'a> {
    /// Does another customer sign in with the wanted address?
    pub email_taken: bool,
    /// Orders of the customer that are open, some of them if they are very many; only for whoever wants to leave.
    pub open_orders: &'a [OpenOrder],
    /// The time.
    pub now: Timestamp,
}
