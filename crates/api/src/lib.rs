//! ordervault's HTTP side: routes, request and response shapes, authentication, problem documents, OpenAPI.
//!
//! # How to add one more endpoint
//!
//! 1. One file for it in the room of its kind under [`v1`], for example `v1/orders/hold.rs`: the request and response types
//!    (`serde`, `ToSchema`, `Validate`), then the handler with `#[utoipa::path(post, path = "/v1/…", operation_id =
//!    "hold_order", tag = "…", params(…), security(("staff_bearer" = [])), responses((status = 200, body = …)))]`. The doc
//!    comment's first line is the summary. Headers are documented by their extractors: `params(OptionalIfMatch)`. Examples
//!    name things of the demo shop, from [`openapi::examples`], so that they can be executed there.
//! 2. The handler's arguments are the checks, in order: who ([`auth::StaffBearer`]), which ([`extract::PathId`]), under which
//!    conditions ([`extract::OptionalIfMatch`], [`extract::IdempotencyKey`]), what ([`extract::Valid`]). It returns
//!    `Result<_, Problem>`.
//! 3. `.with(endpoint!(hold::hold_order))` in that room's `routes()`.
//!
//! That routes it, documents it (with every problem that follows from its shape), adds HEAD beside GET and 405 with `Allow`
//! for the rest. A refusal of a new kind is one entry in `problem/codes.rs`.

pub mod app;
pub mod auth;
mod caching;
pub mod extract;
pub mod jobs;
pub mod middleware;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod routes;
pub mod server;
pub mod state;
pub mod telemetry;
pub mod throttles;
pub mod v1;

#[cfg(test)]
mod http_tests;
