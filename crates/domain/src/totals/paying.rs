//! Ways of paying: when an order is to be paid.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::fault::TermsFault;
use super::{Code, MAX_RULE_NAME_CODE_POINTS};
use crate::text::single_line;
use crate::vocabulary::vocabulary;

/// Most ways of paying that a store has.
pub const MAX_PAYMENT_RULES: usize = 20;

vocabulary! {
    /// When an order is to be paid.
    PaymentKind {
        /// Before its execution starts.
        Prepaid,
        /// When it arrives.
        OnDelivery,
        /// After an invoice.
        Invoice,
    }
}

/// A way of paying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentRule {
    /// What it is called in requests.
    pub code: Code,
    /// What people call it.
    pub name: String,
    /// When is to be paid.
    pub kind: PaymentKind,
}

/// What is wrong with a store's ways of paying, by pointers from the list on.
#[must_use]
pub fn payment_rule_faults(rules: &[PaymentRule]) -> Vec<TermsFault> {
    let mut faults = vec![];
    if rules.len() > MAX_PAYMENT_RULES {
        faults.push(TermsFault::new("", "too-many"));
    }
    let mut codes = BTreeSet::new();
    for (place, rule) in rules.iter().enumerate() {
        if !codes.insert(&rule.code) {
            faults.push(TermsFault::new(format!("/{place}/code"), "duplicate"));
        }
        if single_line(&rule.name, MAX_RULE_NAME_CODE_POINTS).as_ref() != Ok(&rule.name) {
            faults.push(TermsFault::new(format!("/{place}/name"), "not-a-name"));
        }
    }
    faults
}
