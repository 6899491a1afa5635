//! What the tests of the whole product share: one kit for tests of the write queue, one for tests over HTTP.
//!
//! # Rooms, from top to bottom
//!
//! An import goes down this list, never up.
//!
//! - `client`, `statements`: people who use the API of a server; what it asks the database for them
//! - `server`: a shop that answers over HTTP
//! - `random_submissions`, `life`: what random shops do
//! - `list_queries`, `fabricate`: very many orders with everything beside them, and what is asked of them
//! - `queue`: short ways to talk to the write queue, and to look at what it wrote
//! - `shop`: a write queue on a database, with a clock and dice of its own
//! - `seed`, `damage`: random runs, and databases broken on purpose
//! - `samples`, `stages`: one command of each kind, every combination of times and reasons; also for the tests of the domain
//! - `program`: the program as a process
//! - `twin`: a new database on each engine, verified in the end
//! - `dump`, `explain`, `meter`: everything that a database holds, how it would find it, and what it looks at
//! - `smtp`: a mail server that keeps what it is given
//! - `http`: requests and answers, to the byte
//! - `balancer`, `proxy`: what may stand between a client, a server and a database
//! - `cluster`: a PostgreSQL that may be killed, with its files where a test wants them
//! - `postgres`: a throwaway PostgreSQL
//!
//! # How to add one more test
//!
//! A test takes a database and runs on both engines: name its body in the `twin_tests!` of its file (see [`twin`]). What
//! several tests of a file are set on is its `Fixture`, made from [`shop::Shop`] or [`server::TestServer`]. Where it goes:
//!
//! | what it shows | where |
//! | --- | --- |
//! | what the API answers | `tests/tests/http/`, one file a subject; stores, products and members in `catalogue/` |
//! | a new operation: who may call it | one row in `tests/tests/access/rows.rs`; a missing one fails |
//! | input that is refused | one entry in a table of `tests/tests/bad_input/` |
//! | a new reader of orders: what is out of scope | `tests/tests/access/scope.rs`, or `scope_api.rs` for an endpoint |
//! | lists, searches, exports, counts | `tests/tests/lists/` |
//! | what a statement looks at: values for a new one (`samples.rs`), a new shape of a list (`built.rs`, [`list_queries`]) | `tests/tests/costs/` |
//! | how often a request takes memory | `tests/tests/allocations/`, a program of its own for the sake of its allocator |
//! | timed jobs, deadlines, batches | `tests/tests/background/` |
//! | what the write queue promises | `tests/tests/writer/` |
//! | a new kind of operation | `commands.rs` and `refusals.rs` there, [`random_submissions`] and [`life`] here |
//! | damage that `verify` finds, exports and imports | `tests/tests/integrity/` |
//! | both engines: schema, SQL, transactions | `tests/tests/databases/`; a new table also in [`dump`] |
//! | a parser that meets strangers | `tests/tests/fuzz/` |
//! | the program as a process: options, signals, exit codes | `crates/cli/tests/program/`, where cargo says which program it built |
//! | pages, Swagger UI and pages of other origins, as a browser has them | `tests/browser/`, in JavaScript: `cargo xtask ci browser` |
//! | what survives when machines, disks, clocks and networks break | `tests/faults/`, a package of its own |
//! | a rule of the business, without a database | `crates/domain/tests/` |
//! | middleware and extractors, around endpoints made for the purpose | `crates/api/src/http_tests/`, because they are private |
//! | private functions | beside them |
//!
//! A new file is named in the `main.rs` of its room; a room is a program of its own to compile and link, so that there
//! are few. A random test takes its seeds from [`seed`].

pub mod balancer;
pub mod client;
pub mod cluster;
pub mod damage;
pub mod dump;
pub mod explain;
pub mod fabricate;
pub mod http;
pub mod life;
pub mod list_queries;
pub mod meter;
pub mod postgres;
pub mod program;
pub mod proxy;
pub mod queue;
pub mod random_submissions;
pub mod samples;
pub mod seed;
pub mod server;
pub mod shop;
pub mod smtp;
pub mod stages;
pub mod statements;
pub mod twin;
