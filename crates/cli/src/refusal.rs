//! Refusals in the operator's words.

use ordervault_domain::refusal::Refusal;

/// Which rule says no, and what to do.
#[must_use]
pub fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Duplicate { field: "id" } => {
            "something else has the id that it would get; neither of them is changed".to_owned()
        }
        Refusal::Duplicate { field } => format!("another one has this {field} already"),
        Refusal::UnknownStore => "there is no such store".to_owned(),
        Refusal::UnknownProduct(lines) => {
            let lines: Vec<String> = lines.iter().map(|line| (line + 1).to_string()).collect();
            format!("its store has no such product (line {})", lines.join(", "))
        }
        Refusal::AmountOutOfRange => "it costs more than an order can".to_owned(),
        Refusal::LastOwner => "the shop would be left without an active owner".to_owned(),
        Refusal::NotFound => "it is not there".to_owned(),
        Refusal::Invalid { detail, .. } => (*detail).to_owned(),
        other => <&str>::from(other).replace('-', " "),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ordervault_domain::order::Status;
    use ordervault_domain::refusal::Rule;
    use ordervault_domain::time::Timestamp;
    use strum::IntoEnumIterator as _;

    use super::*;

    fn example(rule: Rule) -> Refusal {
        match rule {
            Rule::NotFound => Refusal::NotFound,
            Rule::Forbidden => Refusal::Forbidden(None),
            Rule::Inactive => Refusal::Inactive,
            Rule::VersionConflict => Refusal::VersionConflict { current: 2 },
            Rule::StateConflict => Refusal::StateConflict { current: Status::Completed },
            Rule::CutOffPassed => Refusal::CutOffPassed { at: Timestamp::from_millis(0) },
            Rule::InsufficientStock => Refusal::InsufficientStock(vec![]),
            Rule::UnknownProduct => Refusal::UnknownProduct(vec![0]),
            Rule::LooksLike => Refusal::LooksLike(vec![]),
            Rule::UnknownStore => Refusal::UnknownStore,
            Rule::Invalid => {
                Refusal::Invalid { pointer: "/note".into(), code: "too-long", detail: "it is too long" }
            }
            Rule::AmountOutOfRange => Refusal::AmountOutOfRange,
            Rule::Duplicate => Refusal::Duplicate { field: "sku" },
            Rule::StockBelowReserved => Refusal::StockBelowReserved { reserved: 1 },
            Rule::LastOwner => Refusal::LastOwner,
            Rule::OwnAccount => Refusal::OwnAccount,
            Rule::CurrencyFixed => Refusal::CurrencyFixed,
            Rule::BatchCompleted => Refusal::BatchCompleted,
            Rule::BeyondOwnRights => Refusal::BeyondOwnRights,
            Rule::InvalidCredentials => Refusal::InvalidCredentials,
        }
    }

    #[test]
    fn every_refusal_has_words_of_its_own() {
        let said: Vec<String> = Rule::iter().map(|rule| words(&example(rule))).collect();
        assert!(
            said.iter().all(|words| words.contains(' ') || words == "inactive" || words == "forbidden"),
            "{said:?}"
        );
        assert_eq!(said.iter().collect::<BTreeSet<_>>().len(), said.len(), "{said:?}");
    }

    #[test]
    fn refusals_say_what_is_in_the_way() {
        assert_eq!(words(&Refusal::UnknownProduct(vec![0, 2])), "its store has no such product (line 1, 3)");
        assert_eq!(words(&Refusal::Duplicate { field: "email" }), "another one has this email already");
        assert_eq!(words(&Refusal::OwnAccount), "own account");
    }
}
