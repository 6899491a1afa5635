//! Routing and contract in one: an endpoint is registered once, with its documentation, and comes out routed, documented,
//! answering HEAD beside GET, 405 with `Allow` to every other method, 500 instead of a torn connection if it panics, and 503
//! if it takes too long.
//!
//! A handler's arguments are extracted **from left to right, one after the other** (actix polls them all at once). So
//! `(staff: …, id: PathId<…>, body: Valid<…>)` answers 401 before it reads a single byte of the body. What somebody wrote
//! wrongly, in address, headers or body, is told together. Under `/v1` a query that no argument has read is refused, too.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Error, Handler, HttpRequest, HttpResponse, Responder, Route, guard};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use tokio::time::{Instant, timeout_at};
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::{RefOr, Schema};

use crate::extract::{Argument, Refusals, refuse_unread_query};
use crate::problem::{Code, Problem};

/// A whole request, from the first argument to the answer. The parts have limits of their own: a body comes within 10 s, a
/// submission is taken up within 5 s, and its group begins nothing more after 10 s. Each is shorter, but together they may be
/// longer; then nobody knows whether a write took place, and whoever repeats it with the same key finds out.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
/// Seconds after which a request that took too long is worth another try.
const RETRY_AFTER_SECONDS: u32 = 1;

/// The [`Endpoint`] of a handler that carries `#[utoipa::path(...)]`: `endpoint!(place_order)` or, from the module above,
/// `endpoint!(place::place_order)`. Method and path come from the attribute, so that neither is written twice.
macro_rules! endpoint {
    ($handler:ident) => {
        pastey::paste! { $crate::routes::Endpoint::documented::<[<__path_ $handler>], _, _>($handler) }
    };
    ($module:ident::$handler:ident) => {
        pastey::paste! { $crate::routes::Endpoint::documented::<$module::[<__path_ $handler>], _, _>($module::$handler) }
    };
}
pub(crate) use endpoint;

/// One operation: where it is, what it does, what the contract says about it.
pub struct Endpoint {
    path: String,
    methods: Vec<Method>,
    route: Route,
    documentation: Option<Documentation>,
}

/// An operation's part of the OpenAPI document.
pub(crate) struct Documentation {
    pub(crate) methods: Vec<HttpMethod>,
    pub(crate) operation: Operation,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
}

impl Endpoint {
    /// Use the `endpoint!` macro, which finds `P` for the handler.
    pub fn documented<P, H, A>(handler: H) -> Self
    where
        P: utoipa::Path + SchemaReferences + Tags<'static>,
        H: Handler<A>,
        H::Output: Responder + 'static,
        A: InOrder,
    {
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        let mut operation = P::operation();
        A::describe(&mut operation);
        let documentation = Documentation { methods: P::methods(), operation, schemas };
        Self::of(P::path(), documentation, P::tags(), erased(handler))
    }

    fn of(path: String, mut documentation: Documentation, tags: Vec<&str>, start: Start) -> Self {
        documentation.operation.tags = Some(tags.into_iter().map(str::to_owned).collect());
        let methods: Vec<Method> = documentation.methods.iter().map(actix_method).collect();
        Self { path, route: route(&methods, start), methods, documentation: Some(documentation) }
    }

    /// A page for people (GET), which the contract does not list.
    pub fn page<H, A>(path: &str, handler: H) -> Self
    where
        H: Handler<A>,
        H::Output: Responder + 'static,
        A: InOrder,
    {
        let methods = vec![Method::GET];
        Self { path: path.to_owned(), route: route(&methods, erased(handler)), methods, documentation: None }
    }

    /// The path pattern, for example `/v1/orders/{id}`.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn documentation(&self) -> Option<&Documentation> {
        self.documentation.as_ref()
    }
}

/// All endpoints of an application.
#[derive(Default)]
pub struct Routes {
    endpoints: Vec<Endpoint>,
}

impl Routes {
    /// No endpoints yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more endpoint.
    #[must_use]
    pub fn with(mut self, endpoint: Endpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    /// With all endpoints of another room.
    #[must_use]
    pub fn and(mut self, other: Routes) -> Self {
        self.endpoints.extend(other.endpoints);
        self
    }

    /// The endpoints, in the order of registration.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// Registers everything: one resource per path. Of two patterns that both match, the one added first wins.
    pub fn configure(self, service: &mut ServiceConfig) {
        let mut resources: Vec<(String, Vec<Endpoint>)> = Vec::new();
        for endpoint in self.endpoints {
            match resources.iter_mut().find(|(path, _)| *path == endpoint.path) {
                Some((_, endpoints)) => endpoints.push(endpoint),
                None => resources.push((endpoint.path.clone(), vec![endpoint])),
            }
        }
        for (path, endpoints) in resources {
            let mut methods: Vec<Method> = endpoints.iter().flat_map(|e| e.methods.iter().cloned()).collect();
            if methods.contains(&Method::GET) {
                methods.push(Method::HEAD);
            }
            let resource = endpoints
                .into_iter()
                .fold(web::resource(path), |resource, endpoint| resource.route(endpoint.route))
                .default_service(web::to(move |request: HttpRequest| {
                    std::future::ready(other_method(&request, &methods))
                }));
            service.service(resource);
        }
    }
}

fn other_method(request: &HttpRequest, allowed: &[Method]) -> Result<HttpResponse, Problem> {
    let allow = allowed.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    let allow = header::HeaderValue::from_str(&allow).map_err(Problem::internal)?;
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish());
    }
    Err(Problem::new(Code::MethodNotAllowed).header(header::ALLOW, allow))
}

fn actix_method(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}

/// Extracts a handler's arguments and comes out with the call that is ready to be made. Without the handler's types, so that what
/// is around it is compiled once and not once for each endpoint.
type Start = Rc<dyn Fn(HttpRequest, Payload) -> LocalBoxFuture<'static, Result<Call, Error>>>;
type Call = LocalBoxFuture<'static, HttpResponse>;

fn erased<H, A>(handler: H) -> Start
where
    H: Handler<A>,
    H::Output: Responder + 'static,
    A: InOrder,
{
    Rc::new(move |request, payload| {
        let handler = handler.clone();
        Box::pin(async move {
            let arguments = A::extract(request.clone(), payload).await?;
            let call =
                async move { handler.call(arguments).await.respond_to(&request).map_into_boxed_body() };
            Ok(Box::pin(call) as Call)
        })
    })
}

fn route(methods: &[Method], start: Start) -> Route {
    let methods = methods.to_vec();
    let is_one_of = move |context: &guard::GuardContext<'_>| {
        let method = &context.head().method;
        methods.contains(method) || (*method == Method::HEAD && methods.contains(&Method::GET))
    };
    web::route().guard(guard::fn_guard(is_one_of)).to(move |request: HttpRequest, payload: web::Payload| {
        answer(start.clone(), request, payload.into_inner())
    })
}

/// The handler's answer, with a problem in place of panics and endless waits.
async fn answer(start: Start, request: HttpRequest, payload: Payload) -> Result<HttpResponse, Error> {
    let deadline = Instant::now() + REQUEST_TIMEOUT;
    let extraction = AssertUnwindSafe(start(request.clone(), payload)).catch_unwind();
    let in_time = timeout_at(deadline, extraction).await.map_err(|_| too_late(false))?;
    let call = in_time.map_err(|panic| panicked(panic.as_ref()))??;
    let in_time = timeout_at(deadline, AssertUnwindSafe(call).catch_unwind()).await;
    let in_time = in_time.map_err(|_| too_late(!only_looks(&request)))?;
    Ok(in_time.map_err(|panic| panicked(panic.as_ref()))?)
}

/// Does the request ask for nothing but an answer? A preview may note what it has shown, which nobody misses.
fn only_looks(request: &HttpRequest) -> bool {
    let is_preview = || request.query_string().split('&').any(|parameter| parameter == "preview=true");
    request.method().is_safe() || is_preview()
}

/// What a write has handed to the queue is carried out all the same, so that nobody can tell how it ends.
fn too_late(may_have_written: bool) -> Problem {
    let code = if may_have_written { Code::OutcomeUnknown } else { Code::Overloaded };
    let cause = format!("no answer within {} s", REQUEST_TIMEOUT.as_secs());
    Problem::new(code).retry_after(RETRY_AFTER_SECONDS).cause(cause)
}

fn panicked(panic: &(dyn Any + Send)) -> Problem {
    metrics::counter!(crate::telemetry::PANICS).increment(1);
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message");
    Problem::internal(format_args!("handler panicked: {message}"))
}

/// A handler's arguments, extracted one after the other.
pub trait InOrder: Sized + 'static {
    /// Extracts all, stopping at the first refusal that is not about what was written.
    fn extract(request: HttpRequest, payload: Payload) -> LocalBoxFuture<'static, Result<Self, Error>>;

    /// Adds what callers should know of each.
    fn describe(operation: &mut Operation);
}

macro_rules! in_order {
    ($($argument:ident)*) => {
        impl<$($argument: Argument,)*> InOrder for ($($argument,)*) {
            #[allow(non_snake_case, reason = "an argument is called as its type")]
            #[allow(unused_variables, unused_mut, reason = "a handler may take no arguments")]
            fn extract(request: HttpRequest, mut payload: Payload) -> LocalBoxFuture<'static, Result<Self, Error>> {
                Box::pin(async move {
                    let mut refusals = Refusals::default();
                    $(
                        let argument = $argument::from_request(&request, &mut payload).await.map_err(Into::into);
                        let $argument = refusals.pass(&request, argument)?;
                    )*
                    refusals.pass(&request, refuse_unread_query(&request).map_err(Into::into))?;
                    refusals.finish()?;
                    match ($($argument,)*) {
                        ($(Some($argument),)*) => Ok(($($argument,)*)),
                        #[allow(unreachable_patterns, reason = "a handler may take no arguments")]
                        _ => Err(Problem::internal("an argument was lost").into()),
                    }
                })
            }

            #[allow(unused_variables, reason = "a handler may take no arguments")]
            fn describe(operation: &mut Operation) {
                $($argument::describe(operation);)*
            }
        }
    };
}

in_order! {}
in_order! { A }
in_order! { A B }
in_order! { A B C }
in_order! { A B C D }
in_order! { A B C D E }
in_order! { A B C D E F }
in_order! { A B C D E F G }
in_order! { A B C D E F G H }
