//! What search looks at in an order.

use super::Order;
use crate::contact::{Contact, Phone};
use crate::country::Country;
use crate::search::{Field, Term, Words, query_terms};

/// What to ask for in orders: the words of the query, and instead of any whole telephone number in it, however it is
/// separated, its digits.
#[must_use]
pub fn order_terms(query: &str) -> Vec<Term> {
    if let Some(number) = number_term(query) {
        return vec![number];
    }
    let has_letters = |part: &&str| part.contains(char::is_alphabetic);
    let parts: Vec<&str> = query.split_whitespace().collect();
    let runs = parts.chunk_by(|a, b| has_letters(a) == has_letters(b)).map(|run| run.join(" "));
    runs.flat_map(|run| number_term(&run).map_or_else(|| query_terms(&run), |number| vec![number])).collect()
}

/// The text as a telephone number, or as the words that it has besides.
fn number_term(text: &str) -> Option<Term> {
    let numbers = Phone::searched_words(text).into_iter().map(|digits| vec![Term::Prefix(digits)]);
    let mut ways: Vec<Vec<Term>> = numbers.collect();
    (!ways.is_empty()).then(|| {
        ways.push(query_terms(text));
        ways.dedup();
        Term::Any(ways)
    })
}

/// The texts of an order that search looks at.
#[derive(Clone, Debug)]
pub struct OrderTexts<'a> {
    /// Title, stock keeping unit and category of each line.
    pub lines: Vec<[&'a str; 3]>,
    /// Who gets it, and where.
    pub contact: &'a Contact,
    /// Where its national phone numbers are dialled.
    pub country: Option<Country>,
    /// The customer's note.
    pub note: &'a str,
}

impl OrderTexts<'_> {
    /// The words of one class of them, as they are indexed.
    #[must_use]
    pub fn words(&self, field: Field) -> Words {
        match field {
            Field::Items => Words::of(self.lines.iter().flatten()),
            Field::Contact => Words::of(self.contact.texts(self.country)),
            Field::Note => Words::of([self.note]),
        }
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

impl Order {
    /// What search looks at.
    #[must_use]
    pub fn texts(&self) -> OrderTexts<'_> {
        let lines = self.lines.iter().map(|line| {
            [line.title.as_str(), line.sku.as_str(), line.category.as_deref().unwrap_or_default()]
        });
        OrderTexts { lines: lines.collect(), contact: &self.contact, country: self.country, note: &self.note }
    }

    /// The words of one class of its texts, as they are indexed.
    #[must_use]
    pub fn words(&self, field: Field) -> Words {
        self.texts().words(field)
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
        self.texts().matched(terms, fields)
    }
}
