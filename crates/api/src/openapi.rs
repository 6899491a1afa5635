//! The contract: an OpenAPI 3.1 document made from the registered endpoints.
//!
//! What follows from an operation's shape is added here and nowhere else: which problems it can answer with (a body means
//! 413, 415, 422; a token means 401, 403; an `If-Match` 412, 428 …), so that no handler repeats it and none forgets it.

mod conditions;
pub mod docs_ui;
pub mod examples;
mod problems;

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::path::{HttpMethod, Operation, ParameterIn, PathItem};
use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::openapi::tag::{Tag, TagBuilder};
use utoipa::openapi::{
    Components, ContactBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Paths, Ref, RefOr,
    Required, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use crate::caching::Cacheable;
use crate::problem::ProblemBody;
use crate::routes::Routes;

/// The tags, by name, as linters ask. An operation names exactly one.
const TAGS: &[(&str, &str)] = &[
    ("auth", "Customers: register, log in, stay logged in, log out; their own account."),
    ("board", "What shops show of their orders to everybody, masked."),
    ("catalogue", "Stores and products, for everybody."),
    ("orders", "Customers and guests: place orders, find them, change and cancel them."),
    ("staff-auth", "Staff: log in, stay logged in, log out."),
    ("staff-batches", "Staff: one act on many orders, in the background."),
    ("staff-catalogue", "Staff: stores, products and stock."),
    ("staff-customers", "Staff: the accounts of customers."),
    ("staff-history", "Staff: what happened to everything, and who did it."),
    ("staff-members", "Staff: who works here, with which roles."),
    ("staff-orders", "Staff: find orders and take them through their life."),
    ("system", "Health, version and this description."),
];

/// The security scheme of operations for customers: `security(("customer_bearer" = []))`.
pub const CUSTOMER_BEARER: &str = "customer_bearer";
/// The security scheme of operations for whoever has proved to know one order: `security(("guest_bearer" = []))`.
pub const GUEST_BEARER: &str = "guest_bearer";
/// The security scheme of operations for staff: `security(("staff_bearer" = []))`.
pub const STAFF_BEARER: &str = "staff_bearer";

const DESCRIPTION: &str = "\
Order management for shops: customers order and find a way out of every mistake, staff run the whole life of an order, and
every change can be explained.

**Start.** Log in with `POST /v1/auth/login` (customers) or `POST /v1/staff/auth/login` (staff), and send `access_token` as
`Authorization: Bearer`; on the page `/docs/` the form at its top does so. It lives 10 minutes; the refresh token gets the next one. Without an account, `POST /v1/orders` needs no
token, and `POST /v1/order-lookups` gives one for the order whose number and contact you know. In the demo shop
(`ordervault serve --demo`) every example here can be executed as it stands.

**Conventions.** JSON in snake_case; times in RFC 3339 UTC with three decimals; money in minor units with its currency; unknown
fields and parameters are refused. Enums in answers are open: a later version may send values that the `Known…` list does not
have. Fields without a value are left out. Operations for staff name the permissions of which one suffices, also as
`x-permissions`.

**Safe repeats.** Every `POST` but those of accounts, logins and passwords, and of what you have seen, takes an
`Idempotency-Key` of 1 to 255 printable ASCII characters, such as a UUID; without an account of at least 16. The same key with
the same body within 7 days gets the first answer again and changes nothing; with another body it is refused.

**Versions.** Single things carry an `ETag`, their version in quotes. Send it back as `If-Match` and nobody's change is lost.
After a shop was restored from a backup or repaired, ETags from before are refused with 412, cursors and positions of
lists with 410: read again.

**Errors.** Every answer of 400 and above is a problem document (RFC 9457) with a stable `code`, explained at
`/problems/{code}`, and a `request_id` to name when asking for help.";

/// The rendered document with its ETag.
#[derive(Clone)]
pub struct Contract {
    document: Cacheable,
    operations: Vec<Described>,
}

/// What the pages tell of an operation.
#[derive(Clone)]
pub(crate) struct Described {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) tag: String,
    pub(crate) id: String,
    statuses: BTreeSet<String>,
}

impl Contract {
    /// Renders the document of these routes.
    pub fn of(routes: &Routes) -> Result<Self, serde_json::Error> {
        let document = document(routes);
        let operations = described(&document);
        Ok(Self { document: Cacheable::json(document.to_json()?), operations })
    }

    /// The document as JSON text.
    pub fn json(&self) -> &[u8] {
        self.document.body()
    }

    /// The operations that may answer with this status, in the order of reading.
    pub(crate) fn answering(&self, status: u16) -> impl Iterator<Item = &Described> {
        let status = status.to_string();
        self.operations.iter().filter(move |operation| operation.statuses.contains(&status))
    }
}

/// Every operation of the document.
fn described(document: &OpenApi) -> Vec<Described> {
    let items = document.paths.paths.iter().flat_map(|(path, item)| {
        let methods = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        methods.into_iter().filter_map(move |(method, operation)| Some((path, method, operation.as_ref()?)))
    });
    let described = items.map(|(path, method, operation)| Described {
        method,
        path: path.clone(),
        tag: operation.tags.iter().flatten().next().cloned().unwrap_or_default(),
        id: operation.operation_id.clone().unwrap_or_default(),
        statuses: operation.responses.responses.keys().cloned().collect(),
    });
    described.collect()
}

/// This description
///
/// The OpenAPI document that clients are generated from; send its ETag as If-None-Match to ask only for changes.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "get_openapi",
    tag = "system",
    responses(
        (status = 200, description = "The OpenAPI 3.1 document", content_type = "application/json", body = Object,
            headers(("ETag" = String, description = "Changes when the document does"))),
        (status = 304, description = "Unchanged since the ETag in If-None-Match")
    )
)]
pub(crate) async fn openapi_json(request: HttpRequest, contract: web::Data<Contract>) -> HttpResponse {
    contract.document.answer(&request, "no-cache")
}

/// Builds the document of these routes, in their order: that of reading.
#[expect(clippy::too_many_lines, reason = "a document is written down from its top to its end")]
pub fn document(routes: &Routes) -> OpenApi {
    let mut paths = Paths::new();
    let mut schemas = problem_schemas();
    let mut statuses = BTreeSet::new();
    let mut used_tags = BTreeSet::new();
    for endpoint in routes.endpoints() {
        let Some(documentation) = endpoint.documentation() else { continue };
        for method in &documentation.methods {
            let mut operation = documentation.operation.clone();
            statuses.extend(add_problems(&mut operation, endpoint.path(), method));
            // Said explicitly: this operation is for everybody.
            operation.security.get_or_insert_default();
            used_tags.extend(operation.tags.iter().flatten().cloned());
            let item = PathItem::new(method.clone(), operation);
            paths.paths.entry(endpoint.path().to_owned()).or_default().merge_operations(item);
        }
        schemas.extend(documentation.schemas.iter().cloned());
    }
    name_rows(&mut schemas);
    conditions::add(&mut schemas);
    let mut components = Components::new();
    components.schemas = schemas;
    components.responses = statuses
        .into_iter()
        .map(|status| (problems::name(status), problems::response(status).into()))
        .collect();
    let bearer = |description: &str| {
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("JWT")
                .description(Some(description))
                .build(),
        )
    };
    components.add_security_scheme(
        CUSTOMER_BEARER,
        bearer(
            "For customers: the `access_token` from the answer of `POST /v1/auth/login`, without `Bearer` before it.",
        ),
    );
    components.add_security_scheme(
        GUEST_BEARER,
        bearer(
            "For one order: the `access_token` from the answer of `POST /v1/order-lookups`, without `Bearer` before it.",
        ),
    );
    components.add_security_scheme(
        STAFF_BEARER,
        bearer(
            "For staff: the `access_token` from the answer of `POST /v1/staff/auth/login`, without `Bearer` before it.",
        ),
    );

    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("ordervault")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .contact(Some(
                    ContactBuilder::new()
                        .name(Some("ordervault"))
                        .url(Some(env!("CARGO_PKG_REPOSITORY")))
                        .email(Some("ordervault@users.noreply.github.com"))
                        .build(),
                ))
                .license(Some(
                    LicenseBuilder::new()
                        .name("MIT OR Apache-2.0")
                        .url(Some(concat!(env!("CARGO_PKG_REPOSITORY"), "#licence")))
                        .build(),
                ))
                .build(),
        )
        .servers(Some([Server::new("/")]))
        .tags(Some(tags(&used_tags)))
        .components(Some(components))
        .paths(paths)
        .build()
}

fn tags(used: &BTreeSet<String>) -> Vec<Tag> {
    TAGS.iter()
        .filter(|(name, _)| used.contains(*name))
        .map(|(name, description)| TagBuilder::new().name(*name).description(Some(*description)).build())
        .collect()
}

fn problem_schemas() -> BTreeMap<String, RefOr<Schema>> {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    schemas.into_iter().collect()
}

/// The rows of a list are one of the other schemas, by its name; the generator writes them out.
fn name_rows(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    for (name, schema) in schemas {
        let (Some(row), RefOr::T(Schema::Object(list))) = (name.strip_prefix("ListOf_"), schema) else {
            continue;
        };
        if let Some(RefOr::T(Schema::Array(rows))) = list.properties.get_mut("items") {
            rows.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(row).into()));
        }
    }
}

/// Adds the problems that follow from the operation's shape; says which statuses it used.
fn add_problems(operation: &mut Operation, path: &str, method: &HttpMethod) -> Vec<u16> {
    let is_api = path.starts_with("/v1/");
    let parameters: Vec<_> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .collect();
    let has = |place: ParameterIn| parameters.iter().any(|parameter| parameter.parameter_in == place);
    let if_match = parameters.iter().find(|parameter| parameter.name.eq_ignore_ascii_case("if-match"));
    let is_repeatable =
        parameters.iter().any(|parameter| parameter.name.eq_ignore_ascii_case("idempotency-key"));
    let has_body = operation.request_body.is_some();
    let needs_token = operation.security.as_ref().is_some_and(|security| !security.is_empty());
    let changes = !matches!(method, HttpMethod::Get);

    let applies = [
        // Undeclared query parameters are refused everywhere.
        (400, is_api),
        (401, needs_token),
        (403, needs_token),
        (404, has(ParameterIn::Path)),
        (406, is_api),
        (408, has_body),
        (409, changes),
        (410, parameters.iter().any(|parameter| parameter.name == "cursor")),
        (412, if_match.is_some()),
        (413, has_body),
        (414, true),
        (415, has_body),
        // The same key with another body, also with none.
        (422, has_body || is_repeatable),
        (428, if_match.is_some_and(|parameter| parameter.required == Required::True)),
        (429, is_api),
        (500, is_api),
        (503, is_api),
    ];
    let mut used = Vec::new();
    for (status, _) in applies.into_iter().filter(|(_, applies)| *applies) {
        used.push(status);
        operation
            .responses
            .responses
            .entry(status.to_string())
            .or_insert_with(|| RefOr::Ref(Ref::from_response_name(problems::name(status))));
    }
    used
}
