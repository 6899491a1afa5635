//! What a rule of the business that said no looks like outside: the one table from refusals to problems.

use ordervault_domain::refusal::Refusal;

use crate::problem::{Code, FieldError, Problem};

/// What a rule that said no looks like outside.
pub(crate) fn refused(refusal: &Refusal) -> Problem {
    let problem = Problem::new(Code::of(refusal.into()));
    match refusal {
        Refusal::Forbidden(Some(permission)) => {
            problem.detail(format!("this takes the permission {permission}"))
        }
        Refusal::BeyondOwnRights => problem.detail("nobody grants or changes rights beyond their own"),
        Refusal::CutOffPassed { at } => problem.detail(format!("changes were possible until {at}")),
        Refusal::BatchCompleted => problem.detail("every order of the batch has had its turn"),
        Refusal::StockBelowReserved { reserved } => {
            problem.detail(format!("the {reserved} pieces that open orders reserve must stay in the house"))
        }
        _ => problem.errors(faults(refusal)),
    }
}

/// Which fields of the request the rule is about.
fn faults(refusal: &Refusal) -> Vec<FieldError> {
    match refusal {
        Refusal::InsufficientStock(shortages) => {
            let errors = shortages.iter().map(|short| {
                FieldError::new(format!("/lines/{}/quantity", short.line), "insufficient-stock")
                    .detail(format!("asked for {}, available {}", short.requested, short.available.max(0)))
            });
            errors.collect()
        }
        Refusal::UnknownProduct(lines) => {
            let errors = lines
                .iter()
                .map(|line| FieldError::new(format!("/lines/{line}/product_id"), "unknown-product"));
            errors.collect()
        }
        Refusal::UnknownStore => vec![FieldError::new("/store_id", "unknown-store")],
        Refusal::Invalid { pointer, code, detail } => {
            vec![FieldError::new(pointer.as_str(), *code).detail(*detail)]
        }
        Refusal::AmountOutOfRange => vec![FieldError::new("/lines", "amount-out-of-range")],
        Refusal::Duplicate { field } => {
            vec![FieldError::new(format!("/{field}"), "duplicate").detail("this value is taken")]
        }
        _ => vec![],
    }
}
