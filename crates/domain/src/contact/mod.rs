//! How a person can be reached, and what of it strangers may see.

mod dialling;
mod email;
mod mask;
mod phone;
mod problem;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use email::Email;
pub use mask::{masked_email, masked_name, masked_phone};
pub use phone::Phone;
pub use problem::ContactProblem;

use crate::country::Country;

/// How the recipient of an order can be reached.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Contact {
    /// The name as the person writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// An e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Where to send goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

impl Contact {
    /// What somebody without an account is told by, in this country: the phone number ([`Phone::line`]), else the e-mail
    /// address.
    #[must_use]
    pub fn reach(&self, home: Option<Country>) -> Option<String> {
        let email = || self.email.as_ref().map(Email::key);
        self.phone.as_ref().map(|phone| phone.line(home)).or_else(email)
    }

    /// Has it another phone number or e-mail address than that one?
    #[must_use]
    pub fn reachable_by_other_than(&self, other: &Self) -> bool {
        self.phone != other.phone || self.email != other.email
    }

    /// Is this its phone number? See [`Phone::is_known_by`].
    #[must_use]
    pub fn has_phone(&self, phone: &Phone, home: Option<Country>) -> bool {
        self.phone.as_ref().is_some_and(|own| own.is_known_by(phone, home))
    }

    /// Is this its e-mail address? How far two addresses agree does not show in the time that it takes.
    #[must_use]
    pub fn has_email(&self, email: &Email) -> bool {
        self.email.as_ref().is_some_and(|own| own.is_same(email))
    }

    /// Everything in it that is not empty, as search looks at it in this country: a telephone number in all its spellings.
    pub fn texts(&self, home: Option<Country>) -> impl Iterator<Item = Cow<'_, str>> {
        let address = self.address.iter().flat_map(|address| {
            [
                &address.line1,
                &address.line2,
                &address.city,
                &address.region,
                &address.postal_code,
                &address.country,
            ]
        });
        let name = self.name.as_deref();
        let email = self.email.as_ref().map(Email::as_str);
        let plain = [name, email].into_iter().flatten().chain(address.flatten().map(String::as_str));
        let numbers = self.phone.iter().flat_map(move |phone| phone.spellings(home));
        plain.map(Cow::Borrowed).chain(numbers.map(Cow::Owned))
    }
}

/// A postal address, in the parts that the person gave.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Address {
    /// Street and house number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line1: Option<String>,
    /// Floor, flat, building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Town or city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State, province, county.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_words_however_it_was_given() {
        let contact = |phone: &str| Contact { phone: phone.parse().ok(), ..Contact::default() };
        let texts = |phone: &str, home: &str| {
            contact(phone).texts(home.parse().ok()).map(Cow::into_owned).collect::<Vec<_>>()
        };
        assert_eq!(texts("+886912345678", ""), ["886912345678", "0912345678", "912345678"]);
        assert_eq!(texts("0912345678", "TW"), ["0912345678", "886912345678", "912345678"]);
        assert_eq!(texts("8 (912) 345-67-89", "RU"), ["89123456789", "79123456789", "9123456789"]);
        assert_eq!(texts("02-2720-8889 #12", ""), ["0227208889"]);
        assert_eq!(texts("12345", "TW"), ["12345"]);
    }

    #[test]
    fn a_contact_is_told_by_all_of_it() {
        let contact = Contact {
            phone: "+886912345678".parse().ok(),
            email: "maria@example.com".parse().ok(),
            ..Contact::default()
        };
        assert!(contact.has_phone(&"0912345678".parse().unwrap(), None));
        assert!(contact.has_email(&"Maria@Example.com".parse().unwrap()));
        for other in ["maria@example.co", "aria@example.com", "maria@example.org"] {
            assert!(!contact.has_email(&other.parse().unwrap()), "{other}");
        }
        let (phone, email) = (contact.phone.clone().unwrap(), contact.email.clone().unwrap());
        assert_eq!(contact.reach(None).as_deref(), Some("+886912345678"));
        let unreachable = Contact::default();
        assert!(!unreachable.has_phone(&phone, None) && !unreachable.has_email(&email));
        assert_eq!(
            Contact { email: Some(email), ..unreachable }.reach(None).as_deref(),
            Some("maria@example.com")
        );
    }

    #[test]
    fn json_omits_what_is_missing_and_checks_what_is_there() {
        assert_eq!(serde_json::to_string(&Contact::default()).unwrap(), "{}");
        let json = r#"{"phone":"+886 912 345 678","email":"A@Example.com","address":{"city":"台北"}}"#;
        let contact: Contact = serde_json::from_str(json).unwrap();
        assert_eq!(
            serde_json::to_string(&contact).unwrap(),
            r#"{"phone":"+886912345678","email":"a@example.com","address":{"city":"台北"}}"#
        );
        assert!(serde_json::from_str::<Contact>(r#"{"phone":"91"}"#).is_err());
        assert!(serde_json::from_str::<Contact>(r#"{"email":"a@b"}"#).is_err());
    }
}
