//! Forms of values: durations, rates, addresses, networks, secrets. Each parser's error says what is expected.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use ipnet::IpNet;
use ordervault_api::settings::CorsOrigins;
use ordervault_api::translations::Translations;
use ordervault_domain::country::{Country, UnknownCountry};
use ordervault_domain::language::Language;
use ordervault_persistence::engine::Engine;
use ordervault_persistence::writer::Rate;
use url::Url;

/// A text that must never be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Where the database is. Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    url: String,
    engine: Engine,
}

impl DatabaseUrl {
    /// The URL with its password, for connecting only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.url
    }

    /// The file of an SQLite database, as the engine takes it: everything behind the scheme.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        let path = self.url.strip_prefix("sqlite:")?;
        Some(Path::new(path.strip_prefix("//").unwrap_or(path)))
    }

    /// Its engine.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let engine = match text.split_once(':') {
            Some(("sqlite", _)) => Engine::Sqlite,
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => Engine::Postgres,
            _ => return Err("a URL that begins with sqlite:// or postgres://".to_owned()),
        };
        Ok(Self { url: text.to_owned(), engine })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask_url(&self.url))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Replaces the password of a URL, before the host or among its parameters, by three stars.
#[must_use]
pub fn mask_url(url: &str) -> String {
    // A password may hold an unescaped `@`, `/` or `?`, so the last `@` of all ends it: rather too much is hidden.
    let masked = match url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?)))
    {
        Some((scheme, (account, place))) => match account.split_once(':') {
            Some((user, _)) => format!("{scheme}://{user}:***@{place}"),
            None => url.to_owned(),
        },
        None => url.to_owned(),
    };
    let Some((address, query)) = masked.split_once('?') else { return masked };
    let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("password") => format!("{name}=***"),
        _ => parameter.to_owned(),
    });
    format!("{address}?{}", parameters.collect::<Vec<_>>().join("&"))
}

pub(super) fn flag(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "true or false".to_owned())
}

pub(super) fn number(text: &str, range: RangeInclusive<u32>) -> Result<u32, String> {
    let expected = || format!("a whole number from {} to {}", range.start(), range.end());
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(expected)
}

pub(super) fn duration(text: &str, range: RangeInclusive<Duration>) -> Result<Duration, String> {
    let expected = || {
        format!(
            "a time such as 500ms, 30s, 10m, 2h or 14d, from {}s to {}s",
            range.start().as_secs_f64(),
            range.end().as_secs()
        )
    };
    parse_duration(text).filter(|duration| range.contains(duration)).ok_or_else(expected)
}

/// `5/10m`: so many in so long.
pub(super) fn rate(text: &str) -> Result<Rate, String> {
    const LONGEST: Duration = Duration::from_hours(24);
    let parse = || {
        let (limit, window) = text.split_once('/')?;
        let limit = limit.parse().ok().filter(|limit| *limit >= 1)?;
        let window =
            parse_duration(window).filter(|window| (Duration::from_secs(1)..=LONGEST).contains(window))?;
        Some(Rate { limit, window_millis: i64::try_from(window.as_millis()).ok()? })
    };
    parse().ok_or_else(|| "how many in how long, such as 5/10m, at most in 1d".to_owned())
}

/// A rate as [`rate`] reads it.
pub(super) fn rate_text(rate: Rate) -> String {
    format!("{}/{}", rate.limit, time_text(rate.window_millis))
}

/// A time as [`duration`] reads it, in the largest unit that it is a whole number of.
pub(super) fn time_text(millis: i64) -> String {
    let unit = UNITS.iter().find(|(_, unit)| millis % unit == 0);
    unit.map_or_else(String::new, |(name, unit)| format!("{}{name}", millis / unit))
}

/// Addresses and networks, with commas between.
pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let network = |text: &str| text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
    let networks: Result<Vec<IpNet>, _> = texts.map(network).collect();
    networks.map_err(|_| "addresses or networks such as 10.0.0.0/8, with commas between".to_owned())
}

/// Units of time with their milliseconds, the largest first.
const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = text.split_at(digits);
    let (_, millis) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    count.parse::<u64>().ok()?.checked_mul(millis.unsigned_abs()).map(Duration::from_millis)
}

/// `127.0.0.1:8080`, `localhost:8080`, or one half of it: the other is this machine alone, or this port.
pub(super) fn address(text: &str, default_port: u16) -> Result<SocketAddr, String> {
    const THIS_MACHINE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let read = || {
        let port = text.strip_prefix("localhost:").or_else(|| text.strip_prefix(':')).unwrap_or(text);
        if let Ok(port) = port.parse() {
            return Some(SocketAddr::new(THIS_MACHINE, port));
        }
        let host = if text == "localhost" { THIS_MACHINE } else { text.parse().ok()? };
        Some(SocketAddr::new(host, default_port))
    };
    text.parse().ok().or_else(read).ok_or_else(|| {
        format!("an address and a port, such as localhost:{default_port}, 0.0.0.0:{default_port} or [::]:{default_port}")
    })
}

pub(super) fn optional_address(text: &str, default_port: u16) -> Result<Option<SocketAddr>, String> {
    if text == "off" {
        Ok(None)
    } else {
        address(text, default_port).map(Some).map_err(|expected| format!("{expected}, or off"))
    }
}

/// `TW`; nothing for none.
pub(super) fn optional_country(text: &str) -> Result<Option<Country>, String> {
    match text {
        "" => Ok(None),
        code => code.parse().map(Some).map_err(|problem: UnknownCountry| problem.to_string()),
    }
}

/// `zh-Hant`; one that there are texts in.
pub(super) fn language(text: &str) -> Result<Language, String> {
    let translations = Translations::new(None);
    let language =
        text.parse().ok().filter(|language: &Language| translations.languages().contains(language));
    language.ok_or_else(|| {
        let languages: Vec<String> = translations.languages().iter().map(ToString::to_string).collect();
        format!("one of {}", languages.join(", "))
    })
}

/// `https://shop.example/orders`; a slash at the end is taken off.
pub(super) fn web_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    web_place(url).map(|_| url.to_owned()).ok_or_else(|| "a URL such as https://shop.example".to_owned())
}

/// Origins as browsers write them, which is what URLs of pages without a path come to; and the star for any.
pub(super) fn origins(text: &str) -> Result<CorsOrigins, String> {
    let mut origins = CorsOrigins::default();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match part {
            "*" => origins.any_for_catalogue = true,
            _ => origins.exact.push(origin(part).ok_or("origins such as https://shop.example, or *")?),
        }
    }
    Ok(origins)
}

fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let is_nobodys = url.username().is_empty() && url.password().is_none();
    (is_bare && is_nobodys).then(|| url.origin().ascii_serialization())
}

fn web_place(text: &str) -> Option<&str> {
    let place = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '@' | '"' | '<' | '>' | '\\');
    (!place.is_empty() && !place.starts_with('/') && place.chars().all(plain)).then_some(place)
}
