//! `GET /v1/labels`: what people call the names that programs exchange. One more list: a field here, and a message
//! `label-<kind>-<name>` for each of its names in every file of `locales/`.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use ordervault_domain::access::Role;
use ordervault_domain::order::{FulfillmentState, FulfillmentStatus, Source, Status};
use serde::Serialize;
use utoipa::ToSchema;

use crate::caching::Cacheable;
use crate::extract::AcceptLanguage;
use crate::names::{actions, events, reasons, variants};
use crate::problem::{Problem, said_in};
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::translations::{Locale, label};

/// They change with a release.
const CACHE_CONTROL: &str = "public, max-age=300";

/// The endpoints of this room.
pub(super) fn routes() -> Routes {
    Routes::new().with(endpoint!(get_labels))
}

/// What people call the values of each list: the name that answers and requests have, and the words for it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Labels)]
pub(crate) struct LabelsBody {
    /// The language of the words.
    #[schema(example = "en")]
    language: String,
    /// Where an order stands: `status`.
    #[schema(example = json!({"confirmed": "confirmed"}))]
    statuses: BTreeMap<&'static str, String>,
    /// How an order came in: `source`.
    #[schema(example = json!({"shop": "by the customer"}))]
    sources: BTreeMap<&'static str, String>,
    /// Why something was done: `reason`, `cancel_reason`, `invalid_reason`.
    #[schema(example = json!({"duplicate": "ordered twice"}))]
    reasons: BTreeMap<&'static str, String>,
    /// What can be done to an order, as on a button: `action`.
    #[schema(example = json!({"confirm": "Confirm"}))]
    actions: BTreeMap<&'static str, String>,
    /// What happened, in histories: `event`.
    #[schema(example = json!({"confirmed": "confirmed"}))]
    events: BTreeMap<&'static str, String>,
    /// What a member is in the shop: `role`.
    #[schema(example = json!({"owner": "owner"}))]
    roles: BTreeMap<&'static str, String>,
    /// How far an order is sent: `fulfillment_status`.
    #[schema(example = json!({"fulfilled": "sent"}))]
    fulfillment_statuses: BTreeMap<&'static str, String>,
    /// How far a fulfillment is: its `state`.
    #[schema(example = json!({"shipped": "shipped"}))]
    fulfillment_states: BTreeMap<&'static str, String>,
}

impl LabelsBody {
    fn new(locale: Locale) -> Self {
        let of = |kind: &str, names: Vec<&'static str>| {
            names.into_iter().map(|name| (name, locale.say(&label(kind, name)))).collect()
        };
        Self {
            language: locale.tag().unwrap_or_default(),
            statuses: of("status", variants::<Status>()),
            sources: of("source", variants::<Source>()),
            reasons: of("reason", reasons()),
            actions: of("action", actions(|_| true)),
            events: of("event", events()),
            roles: of("role", variants::<Role>()),
            fulfillment_statuses: of("fulfillment_status", variants::<FulfillmentStatus>()),
            fulfillment_states: of("fulfillment", variants::<FulfillmentState>()),
        }
    }
}

/// What people call things
///
/// Statuses, sources, reasons, actions, events and roles in the language that `Accept-Language` asks for. Programs keep to the
/// names, which are the same in every language; a name that is not here is new: show the name itself.
#[utoipa::path(get, path = "/v1/labels", operation_id = "get_labels", tag = "catalogue", params(AcceptLanguage),
    responses((status = 200, description = "The words", body = LabelsBody, headers(
            ("ETag" = String, description = "Changes when the words do"),
            ("Cache-Control" = String, description = "May be kept for five minutes"),
            ("Content-Language" = String, description = "The language of the words"))),
        (status = 304, description = "Unchanged since the ETag in If-None-Match")))]
pub(crate) async fn get_labels(
    state: web::Data<AppState>,
    request: HttpRequest,
    language: AcceptLanguage,
) -> Result<HttpResponse, Problem> {
    let locale = state.translations.locale(language.0.as_ref());
    let json = serde_json::to_vec(&LabelsBody::new(locale)).map_err(Problem::internal)?;
    let mut answer = Cacheable::json(json).answer(&request, CACHE_CONTROL);
    said_in(answer.headers_mut(), locale);
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translations::messages_under;

    #[test]
    fn every_name_has_words_and_there_are_no_words_for_nothing() {
        let said = LabelsBody::new(Locale::english());
        let lists = [
            ("status", said.statuses),
            ("source", said.sources),
            ("reason", said.reasons),
            ("action", said.actions),
            ("event", said.events),
            ("role", said.roles),
            ("fulfillment_status", said.fulfillment_statuses),
            ("fulfillment", said.fulfillment_states),
        ];
        let mut known: Vec<&str> = messages_under("label-").collect();
        for (kind, labels) in lists {
            for (name, words) in labels {
                let message = format!("{kind}-{name}");
                assert!(known.contains(&message.as_str()), "{message}: {words}");
                known.retain(|known| *known != message);
            }
        }
        assert_eq!(known, Vec::<&str>::new());
    }
}
