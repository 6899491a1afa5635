//! Hashing and checking passwords with argon2id (RFC 9106; OWASP's minimum of 19 MiB, two passes), a bounded number at a
//! time: a flood of logins must not starve orders of memory and cores.

use std::sync::Arc;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use ordervault_persistence::sources::Sources;

use super::password_rules::{NewPassword, normalised};
use super::permits::{Lane, Permit, Permits};
use crate::problem::Problem;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const OUTPUT_BYTES: usize = 32;
const SALT_BYTES: usize = 16;

/// What a stored hash may ask for at most: a row must not be able to make us allocate at will.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
const MAX_PASSES: u32 = 10;
const MAX_LANES: u32 = 4;

/// Checked in place of the hash that an unknown account does not have, so that it takes the same time.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$b3JkZXJ2YXVsdGR1bW15MQ$bm9ib2R5IGhhcyB0aGlzIHBhc3N3b3JkLCBldmVyLi4";

/// What checking a password found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordCheck {
    /// It is another password, or there is no such account.
    Wrong,
    /// It is the password.
    Right {
        /// The stored hash is weaker than today's: hash again and store that.
        needs_rehash: bool,
    },
}

/// Hashes and checks passwords.
pub struct Passwords {
    permits: Arc<Permits>,
    sources: Sources,
}

impl Passwords {
    /// With one permit per core, but one core left to others.
    pub fn new(cores: usize, sources: Sources) -> Self {
        Self { permits: Permits::new(cores.saturating_sub(1).max(1)), sources }
    }

    /// The text to store for a password (PHC string format). 503 `overloaded` when too many wait.
    pub async fn hash(&self, lane: Lane, password: NewPassword) -> Result<String, Problem> {
        let salt = self.sources.bytes::<SALT_BYTES>();
        self.with_permit(lane, move |permit| {
            let params =
                Params::new(MEMORY_KIB, PASSES, LANES, Some(OUTPUT_BYTES)).map_err(Problem::internal)?;
            let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let hash = PasswordHash {
                algorithm: Algorithm::Argon2id.ident(),
                version: Some(Version::V0x13.into()),
                params: ParamsString::try_from(argon.params()).map_err(Problem::internal)?,
                salt: Some(Salt::new(&salt).map_err(Problem::internal)?),
                hash: Some(output(permit, &argon, password.0.as_bytes(), &salt)?),
            };
            Ok(hash.to_string())
        })
        .await
    }

    /// Compares a password with a stored hash; `None` for an account that does not exist or may not log in, which costs the
    /// same. 503 `overloaded` when too many wait.
    pub async fn check(
        &self,
        lane: Lane,
        password: &str,
        stored: Option<&str>,
    ) -> Result<PasswordCheck, Problem> {
        let password = normalised(password);
        let exists = stored.is_some();
        let stored = stored.unwrap_or(DUMMY_HASH).to_owned();
        let compare = move |permit: &mut Permit| compare(permit, password.as_bytes(), &stored);
        let outcome = self.with_permit(lane, compare).await?;
        Ok(if exists { outcome } else { PasswordCheck::Wrong })
    }

    /// Runs the work on a blocking thread. The permit goes with it: a client that hangs up does not free it early.
    async fn with_permit<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce(&mut Permit) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let mut permit = self.permits.take(lane).await?;
        tokio::task::spawn_blocking(move || work(&mut permit)).await.map_err(Problem::internal)?
    }
}

/// What a password comes to, as long as the parameters say.
fn output(permit: &mut Permit, argon: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Result<Output, Problem> {
    let mut bytes = [0; Output::MAX_LENGTH];
    let length = argon.params().output_len().unwrap_or(OUTPUT_BYTES);
    let bytes = bytes.get_mut(..length).ok_or_else(|| Problem::internal("a password hash is too long"))?;
    let memory = permit.memory(argon.params().block_count());
    argon.hash_password_into_with_memory(password, salt, bytes, memory).map_err(Problem::internal)?;
    Output::new(bytes).map_err(Problem::internal)
}

fn compare(permit: &mut Permit, password: &[u8], stored: &str) -> Result<PasswordCheck, Problem> {
    let unusable = |why: &str| Problem::internal(format_args!("a stored password hash is unusable: {why}"));
    let hash = PasswordHash::new(stored).map_err(|error| unusable(&error.to_string()))?;
    let params = Params::try_from(&hash).map_err(|error| unusable(&error.to_string()))?;
    if hash.algorithm != Algorithm::Argon2id.ident() {
        return Err(unusable("not argon2id"));
    }
    if params.m_cost() > MAX_MEMORY_KIB || params.t_cost() > MAX_PASSES || params.p_cost() > MAX_LANES {
        return Err(unusable("its parameters are too expensive"));
    }
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Err(unusable("salt or hash is missing"));
    };
    let version =
        hash.version.map(Version::try_from).transpose().map_err(|error| unusable(&error.to_string()))?;
    let needs_rehash =
        params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES || version != Some(Version::V0x13);
    let argon = Argon2::new(Algorithm::Argon2id, version.unwrap_or_default(), params);
    // Outputs are compared in constant time.
    match output(permit, &argon, password, salt)? == *expected {
        true => Ok(PasswordCheck::Right { needs_rehash }),
        false => Ok(PasswordCheck::Wrong),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use argon2::password_hash::PasswordHasher;
    use ordervault_domain::time::Timestamp;

    use super::*;
    use crate::auth::Realm;
    use crate::problem::Code;

    /// Other bytes at each call.
    fn sources() -> Sources {
        let calls = AtomicUsize::new(0);
        let next = move |bytes: &mut [u8]| {
            let call = calls.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            bytes.iter_mut().zip(call.into_iter().cycle()).for_each(|(byte, next)| *byte = next);
        };
        Sources::new(|| Timestamp::from_millis(0), next)
    }

    fn new(password: &str) -> NewPassword {
        NewPassword::check(Realm::Customer, password, &[]).unwrap()
    }

    fn weak_hash(password: &str, memory_kib: u32) -> String {
        let params = Params::new(memory_kib, 1, 1, Some(32)).unwrap();
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon.hash_password_with_salt(password.as_bytes(), &[5; 16]).unwrap().to_string()
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let passwords = Passwords::new(2, sources());
        let stored = passwords.hash(Lane::Strangers, new("caf\u{e9} am Eck")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let right = PasswordCheck::Right { needs_rehash: false };
        assert_eq!(passwords.check(Lane::Strangers, "caf\u{e9} am Eck", Some(&stored)).await.unwrap(), right);
        assert_eq!(
            passwords.check(Lane::Strangers, "cafe\u{301} am Eck", Some(&stored)).await.unwrap(),
            right
        );
        assert_eq!(
            passwords.check(Lane::Strangers, "Caf\u{e9} am Eck", Some(&stored)).await.unwrap(),
            PasswordCheck::Wrong
        );
        assert_ne!(passwords.hash(Lane::Strangers, new("caf\u{e9} am Eck")).await.unwrap(), stored);
    }

    #[tokio::test]
    async fn an_unknown_account_costs_a_hash_of_todays_parameters() {
        let dummy = PasswordHash::new(DUMMY_HASH).unwrap();
        let params = Params::try_from(&dummy).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (MEMORY_KIB, PASSES, LANES));
        assert_eq!(dummy.hash.unwrap().as_ref().len(), OUTPUT_BYTES);
        let passwords = Passwords::new(2, sources());
        assert_eq!(passwords.check(Lane::Strangers, "whatever", None).await.unwrap(), PasswordCheck::Wrong);
    }

    #[tokio::test]
    async fn weaker_hashes_ask_to_be_renewed_and_monstrous_ones_are_refused() {
        let passwords = Passwords::new(2, sources());
        let outcome = passwords
            .check(Lane::Strangers, "old password", Some(&weak_hash("old password", 8192)))
            .await
            .unwrap();
        assert_eq!(outcome, PasswordCheck::Right { needs_rehash: true });
        let monstrous = DUMMY_HASH.replace("m=19456", "m=4194304");
        for bad in [
            monstrous.as_str(),
            &DUMMY_HASH.replace("argon2id", "argon2d"),
            DUMMY_HASH.rsplit_once('$').unwrap().0,
            "plain",
            "",
        ] {
            let problem = passwords.check(Lane::Strangers, "x", Some(bad)).await.unwrap_err();
            assert_eq!(problem.code(), Code::InternalError, "{bad}");
        }
    }
}
