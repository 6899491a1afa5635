//! From request texts to domain values, collecting every fault with its pointer instead of stopping at the first.

use std::str::FromStr;

use ordervault_domain::contact::{Address, Contact, ContactProblem, Email};
use ordervault_domain::id::{IdError, OrderId};
use ordervault_domain::language::Language;
use ordervault_domain::text::{TextProblem, multi_line, single_line};

use crate::auth::{NewPassword, Realm};
use crate::problem::{FieldError, Problem};
use crate::translations::{Text, Translations};

/// Longest name of a person, in code points.
pub(crate) const MAX_NAME_CODE_POINTS: usize = 200;
/// Longest part of an address, in code points.
pub(crate) const MAX_ADDRESS_CODE_POINTS: usize = 200;

/// The faults of one request.
#[derive(Default)]
pub(crate) struct Fields {
    faults: Vec<FieldError>,
}

impl Fields {
    /// Notes a fault.
    pub(crate) fn fault(&mut self, pointer: impl Into<String>, code: &'static str) {
        self.faults.push(FieldError::new(pointer, code));
    }

    /// Notes faults that were found elsewhere.
    pub(crate) fn faults(&mut self, faults: Vec<FieldError>) {
        self.faults.extend(faults);
    }

    /// A required text of one line.
    pub(crate) fn line(&mut self, pointer: &str, text: &str, max_code_points: usize) -> String {
        single_line(text, max_code_points).unwrap_or_else(|problem| {
            self.text(pointer, problem, max_code_points);
            String::new()
        })
    }

    /// A password that an account of this realm shall have. `personal`: words that the account is known by.
    pub(crate) fn password(
        &mut self,
        pointer: &str,
        realm: Realm,
        text: &str,
        personal: &[&str],
    ) -> Option<NewPassword> {
        let told = |code| match code {
            "too-short" => {
                let limit =
                    Text::new("limit-characters-least").with("limit", NewPassword::min_code_points(realm));
                FieldError::new(pointer, code).detail(limit)
            }
            "too-long" => too_long(pointer, NewPassword::MAX_CODE_POINTS),
            code => FieldError::new(pointer, code),
        };
        NewPassword::check(realm, text, personal).map_err(|code| self.faults.push(told(code))).ok()
    }

    /// An optional text of one line.
    pub(crate) fn line_option(
        &mut self,
        pointer: &str,
        text: Option<&String>,
        max_code_points: usize,
    ) -> Option<String> {
        text.map(|text| self.line(pointer, text, max_code_points))
    }

    /// An optional free text; absent and empty are the same.
    pub(crate) fn lines_option(
        &mut self,
        pointer: &str,
        text: Option<&String>,
        max_code_points: usize,
    ) -> Option<String> {
        let text = multi_line(text?, max_code_points).unwrap_or_else(|problem| {
            self.text(pointer, problem, max_code_points);
            String::new()
        });
        Some(text)
    }

    /// Notes what is wrong with a text, and what would be accepted.
    fn text(&mut self, pointer: &str, problem: TextProblem, max_code_points: usize) {
        self.faults.push(match problem {
            TextProblem::ForbiddenCharacter(character) => FieldError::forbidden_character(pointer, character),
            TextProblem::TooLong => too_long(pointer, max_code_points),
            TextProblem::Blank | TextProblem::TooShort => FieldError::new(pointer, problem.code()),
        });
    }

    /// A value that is read from its text.
    pub(crate) fn parsed<T: FromStr>(
        &mut self,
        pointer: impl Into<String>,
        text: &str,
        code: &'static str,
    ) -> Option<T> {
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.fault(pointer, code);
        }
        parsed
    }

    /// The id or number of an order. A slip in it is told from what is none.
    pub(crate) fn order(&mut self, pointer: impl Into<String>, text: &str) -> Option<OrderId> {
        match text.parse() {
            Ok(id) => Some(id),
            Err(IdError::Mistyped) => {
                self.fault(pointer, "mistyped");
                None
            }
            Err(IdError::Malformed) => {
                self.fault(pointer, "unknown-order");
                None
            }
        }
    }

    /// An optional value that is read from its text.
    pub(crate) fn parsed_option<T: FromStr>(
        &mut self,
        pointer: &str,
        text: Option<&String>,
        code: &'static str,
    ) -> Option<T> {
        self.parsed(pointer, text?, code)
    }

    /// A phone number or e-mail address.
    pub(crate) fn reach<T: FromStr<Err = ContactProblem>>(
        &mut self,
        pointer: &str,
        text: Option<&String>,
    ) -> Option<T> {
        match text?.parse() {
            Ok(value) => Some(value),
            Err(problem) => {
                self.fault(pointer, problem.code());
                None
            }
        }
    }

    /// A language, of which there are texts.
    pub(crate) fn language(
        &mut self,
        pointer: &str,
        text: Option<&String>,
        translations: &Translations,
    ) -> Option<Language> {
        let language: Option<Language> = text?.parse().ok();
        let language = language.filter(|language| language.best_of(translations.languages()).is_some());
        if language.is_none() {
            let there_are = translations.languages().iter().map(ToString::to_string).collect::<Vec<_>>();
            let detail = Text::new("languages-known").with("languages", there_are.join(", "));
            self.faults.push(FieldError::new(pointer, "unknown-language").detail(detail));
        }
        language
    }

    /// The value, if there was no fault.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Problem> {
        if self.faults.is_empty() { Ok(value) } else { Err(Problem::invalid(self.faults)) }
    }
}

/// What is wrong with what was read.
pub(crate) fn faults_of<T>(read: Result<T, Problem>) -> Vec<FieldError> {
    read.err().map(|problem| problem.field_errors().to_vec()).unwrap_or_default()
}

/// What is found wrong by reading.
pub(crate) fn faults_in(read: impl FnOnce(&mut Fields)) -> Vec<FieldError> {
    let mut fields = Fields::default();
    read(&mut fields);
    fields.faults
}

/// A text that is longer than it may be.
pub(crate) fn too_long(pointer: &str, max_code_points: usize) -> FieldError {
    let limit = Text::new("limit-characters-most").with("limit", max_code_points);
    FieldError::new(pointer, "too-long").detail(limit)
}

/// Reads a contact out of its request form.
pub(crate) fn contact(fields: &mut Fields, pointer: &str, body: &super::contact::ContactBody) -> Contact {
    Contact {
        name: fields.line_option(&format!("{pointer}/name"), body.name.as_ref(), MAX_NAME_CODE_POINTS),
        phone: fields.reach(&format!("{pointer}/phone"), body.phone.as_ref()),
        email: fields.reach(&format!("{pointer}/email"), body.email.as_ref()),
        address: body
            .address
            .as_ref()
            .map(|address| self::address(fields, &format!("{pointer}/address"), address)),
    }
}

fn address(fields: &mut Fields, pointer: &str, body: &super::contact::AddressBody) -> Address {
    let mut part = |name: &str, text: &Option<String>| {
        fields.line_option(&format!("{pointer}/{name}"), text.as_ref(), MAX_ADDRESS_CODE_POINTS)
    };
    Address {
        line1: part("line1", &body.line1),
        line2: part("line2", &body.line2),
        city: part("city", &body.city),
        region: part("region", &body.region),
        postal_code: part("postal_code", &body.postal_code),
        country: part("country", &body.country),
    }
}
/// The words that somebody is known by, of which no password is made.
pub(crate) fn personal(contact: &Contact) -> [&str; 2] {
    [contact.email.as_ref().map_or("", Email::as_str), contact.name.as_deref().unwrap_or_default()]
}
