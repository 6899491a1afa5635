//! Who is asking: passwords, access tokens, refresh tokens and the keys behind them.
//!
//! Accounts, sessions and login counters are rows and live in the persistence crate; nothing here asks a database. An access
//! token says who somebody is, never what they may do: state, role and scope are read anew for each request.

mod access;
mod bearer;
mod hs256;
mod order_token;
mod password_rules;
mod passwords;
mod principal;
mod refresh;
mod secrets;

pub use access::{AccessClaims, AccessToken, AccessTokens, Audience, TokenFault};
pub use bearer::{CustomerBearer, StaffBearer};
pub use order_token::{LOOK_ALIKE_PREFIX, OrderTokens};
pub use password_rules::NewPassword;
pub use passwords::{PasswordCheck, Passwords};
pub use principal::{Customer, CustomerOrGuest, OptionalCustomer, Permit, Staff, permit};
pub use refresh::{PresentedRefreshToken, RefreshToken, RefreshTokens};
pub(crate) use secrets::hashed;
pub use secrets::{SecretError, Secrets};

pub use ordervault_persistence::Realm;
