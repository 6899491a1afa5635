//! What can be asked without changing anything. Every function takes a [`Conn`](crate::tx::Conn), so that several of
//! them can look at one snapshot.

mod batches;
mod catalogue;
mod customers;
mod deadlines;
mod erasures;
mod history_list;
mod idempotency;
mod logins;
mod mails;
mod order_list;
mod orders;
mod page;
mod past;
mod people;
mod picking;
mod select;
mod steps;
mod summary;
mod terms;
mod throttles;
mod unread;

pub use crate::tables::installations::installation;
pub use batches::{
    BatchItem, batch, batch_items, batches, done_items, open_batches, previewed, waiting_items,
};
pub use catalogue::{ProductFilter, count_products, product, products, products_statement, store, stores};
pub use customers::{customer_in_reach, customers, customers_statements};
pub use deadlines::{Expiries, TimeUp, WaitingExpiries, WhatIf, expiries, overdue, waited_too_long};
pub use erasures::{LeftOrder, due_deletions, erased_customers, erased_since, left_orders};
pub use history_list::{EventRef, HistoryFilter, HistoryKey, HistoryReach, history_statements, list_history};
pub use idempotency::used_key;
pub use logins::{open_sessions, password_hash, session, sign_in};
pub use mails::{due_mails, one_time_code, one_time_codes, waiting_mails};
pub use order_list::{
    CustomerFilter, OrderCursor, OrderFilter, OrderGlance, OrderPage, OrderRest, OrderSort, OrderSummary,
    SortKey, Trash, count_orders, list_orders, list_statements, whole_orders,
};
pub use orders::{OpenedOrder, OrderContext, Proof, opened_order, order, orders, possible_duplicates, proof};
pub use page::{Counted, Edge, MAX_COUNTED, MAX_WALKED_ROWS, Page, RowKey, page_of};
pub use past::{AsOf, EventKey, PastEvent, newest_state, past_events, state_at};
pub use people::{customer, member, member_by_email, member_names, members};
pub use picking::{MAX_ORDERS_TO_PICK, orders_to_pick};
pub use steps::{StepBeginning, latest_beginning, page_before, step_beginnings};
pub use summary::{Summary, Today, summary, summary_counts};
pub use throttles::{Blocked, blocked, known};
pub use unread::{count_new, last_position, new_among, new_among_statement};

/// The fixed statements of these modules.
pub(crate) static ALL_STATEMENTS: &[crate::statement::Statements] = &[
    batches::STATEMENTS,
    catalogue::STATEMENTS,
    deadlines::STATEMENTS,
    erasures::STATEMENTS,
    order_list::STATEMENTS,
    orders::STATEMENTS,
    past::STATEMENTS,
    people::STATEMENTS,
    picking::STATEMENTS,
    steps::STATEMENTS,
    summary::STATEMENTS,
];
