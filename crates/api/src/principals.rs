//! Who is asking, with which rights: a handler's first argument.
//!
//! | argument | who |
//! | --- | --- |
//! | [`Staff<P>`] | a signed-in member with what `P` asks for: [`permit::OrdersRead`] to read, `permit::order::Amend` for a command |
//! | [`Customer`] | a signed-in customer |
//! | [`CustomerOrGuest`] | a signed-in customer, or somebody who has proved to know one order |
//! | [`OptionalCustomer`] | a signed-in customer, or somebody without an account |
//!
//! They check the session and read the rights, or know them from less than a second ago. The bearers below them only check the token.

mod bearer;
pub mod permit;
mod principal;

#[cfg(test)]
pub(crate) use bearer::{CustomerBearer, StaffBearer};
pub(crate) use principal::Submitter;
pub use principal::{Customer, CustomerOrGuest, OptionalCustomer, Staff};
