//! Pages, health and the OpenAPI document.

use super::*;
use std::collections::{BTreeMap, HashSet};

use futures_util::FutureExt;
use ordervault_domain::access::Permission;
use strum::IntoEnumIterator as _;

use crate::app::all_routes;
use crate::openapi::document;

fn contract(routes: &Routes) -> Value {
    serde_json::to_value(document(routes)).unwrap()
}

/// Every (path, method, operation) of the document.
fn operations(contract: &Value) -> Vec<(String, String, Value)> {
    let mut found = Vec::new();
    for (path, item) in contract["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            found.push((path.clone(), method.clone(), operation.clone()));
        }
    }
    found
}

#[actix_web::test]
async fn every_documented_operation_is_routed_and_every_other_method_is_not() {
    let app = app!();
    let contract = contract(&sample_routes());
    let operations = operations(&contract);
    assert!(operations.len() >= 10);
    for (path, name, _) in &operations {
        let concrete = path.replace("{id}", "x");
        let answer =
            send!(app, method(Method::from_bytes(name.to_uppercase().as_bytes()).unwrap(), &concrete));
        assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{name} {path}");
        assert_ne!(answer.json()["detail"], "there is nothing at this address", "{name} {path}");
        let documented: HashSet<&str> =
            operations.iter().filter(|(p, _, _)| p == path).map(|(_, m, _)| m.as_str()).collect();
        for other in ["get", "post", "put", "patch", "delete"] {
            let answer =
                send!(app, method(Method::from_bytes(other.to_uppercase().as_bytes()).unwrap(), &concrete));
            let is_refused = answer.status == StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(is_refused, !documented.contains(other), "{other} {path}");
        }
    }
}

#[test]
fn every_operation_of_the_server_is_described() {
    for (path, method, operation) in operations(&contract(&all_routes(true))) {
        let text = |name: &str| operation[name].as_str().unwrap_or_default().to_owned();
        assert!((1..=60).contains(&text("summary").chars().count()), "a short summary: {method} {path}");
        assert!(!text("description").is_empty(), "a description: {method} {path}");
        let is_success = |status: &String| status.starts_with('2');
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(is_success), "a success: {method} {path}");
    }
}

#[test]
fn the_contract_follows_its_rules() {
    for contract in [contract(&all_routes(true)), contract(&sample_routes())] {
        assert_eq!(contract["openapi"], "3.1.0");
        assert_eq!(contract["servers"][0]["url"], "/");
        let schemes = contract["components"]["securitySchemes"].as_object().unwrap();
        assert_eq!(schemes.keys().collect::<Vec<_>>(), ["customer_bearer", "guest_bearer", "staff_bearer"]);
        assert!(
            schemes.values().all(|scheme| scheme["scheme"] == "bearer" && scheme["bearerFormat"] == "JWT")
        );
        let declared: HashSet<_> =
            contract["tags"].as_array().unwrap().iter().map(|tag| tag["name"].clone()).collect();

        let mut ids = HashSet::new();
        for (path, method, operation) in operations(&contract) {
            let place = format!("{method} {path}");
            assert!(ids.insert(operation["operationId"].clone()), "operationId twice: {place}");
            let tags = operation["tags"].as_array().unwrap();
            assert!(tags.len() == 1 && declared.contains(&tags[0]), "one declared tag: {place}");
            assert!(operation["security"].is_array(), "security is said explicitly: {place}");
            let for_all = operation["security"] == json!([]);
            assert!(!for_all || operation["responses"].get("403").is_none(), "403 without a token: {place}");
            let realm = if path.starts_with("/v1/staff/") { "customer_bearer" } else { "staff_bearer" };
            for requirement in operation["security"].as_array().unwrap() {
                assert!(requirement.get(realm).is_none(), "{realm} on {place}");
            }
        }
        let text = contract.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let target = reference.split('"').next().unwrap();
            assert!(contract.pointer(target).is_some(), "dangling {target}");
        }
        assert!(
            !text.contains(r#""oneOf":[{"type":"null"}"#),
            "a null branch beside a reference breaks generators"
        );
    }
}

#[test]
fn every_operation_of_staff_names_its_permission() {
    for (path, method, operation) in operations(&contract(&all_routes(true))) {
        let is_for_staff = operation["security"] == json!([{"staff_bearer": []}]);
        let permissions = operation.get("x-permissions").map(|names| names.as_array().unwrap());
        assert_eq!(permissions.is_some(), is_for_staff, "{method} {path}");
        let description = operation["description"].as_str().unwrap();
        let is_open = permissions.is_some_and(Vec::is_empty);
        assert_eq!(description.ends_with("Open to every active member."), is_open, "{method} {path}");
        for name in permissions.into_iter().flatten().map(|name| name.as_str().unwrap()) {
            assert!(Permission::iter().any(|known| <&str>::from(known) == name), "{name}: {method} {path}");
            assert!(description.contains(&format!("`{name}`")), "{name}: {method} {path}");
        }
    }
}

#[test]
fn rows_of_lists_and_known_names_are_schemas_of_their_own() {
    let contract = contract(&all_routes(true));
    let schemas = contract["components"]["schemas"].as_object().unwrap();
    for (name, schema) in schemas {
        if let Some(row) = name.strip_prefix("ListOf_") {
            let reference = format!("#/components/schemas/{row}");
            assert_eq!(schema["properties"]["items"]["items"], json!({"$ref": reference}), "{name}");
        }
        if let Some(open) = name.strip_prefix("Known").and_then(|open| schemas.get(open)) {
            assert_eq!(open["anyOf"][0]["$ref"], format!("#/components/schemas/{name}"));
            assert_eq!(open["anyOf"][1]["type"], "string", "{name}");
        }
    }
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.slug()).collect();
    assert_eq!(schemas["KnownProblemCode"]["enum"], json!(codes));
}

#[test]
fn one_name_has_one_schema() {
    let mut known = BTreeMap::new();
    for endpoint in all_routes(true).endpoints() {
        let schemas = endpoint.documentation().map(|documentation| documentation.schemas.clone());
        for (name, schema) in schemas.into_iter().flatten() {
            let schema = serde_json::to_value(schema).unwrap();
            let before = known.entry(name.clone()).or_insert_with(|| schema.clone());
            assert_eq!(*before, schema, "two schemas are called {name}: {}", endpoint.path());
        }
    }
    assert!(known.len() >= 50);
}

#[test]
fn problems_follow_from_the_shape_of_an_operation() {
    let contract = contract(&sample_routes());
    let statuses = |path: &str, method: &str| -> Vec<u16> {
        let responses = contract["paths"][path][method]["responses"].as_object().unwrap();
        responses.keys().map(|status| status.parse().unwrap()).collect()
    };
    assert_eq!(statuses("/v1/cups", "get"), [200, 400, 406, 414, 429, 500, 503]);
    assert_eq!(statuses("/v1/samples/orders/{id}", "get"), [200, 400, 404, 406, 414, 429, 500, 503]);
    assert_eq!(
        statuses("/v1/staff/cups/{id}", "patch"),
        [200, 400, 401, 403, 404, 406, 408, 409, 412, 413, 414, 415, 422, 428, 429, 500, 503]
    );
    let shared = &contract["components"]["responses"]["Problem422"];
    assert!(shared["description"].as_str().unwrap().contains("`validation-failed`"));
    assert_eq!(shared["content"][PROBLEM_JSON]["example"]["status"], 422);
    assert_eq!(
        contract["components"]["schemas"]["Problem"]["required"],
        json!(["type", "title", "status", "detail", "code", "request_id"])
    );
}

#[actix_web::test]
async fn the_document_is_served_with_an_etag() {
    let app = app!();
    let first = send!(app, get("/openapi.json"));
    assert_eq!(first.json()["info"]["title"], "ordervault");
    let etag = first.header("etag").to_owned();
    assert_eq!(first.header("cache-control"), "no-cache");
    for (known, status) in [(etag.as_str(), 304), ("*", 304), ("\"other\"", 200)] {
        let again = send!(app, get("/openapi.json").insert_header(("if-none-match", known)));
        assert_eq!((again.status.as_u16(), again.header("etag")), (status, etag.as_str()), "{known}");
        assert_eq!(again.body.is_empty(), status == 304);
    }
}

#[actix_web::test]
async fn the_docs_ui_is_whole_and_can_be_switched_off() {
    let app = app!();
    let redirect = send!(app, get("/docs"));
    assert_eq!((redirect.status, redirect.header("location")), (StatusCode::PERMANENT_REDIRECT, "/docs/"));
    let index = send!(app, get("/docs/"));
    assert!(index.header("content-type").starts_with("text/html"));
    assert!(index.header("content-security-policy").contains("script-src 'self';"));
    let html = index.text();
    // The policy lets no inline script run.
    for script in html.split("<script").skip(1) {
        assert!(script.trim_start().starts_with("src=") || script.contains(" src="), "{script}");
    }
    assert!(html.contains("name=\"viewport\"") && html.contains("data-demo=\"false\""));
    // Each asset is there under an address that changes with it.
    let addresses: Vec<&str> = html.split('"').filter(|text| text.contains("?v=")).collect();
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "docs.css", "docs.js", "favicon-32x32.png"] {
        let address =
            addresses.iter().find(|address| address.starts_with(&format!("/docs/{file}?"))).unwrap();
        let kept = send!(app, get(address));
        assert_eq!(kept.status, StatusCode::OK);
        assert_eq!(kept.header("cache-control"), "public, max-age=31536000, immutable", "{file}");
        let asked = send!(app, get(&format!("/docs/{file}")));
        assert_eq!((asked.header("cache-control"), &asked.body), ("no-cache", &kept.body), "{file}");
        let other = send!(app, get(&format!("/docs/{file}?v=0000000000000000")));
        assert_eq!(other.header("cache-control"), "no-cache", "{file}");
        let etag = ("if-none-match", kept.header("etag").to_owned());
        assert_eq!(send!(app, get(address).insert_header(etag)).status, StatusCode::NOT_MODIFIED, "{file}");
    }
    assert_eq!(addresses.len(), 5);
    let known = ("if-none-match", index.header("etag").to_owned());
    assert_eq!(send!(app, get("/docs/").insert_header(known)).status, StatusCode::NOT_MODIFIED);
    send!(app, get("/docs/nope.js")).problem(Code::NotFound);
    let demo = Settings { docs_enabled: true, has_demo_data: true, ..Settings::default() };
    let demo = app!(state_with(demo, Vec::new()).await);
    assert!(send!(demo, get("/docs/")).text().contains("data-demo=\"true\""));

    let without = app!(state_with(Settings::default(), Vec::new()).await, crate::app::all_routes(false));
    for path in ["/docs", "/docs/", "/docs/swagger-ui.css"] {
        send!(without, get(path)).problem(Code::NotFound);
    }
    assert_eq!(send!(without, get("/openapi.json")).status, StatusCode::OK);
}

#[actix_web::test]
async fn every_problem_code_has_a_page() {
    let app = app!();
    let list = send!(app, get("/problems")).text();
    for code in Code::ALL {
        assert!(list.contains(&code.type_uri()), "{}", code.slug());
        let page = send!(app, get(&code.type_uri()));
        assert!(page.status == StatusCode::OK && page.header("content-type").starts_with("text/html"));
        assert!(page.text().contains(code.slug()));
        let json = send!(app, get(&code.type_uri()).insert_header(("accept", "application/json"))).json();
        assert_eq!(
            (&json["code"], &json["what_to_do"]),
            (&json!(code.slug()), &json!(code.what_to_do().in_english()))
        );
    }
    let listed = send!(app, get("/problems").insert_header(("accept", "application/json"))).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), Code::ALL.len());
    send!(app, get("/problems/no-such-code")).problem(Code::NotFound);
}

#[actix_web::test]
async fn health_tells_what_fails_and_draining_is_not_ready() {
    let good = ReadyCheck::new("database", || async { Ok(()) }.boxed());
    let bad = ReadyCheck::new("outbox", || async { Err("<b>late</b>".to_owned()) }.boxed());
    let well = state_with(Settings::default(), vec![good.clone()]).await;
    let app = app!(well.clone());
    assert_eq!(send!(app, get("/readyz")).json(), json!({"status": "ready", "checks": ["database"]}));
    assert!(send!(app, get("/")).text().contains(r#"class="light ok">ready"#));
    well.start_draining();
    let draining = send!(app, get("/readyz")).problem(Code::NotReady);
    assert_eq!(draining["errors"][0]["code"], "stopping");
    assert_eq!(send!(app, get("/livez")).json(), json!({"status": "alive"}));

    let ill = app!(state_with(Settings::default(), vec![good, bad]).await);
    let problem = send!(ill, get("/readyz")).problem(Code::NotReady);
    assert_eq!(
        problem["errors"],
        json!([{"pointer": "outbox", "code": "failed", "detail": "this check failed: <b>late</b>"}])
    );
    assert!(
        send!(ill, get("/"))
            .text()
            .contains("not ready – outbox: this check failed: &lt;b&gt;late&lt;/b&gt;")
    );
}

#[actix_web::test]
async fn the_landing_page_leads_on() {
    let app = app!();
    let version = send!(app, get("/version")).json();
    assert_eq!(
        version,
        json!({"name": "ordervault", "version": "9.8.7", "commit": "abc1234", "mode": "development"})
    );
    let page = send!(app, get("/")).text();
    for expected in [
        "version 9.8.7 · development",
        "/docs/",
        "/openapi.json",
        "/problems",
        "http://127.0.0.1:8080/v1/orders",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert_eq!(page.matches("<pre>").count(), 4);
    assert!(!page.contains("Demo data"));
    for link in page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(send!(app, get(link)).status.is_success(), "{link}");
    }
    let demo = app!(state_with(Settings { has_demo_data: true, ..Settings::default() }, Vec::new()).await);
    let page = send!(demo, get("/")).text();
    assert!(page.contains("Demo data is loaded"));
    assert_eq!(page.matches("ming@example.com").count(), 2, "told, and in a line that logs in");
}
