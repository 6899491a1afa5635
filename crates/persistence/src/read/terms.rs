//! Search terms as the engines' indexes take them.

use ordervault_domain::search::Term;

/// One FTS5 query: every term, in any of the columns (<https://www.sqlite.org/fts5.html>, section 3).
pub(super) fn fts5(terms: &[Term], columns: &[&str]) -> String {
    let terms: Vec<String> = terms.iter().map(|term| fts5_term(term, columns)).collect();
    terms.join(" AND ")
}

fn fts5_term(term: &Term, columns: &[&str]) -> String {
    match term {
        Term::Prefix(word) => format!("{{{}}} : \"{word}\" *", columns.join(" ")),
        Term::Phrase(tokens) => format!("{{{}}} : \"{}\"", columns.join(" "), tokens.join(" ")),
        // All that belongs together is in one column.
        Term::Any(lists) => {
            let ways =
                lists.iter().flat_map(|terms| columns.iter().map(move |column| fts5(terms, &[column])));
            let ways: Vec<String> = ways.map(|way| format!("({way})")).collect();
            format!("({})", ways.join(" OR "))
        }
    }
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
        Term::Any(lists) => {
            let all = |terms: &Vec<Term>| {
                let terms: Vec<String> =
                    terms.iter().map(|term| format!("({})", joined(term, between))).collect();
                format!("({})", terms.join(" & "))
            };
            lists.iter().map(all).collect::<Vec<_>>().join(" | ")
        }
    }
}
