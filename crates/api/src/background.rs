//! Background work: what the program does without being asked. Numbering of the outbox, followers of the outbox, timed jobs,
//! batches, backups, mails, erasures.
//!
//! All of it is [`Job`]s, and there is one way to run them ([`Background::run`]): each on its own, so that none waits for
//! another; by one server at a time; again after its pause, or at once while there is more; after a failure with pauses that
//! double; until the server is told to stop.
//!
//! A step is bounded (a few hundred orders, a few seconds at most), because a stop of the server waits for it. That one
//! server at a time runs it saves work and is no promise: what a step does has to be such that two servers at once do no harm.
//! What it changes for people, it hands to the write queue as [`Class::Background`](ordervault_persistence::writer::Class).
//!
//! # How to add one more
//!
//! **Timed job:** a file under `background/` with a type that implements [`Job`], and a line in [`Background::of`]. Its step
//! reads what is to be done, hands it over and tells whether there is more.
//!
//! **Follower of the outbox**, say one that delivers events to the outside: the same, and its step is
//! [`follow`](ordervault_persistence::follow) with a name of its own and what it does with the events. Events come in the order
//! of their positions, without gaps, each at least once: when the work was done and the position could not be stored, they come
//! again. Nothing is held open meanwhile, so it may take its time; a failure is the step's error, and the same events come again
//! after a pause. A new name begins with the first event of all; one that shall begin today gets its row in `followers` by the
//! migration that brings it. Its test is in `tests/tests/background`.

mod backoff;
mod backups;
mod batches;
mod checkpoints;
mod deadlines;
mod erasures;
mod gone_words;
mod job;
mod mails;
mod order_mails;
mod runner;
mod sequencer;

pub use backoff::Backoff;
pub use backups::MakeBackups;
pub use batches::RunBatches;
pub use checkpoints::Checkpoints;
pub use deadlines::Deadlines;
pub use erasures::{EraseAccounts, EraseOrders};
pub use gone_words::MergeWords;
pub use job::{Job, JobError, Pace, Remaining, Tools};
pub use mails::SendMails;
pub use order_mails::OrderMails;
pub use runner::Background;
pub use sequencer::Sequencer;
