//! Mail: what is written to people, and how it goes out.
//!
//! Handlers only note that something is to be written ([`MailOperation`](ordervault_persistence::writer::MailOperation)); the
//! job `mails` makes and sends it. Nothing that a stranger may have typed, such as a name, stands in a mail.

mod letter;
mod mailer;

pub(crate) use letter::{Draft, draft};
pub(crate) use mailer::Letter;
pub use mailer::{Mailer, NotSent};
