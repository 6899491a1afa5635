//! What the program says about its work: pretty on a terminal, one JSON object a line otherwise, on standard error.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::args::Command;
use crate::config::{Config, LogFormat, Source};
use crate::exit::{Exit, Failure};

/// What commands that end by themselves say unless they are told otherwise: their results and progress are enough.
const QUIET_LEVEL: &str = "warn";

/// What libraries say too loudly, unless they are named otherwise: of their own affairs at the level of information, and of
/// requests that strangers have sent malformed, each an error. Such a request is answered with 400.
const CHATTY: &str = "actix_server=warn,actix_http::h1::dispatcher=off,actix_http::h1::decoder=off";

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogStyle {
    /// For people.
    Pretty,
    /// For machines.
    Json,
}

impl LogStyle {
    /// As configured. Commands that end by themselves are run by people, or their output is read by people.
    #[must_use]
    pub fn of(config: &Config, command: &Command) -> Self {
        match config.log_format {
            LogFormat::Pretty => Self::Pretty,
            LogFormat::Json => Self::Json,
            LogFormat::Auto if matches!(command, Command::Serve(_)) && !io::stderr().is_terminal() => {
                Self::Json
            }
            LogFormat::Auto => Self::Pretty,
        }
    }
}

/// Begins to log, panics included.
///
/// # Errors
/// When the configured level is none.
pub fn start(config: &Config, command: &Command) -> Result<(), Failure> {
    let is_level_set = *config.source("log.level") != Source::Default;
    let level = match command {
        Command::Serve(_) => config.log_level.as_str(),
        _ if is_level_set => config.log_level.as_str(),
        _ => QUIET_LEVEL,
    };
    let filter = EnvFilter::try_new(format!("{CHATTY},{level}")).map_err(|error| {
        Failure::new(
            Exit::Config,
            format!("log.level must be a level such as info or info,sqlx=warn: {error}"),
        )
    })?;
    let log = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(filter)
        .with_span_events(FmtSpan::NONE);
    match LogStyle::of(config, command) {
        LogStyle::Json => log.json().flatten_event(true).with_span_list(false).init(),
        LogStyle::Pretty => log.with_ansi(io::stderr().is_terminal()).with_target(false).compact().init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic: {}", panic.payload_as_str().unwrap_or("without words"));
    }));
    Ok(())
}
