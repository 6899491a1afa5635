//! Closed lists of words, as requests, answers, events and rows say them.

/// Declares a closed list of words: each variant is told by its name in `snake_case`, everywhere.
macro_rules! vocabulary {
    ($($(#[$attribute:meta])* $name:ident { $($(#[$about:meta])* $variant:ident,)+ })+) => {$(
        $(#[$attribute])*
        #[derive(
            Clone,
            Copy,
            Debug,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            serde::Serialize,
            serde::Deserialize,
            strum::EnumIter,
            strum::EnumString,
            strum::Display,
            strum::IntoStaticStr,
        )]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        pub enum $name {
            $($(#[$about])* $variant,)+
        }
    )+};
}
pub(crate) use vocabulary;
