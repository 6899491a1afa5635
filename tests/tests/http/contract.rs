//! The committed contract is the one that the server gives out.

use std::path::Path;

use ordervault_api::app::all_routes;
use ordervault_api::openapi::document;

/// Set to write the file instead of comparing with it.
const BLESS: &str = "ORDERVAULT_BLESS";

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may be told by the environment to write its snapshot")]
fn the_committed_document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/openapi.json");
    let document = document(&all_routes(false)).to_pretty_json().expect("a document") + "\n";
    if std::env::var_os(BLESS).is_some() {
        std::fs::write(&path, &document).expect("a writable file");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == document,
        "openapi/openapi.json differs: run `cargo xtask bless` and look at the change"
    );
}
