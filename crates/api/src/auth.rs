//! Who is asking: passwords, access tokens, refresh tokens and the keys behind them.
//!
//! Accounts, sessions and login counters are rows and live in the persistence crate; nothing here asks a database. An access
//! token says who somebody is, never what they may do: state, role and scope are read anew for each request.

mod access;
mod bearer;
mod password_rules;
mod passwords;
mod principal;
mod refresh;
mod secrets;

pub use access::{AccessClaims, AccessToken, AccessTokens, TokenFault};
pub use bearer::{CustomerBearer, StaffBearer};
pub use password_rules::NewPassword;
pub use passwords::{PasswordCheck, Passwords};
pub use principal::{Customer, Permit, Staff, permit};
pub use refresh::{PresentedRefreshToken, RefreshToken, RefreshTokens};
pub use secrets::{SecretError, Secrets};

pub use ordervault_persistence::Realm;

/// The access token's `aud` of a realm.
const fn audience(realm: Realm) -> &'static str {
    match realm {
        Realm::Customer => "ordervault-customer",
        Realm::Staff => "ordervault-staff",
    }
}
