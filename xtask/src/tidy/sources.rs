//! Rules about single source files: heads, sizes, marks of unfinished work, addresses that do not belong there.

use crate::sdk::bindings::is_generated;
use crate::workspace::SourceFile;

/// Lines of production code above which a file is no longer one room.
const MAX_LINES: usize = 500;

/// Files that may be longer, each with its reason.
const LONG_FILES: &[(&str, &str)] = &[];

pub(crate) fn every_file_has_a_head(files: &[SourceFile]) -> Vec<String> {
    rust(files)
        .filter(|file| !file.text.starts_with("//!"))
        .map(|file| format!("{}: open it with `//!`: what it is, and what it must never do", file.path))
        .collect()
}

pub(crate) fn no_file_is_too_long(files: &[SourceFile]) -> Vec<String> {
    let long = rust(files).filter(|file| !is_test(&file.path)).filter_map(|file| {
        let lines = production_lines(&file.text);
        let allowed = LONG_FILES.iter().any(|(path, _)| *path == file.path);
        (lines > MAX_LINES && !allowed).then(|| {
            format!(
                "{}: {lines} lines of production code, {MAX_LINES} at most: split it by purpose",
                file.path
            )
        })
    });
    // An entry that is no longer needed must go, or the list grows into a licence.
    let idle = LONG_FILES.iter().filter(|(path, _)| {
        !files.iter().any(|file| file.path == *path && production_lines(&file.text) > MAX_LINES)
    });
    long.chain(idle.map(|(path, _)| format!("{path}: needs no place in LONG_FILES"))).collect()
}

pub(crate) fn no_unfinished_marks(files: &[SourceFile]) -> Vec<String> {
    // Written apart, so that this file does not find itself.
    let marks =
        [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("todo", "!("), concat!("unimplemented", "!(")];
    hits(files, |line| {
        marks.iter().find(|mark| line.contains(*mark)).map(|mark| format!("`{mark}`: finish it or delete it"))
    })
}

pub(crate) fn no_ignored_tests(files: &[SourceFile]) -> Vec<String> {
    let mark = concat!("#[ig", "nore");
    hits(files, |line| line.contains(mark).then(|| "a test nobody runs is no test".to_owned()))
}

/// A registry's address in the tree breaks builds behind mirrors: names of packages are enough.
pub(crate) fn no_registry_hosts(files: &[SourceFile]) -> Vec<String> {
    let registries =
        ["npm", "yarnpkg", "pypi", "pythonhosted", "repo.maven", "repo1.maven", "deb.debian", "crates"];
    hits(files, |line| {
        let mut rest = line;
        while let Some(at) = rest.find("://") {
            rest = rest.get(at + 3..).unwrap_or_default();
            let host = rest.split(['/', '"', '\'', ' ', ')', '>']).next().unwrap_or_default();
            if registries.iter().any(|name| host.contains(name)) {
                return Some(format!("{host}: no address of a package registry"));
            }
        }
        None
    })
}

/// `PATH:LINE: fault` for every line of every file in which `find` sees one.
fn hits(files: &[SourceFile], find: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.path != "Cargo.lock" && !is_generated(&file.path)) {
        for (number, line) in (1..).zip(file.text.lines()) {
            faults.extend(find(line).map(|fault| format!("{}:{number}: {fault}", file.path)));
        }
    }
    faults
}

fn rust(files: &[SourceFile]) -> impl Iterator<Item = &SourceFile> {
    files.iter().filter(|file| file.path.ends_with(".rs"))
}

pub(crate) fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// Lines before an inline test module.
pub(crate) fn production_lines(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.windows(2).position(|pair| match pair {
        [attribute, module] => attribute.trim() == "#[cfg(test)]" && module.trim_start().starts_with("mod "),
        _ => false,
    });
    tests.unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn a_file_without_a_head_is_a_fault() {
        let files = [file("a.rs", "//! Head.\n"), file("b.rs", "use x;\n"), file("c.md", "text")];
        assert_eq!(
            every_file_has_a_head(&files),
            ["b.rs: open it with `//!`: what it is, and what it must never do"]
        );
    }

    #[test]
    fn a_long_file_is_a_fault_unless_its_length_is_tests() {
        let long = "x\n".repeat(MAX_LINES + 1);
        assert_eq!(no_file_is_too_long(&[file("src/a.rs", &long)]).len(), 1);
        assert_eq!(
            no_file_is_too_long(&[file("x/tests/it/a.rs", &long), file("src/a/tests.rs", &long)]).len(),
            0
        );
        let tested = format!("//! Head.\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert_eq!(no_file_is_too_long(&[file("src/a.rs", &tested)]), Vec::<String>::new());
    }

    #[test]
    fn unfinished_marks_are_faults() {
        let text = format!("fine\n// {} later\n", concat!("TO", "DO"));
        assert_eq!(no_unfinished_marks(&[file("a.sh", &text)]).len(), 1);
    }

    #[test]
    fn ignored_tests_are_faults() {
        assert_eq!(no_ignored_tests(&[file("a.rs", concat!("#[ig", "nore = \"slow\"]\n"))]).len(), 1);
    }

    #[test]
    fn a_registry_address_is_a_fault() {
        let address = |host: &str| file("a.json", &format!("\"resolved\": \"https:{}{host}/x\"", "//"));
        let path = concat!("registry.", "npm", "js.org");
        assert_eq!(
            no_registry_hosts(&[address(path)]),
            [format!("a.json:1: {path}: no address of a package registry")]
        );
        assert_eq!(no_registry_hosts(&[address("api.openai.com")]), Vec::<String>::new());
    }
}
