//! What may be tried only so often, by whom: look-ups, logins, registrations, orders.
//!
//! Counters live in the database, so that neither a restart nor another replica forgets them. Their keys are hashed with a
//! key of the server's: no address and no account can be read from them.

use ordervault_domain::contact::Email;
use ordervault_domain::id::OrderId;
use ordervault_persistence::read;
use ordervault_persistence::writer::{ActorRef, Operation, Rate, Throttle, ThrottleOperation};

use crate::auth::{CustomerOrGuest, Realm, Secrets};
use crate::extract::ClientAddress;
use crate::middleware::request_id::RequestId;
use crate::problem::{Code, Problem};
use crate::state::AppState;
use crate::v1::submit::{Handover, failed, not_written, reader};

const MINUTE_MILLIS: i64 = 60_000;

/// How often each of them may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Failed look-ups from one address.
    pub lookup_address: Rate,
    /// Failed look-ups of one order number.
    pub lookup_number: Rate,
    /// Failed logins to one account; from the middle on, each has to wait twice as long as the one before.
    pub login_account: Rate,
    /// Failed logins from one address.
    pub login_address: Rate,
    /// Registrations from one address.
    pub register_address: Rate,
    /// Orders placed by one account, or from one address without an account.
    pub place_account: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        let rate = |limit, minutes| Rate { limit, window_millis: minutes * MINUTE_MILLIS };
        Self {
            lookup_address: rate(5, 10),
            lookup_number: rate(5, 10),
            login_account: rate(10, 15),
            login_address: rate(30, 1),
            register_address: rate(5, 60),
            place_account: rate(20, 1),
        }
    }
}

impl Rates {
    /// So high that nobody meets them: for measurements and tests of other things.
    #[must_use]
    pub fn unlimited() -> Self {
        let rate = Rate { limit: u32::MAX, window_millis: MINUTE_MILLIS };
        Self {
            lookup_address: rate,
            lookup_number: rate,
            login_account: rate,
            login_address: rate,
            register_address: rate,
            place_account: rate,
        }
    }
}

/// Makes throttles.
pub struct Throttles {
    rates: Rates,
    keys: Vec<[u8; 32]>,
}

impl Throttles {
    /// With a key derived from the secrets.
    pub fn new(rates: Rates, secrets: &Secrets) -> Self {
        Self { rates, keys: secrets.derive("throttle") }
    }

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

    fn of(&self, what: &str, who: &[u8], rate: Rate) -> Throttle {
        let key = crate::auth::hashed(&self.keys, &[what.as_bytes(), who]);
        Throttle { key, rate, backs_off: false }
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
    submit(state, request_id, operations.collect()).await
}

/// The acts that take a counted attempt back: it was a good one.
pub(crate) fn taken_back(throttles: Vec<Throttle>) -> impl Iterator<Item = Operation> {
    throttles
        .into_iter()
        .map(|throttle| Operation::Throttle(ThrottleOperation::TakeBack { key: throttle.key }))
}

/// Carries out acts on throttles alone.
pub(crate) async fn submit(
    state: &AppState,
    request_id: &RequestId,
    operations: Vec<Operation>,
) -> Result<(), Problem> {
    let wish = Handover { state, actor: ActorRef::Anonymous, request_id, idempotency: None };
    wish.submit(operations).await.map(|_| ()).map_err(|error| not_written(&error))
}
