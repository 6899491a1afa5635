//! Attempts to log in: a stranger who guesses never locks out whoever has the account.
//!
//! Failures count by account and by where they come from: the device, if the client shows the token that it got at an
//! earlier login, else the address. A third count, by account alone, is of strangers: of those who show no device and come
//! from an address that has never logged in to the account. It stops nobody else.

use ordervault_domain::contact::Email;
use ordervault_domain::id::SessionId;
use ordervault_domain::time::DAY_MILLIS;
use ordervault_persistence::read;
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::{Operation, Throttle, ThrottleOperation};

use crate::auth::{Device, Lane, Realm};
use crate::extract::ClientAddress;
use crate::middleware::request_id::RequestId;
use crate::problem::Problem;
use crate::reading::failed;
use crate::state::AppState;
use crate::throttles::Throttles;
use crate::throttling::{admit, counted, let_through, submit};

/// Whoever has logged in to an account is no stranger to it for so long.
const KNOWN_MILLIS: i64 = 400 * DAY_MILLIS;
/// From where somebody has logged in, passwords are checked in a lane of its own for so long.
const LANE_MILLIS: i64 = 30 * DAY_MILLIS;

impl Throttles {
    /// Where it is noted that an account was logged in to from an address.
    fn known_to_account(&self, realm: Realm, email: &Email, address: ClientAddress) -> String {
        let account = realm.email_key(email);
        self.key("known_to_account", &[realm_name(realm), account.as_bytes(), &address.network()])
    }

    /// Where it is noted that somebody has logged in from an address.
    fn known_to_realm(&self, realm: Realm, address: ClientAddress) -> String {
        self.key("known_to_realm", &[realm_name(realm), &address.network()])
    }

    /// Attempts by strangers to log in with this e-mail address, whether somebody has an account under it or not.
    pub(crate) fn login_strangers(&self, realm: Realm, email: &Email) -> Throttle {
        let email = realm.email_key(email);
        let account = [realm_name(realm), email.as_bytes()];
        self.of("login_strangers", &account, self.rates.login_strangers)
    }

    /// Attempts to give the password of an account, from one place. Another password begins another count.
    fn login_account(&self, realm: Realm, email: &Email, password_hash: &str, place: &[u8]) -> Throttle {
        let email = realm.email_key(email);
        let account = [realm_name(realm), email.as_bytes(), password_hash.as_bytes(), place];
        self.of("login_account", &account, self.rates.login_account)
    }

    /// Attempts to log in to any account, from one place.
    fn login_address(&self, place: &[u8]) -> Throttle {
        self.of("login_address", &[place], self.rates.login_address)
    }
}

/// An attempt to log in.
pub(crate) struct LoginAttempt {
    /// Where the password waits to be checked.
    pub lane: Lane,
    throttles: Vec<Throttle>,
    device: Option<Device>,
    known: [String; 2],
}

impl LoginAttempt {
    /// Admits an attempt with this e-mail address. `found`: whose it is with the hash of the password, if anybody's.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub(crate) async fn admit(
        (state, conn): (&AppState, &mut Conn),
        (realm, email): (Realm, &Email),
        found: Option<&(i64, String)>,
        address: ClientAddress,
        device_token: Option<&str>,
    ) -> Result<Self, Problem> {
        let throttles = &state.throttles;
        let age = |device: &Device| state.now().millis() - device.logged_in_at.millis();
        let device = device_token.and_then(|text| state.device_tokens.read(realm, email, text));
        let device = device.filter(|device| age(device) < KNOWN_MILLIS);
        let to_account = throttles.known_to_account(realm, email, address);
        let to_realm = throttles.known_to_realm(realm, address);
        let unlocked = ThrottleOperation::unlocked(found.map_or(0, |(principal_id, _)| *principal_id));
        let asked = [to_account.clone(), to_realm.clone(), unlocked.clone()];
        let known = read::known(conn, &asked, state.now()).await.map_err(failed)?;
        let is_known = |key: &String| known.contains(key);

        let password_hash = found.map_or("", |(_, password_hash)| password_hash.as_str());
        let place = device.map_or_else(|| address.network().to_vec(), |device| device.id.to_vec());
        let mut counts = vec![
            throttles.login_account(realm, email, password_hash, &place),
            throttles.login_address(&place),
        ];
        let is_stranger = device.is_none() && !is_known(&to_account) && !is_known(&unlocked);
        counts.extend(is_stranger.then(|| throttles.login_strangers(realm, email)));
        let is_recent = device.is_some_and(|device| age(&device) < LANE_MILLIS) || is_known(&to_realm);
        let lane = if is_recent { lane_of(realm) } else { Lane::Strangers };
        admit(conn, &counts, state.now()).await?;
        Ok(Self { lane, throttles: counts, device, known: [to_account, to_realm] })
    }

    /// Counts it as one that failed.
    ///
    /// # Errors
    /// 429 when there were too many: what came of this one is not told.
    pub(crate) async fn failed(self, state: &AppState, request_id: &RequestId) -> Result<(), Problem> {
        submit(state, request_id, self.throttles.iter().map(counted).collect()).await
    }

    /// The operations around a login that is right: refused when too many were wrong, and whoever it is is known from now on.
    pub(crate) fn succeeded(&self) -> impl Iterator<Item = Operation> {
        let known = self.known.iter().zip([KNOWN_MILLIS, LANE_MILLIS]);
        let known = known.map(|(key, for_millis)| ThrottleOperation::Know { key: key.clone(), for_millis });
        self.throttles.iter().map(let_through).chain(known.map(Operation::Throttle))
    }

    /// The token by which the client is known at its next login.
    pub(crate) fn device_token(&self, state: &AppState, realm: Realm, email: &Email) -> Option<String> {
        let id = self.device.map_or_else(|| state.sources.bytes(), |device| device.id);
        state.device_tokens.mint(realm, email, Device { id, logged_in_at: state.now() })
    }
}

/// An attempt to say the password of the account that one is logged in to. Whoever finds an open session must not guess
/// faster there, and whoever guesses elsewhere does not stop its owner.
pub(crate) struct OwnPasswordAttempt {
    throttle: Throttle,
}

impl OwnPasswordAttempt {
    /// Admits an attempt in a session.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub(crate) async fn admit(
        (state, conn): (&AppState, &mut Conn),
        session: SessionId,
    ) -> Result<Self, Problem> {
        let session = session.get().to_be_bytes();
        let throttle = state.throttles.of("own_password", &[&session], state.throttles.rates.login_account);
        admit(conn, std::slice::from_ref(&throttle), state.now()).await?;
        Ok(Self { throttle })
    }

    /// Counts it as one that failed.
    ///
    /// # Errors
    /// 429 when there were too many: what came of this one is not told.
    pub(crate) async fn failed(self, state: &AppState, request_id: &RequestId) -> Result<(), Problem> {
        submit(state, request_id, vec![counted(&self.throttle)]).await
    }

    /// In front of what the right password gives a right to.
    pub(crate) fn succeeded(&self) -> Operation {
        let_through(&self.throttle)
    }
}

/// The lane of those who are known in a realm.
pub(crate) const fn lane_of(realm: Realm) -> Lane {
    match realm {
        Realm::Customer => Lane::Customers,
        Realm::Staff => Lane::Staff,
    }
}

fn realm_name(realm: Realm) -> &'static [u8] {
    <&str>::from(realm).as_bytes()
}
