//! Rules about `Cargo.toml`: every dependency says what it is for, and its version stands in one place.

use crate::workspace::SourceFile;

/// In `[workspace.dependencies]`, a sentence stands above each dependency that is not ours.
pub(crate) fn dependencies_say_their_job(root: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut inside = false;
    let mut explained = false;
    for line in root.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[workspace.dependencies]";
        } else if line.starts_with('#') {
            // `# ── data ──` is a heading, not a reason.
            explained = !line.starts_with("# ──");
        } else if inside && let Some((name, value)) = line.split_once('=') {
            if !explained && !value.contains("path =") {
                faults.push(format!("Cargo.toml: say in a comment above `{}` what it is for", name.trim()));
            }
            explained = false;
        }
    }
    faults
}

/// Crates take versions and lints from the workspace.
pub(crate) fn crates_inherit(files: &[SourceFile]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in
        files.iter().filter(|file| file.path.ends_with("/Cargo.toml") && !file.path.starts_with("fuzz/"))
    {
        if !file.text.contains("[lints]\nworkspace = true") {
            faults.push(format!("{}: take the workspace's lints ([lints] workspace = true)", file.path));
        }
        let mut inside = false;
        for line in file.text.lines().map(str::trim) {
            if line.starts_with('[') {
                inside = line.trim_matches(['[', ']']).ends_with("dependencies");
            } else if inside
                && line.contains('=')
                && !line.starts_with('#')
                && !line.contains("workspace = true")
            {
                faults.push(format!("{}: `{line}`: its version belongs in the root Cargo.toml", file.path));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_without_a_reason_is_a_fault() {
        let root = "[workspace.dependencies]\nmaig-core = { path = \"x\" }\n# Reads JSON.\na = \"1\"\nb = \"1\"\n\
                    # ── more ──\nc = \"1\"\n[profile.dev]\ndebug = 1\n";
        let faults = dependencies_say_their_job(root);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].contains("`b`") && faults[1].contains("`c`"), "{faults:?}");
    }

    #[test]
    fn a_version_in_a_crate_is_a_fault() {
        let check = |text: &str| {
            crates_inherit(&[SourceFile { path: "crates/x/Cargo.toml".to_owned(), text: text.to_owned() }])
                .len()
        };
        assert_eq!(check("[dependencies]\na.workspace = true\n[lints]\nworkspace = true\n"), 0);
        assert_eq!(check("[dependencies]\na = \"1\"\n[lints]\nworkspace = true\n"), 1);
        assert_eq!(check("[dev-dependencies]\na = { version = \"1\" }\n"), 2);
    }
}
