//! Pages for people: in their language, kept by browsers, under a policy of their own.

use super::*;

const PAGES: [&str; 3] = ["/", "/problems", "/problems/insufficient-stock"];

#[actix_web::test]
async fn pages_are_in_the_language_of_whoever_reads_them() {
    let app = app!();
    for path in PAGES {
        for (query, accepted, tag) in [
            ("", "", "en"),
            ("", "ja", "ja"),
            ("", "zh-TW,zh;q=0.9,en;q=0.5", "zh-Hant"),
            ("", "zh-CN", "zh-Hans"),
            ("", "tlh", "en"),
            ("?lang=zh-Hant", "ja", "zh-Hant"),
            ("?lang=zh-SG", "ja", "zh-Hans"),
            ("?lang=tlh", "ja", "ja"),
            ("?lang=", "ja", "ja"),
            ("?lang=%22%3E&x=y&lang=en", "ja", "ja"),
            ("?other=1&lang=en", "ja", "en"),
        ] {
            let address = format!("{path}{query}");
            let page = send!(app, get(&address).insert_header(("accept-language", accepted)));
            assert_eq!(page.status, StatusCode::OK, "{address}");
            assert_eq!(page.header("content-language"), tag, "{address} {accepted}");
            let html = page.text();
            assert!(html.contains(&format!("<html lang=\"{tag}\">")), "{address}");
            for name in ["Accept", "Accept-Language"] {
                assert!(page.headers.get_all("vary").any(|vary| vary == name), "{address}");
            }
            // Which languages there are is said in each of them, and stays chosen.
            for (tag, name) in
                [("en", "English"), ("ja", "日本語"), ("zh-Hans", "简体中文"), ("zh-Hant", "繁體中文")]
            {
                assert!(
                    html.contains(&format!("href=\"{path}?lang={tag}\"")) && html.contains(name),
                    "{address}"
                );
            }
            let is_chosen = query.contains("lang=zh") || query.ends_with("lang=en") && !query.contains('%');
            assert_eq!(
                html.contains(&format!("<a class=\"brand\" href=\"/?lang={tag}\"")),
                is_chosen,
                "{address}"
            );
        }
    }
}

#[actix_web::test]
async fn pages_run_nothing_and_are_asked_about_before_they_are_shown_again() {
    let app = app!();
    for path in PAGES {
        let page = send!(app, get(path));
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
        let html = page.text();
        assert!(!html.contains("<script") && !html.contains("style=") && !html.contains("<style"), "{path}");
        assert!(html.contains("name=\"viewport\""), "{path}");
        let known = ("if-none-match", page.header("etag").to_owned());
        assert_eq!(page.header("cache-control"), "no-cache", "{path}");
        assert_eq!(send!(app, get(path).insert_header(known)).status, StatusCode::NOT_MODIFIED, "{path}");
        let head = send!(app, method(Method::HEAD, path));
        assert_eq!((head.status, head.header("etag")), (StatusCode::OK, page.header("etag")), "{path}");
        let style = html.split('"').find(|text| text.starts_with("/assets/page.css?v=")).unwrap();
        let style = send!(app, get(style));
        assert_eq!(style.header("cache-control"), "public, max-age=31536000, immutable");
        assert!(style.text().contains("prefers-color-scheme: dark"));
    }
}

#[actix_web::test]
async fn a_problem_is_shown_with_an_example_and_the_operations_that_answer_it() {
    let app = app!();
    let page = send!(app, get("/problems/precondition-failed")).text();
    for expected in [
        "&quot;code&quot;: &quot;precondition-failed&quot;",
        "&quot;status&quot;: 412",
        "<code>PATCH /v1/staff/cups/{id}</code>",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    assert!(!page.contains("<code>GET /v1/cups</code>"), "nothing to compare there: {page}");
}
