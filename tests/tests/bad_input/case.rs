//! One entry of a table, and what is asked of every refusal.

use ordervault_tests::dump::{changes, dump};
use ordervault_tests::http::{Answer, Request};
use serde_json::Value;

use crate::fixture::Fixture;

/// A request that has to be refused.
pub(crate) struct Case {
    name: &'static str,
    request: Request,
    status: u16,
    code: &'static str,
    field: Option<(&'static str, &'static str)>,
    current_status: Option<&'static str>,
    hidden: Option<&'static str>,
}

/// A request and how it is refused.
pub(crate) fn case(name: &'static str, request: Request, status: u16, code: &'static str) -> Case {
    Case { name, request, status, code, field: None, current_status: None, hidden: None }
}

/// 400: a query parameter or header.
pub(crate) fn parameter(
    name: &'static str,
    request: Request,
    pointer: &'static str,
    code: &'static str,
) -> Case {
    case(name, request, 400, "invalid-parameter").at(pointer, code)
}

/// 422: a field of the body.
pub(crate) fn invalid(
    name: &'static str,
    request: Request,
    pointer: &'static str,
    code: &'static str,
) -> Case {
    case(name, request, 422, "validation-failed").at(pointer, code)
}

impl Case {
    /// This field is named, with this rule.
    pub(crate) fn at(mut self, pointer: &'static str, code: &'static str) -> Self {
        self.field = Some((pointer, code));
        self
    }

    /// The state of the order is told, with what can be done instead.
    pub(crate) fn currently(mut self, status: &'static str) -> Self {
        self.current_status = Some(status);
        self
    }

    /// This part of the request is not repeated.
    pub(crate) fn hides(mut self, text: &'static str) -> Self {
        self.hidden = Some(text);
        self
    }

    /// What is wrong with the answer, if anything.
    fn fault(&self, answer: &Answer) -> Result<(), String> {
        let body = answer.json();
        let is = |what: &str, found: &Value, expected: Value| match *found == expected {
            true => Ok(()),
            false => Err(format!("{what} is {found}, not {expected}")),
        };
        is("status line", &answer.status.into(), self.status.into())?;
        is("code", &body["code"], self.code.into())?;
        is("status", &body["status"], self.status.into())?;
        is("type", &body["type"], format!("/problems/{}", self.code).into())?;
        is("media type", &answer.header("content-type").into(), "application/problem+json".into())?;
        is("request id", &body["request_id"], answer.header("x-request-id").unwrap_or("none").into())?;
        is("caching", &answer.header("cache-control").into(), "no-store".into())?;
        is("sniffing", &answer.header("x-content-type-options").into(), "nosniff".into())?;
        is("challenge", &answer.header("www-authenticate").is_some().into(), (self.status == 401).into())?;
        is("allowed methods", &answer.header("allow").is_some().into(), (self.status == 405).into())?;
        is("current status", &body["current_status"], self.current_status.into())?;
        is("actions", &body["actions"].is_array().into(), self.current_status.is_some().into())?;
        if ["title", "detail"].iter().any(|member| body[member].as_str().is_none_or(str::is_empty)) {
            return Err("title or detail is missing".to_owned());
        }
        if let Some((pointer, code)) = self.field {
            let errors = body["errors"].as_array().cloned().unwrap_or_default();
            let is_named = errors.iter().any(|error| error["pointer"] == pointer && error["code"] == code);
            if !is_named {
                return Err(format!("no error {code} at {pointer:?}"));
            }
        }
        match self.hidden {
            Some(text) if answer.text().contains(text) => Err(format!("{text:?} is repeated")),
            _ => Ok(()),
        }
    }
}

/// Sends all of them. After each nothing has changed and the next good request succeeds.
pub(crate) async fn refuse(world: &Fixture, cases: Vec<Case>) {
    let good = world.placed_again();
    world.site.good(&good, 201).await;
    let before = dump(&world.site.shop.db).await;
    let mut faults = vec![];
    for case in &cases {
        let answer = world.site.send(&case.request).await;
        let mut complain = |fault: String| {
            faults.push(format!("{}\n  {}\n  {fault}\n  {}", case.name, case.request.line(), answer.text()));
        };
        if let Err(fault) = case.fault(&answer) {
            complain(fault);
        }
        let next = world.site.send(&good).await;
        if next.status != 201 || next.header("idempotent-replayed").is_none() {
            complain(format!("the next good request is answered with {}", next.text()));
        }
        let changed = changes(&before, &dump(&world.site.shop.db).await);
        if !changed.is_empty() {
            complain(format!("something has changed:\n  {}", changed.join("\n  ")));
        }
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
    // And one that makes something new.
    world.site.good(&world.place(&world.order_body()), 201).await;
}
