//! All styles as one file. The folder says the layer, so that no component's file can win over a page's by accident:
//! `style/reset.css`, `style/tokens.css` and `style/base.css`, then the files beside components, then those beside pages.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

const LAYERS: &str = "@layer reset, tokens, base, component, page;\n";

pub(crate) fn collect(folder: &Path) -> Result<String> {
    let mut files = Vec::new();
    find(&folder.join("style"), &mut files)?;
    find(&folder.join("src"), &mut files)?;
    // The same order on every machine.
    files.sort();
    let mut all = LAYERS.to_owned();
    for path in files {
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let inside = path.strip_prefix(folder).unwrap_or(&path);
        let bare = squeezed(&text);
        ensure!(is_closed(&bare), "{}: its braces do not match", path.display());
        all.push_str(&format!("@layer {} {{\n{bare}}}\n", layer(inside)));
    }
    Ok(all)
}

fn layer(path: &Path) -> &str {
    if path.starts_with("style") {
        return path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("base");
    }
    if path.starts_with("src/page") { "page" } else { "component" }
}

/// Without comments and indentation; brotli does the rest.
fn squeezed(text: &str) -> String {
    let mut rest = text;
    let mut bare = String::with_capacity(text.len());
    while let Some((before, after)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, behind)| behind);
    }
    bare.push_str(rest);
    let lines = bare.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.fold(String::new(), |all, line| all + line + "\n")
}

/// Whether every block is closed where it was opened. A browser tells nobody, and drops the files behind.
fn is_closed(css: &str) -> bool {
    let depth = css.chars().try_fold(0u32, |depth, letter| match letter {
        '{' => Some(depth + 1),
        '}' => depth.checked_sub(1),
        _ => Some(depth),
    });
    depth == Some(0)
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "css") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_says_the_layer() {
        for (path, expect) in [
            ("style/tokens.css", "tokens"),
            ("src/ui/button.css", "component"),
            ("src/shell/shell.css", "component"),
            ("src/page/routes/list.css", "page"),
        ] {
            assert_eq!(layer(Path::new(path)), expect);
        }
    }

    #[test]
    fn a_block_that_is_not_closed_is_found() {
        for (css, closed) in
            [(".a { .b {} }", true), ("", true), (".a {", false), (".a }", false), ("} .a {", false)]
        {
            assert_eq!(is_closed(css), closed, "{css}");
        }
    }

    #[test]
    fn comments_and_indentation_are_left_out() {
        assert_eq!(squeezed("/* head\n a */\n.a {\n  color: red; /* why */\n}\n"), ".a {\ncolor: red;\n}\n");
    }
}
