//! Bad input, over raw HTTP, on both engines: each is refused with the right words, changes nothing, and the next good
//! request succeeds.
//!
//! The tables (one function each in [`batches`], [`bodies`], [`people`], [`tokens`], [`orders`] and [`staff`]) list what is refused;
//! [`answers`] has what looks bad and is answered all the same, and what takes several requests to show.
//!
//! To add an input: one entry in the table that it belongs to.
//!
//! Not here: what the HTTP layer cuts off before routing, sizes and media types (tested beside the API's own
//! middleware), guests, the public board, throttles and exports (which have tests of their own), webhooks and the live feed,
//! which the API does not have yet. An equal key while the first request runs is no refusal (it waits for the first one's answer): see the
//! races over HTTP.
#![expect(clippy::expect_used, reason = "tests may")]

mod answers;
mod batches;
mod bodies;
mod case;
mod fixture;
mod orders;
mod people;
mod staff;
mod tokens;

use ordervault_persistence::db::Db;

use case::{Case, refuse};
use fixture::Fixture;

ordervault_tests::twin_tests!(
    bodies_and_queries,
    accounts_and_passwords,
    access_tokens,
    placing_orders,
    changing_orders,
    staff_lists_and_orders,
    members_and_catalogue,
    the_trash_and_batches,
    what_is_answered_all_the_same,
    sessions_and_secrets,
);

async fn table(db: Db, cases: fn(&Fixture) -> Vec<Case>) {
    let fixture = Fixture::open(&db).await;
    refuse(&fixture, cases(&fixture)).await;
    fixture.server.close().await;
}

async fn bodies_and_queries(db: Db) {
    table(db, bodies::cases).await;
}

async fn accounts_and_passwords(db: Db) {
    table(db, people::cases).await;
}

async fn access_tokens(db: Db) {
    let fixture = Fixture::open(&db).await;
    tokens::the_maker_of_tokens_is_right(&fixture).await;
    refuse(&fixture, tokens::cases(&fixture)).await;
    fixture.server.close().await;
}

async fn placing_orders(db: Db) {
    table(db, orders::placing).await;
}

async fn changing_orders(db: Db) {
    table(db, orders::changing).await;
}

async fn staff_lists_and_orders(db: Db) {
    table(db, staff::lists_and_orders).await;
}

async fn members_and_catalogue(db: Db) {
    table(db, staff::members_and_catalogue).await;
}

async fn the_trash_and_batches(db: Db) {
    table(db, batches::cases).await;
}

async fn what_is_answered_all_the_same(db: Db) {
    let fixture = Fixture::open(&db).await;
    answers::searches_are_literal(&fixture).await;
    answers::texts_come_back_as_they_were_sent(&fixture).await;
    answers::amending_to_the_same_writes_nothing(&fixture).await;
    answers::cancelling_twice_writes_once(&fixture).await;
    answers::stores_out_of_scope_are_empty(&fixture).await;
    fixture.server.close().await;
}

async fn sessions_and_secrets(db: Db) {
    let fixture = Fixture::open(&db).await;
    answers::failed_logins_sound_alike(&fixture).await;
    answers::things_of_others_look_like_nothing(&fixture).await;
    answers::a_used_refresh_token_ends_its_session(&fixture).await;
    fixture.server.close().await;
}
