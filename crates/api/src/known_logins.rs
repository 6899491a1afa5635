//! Who was let in a moment ago: what a login and its account were when they were last read, so that reading need not ask again
//! for each request. Writing does (`submit`).
//!
//! What another process does to a login is seen here after [`KNOWN_MILLIS`]; what this one does, at once: whoever writes forgets
//! what it touches after its commit, and whoever is reading at that moment keeps nothing of what they read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ordervault_domain::id::SessionId;
use ordervault_domain::member::Member;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::{Operation, SessionOperation};

/// For so long what was read is taken for true.
pub const KNOWN_MILLIS: i64 = 1_000;
/// Most logins that are known at a time. Whoever is one too many is read for each request, as everybody is at first.
pub const MAX_KNOWN_LOGINS: usize = 10_000;

/// A login that was open, and its account.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownLogin {
    /// The customer or member.
    pub principal_id: i64,
    /// When the login ends by itself.
    pub expires_at: Timestamp,
    /// The member; none: it is a customer's.
    pub member: Option<Arc<Member>>,
}

/// Logins that are to be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logins {
    /// This one.
    One(SessionId),
    /// All of a customer or member.
    Of(i64),
}

/// What is known of logins. Holds only those behind tokens with a valid signature.
#[derive(Debug, Default)]
pub struct KnownLogins(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// How often something was forgotten.
    forgotten: u64,
    logins: HashMap<SessionId, (KnownLogin, Timestamp)>,
}

/// Taken before a login is read: what was forgotten since is not kept.
#[derive(Clone, Copy, Debug)]
pub struct BeforeRead(u64);

impl KnownLogins {
    /// The login, if it was read a moment ago and is not over.
    pub fn get(&self, id: SessionId, now: Timestamp) -> Option<KnownLogin> {
        let known = self.lock();
        let (login, read_at) = known.logins.get(&id)?;
        // A clock that was set back makes nothing younger.
        let is_fresh = (0..KNOWN_MILLIS).contains(&(now.millis() - read_at.millis()));
        (is_fresh && now < login.expires_at).then(|| login.clone())
    }

    /// To be taken before a login is read that shall be kept.
    pub fn before_read(&self) -> BeforeRead {
        BeforeRead(self.lock().forgotten)
    }

    /// Keeps what was read at this time, unless something was forgotten in between.
    pub fn keep(&self, before: BeforeRead, id: SessionId, login: KnownLogin, read_at: Timestamp) {
        let mut known = self.lock();
        if known.forgotten != before.0 {
            return;
        }
        if known.logins.len() >= MAX_KNOWN_LOGINS {
            let is_fresh = |read: &Timestamp| read_at.millis() - read.millis() < KNOWN_MILLIS;
            known.logins.retain(|_, (_, read)| is_fresh(read));
        }
        if known.logins.len() < MAX_KNOWN_LOGINS {
            known.logins.insert(id, (login, read_at));
        }
    }

    /// Forgets these logins.
    pub fn forget(&self, logins: Logins) {
        let mut known = self.lock();
        known.forgotten += 1;
        match logins {
            Logins::One(id) => _ = known.logins.remove(&id),
            Logins::Of(principal) => known.logins.retain(|_, (login, _)| login.principal_id != principal),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Logins {
    /// Those that may be others after an operation than before: ended, or of an account that has changed.
    pub fn touched_by(operation: &Operation) -> Option<Self> {
        match operation {
            // A further login may end the oldest one.
            Operation::Session(
                SessionOperation::Open { principal_id, .. } | SessionOperation::EndAll { principal_id, .. },
            ) => Some(Self::Of(*principal_id)),
            // A token that was used before ends its login.
            Operation::Session(SessionOperation::Rotate { id, .. } | SessionOperation::End { id }) => {
                Some(Self::One(*id))
            }
            Operation::Member { id, .. } => id.map(|id| Self::Of(id.get())),
            Operation::Customer { id, .. } => id.map(|id| Self::Of(id.get())),
            Operation::Order { .. }
            | Operation::Store { .. }
            | Operation::Product { .. }
            | Operation::Installation(_)
            | Operation::Batch(_)
            | Operation::Mail(_)
            | Operation::Code(_)
            | Operation::Verified { .. }
            | Operation::Rehash { .. }
            | Operation::Throttle(_)
            | Operation::Seen { .. }
            | Operation::ImportHistory(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn id(number: usize) -> SessionId {
        SessionId::from_i64(i64::try_from(number).unwrap() + 1)
    }

    fn login(principal_id: i64) -> KnownLogin {
        KnownLogin { principal_id, expires_at: NOW.plus_minutes(10), member: None }
    }

    fn keep(known: &KnownLogins, number: usize, principal_id: i64, at: Timestamp) {
        known.keep(known.before_read(), id(number), login(principal_id), at);
    }

    #[test]
    fn a_login_is_known_for_a_second_and_not_beyond_its_end() {
        let known = KnownLogins::default();
        keep(&known, 1, 7, NOW);
        for (millis, is_known) in [(-1, false), (0, true), (999, true), (1_000, false), (i64::MAX / 2, false)]
        {
            assert_eq!(known.get(id(1), NOW.plus_millis(millis)).is_some(), is_known, "{millis}");
        }
        let brief = KnownLogin { expires_at: NOW.plus_millis(500), ..login(7) };
        known.keep(known.before_read(), id(1), brief, NOW);
        assert!(known.get(id(1), NOW.plus_millis(499)).is_some());
        assert_eq!(known.get(id(1), NOW.plus_millis(500)), None);
    }

    #[test]
    fn what_is_forgotten_is_not_kept_by_whoever_is_reading() {
        for (forgotten, left) in [(Logins::One(id(1)), vec![2, 3]), (Logins::Of(7), vec![3])] {
            let known = KnownLogins::default();
            for (number, principal) in [(1, 7), (2, 7), (3, 8)] {
                keep(&known, number, principal, NOW);
            }
            let before = known.before_read();
            known.forget(forgotten);
            known.keep(before, id(1), login(7), NOW);
            let known_now = (1..=3).filter(|number| known.get(id(*number), NOW).is_some());
            assert_eq!(known_now.collect::<Vec<_>>(), left);
            keep(&known, 1, 7, NOW);
            assert!(known.get(id(1), NOW).is_some());
        }
    }

    #[test]
    fn so_many_are_known_and_no_more() {
        let known = KnownLogins::default();
        for number in 0..MAX_KNOWN_LOGINS + 10 {
            keep(&known, number, 7, NOW);
        }
        assert_eq!(known.lock().logins.len(), MAX_KNOWN_LOGINS);
        assert_eq!(known.get(id(MAX_KNOWN_LOGINS + 5), NOW), None);
        // Those that are not known any more make room.
        let later = NOW.plus_millis(KNOWN_MILLIS);
        keep(&known, MAX_KNOWN_LOGINS + 5, 7, later);
        assert!(known.get(id(MAX_KNOWN_LOGINS + 5), later).is_some());
        assert_eq!(known.lock().logins.len(), 1);
    }
}
