//! `docs/engines.md` names every file that asks which engine it runs on.

use std::fs;
use std::path::{Path, PathBuf};

const ASKS: [&str; 3] = ["Engine::Sqlite", "Engine::Postgres", "::forked("];
const FOLDERS: [&str; 4] = ["crates/persistence/src", "crates/domain/src", "crates/api/src", "crates/cli/src"];

#[test]
fn every_file_that_asks_for_the_engine_is_in_the_docs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand in the repository");
    let docs = fs::read_to_string(root.join("docs/engines.md")).expect("the page");
    let mut forks = 0;
    for file in FOLDERS.iter().flat_map(|folder| sources(&root.join(folder))) {
        let text = fs::read_to_string(&file).expect("a source file");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let path = file.strip_prefix(root).expect("a file of the repository").to_string_lossy().into_owned();
        // Tests of a crate that stand in a file of their own.
        if path.ends_with("tests.rs") || !ASKS.iter().any(|ask| code.contains(ask)) {
            continue;
        }
        forks += 1;
        let name = path.strip_prefix("crates/persistence/src/").unwrap_or(&path);
        assert!(docs.contains(&format!("`{name}`")), "{path} asks for the engine: say in docs/engines.md why");
    }
    assert!(forks > 20, "only {forks} files ask for the engine: is this test looking in the right place?");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
