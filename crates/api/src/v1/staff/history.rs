//! `GET /v1/staff/history`

use std::collections::BTreeMap;

use actix_web::web;
use ordervault_domain::access::{Actor, ActorKind};
use ordervault_domain::aggregate::{Change, Kind};
use ordervault_domain::customer::Customer;
use ordervault_domain::id::{CustomerId, InstallationId, MemberId, OrderId, ProductId, StoreId};
use ordervault_domain::installation::Installation;
use ordervault_domain::member::Member;
use ordervault_domain::order::Order;
use ordervault_domain::product::Product;
use ordervault_domain::store::Store;
use ordervault_domain::time::Timestamp;
use ordervault_persistence::read::{self, EventKey, HistoryFilter, HistoryReach, PastEvent};
use ordervault_persistence::tx::Conn;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::extract::{Content, Query, nearest};
use crate::names;
use crate::openapi::examples;
use crate::principals::{Staff, permit};
use crate::problem::{Code, FieldError, Problem};
use crate::reading::{failed, long_reader};
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::translations::Text;
use crate::v1::history::{HistoryEntry, Reader, is_personal};
use crate::v1::paging::{DEFAULT_LIMIT, ListOf};
use crate::v1::resource::Resource;
use crate::v1::staff::orders::filters::contact_search_forbidden;

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().with(endpoint!(list_history))
}

/// Filters of the history. Everything given has to hold.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListHistory {
    /// Only what this member or customer did.
    #[validate(length(min = 1, max = 40))]
    #[param(max_length = 40, example = json!(examples::CUSTOMER))]
    actor: Option<String>,
    /// Only what this kind of actor did.
    #[param(value_type = Option<names::KnownActorKind>, example = "customer")]
    actor_kind: Option<ActorKind>,
    /// Only these events, with commas between.
    #[serde(default)]
    #[validate(length(max = 40))]
    #[param(style = Form, explode = false, value_type = Option<Vec<names::KnownHistoryEvent>>, min_items = 1, max_items = 40,
        example = json!(["placed", "confirmed"]))]
    event: Vec<String>,
    /// Only what happened to these kinds of thing, with commas between; `installation` is the shop as a whole.
    #[serde(default)]
    #[param(style = Form, explode = false, value_type = Option<Vec<names::KnownResourceKind>>, min_items = 1,
        example = json!(["order"]))]
    kind: Vec<Kind>,
    /// Only what changed this field.
    #[validate(length(min = 1, max = 40))]
    #[param(max_length = 40)]
    field: Option<String>,
    /// Only what happened to these stores and to their products and orders, with commas between.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[param(style = Form, explode = false, value_type = Option<Vec<String>>, min_items = 1, max_items = 100,
        min_length = 18, max_length = 18, pattern = "^[Ss][Tt][Oo]_[0-9A-TV-Za-tv-z]{14}$")]
    store: Vec<StoreId>,
    /// Only what happened to this thing: the id of an order, product, store, member, customer or installation.
    #[validate(length(min = 1, max = 40))]
    #[param(max_length = 40, example = json!(examples::ORDER))]
    entity: Option<String>,
    /// Only what was written down then or later.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-01-01T00:00:00Z")]
    recorded_after: Option<Timestamp>,
    /// Only what was written down before.
    #[param(value_type = Option<String>, format = DateTime, example = "2027-01-01T00:00:00Z")]
    recorded_before: Option<Timestamp>,
    /// Rows of a page.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 25)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before, or the `previous_cursor` of the page behind, with the same filters.
    #[validate(length(min = 1, max = 200))]
    #[param(max_length = 200)]
    cursor: Option<String>,
}

impl Content for ListHistory {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        self.unknown_names()
    }
}

/// One event of any thing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HistoryItem {
    /// The kind of thing.
    #[schema(value_type = names::ResourceKind)]
    kind: &'static str,
    /// The thing.
    #[schema(example = json!(examples::ORDER))]
    id: String,
    /// An order's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(examples::ORDER_NUMBER))]
    number: Option<String>,
    /// The store that the thing belongs to, if it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(examples::STORE))]
    store_id: Option<String>,
    #[serde(flatten)]
    entry: HistoryEntry,
}

/// List what happened
///
/// To everything that you may see, newest first: who did what, why, by which request, and every changed field with its value
/// before and after. Orders, stores, products and members as far as you may read them as they are now; customers' accounts only
/// if you look after all stores and may see contacts, the installation only if you look after all stores. A page may be short and have a next one.
#[utoipa::path(get, path = "/v1/staff/history", operation_id = "list_history", tag = "staff-history",
    params(ListHistory),
    responses((status = 200, description = "A page of events", body = ListOf<HistoryItem>)),
    security(("staff_bearer" = [])))]
pub(crate) async fn list_history(
    state: web::Data<AppState>,
    staff: Staff<permit::HistoryRead>,
    query: Query<ListHistory>,
) -> Result<web::Json<ListOf<HistoryItem>>, Problem> {
    let (actor, query) = (staff.actor(), query.0);
    let sealed = ListHistory { limit: None, cursor: None, ..query.clone() };
    let seal = state.cursors.of(&format!("history for {}", staff.member.id), &sealed);
    let from = seal.edge(query.cursor.as_ref())?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let filter = query.into_filter(&actor)?;
    let mut conn = long_reader(&state, Some(staff.member.id.get())).await?;
    let reach = HistoryReach::of(&mut conn, &actor).await.map_err(failed)?;
    let page = read::list_history(&mut conn, &reach, &filter, from, limit.into()).await.map_err(failed)?;
    let mut kinds: BTreeMap<Kind, Vec<EventKey>> = BTreeMap::new();
    page.items.iter().for_each(|event| kinds.entry(event.kind).or_default().push(event.key.event()));
    let mut items = BTreeMap::new();
    for (kind, keys) in kinds {
        items.extend(items_of_kind(kind, &mut conn, &actor, keys).await?);
    }
    let in_order = page.items.iter().map(|event| items.remove(&event.key.event()));
    let items = in_order.collect::<Option<Vec<_>>>().ok_or_else(|| Problem::internal("an event is gone"))?;
    Ok(web::Json(ListOf::new(items, [page.previous, page.next], &seal)))
}

async fn items_of_kind(
    kind: Kind,
    conn: &mut Conn,
    reader: &Actor,
    keys: Vec<EventKey>,
) -> Result<BTreeMap<EventKey, HistoryItem>, Problem> {
    match kind {
        Kind::Store => items::<Store>(conn, reader, keys).await,
        Kind::Product => items::<Product>(conn, reader, keys).await,
        Kind::Customer => items::<Customer>(conn, reader, keys).await,
        Kind::Member => items::<Member>(conn, reader, keys).await,
        Kind::Order => items::<Order>(conn, reader, keys).await,
        Kind::Installation => items::<Installation>(conn, reader, keys).await,
    }
}

/// These events of resources of one kind, as the reader may see them.
async fn items<A: Resource>(
    conn: &mut Conn,
    reader: &Actor,
    keys: Vec<EventKey>,
) -> Result<BTreeMap<EventKey, HistoryItem>, Problem> {
    let events = read::past_events::<A>(conn, keys).await.map_err(failed)?;
    let reader = Reader::of(conn, reader, events.values().map(|event| &event.row)).await?;
    let item = |(key, event): (&EventKey, &PastEvent<A>)| {
        let item = HistoryItem {
            kind: A::KIND.into(),
            id: id_text(A::KIND, key.0),
            number: (A::KIND == Kind::Order).then(|| OrderId::from_i64(key.0).number()),
            store_id: event.row.store_id.map(|id| StoreId::from_i64(id).to_string()),
            entry: reader.entry(event),
        };
        (*key, item)
    };
    Ok(events.iter().map(item).collect())
}

fn id_text(kind: Kind, id: i64) -> String {
    match kind {
        Kind::Store => StoreId::from_i64(id).to_string(),
        Kind::Product => ProductId::from_i64(id).to_string(),
        Kind::Customer => CustomerId::from_i64(id).to_string(),
        Kind::Member => MemberId::from_i64(id).to_string(),
        Kind::Order => OrderId::from_i64(id).to_string(),
        Kind::Installation => InstallationId::from_i64(id).to_string(),
    }
}

impl ListHistory {
    /// What it names that there is not, whoever asks.
    fn unknown_names(&self) -> Vec<FieldError> {
        let is_event = |name: &str| Kind::all_events().any(|event| event == name);
        let event = self.event.iter().find(|name| !is_event(name));
        let field = self.field.as_deref().filter(|name| field(name).is_none());
        let actor = self.actor.as_deref().filter(|id| person(id).is_none());
        let entity = self.entity.as_deref().filter(|id| anything(id).is_none());
        let faults = [
            event.map(|name| unknown_name("event", name, Kind::all_events())),
            field.map(|name| unknown_name("field", name, field_names())),
            actor.map(|_| FieldError::new("actor", "unknown-value")),
            entity.map(|_| FieldError::new("entity", "unknown-value")),
        ];
        faults.into_iter().flatten().collect()
    }

    fn into_filter(self, reader: &Actor) -> Result<HistoryFilter, Problem> {
        let unknown = self.unknown_names();
        if !unknown.is_empty() {
            return Err(Problem::new(Code::InvalidParameter).errors(unknown));
        }
        let field = self.field.as_deref().and_then(field);
        if field.is_some_and(is_personal) && !reader.scope().shows_contact() {
            return Err(contact_search_forbidden());
        }
        Ok(HistoryFilter {
            actor: self.actor.as_deref().and_then(person),
            actor_kind: self.actor_kind,
            events: self.event,
            kinds: self.kind,
            field,
            stores: self.store,
            entity: self.entity.as_deref().and_then(anything),
            recorded_after: self.recorded_after,
            recorded_before: self.recorded_before,
        })
    }
}

/// The member or customer with this id.
fn person(text: &str) -> Option<i64> {
    let member = text.parse().map(MemberId::get).ok();
    member.or_else(|| text.parse().map(CustomerId::get).ok())
}

/// The thing with this id, whatever its kind.
fn anything(text: &str) -> Option<i64> {
    let known = [
        text.parse().map(OrderId::get).ok(),
        text.parse().map(StoreId::get).ok(),
        text.parse().map(ProductId::get).ok(),
        text.parse().map(InstallationId::get).ok(),
    ];
    known.into_iter().flatten().next().or_else(|| person(text))
}

/// The field that the API knows by this name, as the history names it.
fn field(name: &str) -> Option<&'static str> {
    fn of<A: Resource>(name: &str) -> Option<&'static str> {
        A::FIELDS.iter().copied().find(|field| shown_name::<A>(field) == Some(name))
    }
    let known = [of::<Order>(name), of::<Product>(name), of::<Store>(name), of::<Member>(name)];
    let known = known.into_iter().flatten().next().or_else(|| of::<Customer>(name));
    known.or_else(|| of::<Installation>(name))
}

/// The names by which the API knows fields.
fn field_names() -> impl Iterator<Item = &'static str> {
    fn of<A: Resource>() -> impl Iterator<Item = &'static str> {
        A::FIELDS.iter().filter_map(|field| shown_name::<A>(field))
    }
    let things = of::<Order>().chain(of::<Product>()).chain(of::<Store>()).chain(of::<Member>());
    things.chain(of::<Customer>()).chain(of::<Installation>())
}

fn shown_name<A: Resource>(field: &'static str) -> Option<&'static str> {
    let change = Change { field, before: serde_json::Value::Null, after: serde_json::Value::Null };
    A::shown(change).map(|change| change.field)
}

/// What is wrong with a name that is none, with the nearest one that is.
fn unknown_name(parameter: &str, name: &str, known: impl Iterator<Item = &'static str>) -> FieldError {
    let error = FieldError::new(parameter, "unknown-value");
    match nearest(name, known) {
        Some(nearest) => error.detail(Text::new("name-nearest").with("nearest", nearest)),
        None => error,
    }
}
