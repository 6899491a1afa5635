//! The version of the rules by which texts are folded before they are compared.

/// Of all rules together: the lines of phone numbers, the keys of e-mail addresses, what makes two orders look alike, the
/// words that are found. Rows carry the version by which they were made. It goes up with every rule, and every table of
/// a library, that folds anything otherwise than before; `tests/folding.rs` says when.
pub const VERSION: i64 = 1;
