//! The application, the same for the server and for tests.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, Error, HttpResponse, web};

use crate::connections;
use crate::middleware::{access, compress, cors, gate, headers, render, request_id};
use crate::openapi::{self, Contract, docs_ui};
use crate::problem::{Code, Problem};
use crate::routes::{Routes, endpoint};
use crate::state::AppState;
use crate::translations::Text;
use crate::{pages, v1};

/// Every endpoint. Each room's `routes()` is added here once.
pub fn all_routes(is_docs_ui_enabled: bool) -> Routes {
    let routes = Routes::new().and(v1::routes()).and(pages::routes()).with(endpoint!(openapi::openapi_json));
    if is_docs_ui_enabled { routes.and(docs_ui::routes()) } else { routes }
}

/// The whole application; its contract is that of [`all_routes`].
pub fn create_app(
    state: web::Data<AppState>,
    contract: web::Data<Contract>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let routes = all_routes(state.settings.docs_enabled);
    create_app_with(state, routes, contract)
}

/// An application of other routes, behind the same middleware.
pub fn create_app_with(
    state: web::Data<AppState>,
    routes: Routes,
    contract: web::Data<Contract>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let app = App::new().app_data(state).app_data(contract).configure(|service| {
        routes.configure(service);
        service.default_service(web::to(nothing_here));
    });
    // Each wraps those before it: what is named last sees a request first.
    app.wrap(from_fn(gate::check))
        .wrap(from_fn(connections::check))
        .wrap(from_fn(render::problems))
        .wrap(from_fn(cors::share))
        .wrap(from_fn(compress::answers))
        .wrap(from_fn(headers::secure))
        .wrap(from_fn(access::record))
        .wrap(from_fn(request_id::assign))
}

async fn nothing_here() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::NotFound).detail(Text::new("address-unknown")))
}
