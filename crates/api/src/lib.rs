//! ordervault's HTTP side: routes, request and response shapes, authentication, problem documents, OpenAPI.
//!
//! # Rooms, from top to bottom
//!
//! An import goes down this list, never up.
//!
//! - `server`: listening, limits and stopping
//! - `app`: all routes behind the middleware
//! - `v1`, `pages`: the endpoints; pages for people, and health
//! - `background`: what the program does without being asked: numbering, followers of the outbox, timed jobs, batches
//! - `login_attempts`: who may try a password, and whom strangers do not stop
//! - `throttling`: who is counted under which throttle
//! - `submit`: from a handler to the write queue
//! - `principals`: who asks, with which rights; a handler's first argument
//! - `middleware`, `connections`: what each request passes through, and each connection
//! - `openapi`: the contract
//! - `routes`: routing and documentation of an endpoint in one
//! - `extract`: the other arguments of a handler, read strictly
//! - `reading`, `refusals`: a connection to read with; what a rule that said no looks like outside
//! - `state`: what every handler can reach
//! - `cursors`, `board_ids`: where pages end; by what the public board names orders
//! - `sealing`: what clients carry and cannot read
//! - `store_names`: what customers call the stores
//! - `throttles`, `places`, `known_logins`, `waker`: what is counted; who may do much at a time; who was let in a moment ago; how
//!   jobs are woken
//! - `mail`: what is written to people, and how it goes out
//! - `auth`: passwords, tokens and the keys behind them
//! - `settings`: what the configuration decides
//! - `telemetry`: log and metrics
//! - `problem`, `caching`: answers of 400 and above; answers that may be kept
//! - `translations`: texts that people read, in their languages
//! - `names`: named lists of values in the contract
//!
//! # How to add one more
//!
//! **Endpoint:**
//!
//! 1. One file for it in the room of its kind under [`v1`], for example `v1/staff/orders/hold.rs`: the request and response
//!    types (`serde`, `ToSchema`, `Validate`), then the handler with `#[utoipa::path(post, path = "/v1/…", operation_id =
//!    "hold_order", tag = "…", params(…), security(("staff_bearer" = [])), responses((status = 200, body = …)))]`. The doc
//!    comment's first line is the summary. Headers are documented by their extractors: `params(OptionalIfMatch)`. Examples
//!    name what the demo shop has, from [`openapi::examples`], so that they can be executed there. **A command on an order that
//!    says no more than why** is one entry in `v1/staff/orders/commands.rs`, which stands for steps 1 to 3, and the order of its
//!    example.
//! 2. The handler's arguments are the checks, in order: who and with which rights ([`principals::Staff`] with one of
//!    [`principals::permit`]: `permit::order::Amend` takes what the domain says that the command takes, `permit::OrdersRead`
//!    is for what only reads; or [`principals::Customer`], [`principals::CustomerOrGuest`], [`principals::OptionalCustomer`];
//!    all of them check session and rights), which ([`extract::PathId`]), under which conditions
//!    ([`extract::OptionalIfMatch`], [`extract::OptionalIdempotencyKey`]), what ([`extract::Valid`], [`extract::Query`]). It
//!    returns `Result<_, Problem>`. An endpoint without the first of them is open to everybody.
//! 3. `mod hold;` and `.with(endpoint!(hold::hold_order))` in that room's file, beside `routes()`. That routes it, documents
//!    it (with every problem that follows from its shape), adds HEAD beside GET and 405 with `Allow` for the rest.
//! 4. Tests name what is missing until it is there: a row in `tests/tests/access/rows.rs` (who may), the example's order in
//!    the demo shop, and the committed contract (`cargo xtask bless`).
//!
//! **List of names in the contract** (statuses, roles, reasons): an entry in `names.rs`, made from its enumeration; the field says
//! `#[schema(value_type = names::OrderStatus)]`, in a request `names::KnownOrderStatus`.
//!
//! **Members of a body that go together:** an entry in `openapi/conditions.rs`.
//!
//! **Body of a request:** `impl Content for …` beside it (`extract`); what its handler would find wrong itself goes into
//! `faults`, so that whoever is refused hears of everything at once.
//!
//! **Problem code:** one entry in `problem/codes.rs`, and in every file of `locales/` the message `problem-<code>` with `.detail` and
//! `.what-to-do`. Its page under `/problems/` and its place in the contract follow.
//!
//! **Refusal of the business:** a variant in `ordervault_domain::refusal`, its code in `problem/codes.rs` (`Code::of`), and,
//! if it is about a field of the request or says more than its code, its arm in `refusals.rs`.
//!
//! **Filter of the staff's list of orders:** a field of `ListStaffOrders` (`v1/staff/orders/filters.rs`), what it means
//! in the same file, and `ordervault_persistence::read::OrderFilter`.
//!
//! **Text that people read:** a message in every file of `locales/`; tests compare them. **Language:** one more file there, named by
//! its tag, with every message.
//!
//! **Timed job, or follower of the outbox:** see [`background`].

pub mod app;
pub mod auth;
pub mod background;
pub mod board_ids;
mod caching;
mod connections;
pub mod cursors;
pub mod extract;
pub mod known_logins;
mod login_attempts;
pub mod mail;
pub mod middleware;
mod names;
pub mod openapi;
pub mod pages;
pub mod places;
pub mod principals;
pub mod problem;
mod reading;
mod refusals;
pub mod routes;
pub mod sealing;
pub mod server;
pub mod settings;
pub mod state;
pub mod store_names;
mod submit;
pub mod telemetry;
pub mod throttles;
mod throttling;
pub mod translations;
pub mod v1;
pub mod waker;

#[cfg(test)]
mod http_tests;
