//! Customers and members.

use std::collections::BTreeMap;

use ordervault_domain::access::StoreScope;
use ordervault_domain::contact::Email;
use ordervault_domain::customer::Customer;
use ordervault_domain::id::{CustomerId, MemberId};
use ordervault_domain::member::Member;

use super::page::{Edge, Found, Page};
use crate::error::Error;
use crate::statement::{Template, statements};
use crate::tables::members::{self, MemberRow};
use crate::tables::{LockedRow, RowLock, Stored};
use crate::tx::Conn;

statements! {
    NAMES: Template = Template::new("SELECT id, name FROM members WHERE id {in_keys:1} AND name IS NOT NULL");
    MEMBERS: Template = Template::new("SELECT * FROM members WHERE id < $1 ORDER BY id DESC LIMIT $2");
    MEMBERS_BACK: Template = Template::new("SELECT * FROM members WHERE id > $1 ORDER BY id LIMIT $2");
}

/// Rows that one step over the members reads.
const MEMBERS_PER_STEP: i64 = 100;

/// The customer.
///
/// # Errors
/// When the database fails.
pub async fn customer(conn: &mut Conn, id: CustomerId) -> Result<Option<Customer>, Error> {
    Ok(Customer::load(conn, &[id.get()], RowLock::Free).await?.pop().map(|held| held.state))
}

/// The member.
///
/// # Errors
/// When the database fails.
pub async fn member(conn: &mut Conn, id: MemberId) -> Result<Option<Member>, Error> {
    Ok(Member::load(conn, &[id.get()], RowLock::Free).await?.pop().map(|held| held.state))
}

/// The member who signs in with this address.
///
/// # Errors
/// When the database fails.
pub async fn member_by_email(conn: &mut Conn, email: &Email) -> Result<Option<Member>, Error> {
    let ids: Vec<i64> =
        members::by_email_key(conn, &[email.skeleton()]).await?.into_iter().map(|found| found.1).collect();
    Ok(Member::load(conn, &ids, RowLock::Free).await?.pop().map(|held| held.state))
}

/// Members whose stores are all within these stores, newest first, from the edge. A shop's staff is small: whoever
/// is out of reach is left out row by row.
///
/// # Errors
/// When the database fails.
pub async fn members(
    conn: &mut Conn,
    reach: &StoreScope,
    from: Option<Edge<i64>>,
    limit: u64,
) -> Result<Page<Member, i64>, Error> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let mut found = Vec::new();
    let statement = if from.is_some_and(Edge::is_back) { &MEMBERS_BACK } else { &MEMBERS };
    let mut after = from.map_or(i64::MAX, Edge::key);
    loop {
        let rows: Vec<MemberRow> = conn.fetch_all(&statement.bind((after, MEMBERS_PER_STEP))).await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        for row in rows {
            let member = LockedRow::try_from(row)?.state;
            if reach.includes(&member.stores) && found.len() < wanted {
                found.push(member);
            }
        }
        if found.len() >= wanted {
            break;
        }
    }
    let id = |member: &Member| member.id.get();
    Ok(Found::of(found, limit, id).page(from, true, id))
}

/// All of these members, by id. See [`members()`].
pub(super) async fn members_within(conn: &mut Conn, reach: &StoreScope) -> Result<Vec<MemberId>, Error> {
    let page = members(conn, reach, None, u64::MAX).await?;
    Ok(page.items.into_iter().map(|member| member.id).collect())
}

/// The names of these members, those who have one.
///
/// # Errors
/// When the database fails.
pub async fn member_names(conn: &mut Conn, ids: &[i64]) -> Result<BTreeMap<i64, String>, Error> {
    let rows: Vec<(i64, String)> = conn.fetch_all(&NAMES.bind((ids,))).await?;
    Ok(rows.into_iter().collect())
}
