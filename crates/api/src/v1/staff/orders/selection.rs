//! The filters of the list of orders as members of an object, where orders are not listed but selected: the schema.

use std::borrow::Cow;

use serde_json::{Value, json};
use utoipa::openapi::path::Parameter;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::filters::OnlyFilters;
use crate::openapi::examples;

/// The filters of the list of orders, each under its parameter's name.
pub(in crate::v1::staff) enum OrderSelection {}

impl PartialSchema for OrderSelection {
    fn schema() -> RefOr<Schema> {
        let none_but_these = AdditionalProperties::FreeForm(false);
        let object = ObjectBuilder::new()
            .description(Some("Filters of the list of orders. Everything given has to hold."))
            .additional_properties(Some(none_but_these))
            .examples([json!({"status": ["invalid"]})]);
        OnlyFilters::into_params(|| None).into_iter().fold(object, member).build().into()
    }
}

impl ToSchema for OrderSelection {
    fn name() -> Cow<'static, str> {
        "OrderSelection".into()
    }
}

/// A parameter as a member, with what is said of it.
fn member(object: ObjectBuilder, parameter: Parameter) -> ObjectBuilder {
    let Some(mut schema) = parameter.schema else { return object };
    match &mut schema {
        RefOr::T(Schema::Object(text)) => {
            text.description = parameter.description;
            text.examples = example(&parameter.name).into_iter().collect();
        }
        RefOr::T(Schema::Array(list)) => list.description = parameter.description,
        _ => {}
    }
    object.property(parameter.name, schema)
}

/// Parameters have none, because Swagger UI would send them.
fn example(name: &str) -> Option<Value> {
    Some(match name {
        "number" => json!(examples::ORDER_NUMBER),
        "customer" => json!(examples::CUSTOMER_EMAIL),
        "category" => json!("tea"),
        "product" => json!(examples::PRODUCT),
        "sku" => json!("TEA-001"),
        "tracking" => json!("RR 123 456 789 TW"),
        "placed_after" | "updated_after" | "due_after" => json!("2026-01-01T00:00:00Z"),
        "placed_before" | "updated_before" | "due_before" => json!("2027-01-01T00:00:00Z"),
        "overdue" | "new" => json!(true),
        "deleted" => json!(false),
        "total_min" => json!(10_000),
        "total_max" => json!(500_000),
        "q" => json!("烏龍茶"),
        _ => return None,
    })
}
