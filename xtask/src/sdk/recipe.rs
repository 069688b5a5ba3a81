//! A recipe of the docs, followed to the letter: every file that it shows is saved and every command is run, in an empty
//! folder beside the checkout. It must never add anything that a reader would have to guess.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace;

/// The heading of the section in which a page of the docs begins with an empty folder.
const HEADING: &str = "## From an empty folder";

/// What a reader copies.
#[derive(Debug, PartialEq)]
enum Step {
    Save { path: String, text: String },
    Run(String),
}

/// Follows the recipe of `page` in `folder` and gives what it printed. `filled` replaces what is the reader's own: key
/// and address.
pub(crate) fn follow(
    page: &str,
    folder: &Path,
    filled: &[(&str, &str)],
    prepare: impl FnOnce(&mut Command),
) -> Result<String> {
    let mut text = std::fs::read_to_string(workspace::root().join(page)).with_context(|| page.to_owned())?;
    for (shown, own) in filled {
        if !text.contains(shown) {
            bail!("{page} does not show {shown}");
        }
        text = text.replace(shown, own);
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    // The page says that the checkout lies beside.
    #[cfg(unix)]
    std::os::unix::fs::symlink(std::fs::canonicalize(workspace::root())?, folder.join("maig"))?;
    let mut shell = Command::new("bash");
    shell.arg("-c").arg(script(&steps(&text)?)).current_dir(folder).env_remove("LD_LIBRARY_PATH");
    prepare(&mut shell);
    crate::command::output(shell).with_context(|| format!("{page}, followed to the letter"))
}

fn steps(page: &str) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let section = page.lines().skip_while(|line| !line.starts_with(HEADING)).skip(1);
    let mut lines = section.take_while(|line| !line.starts_with("## "));
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let text = format!("{}\n", text.join("\n"));
        match info.split_once(' ') {
            Some((_, path)) => steps.push(Step::Save { path: path.to_owned(), text }),
            None if info == "sh" => steps.push(Step::Run(text)),
            None => {}
        }
    }
    if steps.len() < 2 {
        bail!("no recipe below `{HEADING}`");
    }
    Ok(steps)
}

/// One shell for all of it, as at a desk: a `cd` lasts.
fn script(steps: &[Step]) -> String {
    let mut script = "set -euo pipefail\n".to_owned();
    for step in steps {
        match step {
            Step::Run(text) => script.push_str(text),
            Step::Save { path, text } => {
                let quote = "END_OF_THE_FILE";
                script.push_str(&format!(
                    "mkdir -p \"$(dirname '{path}')\"\ncat > '{path}' <<'{quote}'\n{text}{quote}\n"
                ));
            }
        }
    }
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_saved_and_commands_run_in_their_order() {
        let page = "# T\n```sh\nno\n```\n## From an empty folder\n```sh\nmkdir a\n```\nSave:\n```swift a/b.swift\nlet x = 1\n```\n\
                    ```text\nwhat it prints\n```\n## More\n```sh\nno\n```\n";
        let expect = [
            Step::Run("mkdir a\n".to_owned()),
            Step::Save { path: "a/b.swift".to_owned(), text: "let x = 1\n".to_owned() },
        ];
        assert_eq!(steps(page).unwrap(), expect);
        assert!(steps("# T\n").is_err());
        assert!(
            script(&expect).contains("cat > 'a/b.swift' <<'END_OF_THE_FILE'\nlet x = 1\nEND_OF_THE_FILE\n")
        );
    }
}
