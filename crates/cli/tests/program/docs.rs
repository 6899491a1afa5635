//! What the documentation promises is there: pages, files, commands, flags, settings, variables, metrics, codes, letters.
#![expect(clippy::case_sensitive_file_extension_comparisons, reason = "the repository writes them small")]

use std::collections::BTreeSet;

use crate::pages::{Page, Span, crate_roots, files, pages, root};
use clap::CommandFactory as _;
use ordervault::args::{Cli, EXIT_CODES};
use ordervault::config::{OTHER_VARIABLES, SETTINGS, Setting};
use ordervault_api::problem::Code;
use ordervault_api::settings::Mode;
use ordervault_api::telemetry::METRICS;

#[test]
fn every_page_is_linked_and_every_link_leads_somewhere() {
    let mut linked = BTreeSet::new();
    for page in pages() {
        let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in page.links() {
            let target = root().join(folder).join(&link);
            let target = target.canonicalize().unwrap_or_else(|_| panic!("{}: no {link}", page.path));
            linked.insert(target);
        }
    }
    for page in pages().iter().filter(|page| page.path != "README.md") {
        let file = root().join(&page.path);
        let is_linked = linked.contains(&file) || file.parent().is_some_and(|folder| linked.contains(folder));
        assert!(is_linked, "no page links to {}", page.path);
    }
}

#[test]
fn every_file_that_is_named_exists() {
    let files = files();
    let exists = |path: &str| {
        let path = path.trim_end_matches('/');
        files.iter().any(|file| {
            let file = format!("/{file}");
            file.ends_with(&format!("/{path}")) || file.contains(&format!("/{path}/"))
        })
    };
    let mut missing = vec![];
    for page in pages().into_iter().chain(crate_roots()) {
        for span in page.code_spans().into_iter().filter(names_a_file) {
            if !exists(span.code) {
                missing.push(format!("{}: {}", page.path, span.code));
            }
        }
    }
    assert_eq!(missing, [""; 0]);
}

/// Not the names of what somebody may add, and not of what the program makes for itself.
fn names_a_file(span: &Span<'_>) -> bool {
    const ENDINGS: [&str; 7] = [".rs", ".sql", ".md", ".yml", ".txt", ".snap", "/"];
    const FOLDERS: [&str; 5] = ["crates/", "docs/", "tests/", "migrations/", "openapi/"];
    let before = span.before.trim_end();
    let is_example = before.ends_with("for example") || before.ends_with("say");
    let is_plain = span.code.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    let is_path = ENDINGS.iter().any(|ending| span.code.ends_with(ending))
        || FOLDERS.iter().any(|folder| span.code.starts_with(folder));
    is_path && is_plain && !is_example && span.code != "/" && !span.code.starts_with(['/', '.'])
}

#[test]
fn every_command_is_in_the_readme() {
    let readme = Page::of("README.md");
    for command in Cli::command().get_subcommands() {
        let name = format!("`ordervault {}", command.get_name());
        let row = readme.text.lines().find(|line| line.starts_with('|') && line.contains(&name));
        let row = row.unwrap_or_else(|| panic!("README.md has no row for {name}"));
        let all: String = readme.text.lines().filter(|line| line.contains(&name)).collect();
        for subcommand in command.get_subcommands() {
            let words = |c: char| !c.is_ascii_alphanumeric() && c != '-';
            let is_named = all.split(words).any(|word| word == subcommand.get_name());
            assert!(is_named, "README.md does not name {} in {row}", subcommand.get_name());
        }
    }
}

#[test]
fn every_command_and_flag_that_is_named_exists() {
    let mut cli = Cli::command();
    // With the command that clap adds.
    cli.build();
    for page in pages() {
        for span in page.code_spans() {
            let mut words = span.code.split_whitespace();
            let mut command = &cli;
            match words.next() {
                Some("ordervault") => {}
                // Two pages speak of programs of the tests.
                Some(flag) if flag.starts_with("--") && !OF_OTHER_PROGRAMS.contains(&page.path.as_str()) => {
                    assert!(has_flag(&cli, flag), "{}: no command knows {flag}", page.path);
                    continue;
                }
                _ => continue,
            }
            for word in words {
                if word.starts_with("--") {
                    assert!(has_flag(command, word) || has_flag(&cli, word), "{}: {}", page.path, span.code);
                } else if command.has_subcommands() {
                    let known = command.find_subcommand(word);
                    command = known.unwrap_or_else(|| panic!("{}: {}", page.path, span.code));
                }
            }
        }
    }
}

/// Pages whose flags are those of the load program and the fault harness.
const OF_OTHER_PROGRAMS: [&str; 2] = ["docs/performance.md", "docs/faults.md"];

/// Has this command, or one below it, this flag?
fn has_flag(command: &clap::Command, flag: &str) -> bool {
    let name = flag.trim_start_matches("--");
    command.get_arguments().any(|argument| argument.get_long() == Some(name))
        || command.get_subcommands().any(|below| has_flag(below, flag))
        || ["help", "version", "release"].contains(&name)
}

#[test]
fn exit_codes_are_told_as_the_program_tells_them() {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = EXIT_CODES.strip_prefix("Exit codes: ").expect("how it begins");
    assert!(words(&Page::of("docs/operations.md").text).contains(&words(told)));
}

#[test]
fn every_setting_that_is_named_exists() {
    let sections: BTreeSet<&str> = SETTINGS
        .iter()
        .filter_map(|setting| setting.key.split_once('.'))
        .map(|(section, _)| section)
        .collect();
    for page in pages() {
        for span in page.code_spans() {
            let name = span.code.split(" = ").next().unwrap_or_default();
            let Some((section, rest)) = name.split_once('.') else { continue };
            let is_key = rest.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if !sections.contains(section) || !is_key || rest == "rs" {
                continue;
            }
            assert!(SETTINGS.iter().any(|setting| setting.key == name), "{}: no setting {name}", page.path);
        }
    }
}

#[test]
fn every_variable_that_is_named_exists() {
    let is_known = |name: &str| {
        let plain = name.strip_suffix("_FILE").unwrap_or(name);
        let is_setting = |setting: &Setting| {
            let variable = setting.variable();
            variable == name || (setting.may_come_from_file() && variable == plain)
        };
        SETTINGS.iter().any(is_setting) || OTHER_VARIABLES.iter().any(|other| name.starts_with(other.name))
    };
    let mut texts = pages();
    texts.extend(["Dockerfile", "docker-compose.yml"].map(Page::of));
    // The configuration's own tests misspell names on purpose.
    let sources = files().into_iter().filter(|path| path.ends_with(".rs") && !path.contains("crates/cli/"));
    texts.extend(sources.map(|path| Page::of(&path)));
    for page in texts {
        for rest in page.text.split("ORDERVAULT_").skip(1) {
            let end = rest.find(|c: char| !c.is_ascii_uppercase() && c != '_').unwrap_or(rest.len());
            let name = format!("ORDERVAULT_{}", &rest[..end]);
            assert!(end == 0 || is_known(&name), "{}: nobody knows {name}", page.path);
        }
    }
}

#[test]
fn metrics_are_those_that_there_are() {
    let is_name = |text: &str| {
        let is_plain = text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let is_crate = ["ordervault_api", "ordervault_domain", "ordervault_persistence"].contains(&text);
        text.starts_with("ordervault_") && is_plain && !is_crate
    };
    let known: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    for page in pages() {
        let spans = page.code_spans();
        let named: BTreeSet<&str> = spans.iter().map(|span| span.code).filter(|code| is_name(code)).collect();
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(unknown.is_empty(), "{}: there is no {unknown:?}", page.path);
        if page.path == "docs/operations.md" {
            assert_eq!(named, known);
        }
    }
    // Whatever the code counts is among them.
    for path in files().iter().filter(|path| path.starts_with("crates/api/src") && path.ends_with(".rs")) {
        let page = Page::of(path);
        for name in page.text.split('"').filter(|text| is_name(text)) {
            assert!(known.contains(name), "{path}: {name} is in no table");
        }
    }
}

#[test]
fn every_problem_that_is_named_exists() {
    let mut named = 0;
    for page in pages() {
        for Span { before, code } in page.code_spans() {
            let status: String = before.trim_end().chars().rev().take(3).collect();
            if !before.ends_with(' ') || !status.chars().all(|c| c.is_ascii_digit()) || !code.contains('-') {
                continue;
            }
            if code.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
                named += 1;
                assert!(Code::from_slug(code).is_some(), "{}: no problem {code}", page.path);
            }
        }
    }
    assert!(named > 2, "some are named");
}

#[test]
fn throttles_are_told_as_they_are_set() {
    let page = Page::of("docs/lookups.md");
    for setting in SETTINGS.iter().filter(|setting| setting.key.starts_with("throttles.")) {
        let default = setting.default.text(Mode::Development).expect("a rate");
        let row = page.text.lines().find(|line| line.contains(&format!("`{}`", setting.key)));
        let row = row.unwrap_or_else(|| panic!("docs/lookups.md does not tell {}", setting.key));
        let (limit, window) = default.split_once('/').expect("so many in so long");
        let window = match window {
            "1m" => "a minute".to_owned(),
            "1h" => "an hour".to_owned(),
            "1d" => "a day".to_owned(),
            minutes => format!("{} minutes", minutes.trim_end_matches('m')),
        };
        assert!(row.contains(&format!("| {limit} in {window} |")), "{default}, but: {row}");
    }
}

#[test]
fn every_file_in_which_the_engines_differ_is_named() {
    let told = Page::of("docs/engines.md").text;
    let files = files().into_iter().filter(|path| path.starts_with("crates/persistence/src/"));
    for path in files.filter(|path| path.ends_with(".rs") && !path.ends_with("tests.rs")) {
        let page = Page::of(&path);
        let code = page.text.split("#[cfg(test)]").next().unwrap_or_default();
        let asks = ["Engine::Sqlite", "Engine::Postgres", "::forked("].iter().any(|sign| code.contains(sign));
        let name = path.trim_start_matches("crates/persistence/src/");
        let is_named = told.contains(&format!("`{name}`")) || told.contains(&format!("`{path}`"));
        assert!(is_named || !asks, "docs/engines.md does not name {name}");
    }
}

#[test]
fn letters_of_the_write_queue_are_cited_and_defined() {
    let page = Page::of("docs/write-queue.md");
    let defined: BTreeSet<char> =
        page.text.lines().filter_map(|line| line.strip_prefix("- **")?.chars().next()).collect();
    let mut cited = BTreeSet::new();
    for path in files().into_iter().filter(|path| path.ends_with(".rs")) {
        let text = Page::of(&path).text.replace("\n//!", "");
        for (at, _) in text.match_indices("of the write queue)") {
            let Some(open) = text[..at].rfind("(letter") else { continue };
            let letters = text[open..at].split([' ', ',']).filter(|word| word.len() == 1);
            cited.extend(letters.filter_map(|word| word.chars().next()));
        }
    }
    assert_eq!(cited, defined);
}
