//! What is told to whoever wants to place an order that may be a duplicate of an earlier one.

use ordervault_domain::access::Actor;
use ordervault_domain::id::OrderId;
use ordervault_domain::order::Place;
use ordervault_persistence::read;

use crate::problem::{FieldError, Problem, Remedy, RemedyKind};
use crate::reading::{failed, reader};
use crate::state::AppState;
use crate::v1::paths::{order_path, orders_path};

/// Names the earlier orders and the ways on: to look at them, to change or cancel them, or to order all the same.
///
/// Somebody without an account has not proved that the earlier order is theirs: with its number and the phone number that
/// they have just sent they could open it. They get tokens that name the orders to nobody but this program.
pub(crate) fn named(state: &AppState, problem: Problem, orders: &[OrderId], actor: &Actor) -> Problem {
    let is_guest = matches!(actor, Actor::Guest(_));
    let errors = orders.iter().map(|id| {
        let which = if is_guest { "an order".to_owned() } else { format!("order {}", id.number()) };
        FieldError::new("/not_duplicate_of", "looks-like")
            .detail(format!("{which} has the same products and was placed a moment ago"))
    });
    let problem = problem.errors(errors.collect());
    let (problem, names): (_, Vec<String>) = if is_guest {
        let tokens = orders.iter().filter_map(|id| state.duplicate_tokens.mint(*id));
        (problem.remedy(look_up()), tokens.collect())
    } else {
        let ways = orders.iter().flat_map(|id| ways_on(*id, actor));
        (ways.fold(problem, Problem::remedy), orders.iter().map(OrderId::to_string).collect())
    };
    problem.remedy(Remedy {
        code: RemedyKind::PlaceAnyway,
        detail: format!("send the same order with \"not_duplicate_of\": [\"{}\"]", names.join("\", \"")),
        method: Some("POST".into()),
        href: Some(orders_path(actor).into()),
    })
}

fn ways_on(id: OrderId, actor: &Actor) -> impl Iterator<Item = Remedy> {
    let path = order_path(actor, id);
    [
        (RemedyKind::Open, "GET", "", "look at the earlier order"),
        (RemedyKind::Amend, "POST", "/amendments", "change the earlier order instead of placing another"),
        (RemedyKind::Cancel, "POST", "/cancel", "cancel the earlier order and place this one"),
    ]
    .into_iter()
    .map(move |(code, method, under, detail)| Remedy {
        code,
        detail: detail.into(),
        method: Some(method.into()),
        href: Some(format!("{path}{under}")),
    })
}

fn look_up() -> Remedy {
    Remedy {
        code: RemedyKind::LookUp,
        detail: "look the earlier order up by its number, to change or cancel it instead of placing another"
            .into(),
        method: Some("POST".into()),
        href: Some("/v1/order-lookups".into()),
    }
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
