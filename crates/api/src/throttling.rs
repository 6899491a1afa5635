//! Who is counted under which throttle, and what meets those who try too often: look-ups, registrations, orders.

use ordervault_domain::access::Actor;
use ordervault_domain::id::{MemberId, OrderId};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read;
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::{Operation, Throttle, ThrottleOperation};

use crate::extract::ClientAddress;
use crate::middleware::request_id::RequestId;
use crate::principals::{CustomerOrGuest, Submitter};
use crate::problem::Problem;
use crate::reading::failed;
use crate::state::AppState;
use crate::submit::{self, not_written};
use crate::throttles::Throttles;

impl Throttles {
    /// A change of an order by its buyer, counted like an order with the change itself; staff are not counted.
    pub(crate) fn act(&self, actor: &Actor) -> Option<Operation> {
        let who = match actor {
            Actor::Customer(id) => id.get(),
            Actor::Guest(Some(grant)) => grant.order.get(),
            _ => return None,
        };
        let throttle = self.of("act_account", &[&who.to_be_bytes()], self.rates.act_account);
        Some(Operation::Throttle(ThrottleOperation::Count(throttle)))
    }

    /// Look-ups from this address.
    pub(crate) fn lookup_address(&self, address: ClientAddress) -> Throttle {
        self.of("lookup_address", &[&address.network()], self.rates.lookup_address)
    }

    /// Look-ups of this number.
    pub(crate) fn lookup_number(&self, number: OrderId) -> Throttle {
        self.of("lookup_number", &[&number.get().to_be_bytes()], self.rates.lookup_number)
    }

    /// A registration.
    pub(crate) fn register(&self, address: ClientAddress) -> Throttle {
        self.of("register_address", &[&address.network()], self.rates.register_address)
    }

    /// A mail that somebody asks for.
    pub(crate) fn mail(&self, address: ClientAddress) -> Throttle {
        self.of("mail_address", &[&address.network()], self.rates.mail_address)
    }

    /// A one-time code that is shown and no good.
    pub(crate) fn code(&self, address: ClientAddress) -> Throttle {
        self.of("code_address", &[&address.network()], self.rates.code_address)
    }

    /// A one-time code that a member hands out.
    pub(crate) fn handing_out(&self, member: MemberId) -> Throttle {
        self.of("code_member", &[&member.get().to_be_bytes()], self.rates.code_member)
    }

    /// An order. It is counted with the order itself, and only then: a repeated request is no further one.
    pub(crate) fn place(&self, address: ClientAddress, buyer: &CustomerOrGuest) -> Operation {
        let who = match buyer {
            CustomerOrGuest::Customer(customer) => customer.id.get().to_be_bytes().to_vec(),
            CustomerOrGuest::Guest(_) => address.network().to_vec(),
        };
        counted(&self.of("place_account", &[&who], self.rates.place_account))
    }
}

/// Refuses whoever has tried too often already, before anything costs. The write queue has the last word.
///
/// # Errors
/// 429 when there were too many.
pub(crate) async fn admit(conn: &mut Conn, throttles: &[Throttle], now: Timestamp) -> Result<(), Problem> {
    let blocked = read::blocked(conn, throttles, now).await.map_err(failed)?;
    match blocked.iter().map(|blocked| blocked.until.millis() - now.millis()).max() {
        None => Ok(()),
        Some(millis) => {
            let seconds = u32::try_from(millis.saturating_add(999) / 1_000).unwrap_or(u32::MAX);
            Err(Problem::too_many_attempts(seconds))
        }
    }
}

/// Counts one more attempt.
pub(crate) fn counted(throttle: &Throttle) -> Operation {
    Operation::Throttle(ThrottleOperation::Count(throttle.clone()))
}

/// Stands in front of what a good attempt gives a right to, and refuses it when too many were no good.
pub(crate) fn let_through(throttle: &Throttle) -> Operation {
    Operation::Throttle(ThrottleOperation::LetThrough(throttle.clone()))
}

/// Carries out operations on throttles alone.
///
/// # Errors
/// 429 when there were too many attempts.
pub(crate) async fn submit(
    state: &AppState,
    request_id: &RequestId,
    operations: Vec<Operation>,
) -> Result<(), Problem> {
    let submitted = submit::submit(state, Submitter::ANONYMOUS, request_id, None, operations).await;
    submitted.map(drop).map_err(|error| not_written(&error))
}
