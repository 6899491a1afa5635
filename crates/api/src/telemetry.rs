//! Counters and timings in Prometheus text, kept by the `metrics` crate and rendered here.
//!
//! Labels are route patterns, methods and status codes: closed sets, never ids.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use crate::problem::{Code, Problem};
use crate::translations::Locale;

const REQUESTS: &str = "ordervault_http_requests_total";
const DURATION: &str = "ordervault_http_request_duration_seconds";
const IN_FLIGHT: &str = "ordervault_http_requests_in_flight";
pub(crate) const PANICS: &str = "ordervault_panics_total";
const BREACHES: &str = "ordervault_order_breaches_total";
const EXPIRIES: &str = "ordervault_order_expiries_total";
const WAITING_EXPIRIES: &str = "ordervault_order_expiries_waiting";
const BACKUP_AGE: &str = "ordervault_backup_age_seconds";
const MAILS: &str = "ordervault_mails_total";
const WAITING_MAILS: &str = "ordervault_mails_waiting";
const JOB_FAILURES: &str = "ordervault_job_failures_total";

/// How a metric is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Only grows, and begins again at 0 with the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts values by size.
    Histogram,
}

/// Something that is counted or measured.
#[derive(Debug)]
pub struct Metric {
    /// Its name in the text.
    pub name: &'static str,
    /// How it is kept.
    pub kind: MetricKind,
    /// What it tells, with its labels and unit.
    pub help: &'static str,
}

const fn metric(name: &'static str, kind: MetricKind, help: &'static str) -> Metric {
    Metric { name, kind, help }
}

/// Everything that is counted or measured. `docs/operations.md` tells the same.
pub const METRICS: [Metric; 11] = [
    metric(REQUESTS, MetricKind::Counter, "Requests answered, by method, route pattern and status."),
    metric(
        DURATION,
        MetricKind::Histogram,
        "Seconds from the request's head to the answer's, by method and route pattern.",
    ),
    metric(IN_FLIGHT, MetricKind::Gauge, "Requests being worked on."),
    metric(PANICS, MetricKind::Counter, "Handlers that panicked; should stay 0."),
    metric(BREACHES, MetricKind::Counter, "Missed deadlines of orders that this server noted."),
    metric(EXPIRIES, MetricKind::Counter, "Unconfirmed orders that this server cancelled by itself."),
    metric(
        WAITING_EXPIRIES,
        MetricKind::Gauge,
        "Unconfirmed orders that are not cancelled before a person has approved it, up to 10,000.",
    ),
    metric(
        BACKUP_AGE,
        MetricKind::Gauge,
        "Seconds since the newest backup was begun; missing while there is none.",
    ),
    metric(
        MAILS,
        MetricKind::Counter,
        "Mails that were tried, by outcome: sent, put_off for another try, refused for good, given_up.",
    ),
    metric(WAITING_MAILS, MetricKind::Gauge, "Mails that wait to be sent, up to 10,000."),
    metric(JOB_FAILURES, MetricKind::Counter, "Steps of background jobs that failed, by job."),
];

const DURATION_BUCKETS_SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// A recorder with our buckets and help texts. Install it with `metrics::set_global_recorder` once per process and keep
/// its handle for [`metrics_routes`].
pub fn recorder() -> Result<PrometheusRecorder, BuildError> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), DURATION_BUCKETS_SECONDS)?
        .build_recorder();
    metrics::with_local_recorder(&recorder, || {
        for Metric { name, kind, help } in METRICS {
            match kind {
                MetricKind::Counter => describe_counter!(name, help),
                MetricKind::Gauge => describe_gauge!(name, help),
                MetricKind::Histogram => describe_histogram!(name, help),
            }
        }
        for always_there in [PANICS, BREACHES, EXPIRIES] {
            counter!(always_there).increment(0);
        }
        gauge!(IN_FLIGHT).set(0.0);
    });
    Ok(recorder)
}

pub(crate) fn count_request(method: &'static str, route: &str, status: StatusCode, elapsed: Duration) {
    let route = route.to_owned();
    counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status.as_u16().to_string())
        .increment(1);
    histogram!(DURATION, "method" => method, "route" => route).record(elapsed.as_secs_f64());
}

pub(crate) fn count_mail(outcome: &'static str) {
    counter!(MAILS, "outcome" => outcome).increment(1);
}

#[expect(clippy::cast_precision_loss, reason = "at most 10,000")]
pub(crate) fn set_waiting_mails(mails: i64) {
    gauge!(WAITING_MAILS).set(mails as f64);
}

pub(crate) fn count_breaches(orders: u64) {
    counter!(BREACHES).increment(orders);
}

pub(crate) fn count_expiries(orders: u64) {
    counter!(EXPIRIES).increment(orders);
}

#[expect(clippy::cast_precision_loss, reason = "at most 10,000")]
pub(crate) fn set_waiting_expiries(orders: i64) {
    gauge!(WAITING_EXPIRIES).set(orders as f64);
}

#[expect(clippy::cast_precision_loss, reason = "a number of milliseconds that an age can have")]
pub(crate) fn set_backup_age(millis: i64) {
    gauge!(BACKUP_AGE).set(millis as f64 / 1_000.0);
}

pub(crate) fn count_job_failure(job: &'static str) {
    counter!(JOB_FAILURES, "job" => job).increment(1);
}

/// Counts a request as being worked on until it is dropped, also when the client hangs up in between.
pub(crate) struct InFlight;

impl InFlight {
    pub(crate) fn enter() -> Self {
        gauge!(IN_FLIGHT).increment(1.0);
        Self
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        gauge!(IN_FLIGHT).decrement(1.0);
    }
}

/// The application behind the metrics listener: `GET /metrics` and nothing else.
pub fn metrics_routes(handle: PrometheusHandle) -> impl FnOnce(&mut web::ServiceConfig) + Clone {
    move |service| {
        service
            .app_data(web::Data::new(handle))
            .service(web::resource("/metrics").route(web::get().to(render)).route(web::head().to(render)));
        service.default_service(web::to(|| async {
            Problem::new(Code::NotFound).response("", Locale::english())
        }));
    }
}

async fn render(handle: web::Data<PrometheusHandle>) -> HttpResponse {
    handle.run_upkeep();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(handle.render())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{App, test};

    #[actix_web::test]
    async fn counters_come_out_as_prometheus_text() {
        let recorder = recorder().unwrap();
        metrics::with_local_recorder(&recorder, || {
            count_request("GET", "/v1/orders/{id}", StatusCode::OK, Duration::from_millis(3));
            count_breaches(2);
            count_expiries(3);
            set_waiting_expiries(21);
            count_mail("sent");
            set_waiting_mails(4);
            count_job_failure("breaches");
            set_backup_age(90_500);
            let _in_flight = InFlight::enter();
        });
        let app = test::init_service(App::new().configure(metrics_routes(recorder.handle()))).await;
        let request = test::TestRequest::get().uri("/metrics").to_request();
        let body = test::call_and_read_body(&app, request).await;
        let text = String::from_utf8(body.to_vec()).unwrap();
        for expected in [
            r#"ordervault_http_requests_total{method="GET",route="/v1/orders/{id}",status="200"} 1"#,
            r#"ordervault_http_request_duration_seconds_bucket{method="GET",route="/v1/orders/{id}",le="0.005"} 1"#,
            "ordervault_http_requests_in_flight 0",
            "ordervault_panics_total 0",
            "ordervault_order_breaches_total 2",
            "ordervault_order_expiries_total 3",
            "ordervault_order_expiries_waiting 21",
            r#"ordervault_mails_total{outcome="sent"} 1"#,
            "ordervault_mails_waiting 4",
            "ordervault_backup_age_seconds 90.5",
            r#"ordervault_job_failures_total{job="breaches"} 1"#,
            "# HELP ordervault_panics_total",
        ] {
            assert!(text.contains(expected), "{expected} not in\n{text}");
        }
        let other = test::TestRequest::get().uri("/").to_request();
        assert_eq!(test::call_service(&app, other).await.status(), StatusCode::NOT_FOUND);
    }
}
