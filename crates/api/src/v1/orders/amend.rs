//! `POST /v1/orders/{id}/amendments`

use actix_web::{HttpResponse, web};
use ordervault_domain::id::OrderId;
use ordervault_domain::order::{
    AmendedLine, Amendment, MAX_COMMENT_CODE_POINTS, MAX_NOTE_CODE_POINTS, Order, OrderCommand, References,
    decide, foreseen,
};
use ordervault_domain::refusal::Refusal;
use ordervault_persistence::read::{self, OrderContext};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::answer::{OrderAndToken, body, carry_out, line_product};
use crate::extract::{Content, IfMatch, OptionalIdempotencyKey, OptionalIfMatch, PathId, Query, Valid};
use crate::middleware::request_id::RequestId;
use crate::openapi::examples;
use crate::principals::CustomerOrGuest;
use crate::problem::{Code, FieldError, Problem};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::translations::Text;
use crate::v1::caller::{Caller, Conditions};
use crate::v1::contact::{ContactBody, NewContact};
use crate::v1::fields::{self, Fields};
use crate::v1::money::NewMoneyBody;

/// What shall change; what is left out stays.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"lines": [{"product_id": examples::PRODUCT, "quantity": 3}], "note": "請按兩次電鈴"}))]
pub(crate) struct AmendOrder {
    /// All lines as they shall be; those that are left out go. Pieces that the order has already keep their price. Further ones
    /// come in at today's: as a line of their own, unless their line was agreed at today's price and title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested, length(min = 1, max = 200))]
    #[schema(nullable = false, min_items = 1, max_items = 200)]
    lines: Option<Vec<AmendedLineBody>>,
    /// The whole contact as it shall be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    #[schema(nullable = false, value_type = Option<NewContact>)]
    contact: Option<ContactBody>,
    /// The note as it shall be; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, example = "請按兩次電鈴")]
    note: Option<String>,
    /// Why, in your own words; staff see it in the history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, example = "asked for by telephone")]
    comment: Option<String>,
    /// What the order costs then, as a preview showed it. If it costs something else, it is not changed: 409 `price-changed` has the new
    /// total. Left out: at whatever it costs now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    #[schema(nullable = false)]
    expected_total: Option<NewMoneyBody>,
}

impl Content for AmendOrder {
    fn faults(&self, _: &AppState) -> Vec<FieldError> {
        fields::faults_of(self.to_domain())
    }
}

/// A line as it shall be.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = AmendedLine)]
pub(crate) struct AmendedLineBody {
    /// The number of the order's line that it is. Left out: those lines of the product that no other entry names, together; where
    /// there is none, it is a new line at today's price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1))]
    #[schema(nullable = false, minimum = 1, example = 1)]
    no: Option<u32>,
    /// Which product; of the order's store, and that of the line if `no` names one.
    #[schema(min_length = 18, max_length = 18, pattern = "^[Pp][Rr][Dd]_[0-9A-TV-Za-tv-z]{14}$",
        example = json!(examples::PRODUCT))]
    product_id: String,
    /// How many.
    #[validate(range(min = 1, max = 1_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000, example = 2)]
    quantity: u32,
}

/// Whether to change or only to look.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
pub(crate) struct Preview {
    /// With `true` nothing is changed; the answer is what the order would become.
    #[param(default = false)]
    preview: Option<bool>,
}

impl Content for Preview {}

impl Preview {
    /// Only to look?
    pub(crate) fn is_wanted(self) -> bool {
        self.preview == Some(true)
    }
}

impl AmendOrder {
    fn to_domain(&self) -> Result<Amendment, Problem> {
        let mut fields = Fields::default();
        if self.lines.is_none() && self.contact.is_none() && self.note.is_none() {
            let detail = Text::new("nothing-to-change").with("members", "lines, contact, note");
            fields.faults(vec![FieldError::new("", "missing").detail(detail)]);
        }
        let amendment = Amendment {
            lines: self.lines.as_ref().map(|lines| amended_lines(&mut fields, lines)),
            contact: self.contact.as_ref().map(|contact| fields::contact(&mut fields, "/contact", contact)),
            note: fields.lines_option("/note", self.note.as_ref(), MAX_NOTE_CODE_POINTS),
            comment: fields.lines_option("/comment", self.comment.as_ref(), MAX_COMMENT_CODE_POINTS),
            expected_total: self
                .expected_total
                .as_ref()
                .and_then(|total| total.read(&mut fields, "/expected_total")),
        };
        fields.finish(amendment)
    }
}

fn amended_lines(fields: &mut Fields, lines: &[AmendedLineBody]) -> Vec<AmendedLine> {
    let read = lines.iter().enumerate().filter_map(|(position, line)| {
        let product_id = line_product(fields, position, &line.product_id)?;
        Some(AmendedLine { no: line.no, product_id, quantity: line.quantity })
    });
    read.collect()
}

/// Amend one of your orders
///
/// Lines, contact or note, as long as the shop allows it; the contact alone until the goods leave the house. Without an account: another phone number or e-mail address ends your
/// grant and your look-up token, and the answer has the new token. Send the ETag that you have seen as `If-Match`; with
/// `preview=true` you get what the order would become, and nothing changes.
#[utoipa::path(post, path = "/v1/orders/{id}/amendments", operation_id = "amend_order", tag = "orders",
    params(("id" = String, Path, description = "Id or number of the order", example = json!(examples::ORDER_TO_AMEND)),
        Preview, IfMatch, OptionalIdempotencyKey),
    request_body = AmendOrder,
    responses((status = 200, description = "The order as it is now (or, with `preview`, would be)", body = OrderAndToken,
        headers(("ETag" = String, description = "The version in double quotes; none with `preview`")))),
    security(("customer_bearer" = []), ("guest_bearer" = [])))]
pub(crate) async fn amend_order(
    state: web::Data<AppState>,
    buyer: CustomerOrGuest,
    id: PathId<OrderId>,
    preview: Query<Preview>,
    request_id: RequestId,
    version: IfMatch,
    key: OptionalIdempotencyKey,
    body: Valid<AmendOrder>,
) -> Result<HttpResponse, Problem> {
    let caller = Caller::buyer(&state, &buyer, &request_id);
    amend(caller, id.0, preview.0, version, key, &body.0).await
}

/// Changes the order, or shows what it would become.
pub(crate) async fn amend(
    caller: Caller<'_>,
    id: OrderId,
    preview: Preview,
    version: IfMatch,
    key: OptionalIdempotencyKey,
    body: &AmendOrder,
) -> Result<HttpResponse, Problem> {
    let command = OrderCommand::Amend(body.to_domain()?);
    let version = OptionalIfMatch(Some(version));
    if preview.is_wanted() {
        return foresee(&caller, id, version, command).await;
    }
    carry_out(caller, id, Conditions { version, key }, "amend", body, command).await
}

/// The same decision in the same context, without writing.
pub(crate) async fn foresee(
    caller: &Caller<'_>,
    id: OrderId,
    version: OptionalIfMatch,
    command: OrderCommand,
) -> Result<HttpResponse, Problem> {
    let mut conn = reader(caller.state).await?;
    let order = read::order(&mut conn, &caller.actor.scope(), id).await.map_err(failed)?;
    let order = order.ok_or_else(|| Problem::new(Code::NotFound))?;
    let seen = version.expected_version();
    let refused = async |refusal| {
        caller.refused::<Order>(&refusal, Some(&order), seen.map(|version| (id.get(), version))).await
    };
    if seen.is_some_and(|expected| expected != order.version) {
        return Err(refused(Refusal::VersionConflict { current: order.version }).await?);
    }
    let context = OrderContext::read(&mut conn, References::of(&command, Some(&order))).await;
    let context = context.map_err(failed)?;
    drop(conn);
    let now = caller.state.now();
    let events = match decide(Some(&order), &context.context(), &caller.actor, &command, now) {
        Ok(events) => events,
        Err(refusal) => return Err(refused(refusal).await?),
    };
    let order = foreseen(Some(&order), &events, now);
    let order = order.ok_or_else(|| Problem::internal("an order does not take its own events"))?;
    Ok(HttpResponse::Ok().json(self::body(caller.state, &caller.actor, &order.into()).await?))
}
