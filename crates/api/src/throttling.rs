//! Who is counted under which throttle, and what meets those who try too often: look-ups, logins, registrations, orders.

use ordervault_domain::contact::Email;
use ordervault_domain::id::OrderId;
use ordervault_persistence::read;
use ordervault_persistence::writer::{ActorRef, Operation, Throttle, ThrottleOperation};

use crate::auth::Realm;
use crate::extract::ClientAddress;
use crate::middleware::request_id::RequestId;
use crate::principals::CustomerOrGuest;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::submit::{self, not_written};
use crate::throttles::Throttles;

impl Throttles {
    /// A look-up of this number.
    pub(crate) fn lookup(&self, address: ClientAddress, number: OrderId) -> Vec<Throttle> {
        vec![
            self.of("lookup_address", &address.network(), self.rates.lookup_address),
            self.of("lookup_number", &number.get().to_be_bytes(), self.rates.lookup_number),
        ]
    }

    /// A login with this address, whether somebody has an account under it or not.
    pub(crate) fn login(&self, address: ClientAddress, realm: Realm, email: &Email) -> Vec<Throttle> {
        let account = format!("{} {email}", <&str>::from(realm));
        let account = self.of("login_account", account.as_bytes(), self.rates.login_account);
        vec![
            self.of("login_address", &address.network(), self.rates.login_address),
            Throttle { backs_off: true, ..account },
        ]
    }

    /// A registration.
    pub(crate) fn register(&self, address: ClientAddress) -> Vec<Throttle> {
        vec![self.of("register_address", &address.network(), self.rates.register_address)]
    }

    /// An order. It is counted with the order itself, and only then: a repeated request is no further one.
    pub(crate) fn place(&self, address: ClientAddress, buyer: &CustomerOrGuest) -> Operation {
        let who = match buyer {
            CustomerOrGuest::Customer(customer) => customer.id.get().to_be_bytes().to_vec(),
            CustomerOrGuest::Guest(_) => address.network().to_vec(),
        };
        Operation::Throttle(ThrottleOperation::Count(self.of(
            "place_account",
            &who,
            self.rates.place_account,
        )))
    }
}

/// Counts an attempt, before it is known whether it is a good one.
///
/// # Errors
/// 429 when there were too many.
pub(crate) async fn attempt(
    state: &AppState,
    request_id: &RequestId,
    throttles: &[Throttle],
) -> Result<(), Problem> {
    let keys: Vec<String> = throttles.iter().map(|throttle| throttle.key.clone()).collect();
    let mut conn = reader(state).await?;
    let blocked_until = read::blocked_until(&mut conn, &keys).await.map_err(failed)?;
    drop(conn);
    // The write queue is for those who have a chance.
    let wait_millis = blocked_until.map_or(0, |until| until.millis() - state.now().millis());
    if wait_millis > 0 {
        let seconds = u32::try_from(wait_millis.saturating_add(999) / 1_000).unwrap_or(u32::MAX);
        return Err(Problem::new(Code::RateLimited).retry_after(seconds));
    }
    let operations =
        throttles.iter().cloned().map(|throttle| Operation::Throttle(ThrottleOperation::Count(throttle)));
    count(state, request_id, operations.collect()).await
}

/// The operations that take a counted attempt back: it was a good one.
pub(crate) fn taken_back(throttles: Vec<Throttle>) -> impl Iterator<Item = Operation> {
    throttles
        .into_iter()
        .map(|throttle| Operation::Throttle(ThrottleOperation::TakeBack { key: throttle.key }))
}

/// Carries out operations on throttles alone.
pub(crate) async fn count(
    state: &AppState,
    request_id: &RequestId,
    operations: Vec<Operation>,
) -> Result<(), Problem> {
    let submitted = submit::submit(state, ActorRef::Anonymous, request_id, None, operations).await;
    submitted.map(drop).map_err(|error| not_written(&error))
}
