//! The code of the first article that the project began with, as it stands there. It must never be mended here: where it
//! does not compile, the SDK is wrong.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{say, workspace};

/// The key as the article prints it.
pub(crate) const KEY: &str = "maig_live_...";

/// The blocks of one language.
#[derive(Debug, PartialEq)]
pub(crate) struct Blocks {
    /// With a model's name.
    pub before: String,
    /// With a route's.
    pub after: String,
    pub streaming: String,
}

pub(crate) struct Article {
    pub swift: Blocks,
    pub kotlin: Blocks,
}

/// The article, or a line that says why it is not tried. In CI it must be there.
pub(crate) fn read() -> Result<Option<Article>> {
    let folder = match std::env::var_os("MAIG_SEEDS") {
        Some(folder) => PathBuf::from(folder),
        None => workspace::root().join("../shared/seeds"),
    };
    let mut names: Vec<PathBuf> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(_) if std::env::var_os("MAIG_CI").is_none() => {
            say::line(&format!("  the article's code is not tried: {} is not there", folder.display()));
            return Ok(None);
        }
        Err(error) => bail!("{}: {error}; in CI the articles must be there", folder.display()),
    };
    names.sort();
    let first = names.first().with_context(|| format!("{} is empty", folder.display()))?;
    let text = std::fs::read_to_string(first)?;
    article(&text).with_context(|| first.display().to_string()).map(Some)
}

fn article(text: &str) -> Result<Article> {
    Ok(Article {
        swift: blocks(text, "iOS (Swift)", "Android (Kotlin)")?,
        kotlin: blocks(text, "Android (Kotlin)", "That's the entire code change.")?,
    })
}

/// The text has no fences: a block begins behind its label and ends at the next one.
fn blocks(text: &str, from: &str, to: &str) -> Result<Blocks> {
    let section = text.lines().skip_while(|line| line.trim() != from).skip(1);
    let section: Vec<&str> = section.take_while(|line| !line.starts_with(to)).collect();
    let labels = ["Before:", "After:", "For streaming:"];
    let block = |label: &str| -> Result<String> {
        let inside = section.iter().skip_while(|line| line.trim() != label).skip(1);
        let lines: Vec<&str> = inside.take_while(|line| !labels.contains(&line.trim())).copied().collect();
        if lines.is_empty() {
            bail!("below `{from}` there is no `{label}`");
        }
        Ok(format!("{}\n", lines.join("\n")))
    };
    Ok(Blocks { before: block(labels[0])?, after: block(labels[1])?, streaming: block(labels[2])? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_taken_as_they_stand() {
        let text = "x\niOS (Swift)\nBefore:\na\nAfter:\nb\nFor streaming:\nc\n}\nAndroid (Kotlin)\nBefore:\nd\nAfter:\ne\n\
                    For streaming:\nf\nThat's the entire code change. Ship it.\ng\n";
        let article = article(text).unwrap();
        let expect = |before: &str, after: &str, streaming: &str| Blocks {
            before: before.to_owned(),
            after: after.to_owned(),
            streaming: streaming.to_owned(),
        };
        assert_eq!(article.swift, expect("a\n", "b\n", "c\n}\n"));
        assert_eq!(article.kotlin, expect("d\n", "e\n", "f\n"));
        assert!(super::article("nothing").is_err());
    }
}
