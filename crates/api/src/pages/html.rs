//! The frame of the few pages for people: in the language of whoever reads, without a script, under a policy of its own.

use std::sync::LazyLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use ordervault_domain::language::Language;

use crate::caching::{Asset, Cacheable};
use crate::extract::AcceptLanguage;
use crate::problem::said_in;
use crate::state::AppState;
use crate::translations::{Locale, Text};

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
/// The parameter by which somebody chooses a language whom the browser's does not suit.
const LANGUAGE: &str = "lang";

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new(STYLE_PATH, "text/css; charset=utf-8", include_str!("page.css")));
pub(super) const STYLE_PATH: &str = "/assets/page.css";

pub(super) async fn style(request: HttpRequest) -> HttpResponse {
    STYLE.answer(&request)
}

/// Whoever reads a page, and in which language.
pub(super) struct Reader<'a> {
    request: &'a HttpRequest,
    state: &'a AppState,
    locale: Locale,
    has_chosen: bool,
}

impl<'a> Reader<'a> {
    /// In the language that the address names if there is it, else in that of the browser.
    pub(super) fn of(request: &'a HttpRequest, state: &'a AppState, accepted: AcceptLanguage) -> Self {
        let parameters = request.query_string().split('&').filter_map(|pair| pair.split_once('='));
        let tag = parameters.filter(|(name, _)| *name == LANGUAGE).map(|(_, tag)| tag).next();
        let chosen = tag.and_then(|tag| tag.parse::<Language>().ok());
        let chosen = chosen.filter(|chosen| chosen.best_of(state.translations.languages()).is_some());
        let has_chosen = chosen.is_some();
        let locale = state.translations.locale(chosen.or(accepted.0).as_ref());
        Self { request, state, locale, has_chosen }
    }

    /// The message of this name, as HTML.
    pub(super) fn say(&self, name: &'static str) -> String {
        self.tell(&Text::new(name))
    }

    /// A text as HTML.
    pub(super) fn tell(&self, text: &Text) -> String {
        escape(&self.locale.say(text))
    }

    /// The language, for texts that become part of something else.
    pub(super) fn locale(&self) -> Locale {
        self.locale
    }

    /// The address of another of these pages, in the language that was chosen.
    pub(super) fn to(&self, path: &str) -> String {
        match self.locale.tag() {
            Some(tag) if self.has_chosen => format!("{path}?{LANGUAGE}={tag}"),
            _ => path.to_owned(),
        }
    }

    /// A page; `title` and `body` are HTML, so put texts through [`escape`].
    pub(super) fn page(&self, title: &str, body: &str) -> HttpResponse {
        let tag = self.locale.tag().unwrap_or_default();
        let html = format!(
            "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <link rel=\"stylesheet\" href=\"{style}\">\n</head>\n<body>\n<header>\n{header}</header>\n\
             <main>\n{body}</main>\n</body>\n</html>\n",
            style = STYLE.address(),
            header = self.header(&tag),
        );
        let mut answer = Cacheable::new("text/html; charset=utf-8", html).answer(self.request, "no-cache");
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
        headers.append(header::VARY, HeaderValue::from_static("Accept"));
        said_in(headers, self.locale);
        answer
    }

    /// Where else to go, and in which languages this is.
    fn header(&self, tag: &str) -> String {
        let link = |path: String, name: &'static str| format!("<a href=\"{path}\">{}</a>\n", self.say(name));
        let docs = link("/docs/".to_owned(), "page-api");
        let pages = [
            if self.state.settings.docs_enabled { docs } else { String::new() },
            link("/openapi.json".to_owned(), "page-contract"),
            link(self.to("/problems"), "page-problems"),
            link("/readyz".to_owned(), "page-health"),
            link("/version".to_owned(), "page-version"),
        ];
        let languages: String =
            self.state.translations.languages().iter().map(|l| self.language(l, tag)).collect();
        format!(
            "<a class=\"brand\" href=\"{}\">ordervault</a>\n<nav>\n{}</nav>\n\
             <nav class=\"languages\" aria-label=\"{}\">\n{languages}</nav>\n",
            self.to("/"),
            pages.concat(),
            self.say("page-languages"),
        )
    }

    /// This page in another language, which calls itself by its own name.
    fn language(&self, language: &Language, current: &str) -> String {
        let name =
            escape(&self.state.translations.locale(Some(language)).say(&Text::new("page-language-name")));
        let (path, tag) = (escape(self.request.path()), language.to_string());
        let is_current = if tag == current { " aria-current=\"true\"" } else { "" };
        format!(
            "<a href=\"{path}?{LANGUAGE}={tag}\" lang=\"{tag}\" hreflang=\"{tag}\"{is_current}>{name}</a>\n"
        )
    }
}

/// The text as HTML, also inside attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_become_tags() {
        assert_eq!(escape("<a href='x'>\"&"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;");
    }
}
