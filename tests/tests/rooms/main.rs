//! Within each crate imports run one way: no circle of files, and no import from a lower room up to a higher one. Each crate's
//! root comment lists its rooms from top to bottom.

#![expect(clippy::expect_used, clippy::panic, reason = "tests may")]

mod sources;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sources::Sources;

/// The line of a root comment under which the rooms are listed.
const HEADING: &str = "# Rooms, from top to bottom";

/// The crates, by their root files.
const ROOTS: [&str; 8] = [
    "crates/domain/src/lib.rs",
    "crates/persistence/src/lib.rs",
    "crates/api/src/lib.rs",
    "crates/cli/src/lib.rs",
    "crates/xtask/src/main.rs",
    "tests/bench/src/lib.rs",
    "tests/src/lib.rs",
    "tests/faults/src/lib.rs",
];

/// What is wrong with a crate's imports, a line each.
fn faults(sources: &Sources) -> Vec<String> {
    let arrows = sources.arrows();
    let mut faults = circles(&arrows);
    let rooms = listed_rooms(&sources.root_comment);
    let declared: BTreeSet<&String> =
        sources.modules.keys().filter(|path| path.len() == 1).map(|path| &path[0]).collect();
    let listed: BTreeSet<&String> = rooms.iter().collect();
    if rooms.len() != listed.len() || declared != listed {
        let missing: Vec<_> = declared.difference(&listed).collect();
        let unknown: Vec<_> = listed.difference(&declared).collect();
        faults
            .push(format!("the rooms listed are not the modules: missing {missing:?}, unknown {unknown:?}"));
    }
    for ((from, to), name) in &arrows {
        let place = |file: &Path| rooms.iter().position(|room| *room == room_of(file));
        match (place(from), place(to)) {
            (Some(higher), Some(lower)) if higher > lower => {
                faults.push(format!("{} imports upwards: `{name}` of {}", from.display(), to.display()));
            }
            (Some(_), None) => {
                faults.push(format!("{} imports `{name}` of the crate's root", from.display()));
            }
            _ => {}
        }
    }
    faults
}

/// The names in backticks before the colon of each item under the heading.
fn listed_rooms(comment: &[String]) -> Vec<String> {
    let below = comment.iter().skip_while(|line| *line != HEADING).skip(1);
    let section = below.take_while(|line| !line.starts_with('#'));
    let items = section.filter_map(|line| line.strip_prefix("- ")?.split_once(':'));
    items.flat_map(|(names, _)| names.split('`').skip(1).step_by(2).map(str::to_owned)).collect()
}

fn room_of(file: &Path) -> String {
    let first = file.iter().next().unwrap_or_default().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Files that reach themselves, each circle by its members.
fn circles(arrows: &BTreeMap<(PathBuf, PathBuf), String>) -> Vec<String> {
    let mut next: BTreeMap<&Path, Vec<&Path>> = BTreeMap::new();
    for (from, to) in arrows.keys() {
        next.entry(from).or_default().push(to);
    }
    let reached = |start: &Path| {
        let (mut seen, mut ahead) = (BTreeSet::new(), vec![start.to_owned()]);
        while let Some(file) = ahead.pop() {
            for to in next.get(file.as_path()).into_iter().flatten() {
                if seen.insert(to.to_path_buf()) {
                    ahead.push(to.to_path_buf());
                }
            }
        }
        seen
    };
    let from: BTreeMap<&Path, BTreeSet<PathBuf>> = next.keys().map(|file| (*file, reached(file))).collect();
    let within = |a: &Path, b: &Path| {
        from.get(a).is_some_and(|seen| seen.contains(b)) && from.get(b).is_some_and(|seen| seen.contains(a))
    };
    let inner = arrows.iter().filter(|((a, b), _)| within(a, b));
    inner.map(|((a, b), name)| format!("circle: {} -> {} (`{name}`)", a.display(), b.display())).collect()
}

#[test]
fn imports_run_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut told = vec![];
    for crate_root in ROOTS {
        let sources = Sources::read(&root.join(crate_root));
        assert!(sources.arrows().len() > 1, "{crate_root}: no import was found");
        told.extend(faults(&sources).into_iter().map(|fault| format!("{crate_root}: {fault}")));
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn no_crate_is_left_out() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let crates =
        std::fs::read_dir(root.join("crates")).expect("crates").map(|entry| entry.expect("an entry"));
    for entry in crates {
        let name = entry.file_name().into_string().expect("a name");
        assert!(ROOTS.iter().any(|known| known.starts_with(&format!("crates/{name}/"))), "{name}");
    }
}

const ROOT: &str = "//! # Rooms, from top to bottom\n//!\n//! - `upper`, `middle`: one\n//! - `lower`: two\n\nmod lower;\nmod middle;\nmod upper;\n";

fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
    faults(&Sources::of(&[&[("lib.rs", ROOT)], files].concat()))
}

#[test]
fn imports_downwards_are_fine() {
    let upper = ("upper.rs", "use crate::lower::Leaf;\nfn upper(_: Leaf) { crate::middle::call(); }");
    let middle = ("middle.rs", "use super::lower;\npub fn call() { lower::Leaf::new(); }");
    let lower = ("lower.rs", "pub struct Leaf;\n#[cfg(test)]\nmod tests { use crate::upper::upper; }");
    assert_eq!(faults_of(&[upper, middle, lower]), [""; 0]);
}

#[test]
fn arrows_that_run_back_are_named() {
    let ways = [
        "use crate::upper::Top;",
        "use super::{upper::{self, Top}};",
        "fn f() { crate::upper::Top::new(); }",
        "use crate::upper;\nfn f() { upper::Top::new(); }",
        "fn f() { use crate::upper as above; above::Top::new(); }",
        "fn f() { assert_eq!(1, crate::upper::Top::ONE); }",
        "use crate::upper::*;",
        "use crate::middle::Top;",
    ];
    for way in ways {
        let told = faults_of(&[
            ("upper.rs", "pub struct Top;"),
            ("middle.rs", "pub use super::upper::Top;"),
            ("lower.rs", way),
        ]);
        let back = told.iter().filter(|fault| fault.contains("lower.rs imports upwards: `upper::"));
        let through = told.iter().filter(|fault| fault.contains("lower.rs imports upwards: `middle::Top"));
        assert_eq!(back.count() + through.count(), 1, "{way}: {told:?}");
    }
}

#[test]
fn circles_and_unlisted_rooms_are_named() {
    let told = faults_of(&[
        ("upper.rs", "mod a;\nmod b;\npub use b::B;"),
        ("upper/a.rs", "use super::B;\npub struct A;"),
        ("upper/b.rs", "use super::a::A;\npub struct B;"),
        ("middle.rs", ""),
        ("lower.rs", ""),
    ]);
    assert!(told.iter().any(|fault| fault.starts_with("circle: upper/a.rs -> upper/b.rs")), "{told:?}");
    assert!(told.iter().any(|fault| fault.starts_with("circle: upper/b.rs -> upper/a.rs")), "{told:?}");
    let told = faults(&Sources::of(&[("lib.rs", "mod alone;"), ("alone.rs", "")]));
    assert!(told[0].contains("missing [\"alone\"]"), "{told:?}");
}
