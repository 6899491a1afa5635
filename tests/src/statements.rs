//! Which statements a server runs for a request: they are told in the request's span.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use crate::http::{Answer, Request};
use crate::server::TestServer;

/// By request id, since [`TestServer::statements`] was asked for the first time.
static TOLD: OnceLock<Mutex<HashMap<String, Vec<String>>>> = OnceLock::new();

impl TestServer {
    /// Sends a request, and tells the statements that were run for it, and for the group of the write queue that it led.
    pub async fn statements(&self, request: Request) -> (Answer, Vec<String>) {
        TOLD.get_or_init(|| {
            let targets = Targets::new()
                .with_target("ordervault_persistence::tx", LevelFilter::TRACE)
                .with_target("ordervault_persistence::writer::run", LevelFilter::TRACE)
                .with_target("ordervault_api::middleware::access", LevelFilter::INFO);
            // For the whole process: what the server does is done by other threads.
            let subscriber = Registry::default().with(Listener.with_filter(targets));
            tracing::subscriber::set_global_default(subscriber).expect("nobody else listens");
            Mutex::default()
        });
        let id = format!("{}-{}", self.address.port(), self.number());
        let answer = self.send(&request.header("x-request-id", &id)).await;
        let told = TOLD.get().expect("made just now");
        let statements = told.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        (answer, statements.unwrap_or_default())
    }
}

struct Listener;

/// Which request a span is of.
struct RequestId(String);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut request_id = Text { field: "request_id", text: String::new() };
        attributes.record(&mut request_id);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(RequestId(request_id.text));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut statement = Text { field: "statement", text: String::new() };
        event.record(&mut statement);
        let (Some(span), Some(told)) = (context.event_span(event), TOLD.get()) else { return };
        let extensions = span.extensions();
        if let Some(RequestId(id)) = extensions.get().filter(|_| !statement.text.is_empty()) {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            told.entry(id.clone()).or_default().push(statement.text);
        }
    }
}

/// The text of one field.
struct Text {
    field: &'static str,
    text: String,
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == self.field {
            value.clone_into(&mut self.text);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
