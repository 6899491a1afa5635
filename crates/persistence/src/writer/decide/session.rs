//! Logins: families of refresh tokens, rotated at each use (RFC 9700 section 4.14.2).

use ordervault_domain::customer::Customer;
use ordervault_domain::id::SessionId;
use ordervault_domain::member::Member;
use ordervault_domain::refusal::Refusal;

use super::decider::{Decider, OperationError};
use crate::tables::sessions::{Realm, Session};
use crate::tables::times::MAX_CLOCK_LAG_MILLIS;
use crate::writer::operation::{Effect, SessionOperation, TokenHash};
use crate::writer::set::{Change, Exchange};

/// Most open logins of one principal; a further one ends the oldest.
pub const MAX_SESSIONS_PER_PRINCIPAL: usize = 10;
/// Number of a login's first token.
const FIRST_GENERATION: i64 = 1;
/// For so long the token before the current one is taken for a repeated request, not for theft.
pub const REUSE_GRACE_MILLIS: i64 = 10_000;

impl Decider<'_> {
    /// Is this still the hash of the password of an active account?
    pub(in crate::writer) fn verified(
        &self,
        realm: Realm,
        principal_id: i64,
        password_hash: &str,
    ) -> Result<Effect, OperationError> {
        let is_active = match realm {
            Realm::Customer => self.set.get::<Customer>(principal_id).is_some_and(Customer::may_sign_in),
            Realm::Staff => self.set.get::<Member>(principal_id).is_some_and(|member| member.active),
        };
        match self.set.password(principal_id) {
            Some(current) if is_active && current.hash == password_hash => Ok(Effect::Verified),
            _ => Err(Refusal::InvalidCredentials.into()),
        }
    }

    /// The same password under another hash.
    pub(in crate::writer) fn rehash(
        &mut self,
        principal_id: i64,
        password_hash: &str,
    ) -> Result<Effect, OperationError> {
        let current = self.set.password(principal_id).ok_or(Refusal::InvalidCredentials)?;
        self.set_password(principal_id, password_hash, current.version);
        Ok(Effect::Rehashed)
    }

    pub(in crate::writer) fn session(
        &mut self,
        operation: &SessionOperation,
    ) -> Result<Effect, OperationError> {
        match operation {
            SessionOperation::Open { realm, principal_id, idle_millis, absolute_millis, token_hash } => {
                self.end_oldest_of(*principal_id);
                let id = SessionId::from_i64(self.new_id());
                let expires_at = self.now.plus_millis(*absolute_millis);
                let session = Session {
                    id,
                    realm: *realm,
                    principal_id: *principal_id,
                    generation: FIRST_GENERATION,
                    token_hash: token_hash(id, FIRST_GENERATION),
                    previous_hash: None,
                    created_at: self.now,
                    rotated_at: self.now,
                    idle_until: self.now.plus_millis(*idle_millis).min(expires_at),
                    expires_at,
                    ended_at: None,
                    ended_because: None,
                };
                self.put(session.clone());
                Ok(Effect::Session(Some(session)))
            }
            SessionOperation::Rotate { id, realm, presented_hash, idle_millis, token_hash } => {
                let session = self.set.session(id.get()).filter(|session| session.realm == *realm);
                let session = session.cloned().ok_or(Refusal::InvalidCredentials)?;
                if session.ended_at.is_some()
                    || self.now >= session.expires_at
                    || self.now >= session.idle_until
                {
                    return Err(Refusal::InvalidCredentials.into());
                }
                if session.token_hash == *presented_hash {
                    return Ok(Effect::Session(Some(self.rotate(session, *idle_millis, token_hash))));
                }
                let since = self.now.millis() - session.rotated_at.millis();
                // Rotated in a time to come, by a clock that was ahead: long ago, as far as anybody knows.
                let in_grace = (-MAX_CLOCK_LAG_MILLIS..=REUSE_GRACE_MILLIS).contains(&since);
                if session.previous_hash.as_ref() == Some(presented_hash) && in_grace {
                    return Ok(Effect::Session(Some(session)));
                }
                self.end(session, "token_reused");
                Ok(Effect::TokenReused)
            }
            SessionOperation::End { id } => {
                let open = self.set.session(id.get()).filter(|session| session.ended_at.is_none());
                let ended = open.cloned().map(|session| self.end(session, "logout"));
                Ok(Effect::Session(ended))
            }
            SessionOperation::EndAll { principal_id, but, because } => {
                for session in self.open_sessions_of(*principal_id) {
                    if Some(session.id) != *but {
                        self.end(session, because);
                    }
                }
                Ok(Effect::Session(None))
            }
        }
    }

    fn rotate(&mut self, session: Session, idle_millis: i64, token_hash: &TokenHash) -> Session {
        let generation = session.generation + 1;
        let rotated = Session {
            generation,
            previous_hash: Some(session.token_hash),
            token_hash: token_hash(session.id, generation),
            rotated_at: self.now,
            idle_until: self.now.plus_millis(idle_millis).min(session.expires_at),
            ..session
        };
        self.put(rotated.clone());
        rotated
    }

    fn end(&mut self, session: Session, because: &str) -> Session {
        let ended = Session { ended_at: Some(self.now), ended_because: Some(because.to_owned()), ..session };
        self.put(ended.clone());
        ended
    }

    fn put(&mut self, session: Session) {
        self.set.apply(Change::Session(Exchange::put(session.id.get(), session)));
    }

    fn end_oldest_of(&mut self, principal_id: i64) {
        let open = self.open_sessions_of(principal_id);
        let surplus = (open.len() + 1).saturating_sub(MAX_SESSIONS_PER_PRINCIPAL);
        for session in open.into_iter().take(surplus) {
            self.end(session, "too_many_logins");
        }
    }

    /// Oldest first.
    fn open_sessions_of(&self, principal_id: i64) -> Vec<Session> {
        let mut open: Vec<Session> = self
            .set
            .sessions()
            .filter(|session| session.principal_id == principal_id && session.ended_at.is_none())
            .cloned()
            .collect();
        open.sort_by_key(|session| (session.created_at, session.id.get()));
        open
    }
}
