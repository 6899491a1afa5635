//! Every example of the committed contract can be executed on the demo shop as it stands, in whatever order, as somebody does
//! who clicks "Execute" in Swagger UI.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use ordervault_tests::http::Request;
use serde_json::{Map, Value};

use crate::installation::{Installation, send};

/// Operations whose examples cannot work as they stand, and why. To be made shorter only. Of what only the shop gives out, the page
/// of Swagger UI asks it: `tests/browser` executes these.
const EXCEPTIONS: [(&str, &str); 24] = [
    ("issue_refund", "takes money that was paid before"),
    ("settle_refund", "takes the number of a refund that only asking for it tells"),
    ("remove_adjustment", "takes the number of a discount or fee that only giving it tells"),
    ("pick_fulfillment", FULFILLMENT),
    ("pack_fulfillment", FULFILLMENT),
    ("ship_fulfillment", FULFILLMENT),
    ("track_fulfillment", FULFILLMENT),
    ("deliver_fulfillment", FULFILLMENT),
    ("cancel_fulfillment", FULFILLMENT),
    ("receive_fulfillment", FULFILLMENT),
    ("fail_fulfillment", FULFILLMENT),
    ("take_back_fulfillment", FULFILLMENT),
    ("settle_loss", FULFILLMENT),
    ("correct_delivery", FULFILLMENT),
    ("get_packing_slip", FULFILLMENT),
    ("print_packing_slip", FULFILLMENT),
    ("request_password_reset", "takes mail, which the demo shop does not send"),
    ("complete_password_reset", "takes a code that only a mail or staff give out"),
    ("request_email_verification", "takes mail, which the demo shop does not send"),
    ("verify_email", "takes a code that only a mail gives out"),
    ("end_session", "takes an id that only the list of sessions gives out"),
    ("get_board_order", "takes an id that only the list of the board gives out"),
    ("refresh_customer", "takes a token that only the login before it gives out"),
    ("refresh_staff", "takes a token that only the login before it gives out"),
];

const FULFILLMENT: &str = "takes the number of a fulfillment that only planning it tells";

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
    serde_json::from_str(include_str!("../../../../openapi/openapi.json")).unwrap()
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

/// The request that the examples make, without a token.
fn request(contract: &Value, operation: &Operation<'_>) -> Request {
    let (mut path, mut query, mut headers) = (operation.path.to_owned(), String::new(), vec![]);
    for parameter in operation.body["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let schema = &parameter["schema"];
        let given = [&parameter["example"], &schema["example"], &schema["default"]];
        let Some(example) = given.into_iter().find(|example| !example.is_null()) else {
            assert_eq!(parameter["required"], false, "{} has no example of {name}", operation.id());
            continue;
        };
        let text = match example {
            Value::String(text) => text.clone(),
            Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
            other => other.to_string(),
        };
        match parameter["in"].as_str().unwrap() {
            "path" => path = path.replace(&format!("{{{name}}}"), &text),
            "query" => write!(query, "{}{name}={text}", if query.is_empty() { '?' } else { '&' }).unwrap(),
            // New for each request, as the page of Swagger UI makes it.
            _ if name == "Idempotency-Key" => headers.push((name, format!("{text}-{}", operation.id()))),
            _ => headers.push((name, text)),
        }
    }
    let mut request = Request::new(&operation.method, path + &query).header("accept", accepted(operation));
    for (name, text) in headers {
        request = request.header(name, text);
    }
    let Some(types) = operation.body["requestBody"]["content"].as_object() else { return request };
    let (media_type, content) = types.iter().next().unwrap();
    let example = content.get("example").cloned().map_or_else(|| sample(contract, &content["schema"]), Ok);
    let body = example.unwrap_or_else(|none| panic!("{}: {none}", operation.id())).to_string();
    request.body(media_type, body)
}

/// The media type of what is asked for: the first that a success has.
fn accepted(operation: &Operation<'_>) -> String {
    let responses = operation.body["responses"].as_object().into_iter().flatten();
    let successes = responses.filter(|(status, _)| status.starts_with('2'));
    let mut types =
        successes.filter_map(|(_, response)| response["content"].as_object()?.keys().next().cloned());
    types.next().unwrap_or_else(|| "*/*".to_owned())
}

/// The kind of token that the operation asks for.
fn scheme<'a>(operation: &Operation<'a>) -> Option<&'a str> {
    operation.body["security"].get(0)?.as_object()?.keys().next().map(String::as_str)
}

/// A token of this kind, from the example of the login.
async fn token(address: &str, contract: &Value, scheme: &str) -> String {
    let login = match scheme {
        "customer_bearer" => "login_customer",
        "staff_bearer" => "login_staff",
        other => panic!("{other} is not known"),
    };
    let operations = operations(contract);
    let login = operations.iter().find(|operation| operation.id() == login).unwrap();
    let answer = send(address, &request(contract, login)).await.ok();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Executes them one after the other; tells what did not work.
async fn execute(address: &str, contract: &Value, operations: &[Operation<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    let mut tokens = BTreeMap::new();
    for operation in operations {
        let mut request = request(contract, operation);
        if let Some(scheme) = scheme(operation) {
            if !tokens.contains_key(scheme) {
                tokens.insert(scheme, token(address, contract, scheme).await);
            }
            request = request.bearer(&tokens[scheme]);
        }
        if operation.path.ends_with("/logout") {
            tokens.clear();
        }
        let answer = send(address, &request).await;
        let is_excepted = EXCEPTIONS.iter().any(|(id, _)| *id == operation.id());
        let is_empty = answer.json()["items"].as_array().is_some_and(Vec::is_empty);
        if (200..300).contains(&answer.status) == is_excepted || is_empty {
            let (line, text) = (request.said(), answer.text());
            found.push(format!("{}: {} {line}\n  {} {text}", operation.id(), request.line(), answer.status));
        }
    }
    found
}

/// The lines of the landing page, as a shell gets them.
fn steps(page: &str) -> Vec<String> {
    let lines = page.split("<pre>").skip(1).filter_map(|rest| rest.split("</pre>").next());
    let plain = |html: &str| html.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
    lines.map(plain).collect()
}

#[tokio::test]
async fn a_first_order_is_made_within_the_steps_of_the_landing_page() {
    for shop in Installation::on_both().await {
        let (_server, address) = shop.serve(&["--demo"]);
        let steps = steps(&send(&address, &Request::get("/")).await.text());
        let output = Command::new("sh").args(["-c", &steps.join("\n")]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let placed: Vec<&str> = said.matches("\"status\":\"pending_review\"").collect();
        assert_eq!((steps.len(), placed.len()), (4, 2), "placed, and read again: {said}");
    }
}

#[tokio::test]
async fn every_example_works_on_the_demo_shop_in_whatever_order() {
    let contract = contract();
    let mut operations = operations(&contract);
    for (id, _) in EXCEPTIONS {
        assert!(operations.iter().any(|operation| operation.id() == id), "there is no {id} any more");
    }
    for shop in Installation::on_both().await {
        let (server, address) = shop.serve(&["--demo"]);
        let found = execute(&address, &contract, &operations).await;
        assert!(found.is_empty(), "{}", found.join("\n"));
        drop(server);
        operations.reverse();
    }
}
