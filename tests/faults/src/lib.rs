//! Breaks what a shop stands on, under load, and compares what its clients were told with what is there afterwards.
//!
//! ```text
//! cargo test -p ordervault-faults                            the short form: no privileges, a part of every test run
//! cargo run --release -p ordervault-faults -- --full         the full form, best as root; or with names: … --full kill power
//! ```
//!
//! # Rooms, from top to bottom
//!
//! An import goes down this list, never up.
//!
//! - `scenarios`: what breaks, and the table of all of them
//! - `runner`: rounds, and their negative controls
//! - `report`: what came of it, as a table and as JSON
//! - `subject`: the program under test, with its shop and its clients
//! - `hasty`: who says yes before it is true
//! - `clients`: who orders, and writes down what they are told
//! - `ledger`: what was meant and what was told, on a disk of its own
//! - `linear`: whether answers about one order can be those of one order
//! - `disk`: disks that lose their power, fill up, and lie
//! - `trial`: what a round is given, and hands back
//! - `needs`: what not every machine has
//! - `dice`: chance that is the same for the same seed
//!
//! # How a scenario shows something
//!
//! A client writes into the ledger what it means to do, sends it, and writes down a whole 2xx answer before it acts on it. After
//! the fault, what was acknowledged has to be there (else LOSS), what was refused must not (PHANTOM), nothing may be there twice
//! (DOUBLE), and what was never answered has to be when it is repeated with the same key (OPEN). `verify` has to be content.
//!
//! A check that cannot fail shows nothing. So each scenario first runs once with its **negative control**: something is
//! broken on purpose, and if nobody notices, the scenario is void.
//!
//! # How to add one more scenario
//!
//! A file in `scenarios/` with a `round`: a shop ([`subject::Subject::open`]), clients at work
//! ([`subject::Subject::under_load`]), the fault, the way back ([`subject::Subject::recovers`]), the judgement
//! ([`subject::Subject::judge`]). Where [`trial::Trial::is_control`] it breaks something so that the judgement has to fail. A row
//! in [`scenarios::ALL`], with rounds for the short form if it takes seconds and no privileges; a row in `docs/faults.md`.

pub mod clients;
pub mod dice;
pub mod disk;
pub mod hasty;
pub mod ledger;
pub mod linear;
pub mod needs;
pub mod report;
pub mod runner;
pub mod scenarios;
pub mod subject;
pub mod trial;
