//! What `serve` says when it starts: what runs where, and how to get in.

use std::net::SocketAddr;

use ordervault_api::state::BuildInfo;

use super::addresses::Addresses;
use super::owner::Owner;
use crate::config::Config;
use crate::context::Context;
use crate::demo;
use crate::exit::complain;
use crate::logging::LogStyle;

pub(super) struct Greeting<'a> {
    pub(super) config: &'a Config,
    pub(super) build: &'a BuildInfo,
    pub(super) addresses: &'a Addresses,
    pub(super) public_url: &'a str,
    pub(super) owner: Option<&'a Owner>,
    pub(super) has_demo_data: bool,
    pub(super) style: LogStyle,
}

impl Greeting<'_> {
    /// For people as text; a log of JSON lines gets one more line. The password is shown in any case: nobody can ask
    /// for it later.
    pub(super) fn print(&self, context: &Context) {
        match self.style {
            LogStyle::Pretty => context.say(&self.text()),
            LogStyle::Json => {
                let database = self.config.database.url.to_string();
                let (api, metrics) = (self.addresses.api, self.addresses.metrics.map(metrics_url));
                tracing::info!(%api, metrics, database, url = self.public_url, "listening");
            }
        }
        if let Some(owner) = self.owner {
            tell_owner(owner);
        }
        if self.has_demo_data && self.style == LogStyle::Pretty {
            context.say(&self.demo_accounts());
        }
    }

    fn text(&self) -> String {
        let url = self.public_url;
        let (version, mode) = (self.build.version, self.config.mode.name());
        let commit = self.build.commit.map(|commit| format!(" ({commit})")).unwrap_or_default();
        let mut lines = vec![
            format!("ordervault {version}{commit}, {mode} mode"),
            format!("  database  {}", self.config.database.url),
            format!("  API       {url}/v1"),
        ];
        if self.config.docs_enabled {
            lines.push(format!("  docs      {url}/docs/"));
        }
        lines.push(format!("  contract  {url}/openapi.json"));
        lines.push(format!("  health    {url}/readyz"));
        if let Some(metrics) = self.addresses.metrics {
            lines.push(format!("  metrics   {}", metrics_url(metrics)));
        }
        lines.push(String::new());
        lines.join("\n")
    }

    fn demo_accounts(&self) -> String {
        let (staff, customer) = (demo::STAFF_PASSWORD, demo::CUSTOMER_PASSWORD);
        let lines = [
            "The demo shop is loaded. Do not keep real orders in it.".to_owned(),
            format!("  staff     {}, manager@, reviewer@,", demo::OWNER_EMAIL),
            "            clerk@, warehouse@, auditor@".to_owned(),
            format!("            password  {staff}"),
            format!("  customer  {}", demo::CUSTOMER_EMAIL),
            format!("            password  {customer}"),
        ];
        format!("{}\n{}", framed(&lines), login_line(self.public_url, demo::OWNER_EMAIL, staff))
    }
}

fn tell_owner(owner: &Owner) {
    let email = &owner.email;
    let password = owner.password.as_deref();
    let mut lines = vec!["There was no staff account, so this one was made:".to_owned()];
    lines.push(format!("  e-mail    {email}"));
    match password {
        Some(password) => {
            lines.push(format!("  password  {password}"));
            lines.push("Shown this once, and to be changed at the first login.".to_owned());
            lines.push(format!("If it is lost: ordervault member reset-password {email}"));
        }
        None => lines.push("  password  the configured one".to_owned()),
    }
    // Without a line for the shell: what is typed there is kept in its history.
    complain(&framed(&lines));
}

fn metrics_url(address: SocketAddr) -> String {
    format!("http://{address}/metrics")
}

/// A line that can be pasted into a shell.
fn login_line(url: &str, email: &str, password: &str) -> String {
    format!(
        "curl -s {url}/v1/staff/auth/login -H 'Content-Type: application/json' \
         -d '{{\"email\":\"{email}\",\"password\":\"{password}\"}}'"
    )
}

/// The lines in a frame; all of them ASCII but for what the operator put into them.
fn framed(lines: &[String]) -> String {
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let edge = "─".repeat(width + 2);
    let mut text = format!("┌{edge}┐\n");
    for line in lines {
        text.push_str(&format!("│ {line:width$} │\n"));
    }
    text.push_str(&format!("└{edge}┘"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_fits_its_longest_line() {
        let frame = framed(&["a".into(), "café".into()]);
        assert_eq!(frame, "┌──────┐\n│ a    │\n│ café │\n└──────┘");
    }

    #[test]
    fn the_login_line_is_one_line_of_shell() {
        assert_eq!(
            login_line("http://127.0.0.1:8080", "a@b.example", "k7mq2-x0dfw"),
            "curl -s http://127.0.0.1:8080/v1/staff/auth/login -H 'Content-Type: application/json' \
             -d '{\"email\":\"a@b.example\",\"password\":\"k7mq2-x0dfw\"}'"
        );
    }
}
