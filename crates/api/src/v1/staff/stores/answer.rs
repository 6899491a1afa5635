//! A store as staff see it, and what requests about stores have in common.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use ordervault_domain::access::Actor;
use ordervault_domain::country::Country;
use ordervault_domain::id::StoreId;
use ordervault_domain::store::{Store, StoreCommand, StoreEvent};
use ordervault_domain::time::Timestamp;
use ordervault_persistence::writer::{Effect, Operation};
use serde::Serialize;
use utoipa::ToSchema;

use super::policy::PolicyBody;
use crate::openapi::examples;
use crate::problem::{Code, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::v1::caller::{Caller, Conditions, Written};
use crate::v1::resource::{Resource, Told};
use crate::v1::store_terms::{PaymentRuleBody, ShippingRuleBody, TaxTermsBody};

/// Longest change window: a year.
pub(super) const MAX_CHANGE_WINDOW_MINUTES: u32 = 366 * 24 * 60;

/// A store as staff see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StaffStore)]
pub(crate) struct StaffStoreBody {
    /// The id.
    #[schema(example = json!(examples::STORE))]
    id: String,
    /// Rises by one with every change; the ETag.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// What customers call it.
    #[schema(example = "台北茶館 Taipei Tea House")]
    name: String,
    /// ISO 4217 code of its prices and orders.
    #[schema(min_length = 3, max_length = 3, example = "TWD")]
    currency: &'static str,
    /// The IANA time zone that decides which day it is.
    #[schema(example = "Asia/Taipei")]
    time_zone: String,
    /// ISO 3166-1 alpha-2 code of the country where it sells. Left out: nobody has said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 2, max_length = 2, example = "TW")]
    country: Option<&'static str>,
    /// Does it take orders?
    #[schema(example = true)]
    active: bool,
    /// Minutes after placing in which customers may change an order. Left out: until its execution starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 527_040, example = 60)]
    change_window_minutes: Option<u32>,
    /// How it handles orders.
    policy: PolicyBody,
    /// How it is taxed. Left out: not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    tax: Option<TaxTermsBody>,
    /// How it sends, the usual way first.
    shipping: Vec<ShippingRuleBody>,
    /// How it is paid, the usual way first; none: no order waits for a payment.
    payments: Vec<PaymentRuleBody>,
    /// Its key in the system that it was imported from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "SP")]
    external_reference: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    created_at: Timestamp,
    /// When it was last written.
    #[schema(value_type = String, format = DateTime, example = "2026-01-05T08:30:00.000Z")]
    updated_at: Timestamp,
}

impl From<&Store> for StaffStoreBody {
    fn from(store: &Store) -> Self {
        Self {
            id: store.id.to_string(),
            version: store.version,
            name: store.name.clone(),
            currency: store.currency.code(),
            time_zone: store.time_zone.to_string(),
            country: store.country.map(Country::code),
            active: store.active,
            change_window_minutes: store.change_window_minutes,
            policy: PolicyBody::from(&store.policy),
            tax: store.tax.as_ref().map(TaxTermsBody::from),
            shipping: store.shipping.iter().map(ShippingRuleBody::from).collect(),
            payments: store.payments.iter().map(PaymentRuleBody::from).collect(),
            external_reference: store.external_reference.clone(),
            created_at: store.created_at,
            updated_at: store.updated_at,
        }
    }
}

impl Resource for Store {
    fn of(done: Effect) -> Option<Arc<Self>> {
        match done {
            Effect::Store(store) => Some(store),
            _ => None,
        }
    }

    fn is_visible(&self, actor: &Actor) -> bool {
        actor.stores().covers(self.id)
    }

    fn told(event: &StoreEvent) -> Told {
        match event {
            StoreEvent::Created { .. }
            | StoreEvent::Edited { .. }
            | StoreEvent::Activated {}
            | StoreEvent::Deactivated {} => Told::default(),
        }
    }
}

/// The store, if it exists and is in the actor's scope.
pub(super) async fn visible(state: &AppState, actor: &Actor, id: StoreId) -> Result<Store, Problem> {
    let mut conn = reader(state).await?;
    let store = ordervault_persistence::read::store(&mut conn, id).await.map_err(failed)?;
    let store = store.filter(|store| store.is_visible(actor));
    store.ok_or_else(|| Problem::new(Code::NotFound))
}

/// Carries out a command on a store and answers with what became of it.
pub(super) async fn carry_out(
    caller: &Caller<'_>,
    id: StoreId,
    conditions: Conditions,
    name: &str,
    body: &impl Serialize,
    command: StoreCommand,
) -> Result<HttpResponse, Problem> {
    let expected_version = conditions.version.expected_version();
    let operation = Operation::Store { id: Some(id), expected_version, command };
    let changed = caller.change(conditions.key, &format!("{name} {id}"), body, vec![operation]).await?;
    Ok(answer(caller.state, &changed, StatusCode::OK))
}

pub(super) fn answer(state: &AppState, changed: &Written<Store>, status: StatusCode) -> HttpResponse {
    let body = StaffStoreBody::from(changed.resource.as_ref());
    changed.answer(state, status, &format!("/v1/staff/stores/{}", body.id), &body)
}
