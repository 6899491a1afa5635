//! The pages of the documentation and the files of the repository, as texts.
#![expect(clippy::case_sensitive_file_extension_comparisons, reason = "the repository writes them small")]

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the whole repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// A text with the path that it has in the repository.
pub(crate) struct Page {
    /// With `/` between the parts.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
}

impl Page {
    /// The page of this path.
    pub(crate) fn of(path: &str) -> Self {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text }
    }

    /// What stands between single backticks, outside of blocks of code.
    pub(crate) fn code_spans(&self) -> Vec<Span<'_>> {
        let mut spans = vec![];
        for (number, prose) in self.text.split("```").enumerate() {
            if number % 2 == 1 {
                continue;
            }
            let parts: Vec<&str> = prose.split('`').collect();
            let pairs = parts.chunks(2).filter(|pair| pair.len() == 2);
            spans.extend(pairs.map(|pair| Span { before: pair[0], code: pair[1] }));
        }
        spans
    }

    /// The targets of links within the repository, without the part behind `#`.
    pub(crate) fn links(&self) -> Vec<String> {
        let targets = self.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        targets
            .filter(|target| !target.contains("://") && !target.starts_with('#'))
            .map(|target| target.split('#').next().unwrap_or_default().to_owned())
            .collect()
    }
}

/// A piece of code in prose, and the prose before it.
pub(crate) struct Span<'a> {
    pub(crate) before: &'a str,
    pub(crate) code: &'a str,
}

/// `README.md` and everything under `docs`.
pub(crate) fn pages() -> Vec<Page> {
    let docs = files().into_iter().filter(|path| path.starts_with("docs/") && path.ends_with(".md"));
    docs.chain(["README.md".to_owned()]).map(|path| Page::of(&path)).collect()
}

/// What the crates say of themselves: the comment at the head of each root.
pub(crate) fn crate_roots() -> Vec<Page> {
    let roots = files().into_iter().filter(|path| {
        let parts: Vec<&str> = path.split('/').collect();
        matches!(
            parts[..],
            ["crates", _, "src", "lib.rs"]
                | ["tests", "src", "lib.rs"]
                | ["tests", "faults", "src", "lib.rs"]
        )
    });
    roots
        .map(|path| {
            let page = Page::of(&path);
            let head = page.text.lines().filter_map(|line| line.strip_prefix("//!"));
            Page { path, text: head.collect::<Vec<_>>().join("\n") }
        })
        .collect()
}

/// Every file of the repository but what a build leaves.
pub(crate) fn files() -> Vec<String> {
    let root = root();
    let mut found = vec![];
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match path.is_dir() {
                true if name.starts_with('.') || name == "target" || name == "data" => {}
                true => folders.push(path),
                false => {
                    let path = path.strip_prefix(&root).expect("below the root");
                    found.push(path.to_string_lossy().replace('\\', "/"));
                }
            }
        }
    }
    found.sort();
    found
}
