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
    use super::*;

    #[test]
    fn every_refusal_has_words() {
        assert_eq!(words(&Refusal::UnknownProduct(vec![0, 2])), "its store has no such product (line 1, 3)");
        assert_eq!(words(&Refusal::Duplicate { field: "email" }), "another one has this email already");
        assert_eq!(words(&Refusal::OwnAccount), "own account");
    }
}
