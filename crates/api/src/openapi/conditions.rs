//! Which members of a body go together, where the members alone cannot say it: as what a body is `not`. Validators know that
//! keyword, and generators of clients, for which `oneOf` would be another type, pass it over.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};

/// Adds each condition to the schema that it belongs to.
pub(super) fn add(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    for (name, never) in conditions() {
        if let Some(RefOr::T(Schema::Object(object))) = schemas.get_mut(name) {
            object.extensions.get_or_insert_default().insert(NOT.into(), never);
        }
    }
}

const NOT: &str = "not";

/// What a body never is, by the schema's name.
fn conditions() -> [(&'static str, Value); 6] {
    let all_stores = json!({
        "properties": {"all_stores": {"const": true}}, "required": ["all_stores"], "additionalProperties": true
    });
    let stores = both_or_neither(&all_stores, &with("store_ids"));
    [
        ("AmendOrder", none_of(&["lines", "contact", "note"])),
        ("CreateMember", stores.clone()),
        ("EditMember", json!({"allOf": [with("all_stores"), stores]})),
        ("NewContact", none_of(&["phone", "email"])),
        ("RunBatch", both_or_neither(&with("ids"), &with("filter"))),
        ("SeenOrders", both_or_neither(&with("ids"), &with("up_to"))),
    ]
}

fn with(member: &str) -> Value {
    json!({"properties": {member: {}}, "required": [member], "additionalProperties": true})
}

fn none_of(members: &[&str]) -> Value {
    let each: Vec<Value> = members.iter().map(|member| json!({"not": with(member)})).collect();
    json!({"allOf": each})
}

fn both_or_neither(one: &Value, other: &Value) -> Value {
    json!({"anyOf": [{"allOf": [one, other]}, {"allOf": [{"not": one}, {"not": other}]}]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_stands_in_the_contract() {
        let routes = crate::app::all_routes(true);
        let document = serde_json::to_value(super::super::document(&routes)).unwrap();
        for (name, never) in conditions() {
            let schema = &document["components"]["schemas"][name];
            assert_eq!(schema[NOT], never, "{name}");
            for member in never.to_string().split("required\":[\"").skip(1) {
                let member = member.split('"').next().unwrap();
                assert!(schema["properties"].get(member).is_some(), "{name} has no {member}");
            }
        }
    }
}
