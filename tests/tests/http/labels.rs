//! What people call the names that programs exchange.

use ordervault_persistence::db::Db;
use ordervault_tests::http::Request;
use ordervault_tests::server::TestServer;

ordervault_tests::twin_tests!(names_have_words_in_the_language_of_the_reader);

async fn names_have_words_in_the_language_of_the_reader(db: Db) {
    let server = TestServer::open(&db).await;
    for (wanted, language, words) in [
        ("", "en", ["waiting for review", "ordered twice", "Confirm", "placed", "by staff", "owner"]),
        ("ja-JP", "ja", ["確認待ち", "重複した注文", "確認する", "注文", "店員による注文", "オーナー"]),
        ("zh-HK", "zh-Hant", ["待確認", "重複訂購", "確認", "已下單", "店員代下單", "擁有者"]),
        ("zh-CN", "zh-Hans", ["待确认", "重复订购", "确认", "已下单", "店员代下单", "所有者"]),
    ] {
        let request = Request::get("/v1/labels").header("accept-language", wanted);
        let answer = server.good(&request, 200).await;
        let labels = answer.json();
        let names = [
            &labels["statuses"]["pending_review"],
            &labels["reasons"]["duplicate"],
            &labels["actions"]["confirm"],
            &labels["events"]["placed"],
            &labels["sources"]["staff"],
            &labels["roles"]["owner"],
        ];
        assert_eq!(names, words, "{wanted}");
        assert_eq!(
            (labels["language"].as_str(), answer.header("content-language")),
            (Some(language), Some(language))
        );
        assert!(answer.all("vary").iter().any(|vary| vary.contains("Accept-Language")), "{wanted}");
        let tag = answer.header("etag").unwrap_or_default().to_owned();
        let again = server.send(&request.header("if-none-match", &tag)).await;
        assert_eq!((again.status, again.header("content-language")), (304, Some(language)), "{wanted}");
    }
    server.close().await;
}
