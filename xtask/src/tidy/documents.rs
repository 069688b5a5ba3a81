//! Rules about the papers: they are there, the files that they name exist, and the tests that they call guards exist.

use std::collections::BTreeSet;

use crate::workspace::{self, SourceFile};

const PAPERS: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

pub(crate) fn papers_are_present(files: &[SourceFile]) -> Vec<String> {
    let missing = PAPERS.iter().filter(|paper| !files.iter().any(|file| file.path == **paper));
    let mut faults: Vec<String> = missing.map(|paper| format!("{paper} is missing")).collect();
    let log = files.iter().find(|file| file.path == "CHANGELOG.md");
    if log.is_some_and(|log| !log.text.contains("## [Unreleased]")) {
        faults.push("CHANGELOG.md: it has no `## [Unreleased]`".to_owned());
    }
    faults
}

/// Every `path/in/backticks` of a paper at the root leads to a file or a folder.
pub(crate) fn named_files_exist(files: &[SourceFile]) -> Vec<String> {
    let known = |path: &str| {
        let folder = format!("{}/", path.trim_end_matches('/'));
        files.iter().any(|file| file.path == path || file.path.starts_with(&folder))
            || workspace::root().join(path).is_dir()
    };
    let mut faults = Vec::new();
    for paper in files.iter().filter(|file| file.path.ends_with(".md") && !file.path.contains('/')) {
        for path in quoted(&paper.text).filter(|path| looks_like_a_path(path)) {
            if !known(path) {
                faults.push(format!("{}: it names `{path}`, which does not exist", paper.path));
            }
        }
    }
    faults
}

/// On a line that begins with `Guard:`, every name in backticks is a test.
pub(crate) fn guards_exist(files: &[SourceFile]) -> Vec<String> {
    let mut tests = BTreeSet::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        tests.extend(file.text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next()));
    }
    let papers = files.iter().filter(|file| file.path == "ARCHITECTURE.md");
    let guards =
        papers.flat_map(|file| file.text.lines()).filter(|line| line.trim_start().starts_with("Guard:"));
    guards
        .flat_map(quoted)
        .filter(|name| !name.contains(['/', ' ', '.']) && !tests.contains(name))
        .map(|name| format!("ARCHITECTURE.md: its guard `{name}` is no test"))
        .collect()
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn looks_like_a_path(text: &str) -> bool {
    let ours = ["crates/", "dashboard/", "xtask/", ".ci/", "fuzz/", "docs/", "migrations/", "tests/clients"];
    // Made by `cargo xtask dashboard`, so a fresh clone has none.
    let made = "dashboard/dist";
    text != made && ours.iter().any(|start| text.starts_with(start)) && !text.contains([' ', '*', '{', '<'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_missing_paper_is_a_fault() {
        let all: Vec<_> = PAPERS.iter().map(|paper| file(paper, "## [Unreleased]")).collect();
        assert_eq!(papers_are_present(&all), Vec::<String>::new());
        assert_eq!(papers_are_present(&all[1..]), ["README.md is missing"]);
    }

    #[test]
    fn a_file_that_does_not_exist_must_not_be_named() {
        let good = [file("A.md", "see `crates/x/src/a.rs`"), file("crates/x/src/a.rs", "")];
        assert_eq!(named_files_exist(&good), Vec::<String>::new());
        assert_eq!(
            named_files_exist(&good[..1]),
            ["A.md: it names `crates/x/src/a.rs`, which does not exist"]
        );
    }

    #[test]
    fn a_guard_must_be_a_test() {
        let check = |paper: &str| {
            let test = file("x/tests/it/a.rs", "#[test]\nfn it_holds() {}\n");
            guards_exist(&[file("ARCHITECTURE.md", paper), test]).len()
        };
        assert_eq!(check("Guard: `it_holds`."), 0);
        assert_eq!(check("Guard: `it_never_was`."), 1);
    }
}
