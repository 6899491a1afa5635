//! Proofs of who somebody is: passwords, access tokens, refresh tokens and the keys behind them.
//!
//! Accounts, sessions and login counters are rows and live in the persistence crate; nothing here asks a database. An access
//! token says who somebody is, never what they may do: [`crate::principals`] reads that anew for each request.

mod access;
mod device;
mod hs256;
mod one_time_codes;
mod order_token;
mod password_rules;
mod passwords;
mod permits;
mod refresh;
mod secrets;

pub use access::{AccessClaims, AccessToken, AccessTokens, Audience, TokenFault};
pub use device::{Device, DeviceTokens};
pub use one_time_codes::{OneTimeCodes, lifetime_millis};
pub use order_token::{DUPLICATE_PREFIX, OrderTokens, lookup_is_in_time};
pub use password_rules::NewPassword;
pub use passwords::{PasswordCheck, Passwords};
pub use permits::Lane;
pub use refresh::{PresentedRefreshToken, RefreshToken, RefreshTokens};
pub(crate) use secrets::hashed;
pub use secrets::{SecretError, Secrets};

pub use ordervault_persistence::Realm;
