//! Texts that people read, in their languages: one file a language in the folder `locales` of this crate, named by its tag.
//!
//! Each file has every message of `en.ftl`, with the same variables; a test compares them. The form is
//! [Fluent](https://projectfluent.org), in which a translator says by themselves what depends on a number.
//!
//! Whoever has something to say makes a [`Text`]: the name of a message, with its values. It is put into words where it is known
//! who reads it.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use include_dir::{Dir, include_dir};
use ordervault_domain::language::Language;

static LOCALES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/locales");

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::read);

/// What is said where nobody has asked for a language.
const ENGLISH: &str = "en";

/// All texts in all languages; a language and its bundle have the same place.
struct Catalogue {
    languages: Vec<Language>,
    bundles: Vec<FluentBundle<FluentResource>>,
}

impl Catalogue {
    fn read() -> Self {
        let (languages, bundles) =
            sources().filter_map(|(tag, source)| Some((tag.parse().ok()?, bundle(tag, source)?))).unzip();
        Self { languages, bundles }
    }

    /// The place of the language that somebody reads who reads this one.
    fn place(&self, wanted: &Language) -> Option<usize> {
        let found = wanted.best_of(&self.languages)?;
        self.languages.iter().position(|language| language == found)
    }

    fn english(&self) -> usize {
        let english = ENGLISH.parse().ok();
        english.as_ref().and_then(|english| self.place(english)).unwrap_or_default()
    }
}

/// A message of the catalogue, with values for its variables: `rule-too-long`, or `problem-not-found.detail` for an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    message: Cow<'static, str>,
    values: Vec<(&'static str, Value)>,
}

/// What stands in the place of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The same in every language.
    Words(Cow<'static, str>),
    /// A whole number, by which a language may choose its words.
    Number(i64),
    /// Another message.
    Text(Text),
}

impl Text {
    /// The message of this name.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), values: vec![] }
    }

    /// With this value for a variable.
    #[must_use]
    pub fn with(mut self, variable: &'static str, value: impl Into<Value>) -> Self {
        self.values.push((variable, value.into()));
        self
    }

    /// In English, for the contract, which is the same for everybody.
    pub fn in_english(&self) -> String {
        Locale::english().say(self)
    }
}

impl From<&'static str> for Value {
    fn from(words: &'static str) -> Self {
        Self::Words(words.into())
    }
}

impl From<String> for Value {
    fn from(words: String) -> Self {
        Self::Words(words.into())
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

/// Whole numbers of every size; one that is too large becomes the largest.
macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl From<$type> for Value {
            fn from(number: $type) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )*};
}
numbers! { i64 u32 u64 usize }

/// The languages that there are, and the one for whoever has said none of them.
pub struct Translations {
    default: usize,
}

impl Translations {
    /// `default`: the language for whoever has said none that there is; English where there is no such one either.
    pub fn new(default: Option<&Language>) -> Self {
        let default = default.and_then(|language| CATALOGUE.place(language));
        Self { default: default.unwrap_or_else(|| CATALOGUE.english()) }
    }

    /// The languages that there are.
    pub fn languages(&self) -> &'static [Language] {
        &CATALOGUE.languages
    }

    /// For somebody who reads this language; none: who has not said.
    pub fn locale(&self, language: Option<&Language>) -> Locale {
        Locale(language.and_then(|language| CATALOGUE.place(language)).unwrap_or(self.default))
    }
}

/// A language in which there are texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale(usize);

impl Locale {
    /// English.
    pub fn english() -> Self {
        Self(CATALOGUE.english())
    }

    /// As `Content-Language` has it; none: there are no texts at all.
    pub(crate) fn tag(self) -> Option<String> {
        CATALOGUE.languages.get(self.0).map(ToString::to_string)
    }

    /// In the words of this language.
    pub fn say(self, text: &Text) -> String {
        let values: FluentArgs<'_> =
            text.values.iter().map(|(variable, value)| (*variable, self.value(value))).collect();
        let bundle = CATALOGUE.bundles.get(self.0);
        let said = bundle.and_then(|bundle| said(bundle, &text.message, &values, &mut vec![]));
        said.unwrap_or_else(|| {
            tracing::error!(name = %text.message, "a text is in no file of translations");
            text.message.clone().into_owned()
        })
    }

    fn value(self, value: &Value) -> FluentValue<'_> {
        match value {
            Value::Words(words) => FluentValue::from(words.as_ref()),
            Value::Number(number) => FluentValue::from(*number),
            Value::Text(text) => FluentValue::from(self.say(text)),
        }
    }
}

/// What a message, or an attribute of one, says with these values.
fn said(
    bundle: &FluentBundle<FluentResource>,
    name: &str,
    values: &FluentArgs<'_>,
    faults: &mut Vec<FluentError>,
) -> Option<String> {
    let (message, attribute) = match name.split_once('.') {
        Some((message, attribute)) => (message, Some(attribute)),
        None => (name, None),
    };
    let message = bundle.get_message(message)?;
    let pattern = match attribute {
        Some(attribute) => message.get_attribute(attribute)?.value(),
        None => message.value()?,
    };
    Some(bundle.format_pattern(pattern, Some(values), faults).into_owned())
}

/// What people call a value of an enumeration: `label("status", "pending_review")`.
pub(crate) fn label(kind: &str, name: &str) -> Text {
    Text::new(format!("label-{kind}-{name}"))
}

/// The names of the English messages that begin so, without that beginning, in the order of the file.
pub(crate) fn messages_under(beginning: &str) -> impl Iterator<Item = &'static str> {
    let english = sources().find(|(tag, _)| *tag == ENGLISH).map(|(_, source)| source).unwrap_or_default();
    let messages = english.lines().filter(|line| !line.starts_with([' ', '#']));
    let names = messages.filter_map(|line| line.split_once(" =")).map(|(name, _)| name);
    names.filter_map(move |name| name.strip_prefix(beginning))
}

/// The files: tag of the language, and text.
fn sources() -> impl Iterator<Item = (&'static str, &'static str)> {
    LOCALES.files().filter_map(|file| Some((file.path().file_stem()?.to_str()?, file.contents_utf8()?)))
}

fn bundle(tag: &str, source: &str) -> Option<FluentBundle<FluentResource>> {
    let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().ok()?]);
    // The marks around values that keep directions apart are no part of a subject or a link.
    bundle.set_use_isolating(false);
    // Whatever could be read counts; a test looks for the rest.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    Some(bundle)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The messages of a file with the variables of each.
    fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut messages = BTreeMap::<String, BTreeSet<String>>::new();
        let (mut message, mut name) = (String::new(), String::new());
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let id = line.split_once(" =").map(|(id, _)| id);
            if let Some(id) = id.filter(|_| !line.starts_with(' ')) {
                message = id.to_owned();
            }
            if let Some(id) = id.filter(|id| !id.starts_with(' ') || id.starts_with("    .")) {
                name = if id.starts_with(' ') { message.clone() + id.trim_start() } else { id.to_owned() };
                assert!(
                    messages.insert(name.clone(), BTreeSet::new()).is_none(),
                    "{name} stands there twice"
                );
            }
            for rest in line.split('$').skip(1) {
                let variable = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next();
                messages.get_mut(&name).unwrap().insert(variable.unwrap_or_default().to_owned());
            }
        }
        messages
    }

    #[test]
    fn every_language_says_everything_with_the_same_variables() {
        let english = messages(sources().find(|(tag, _)| *tag == "en").unwrap().1);
        assert!(!english.is_empty());
        for (tag, source) in sources() {
            assert_eq!(tag.parse::<Language>().unwrap().to_string(), tag, "the name of a file is its tag");
            let faults = FluentResource::try_new(source.to_owned()).err().map(|(_, faults)| faults);
            assert_eq!(faults, None, "{tag}");
            assert_eq!(messages(source), english, "{tag}");
        }
    }

    #[test]
    fn every_text_is_made_without_a_fault_in_every_language() {
        assert_eq!(CATALOGUE.languages.len(), sources().count());
        for (tag, source) in sources() {
            let place = CATALOGUE.languages.iter().position(|language| language.to_string() == tag).unwrap();
            for (name, variables) in messages(source) {
                let args: FluentArgs<'_> = variables.iter().map(|name| (name.clone(), "⟨value⟩")).collect();
                let bundle = &CATALOGUE.bundles[place];
                let mut faults = vec![];
                let text = said(bundle, &name, &args, &mut faults).unwrap();
                assert!(faults.is_empty() && !text.trim().is_empty(), "{tag} {name}: {faults:?}");
                let is_told = text.contains("⟨value⟩");
                assert_eq!(is_told, !variables.is_empty(), "{tag} {name}");
            }
        }
    }

    #[test]
    fn whoever_reads_none_of_them_gets_the_default() {
        let name = "mail-password-reset-subject";
        let text = |default: Option<&str>, wanted: Option<&str>| {
            let [default, wanted] = [default, wanted].map(|tag| tag.map(|tag| tag.parse().unwrap()));
            Translations::new(default.as_ref()).locale(wanted.as_ref()).say(&Text::new(name))
        };
        assert_eq!(text(None, None), "Choose a new password");
        assert_eq!(text(None, Some("zh-TW")), "重設您的密碼");
        assert_eq!(text(None, Some("de")), "Choose a new password");
        assert_eq!(text(Some("ja"), Some("de")), "パスワードの再設定");
        assert_eq!(text(Some("de"), None), "Choose a new password");
        assert_eq!(Text::new("no-such-text").in_english(), "no-such-text");
        assert_eq!(
            Text::new("problem-not-found.no-such-part").in_english(),
            "problem-not-found.no-such-part"
        );
    }
}
