//! How fast the product is, beside the limit: what the databases and the HTTP library alone do, in the same run.
//!
//! ```text
//! cargo xtask bench                                          all there is, against what is asked for
//! cargo run --release -p ordervault-bench -- door            only the door: placing orders
//! cargo run --release -p ordervault-bench -- reads           reading, listing and searching
//! cargo run --release -p ordervault-bench -- mixed           all that people do at once, memory, time to get ready
//! cargo run --release -p ordervault-bench -- scale --orders 10000,100000   the same questions to shops of several sizes
//! cargo run --release -p ordervault-bench --bin load …       many clients at a server of one's own
//! ```
//!
//! Only ratios within one run mean anything: machines differ, and on most of them other work goes on.
//!
//! # Rooms, from top to bottom
//!
//! An import goes down this list, never up.
//!
//! - `door`, `reads`: placing orders, beside bare transactions; reading, listing and searching them, beside a bare handler
//! - `mixed`, `scale`: all that people do at once; the same questions to shops of several sizes
//! - `shop`: the program, with clients at its door
//! - `bare`: what an order, and reading, cost without any of the product
//! - `load`: many clients, and what they do
//! - `gates`: what is asked for, and whether it was met
//!
//! # How to add one more
//!
//! - **A gate**: its measuring in the room of its subject, its bound from the requirement, and a call of [`gates::Gates::add`].
//! - **A baseline**: in [`bare`], with what it leaves out at its head; its SQL as a file under `sql/`.

pub mod bare;
pub mod door;
pub mod gates;
pub mod load;
pub mod mixed;
pub mod reads;
pub mod scale;
pub mod shop;
