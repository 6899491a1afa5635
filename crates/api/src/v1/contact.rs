//! Contacts as JSON, in requests and answers alike.

use std::borrow::Cow;

use ordervault_domain::contact::{Address, Contact};
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use validator::Validate;

use crate::openapi::examples;

/// Who gets an order, and where.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = Contact)]
pub(crate) struct ContactBody {
    /// The person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "王小明")]
    pub name: Option<String>,
    /// Phone number: 3 to 20 digits of any script, after a plus sign or not, and an extension. It is kept as `+` and digits as
    /// they were given, with ` ext. ` and digits behind it; without a plus sign it is read as it is dialled in the store's country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 3, max_length = 100, example = "+886912345678")]
    pub phone: Option<String>,
    /// E-mail address; kept in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 3, max_length = 254, format = "email", example = json!(examples::CUSTOMER_EMAIL))]
    pub email: Option<String>,
    /// Postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[validate(nested)]
    pub address: Option<AddressBody>,
}

/// A postal address; every part may be left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = Address)]
pub(crate) struct AddressBody {
    /// Street and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "信義路五段7號")]
    pub line1: Option<String>,
    /// Anything more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "3F")]
    pub line2: Option<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "台北市")]
    pub city: Option<String>,
    /// State, province or county.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "信義區")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "110")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "TW")]
    pub country: Option<String>,
}

/// The contact of an order that is placed: somebody by name, who can be reached.
pub(crate) enum NewContact {}

impl PartialSchema for NewContact {
    fn schema() -> RefOr<Schema> {
        let mut schema = ContactBody::schema();
        if let RefOr::T(Schema::Object(contact)) = &mut schema {
            contact.description =
                Some("Who gets an order, and where: a name, and a phone number or an e-mail address.".into());
            contact.required.push("name".into());
        }
        schema
    }
}

impl ToSchema for NewContact {
    fn name() -> Cow<'static, str> {
        "NewContact".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ContactBody::schemas(schemas);
    }
}

impl From<&Contact> for ContactBody {
    fn from(contact: &Contact) -> Self {
        Self {
            name: contact.name.clone(),
            phone: contact.phone.as_ref().map(ToString::to_string),
            email: contact.email.as_ref().map(|email| email.as_str().to_owned()),
            address: contact.address.as_ref().map(AddressBody::from),
        }
    }
}

impl From<&Address> for AddressBody {
    fn from(address: &Address) -> Self {
        let Address { line1, line2, city, region, postal_code, country } = address.clone();
        Self { line1, line2, city, region, postal_code, country }
    }
}
