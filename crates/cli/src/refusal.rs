//! Refusals in the operator's words.

use ordervault_domain::refusal::Refusal;

/// Which rule says no, and what to do.
#[must_use]
pub fn words(refusal: &Refusal) -> String {
    refusal.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_words() {
        assert_eq!(words(&Refusal::UnknownProduct(vec![0, 2])), "its store has no such product (line 1, 3)");
        assert_eq!(words(&Refusal::Duplicate { field: "email" }), "another one has this email already");
        assert_eq!(
            words(&Refusal::OwnAccount),
            "nobody deactivates their own account or resets their own password"
        );
    }
}
