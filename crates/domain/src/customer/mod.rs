//! Customers: people with an account (or known from an import) who order.

mod command;
mod context;
mod decide;
mod deletion;
mod event;
mod state;

pub use command::{CustomerCommand, CustomerCommandKind, CustomerEdit};
pub use context::DecisionContext;
pub use decide::decide;
pub use deletion::DELETION_GRACE_DAYS;
pub use event::{CustomerEvent, CustomerEventKind, DeactivationReason};
pub use state::{Customer, EmailVerification};
