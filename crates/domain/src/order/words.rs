//! What search looks at in an order.

use super::Order;
use crate::search::{Field, Term, Words};

impl Order {
    /// The words of one class of its texts, as they are indexed.
    #[must_use]
    pub fn words(&self, field: Field) -> Words {
        match field {
            Field::Items => Words::of(self.lines.iter().flat_map(|line| {
                [line.title.as_str(), line.sku.as_str(), line.category.as_deref().unwrap_or_default()]
            })),
            Field::Contact => Words::of(self.contact.texts()),
            Field::Note => Words::of([self.note.as_str()]),
        }
    }

    /// Is each of these terms in one of these classes? No terms find every order.
    #[must_use]
    pub fn is_found(&self, terms: &[Term], fields: &[Field]) -> bool {
        let words: Vec<Words> = fields.iter().map(|field| self.words(*field)).collect();
        terms.iter().all(|term| words.iter().any(|words| words.hold(term)))
    }

    /// Those of these classes that have at least one of these terms.
    #[must_use]
    pub fn matched(&self, terms: &[Term], fields: &[Field]) -> Vec<Field> {
        let has_some = |field: &Field| {
            let words = self.words(*field);
            terms.iter().any(|term| words.hold(term))
        };
        fields.iter().copied().filter(has_some).collect()
    }
}
