//! What is told to whoever wants to place an order that may be a duplicate of an earlier one.

use ordervault_domain::access::Actor;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::Place;
use ordervault_persistence::read;

use crate::problem::{EarlierOrder, FieldError, Problem, Remedy, RemedyKind};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::translations::Text;
use crate::v1::paths::{order_path, orders_path};

/// Names the earlier orders and the ways on: to look at them, to change or cancel them, or to order all the same.
///
/// Somebody without an account has not proved that the earlier order is theirs: with its number and the phone number that
/// they have just sent they could open it. They get tokens that name the orders to nobody but this program.
///
/// # Errors
/// When the database fails.
pub(crate) async fn named(
    state: &AppState,
    problem: Problem,
    orders: &[OrderId],
    actor: &Actor,
) -> Result<Problem, Problem> {
    if matches!(actor, Actor::Guest(_)) {
        let errors = orders.iter().map(|_| looks_like(Text::new("order-like-unnamed")));
        let tokens = orders.iter().filter_map(|id| state.duplicate_tokens.mint(*id));
        let problem = problem.errors(errors.collect()).remedy(look_up());
        return Ok(problem.remedy(place_anyway(tokens.collect(), actor)));
    }
    let mut conn = reader(state).await?;
    let earlier = read::orders(&mut conn, &actor.scope(), orders).await.map_err(failed)?;
    let errors = orders.iter().map(|id| looks_like(Text::new("order-like").with("number", id.number())));
    let problem = problem.errors(errors.collect());
    let problem = problem.earlier_orders(earlier.iter().map(EarlierOrder::from).collect());
    let problem = orders.iter().flat_map(|id| ways_on(*id, actor)).fold(problem, Problem::remedy);
    Ok(problem.remedy(place_anyway(orders.iter().map(OrderId::to_string).collect(), actor)))
}

fn looks_like(which: Text) -> FieldError {
    FieldError::new("/not_duplicate_of", "looks-like").detail(which)
}

fn place_anyway(not_duplicate_of: Vec<String>, actor: &Actor) -> Remedy {
    let remedy = Remedy::new(RemedyKind::PlaceAnyway, Text::new("remedy-place-anyway"));
    Remedy { not_duplicate_of: Some(not_duplicate_of), ..remedy.request("POST", orders_path(actor)) }
}

fn ways_on(id: OrderId, actor: &Actor) -> impl Iterator<Item = Remedy> {
    let path = order_path(actor, id);
    [
        (RemedyKind::Open, "GET", "", Text::new("remedy-open")),
        (RemedyKind::Amend, "POST", "/amendments", Text::new("remedy-amend")),
        (RemedyKind::Cancel, "POST", "/cancel", Text::new("remedy-cancel")),
    ]
    .into_iter()
    .map(move |(code, method, under, detail)| {
        Remedy::new(code, detail).request(method, format!("{path}{under}"))
    })
}

fn look_up() -> Remedy {
    Remedy::new(RemedyKind::LookUp, Text::new("remedy-look-up")).request("POST", "/v1/order-lookups")
}

/// Is it a token for a possible duplicate?
pub(crate) fn is_token(text: &str) -> bool {
    text.starts_with(crate::auth::DUPLICATE_PREFIX)
}

/// The orders that a guest means by these tokens. One that stands for nothing (any more) is passed over.
pub(crate) async fn meant(
    state: &AppState,
    place: &Place,
    tokens: &[String],
) -> Result<Vec<OrderId>, Problem> {
    if !tokens.iter().any(|token| is_token(token)) {
        return Ok(vec![]);
    }
    let mut conn = reader(state).await?;
    let mut orders = read::possible_duplicates(&mut conn, place, state.now()).await.map_err(failed)?;
    orders.retain(|id| tokens.iter().any(|token| state.duplicate_tokens.proves(*id, token)));
    Ok(orders)
}
