//! `GET /v1/staff/summary`

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use ordervault_domain::access::{Actor, Permission, StoreScope};
use ordervault_domain::id::MemberId;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::{self, Counted, Summary, Today, WaitingExpiries};
use ordervault_persistence::tx::Conn;
use ordervault_persistence::writer::Throttle;
use serde::Serialize;
use utoipa::ToSchema;

use super::expiries::APPROVE;
use crate::auth::Realm;
use crate::extract::AcceptLanguage;
use crate::names;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{Problem, Remedy, RemedyBody, RemedyKind, said_in};
use crate::reading::{failed, long_reader};
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::translations::{Locale, Text};
use crate::v1::money::SumBody;
use crate::v1::staff::orders::last_position;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().with(endpoint!(get_summary))
}

/// What is to be done, and what came in today.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Summary)]
pub(crate) struct SummaryBody {
    /// Orders that are new for you, without those in the trash.
    new: CountBody,
    /// Orders that are past their deadline.
    overdue: CountBody,
    /// Orders in which something is to be looked into (`attention`), without those in the trash.
    attention: CountBody,
    /// Orders by status, without those in the trash; the statuses in your scope.
    statuses: Vec<StatusCount>,
    /// Orders in the trash. Left out for those who may not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    trash: Option<CountBody>,
    /// What came in since the day began, in the store's time zone. Stores without orders are left out.
    today: Vec<TodayBody>,
    /// Unconfirmed orders of all stores that are due to expire and wait until somebody approves it, because they are more than
    /// 20 and more than a tenth of all open orders. Left out if there are none, and for those who may not approve it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expiries_waiting: Option<WaitingExpiriesBody>,
    /// Accounts of members whose password strangers have tried so often that no stranger may try it for now. Whoever has
    /// logged in to the account before, from the same device or address, still may; see also `ordervault member unlock`.
    /// Left out for those who may not see members.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    attacks: Option<Vec<AttackBody>>,
    /// Marks the newest order in your stores. Send it to `POST /v1/staff/orders/seen` as `up_to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, example = "AAABmXh2Qp4AAAGZeHZCngAB8sJ1Zk0xQWE")]
    position: Option<String>,
}

/// A number of orders, counted up to 1,000; new ones up to 4,000.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Count)]
pub(crate) struct CountBody {
    /// How many.
    #[schema(minimum = 0, maximum = 4000, example = 3)]
    count: i64,
    /// Are there more?
    #[schema(example = false)]
    is_lower_bound: bool,
}

/// How many orders are in a status, counted up to 1,000.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct StatusCount {
    /// The status.
    #[schema(value_type = names::OrderStatus)]
    status: &'static str,
    /// How many.
    #[schema(minimum = 0, maximum = 1000, example = 3)]
    count: i64,
    /// Are there more?
    #[schema(example = false)]
    is_lower_bound: bool,
}

/// What came into a store today.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Today)]
pub(crate) struct TodayBody {
    /// The store.
    #[schema(example = json!(examples::STORE))]
    store_id: String,
    /// When the day began there.
    #[schema(value_type = String, format = DateTime, example = "2026-01-04T16:00:00.000Z")]
    since: Timestamp,
    /// Orders that were placed, without those in the trash.
    #[schema(minimum = 0, example = 12)]
    orders: i64,
    /// By currency: what was paid for those and is still here, where they say how they are to be paid; of the others what those cost
    /// that are neither cancelled nor invalid.
    revenue: Vec<SumBody>,
    /// Is it more than 10,000 orders in all stores of this time zone, so that the oldest of today are left out?
    #[schema(example = false)]
    is_lower_bound: bool,
}

/// Orders that wait for somebody's approval to expire.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WaitingExpiries)]
pub(crate) struct WaitingExpiriesBody {
    /// How many, counted up to 10,000.
    #[schema(minimum = 21, maximum = 10000, example = 34)]
    count: i64,
    /// Are there more?
    #[schema(example = false)]
    is_lower_bound: bool,
    /// Since when the first of them is due.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    since: Timestamp,
    /// By when they were due, which is now by the server's clock: is it right? Send it back to approve them.
    #[schema(value_type = String, format = DateTime, example = "2026-01-06T08:30:00.000Z")]
    through: Timestamp,
    /// What can be done.
    remedies: [RemedyBody; 2],
}

/// An account that strangers try to get into.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Attack)]
pub(crate) struct AttackBody {
    /// The member whose account it is.
    #[schema(example = json!(examples::MEMBER))]
    member_id: String,
    /// Logins by strangers that have failed since it began, as far as they were let through.
    #[schema(minimum = 1, example = 100)]
    failed_logins: i64,
    /// Until when strangers are kept out.
    #[schema(value_type = String, format = DateTime, example = "2026-01-06T08:30:00.000Z")]
    until: Timestamp,
}

/// Read the summary
///
/// Of the orders in your scope: new, overdue, by status, and today's orders and revenue store by store; whether strangers try to
/// get into a member's account, and whether expiries wait for an approval. Cheap enough to be asked for every few seconds.
#[utoipa::path(get, path = "/v1/staff/summary", operation_id = "get_summary", tag = "staff-orders",
    params(AcceptLanguage),
    responses((status = 200, description = "The summary", body = SummaryBody)),
    security(("staff_bearer" = [])))]
pub(crate) async fn get_summary(
    state: web::Data<AppState>,
    staff: Staff<permit::OrdersRead>,
    language: AcceptLanguage,
) -> Result<HttpResponse, Problem> {
    let locale = state.translations.locale(language.0.as_ref());
    let mut conn = long_reader(&state, Some(staff.member.id.get())).await?;
    let position = last_position(&state, &mut conn, &staff.member).await?;
    let scope = staff.actor().scope();
    let now = state.now();
    let summary = read::summary(&mut conn, &scope, staff.member.id, now).await.map_err(failed)?;
    let attacks = match staff.actor().may(Permission::MembersRead) {
        true => Some(attacks(&state, &mut conn, &staff.member.stores).await?),
        false => None,
    };
    let expiries_waiting = match approves_expiries(&staff.actor()) {
        true => read::expiries(&mut conn, now).await.map_err(failed)?.waiting,
        false => None,
    };
    let expiries_waiting = expiries_waiting.map(|waiting| WaitingExpiriesBody::new(waiting, now, locale));
    let body = SummaryBody { expiries_waiting, attacks, ..SummaryBody::new(&summary, position) };
    let mut answer = HttpResponse::Ok().json(body);
    said_in(answer.headers_mut(), locale);
    Ok(answer)
}

/// They are counted over all stores.
fn approves_expiries(actor: &Actor) -> bool {
    actor.may(Permission::ExpiriesApprove) && actor.stores() == StoreScope::All
}

/// Attacks on members whose stores are all within these.
async fn attacks(state: &AppState, conn: &mut Conn, reach: &StoreScope) -> Result<Vec<AttackBody>, Problem> {
    let members = read::members(conn, reach, None, u64::MAX).await.map_err(failed)?.items;
    let throttle = |email| state.throttles.login_strangers(Realm::Staff, email);
    let known =
        members.iter().filter_map(|member| Some((throttle(member.contact.email.as_ref()?), member.id)));
    let (throttles, ids): (Vec<Throttle>, Vec<MemberId>) = known.unzip();
    let keys = throttles.iter().map(|throttle| throttle.key.clone());
    let accounts: HashMap<String, MemberId> = keys.zip(ids).collect();
    let blocked = read::blocked(conn, &throttles, state.now()).await.map_err(failed)?;
    let attacks = blocked.into_iter().filter_map(|blocked| {
        let member_id = accounts.get(&blocked.key)?.to_string();
        Some(AttackBody { member_id, failed_logins: blocked.attempts, until: blocked.until })
    });
    Ok(attacks.collect())
}

impl SummaryBody {
    fn new(summary: &Summary, position: Option<String>) -> Self {
        let statuses = summary.statuses.iter().map(|(status, counted)| StatusCount {
            status: status.into(),
            count: counted.total,
            is_lower_bound: counted.is_lower_bound,
        });
        let same_store = |a: &Today, b: &Today| a.store_id == b.store_id;
        Self {
            new: summary.new.into(),
            overdue: summary.overdue.into(),
            attention: summary.attention.into(),
            statuses: statuses.collect(),
            trash: summary.trash.map(Into::into),
            today: summary.today.chunk_by(same_store).map(TodayBody::new).collect(),
            expiries_waiting: None,
            attacks: None,
            position,
        }
    }
}

impl WaitingExpiriesBody {
    fn new(waiting: WaitingExpiries, through: Timestamp, locale: Locale) -> Self {
        let review = Remedy::new(RemedyKind::Review, Text::new("remedy-review"));
        let approve = Remedy::new(RemedyKind::Approve, Text::new("remedy-approve")).request("POST", APPROVE);
        Self {
            count: waiting.orders.total,
            is_lower_bound: waiting.orders.is_lower_bound,
            since: waiting.since,
            through,
            remedies: [review, approve].map(|remedy| remedy.body(locale)),
        }
    }
}

impl TodayBody {
    /// The currencies of one store together.
    fn new(currencies: &[Today]) -> Self {
        let first = currencies.first();
        let revenue = currencies.iter().map(|entry| SumBody::new(entry.revenue, entry.currency));
        Self {
            store_id: first.map(|entry| entry.store_id.to_string()).unwrap_or_default(),
            since: first.map_or(Timestamp::MIN, |entry| entry.since),
            orders: currencies.iter().map(|entry| entry.orders).sum(),
            revenue: revenue.collect(),
            is_lower_bound: currencies.iter().any(|entry| entry.is_lower_bound),
        }
    }
}

impl From<Counted> for CountBody {
    fn from(counted: Counted) -> Self {
        Self { count: counted.total, is_lower_bound: counted.is_lower_bound }
    }
}
