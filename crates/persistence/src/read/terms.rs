//! Search terms as the engines' indexes take them.

use ordervault_domain::search::Term;

/// One FTS5 query: every term, in any of the columns (<https://www.sqlite.org/fts5.html>, section 3).
pub(super) fn fts5(terms: &[Term], columns: &[&str]) -> String {
    let terms: Vec<String> = terms
        .iter()
        .map(|term| match term {
            Term::Prefix(word) => format!("\"{word}\" *"),
            Term::Phrase(tokens) => format!("\"{}\"", tokens.join(" ")),
        })
        .collect();
    format!("{{{}}} : ({})", columns.join(" "), terms.join(" AND "))
}

/// A term as a `tsquery` (<https://www.postgresql.org/docs/15/datatype-textsearch.html>).
pub(super) fn tsquery(term: &Term) -> String {
    joined(term, " <-> ")
}

/// The same without regard to which tokens stand side by side: what an index can find without reading the rows.
pub(super) fn loose_tsquery(term: &Term) -> String {
    joined(term, " & ")
}

fn joined(term: &Term, between: &str) -> String {
    match term {
        Term::Prefix(word) => format!("'{word}':*"),
        Term::Phrase(tokens) => {
            let quoted: Vec<String> = tokens.iter().map(|token| format!("'{token}'")).collect();
            quoted.join(between)
        }
    }
}
