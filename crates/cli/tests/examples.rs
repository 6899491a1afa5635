//! Every example of the committed contract can be executed on the demo shop as it stands, in whatever order, as somebody does
//! who clicks "Execute" in Swagger UI.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use common::{Shop, http};

/// Operations whose examples cannot work as they stand, and why. To be made shorter only.
const EXCEPTIONS: [(&str, &str); 2] = [
    ("refresh_customer", "takes a token that only the login before it gives out"),
    ("refresh_staff", "takes a token that only the login before it gives out"),
];

struct Operation<'a> {
    method: String,
    path: &'a str,
    body: &'a Value,
}

impl Operation<'_> {
    fn id(&self) -> &str {
        self.body["operationId"].as_str().unwrap()
    }
}

fn contract() -> Value {
    serde_json::from_str(include_str!("../../../openapi/openapi.json")).unwrap()
}

fn operations(contract: &Value) -> Vec<Operation<'_>> {
    let paths = contract["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, body)| Operation { method: method.to_uppercase(), path, body })
    });
    operations.collect()
}

/// What Swagger UI fills in for a schema: its example, its default, or those of its parts. A place holder such as "string"
/// is good for nothing, so that it is an error to need one.
fn sample(contract: &Value, schema: &Value) -> Result<Value, String> {
    if let Some(reference) = schema["$ref"].as_str() {
        return sample(contract, contract.pointer(reference.trim_start_matches('#')).unwrap());
    }
    let given = ["example", "default"].iter().find_map(|name| schema.get(name)).or(schema["enum"].get(0));
    if let Some(given) = given {
        return Ok(given.clone());
    }
    if let Some(items) = schema.get("items") {
        return Ok(Value::from(vec![sample(contract, items)?]));
    }
    // An enum whose values are described one by one.
    if let Some(first) = schema["oneOf"].get(0) {
        return sample(contract, first);
    }
    let parts = schema["properties"].as_object().ok_or_else(|| format!("no example: {schema}"))?;
    let parts = parts.iter().map(|(name, part)| Ok((name.clone(), sample(contract, part)?)));
    parts.collect::<Result<Map<_, _>, String>>().map(Value::Object)
}

/// The request that the examples make, apart from the token: target, headers, body.
fn request(contract: &Value, operation: &Operation<'_>) -> (String, String, String) {
    let (mut path, mut query, mut headers) = (operation.path.to_owned(), String::new(), String::new());
    for parameter in operation.body["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let example =
            parameter.get("example").cloned().or_else(|| sample(contract, &parameter["schema"]).ok());
        let Some(example) = example else {
            assert_eq!(parameter["required"], false, "{} has no example of {name}", operation.id());
            continue;
        };
        let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
        match parameter["in"].as_str().unwrap() {
            "path" => path = path.replace(&format!("{{{name}}}"), &text),
            "query" => write!(query, "{}{name}={text}", if query.is_empty() { '?' } else { '&' }).unwrap(),
            _ => write!(headers, "{name}: {text}\r\n").unwrap(),
        }
    }
    let mut body = String::new();
    if let Some((media_type, content)) =
        operation.body["requestBody"]["content"].as_object().and_then(|types| types.iter().next())
    {
        let example =
            content.get("example").cloned().map_or_else(|| sample(contract, &content["schema"]), Ok);
        body = example.unwrap_or_else(|none| panic!("{}: {none}", operation.id())).to_string();
        write!(headers, "Content-Type: {media_type}\r\n").unwrap();
    }
    (path + &query, headers, body)
}

/// The kind of token that the operation asks for.
fn scheme<'a>(operation: &Operation<'a>) -> Option<&'a str> {
    operation.body["security"].get(0)?.as_object()?.keys().next().map(String::as_str)
}

/// A token of this kind, from the example of the login.
fn token(address: &str, contract: &Value, scheme: &str) -> String {
    let login = match scheme {
        "customer_bearer" => "login_customer",
        "staff_bearer" => "login_staff",
        other => panic!("{other} is not known"),
    };
    let operations = operations(contract);
    let login = operations.iter().find(|operation| operation.id() == login).unwrap();
    let (target, headers, body) = request(contract, login);
    let (status, answer) = http(address, &login.method, &target, &headers, &body);
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Executes them one after the other; tells what did not work.
fn execute(address: &str, contract: &Value, operations: &[Operation<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    let mut tokens = BTreeMap::new();
    for operation in operations {
        let (target, mut headers, body) = request(contract, operation);
        if let Some(scheme) = scheme(operation) {
            let token = tokens.entry(scheme).or_insert_with(|| token(address, contract, scheme));
            write!(headers, "Authorization: Bearer {token}\r\n").unwrap();
        }
        if operation.path.ends_with("/logout") {
            tokens.clear();
        }
        let (status, answer) = http(address, &operation.method, &target, &headers, &body);
        let is_excepted = EXCEPTIONS.iter().any(|(id, _)| *id == operation.id());
        let answer_json: Value = serde_json::from_str(&answer).unwrap_or_default();
        let is_empty = answer_json["items"].as_array().is_some_and(Vec::is_empty);
        if (200..300).contains(&status) == is_excepted || is_empty {
            found.push(format!(
                "{}: {} {target} {body}\n  {status} {answer}",
                operation.id(),
                operation.method
            ));
        }
    }
    found
}

#[tokio::test]
async fn every_example_works_on_the_demo_shop_in_whatever_order() {
    let contract = contract();
    let mut operations = operations(&contract);
    for (id, _) in EXCEPTIONS {
        assert!(operations.iter().any(|operation| operation.id() == id), "there is no {id} any more");
    }
    for shop in Shop::on_both().await {
        let (server, address) = shop.serve(&["--demo"]);
        let found = execute(&address, &contract, &operations);
        assert!(found.is_empty(), "{}", found.join("\n"));
        drop(server);
        operations.reverse();
    }
}
