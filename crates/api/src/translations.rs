//! Texts that people read, in their languages: one file a language in the folder `locales` of this crate, named by its tag.
//!
//! Each file has every message of `en.ftl`, with the same variables; a test compares them. The form is
//! [Fluent](https://projectfluent.org), in which a translator says by themselves what depends on a number.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use include_dir::{Dir, include_dir};
use ordervault_domain::language::Language;

pub use fluent_bundle::FluentValue;

static LOCALES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/locales");

/// All texts in all languages.
pub struct Translations {
    languages: Vec<Language>,
    /// By the places of their languages.
    bundles: Vec<FluentBundle<FluentResource>>,
    /// The place of the language for whoever has said none that there is.
    default: usize,
}

impl Translations {
    /// `default`: the language for whoever has said none that there is; English where there is no such one either.
    pub fn new(default: Option<&Language>) -> Self {
        let (languages, bundles): (Vec<_>, Vec<_>) =
            sources().filter_map(|(tag, source)| Some((tag.parse().ok()?, bundle(tag, source)?))).unzip();
        let english = "en".parse().ok();
        let place = |wanted: &Language| {
            let found = wanted.best_of(&languages)?;
            languages.iter().position(|language| language == found)
        };
        let default =
            default.and_then(place).or_else(|| english.as_ref().and_then(place)).unwrap_or_default();
        Self { languages, bundles, default }
    }

    /// The languages that there are.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// The message of this name, for somebody who reads this language (none: who has not said), with values for its variables.
    pub fn text(
        &self,
        language: Option<&Language>,
        name: &str,
        values: &[(&'static str, FluentValue<'_>)],
    ) -> String {
        let wanted = language.and_then(|language| language.best_of(&self.languages));
        let place = self.languages.iter().position(|language| Some(language) == wanted);
        let bundle = self.bundles.get(place.unwrap_or(self.default));
        let args: FluentArgs<'_> = values.iter().cloned().collect();
        let told = bundle.and_then(|bundle| {
            let pattern = bundle.get_message(name)?.value()?;
            Some(bundle.format_pattern(pattern, Some(&args), &mut vec![]).into_owned())
        });
        told.unwrap_or_else(|| {
            tracing::error!(name, "a text is in no file of translations");
            name.to_owned()
        })
    }
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
        let mut name = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((id, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                name = id.to_owned();
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
        let translations = Translations::new(None);
        assert_eq!(translations.languages().len(), sources().count());
        for (tag, source) in sources() {
            let place =
                translations.languages.iter().position(|language| language.to_string() == tag).unwrap();
            for (name, variables) in messages(source) {
                let args: FluentArgs<'_> = variables.iter().map(|name| (name.clone(), "⟨value⟩")).collect();
                let bundle = &translations.bundles[place];
                let mut faults = vec![];
                let pattern = bundle.get_message(&name).unwrap().value().unwrap();
                let text = bundle.format_pattern(pattern, Some(&args), &mut faults);
                assert!(faults.is_empty() && !text.trim().is_empty(), "{tag} {name}: {faults:?}");
                assert_eq!(text.contains("⟨value⟩"), !variables.is_empty(), "{tag} {name}");
            }
        }
    }

    #[test]
    fn whoever_reads_none_of_them_gets_the_default() {
        let name = "mail-password-reset-subject";
        let text = |default: Option<&str>, wanted: Option<&str>| {
            let [default, wanted] = [default, wanted].map(|tag| tag.map(|tag| tag.parse().unwrap()));
            Translations::new(default.as_ref()).text(wanted.as_ref(), name, &[])
        };
        assert_eq!(text(None, None), "Choose a new password");
        assert_eq!(text(None, Some("zh-TW")), "重設您的密碼");
        assert_eq!(text(None, Some("de")), "Choose a new password");
        assert_eq!(text(Some("ja"), Some("de")), "パスワードの再設定");
        assert_eq!(text(Some("de"), None), "Choose a new password");
        let translations = Translations::new(None);
        assert_eq!(translations.text(None, "no-such-text", &[]), "no-such-text");
    }
}
