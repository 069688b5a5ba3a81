//! The Kotlin suite: the stories against a live world on the JVM, the article's code, the Android sources compiled, and the
//! docs page followed from an empty folder.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::target;
use crate::sdk::article::{self, Blocks};
use crate::sdk::tally::Tally;
use crate::sdk::world::{self, World};
use crate::sdk::{android, library, recipe};
use crate::{command, say, workspace};

pub(crate) fn test() -> Result<()> {
    let library = library()?;
    let world = World::start("kotlin")?;
    let mut tally = Tally::default();
    let build = target()?.join("sdk/kotlin/build");
    let reports = build.join("surefire-reports");
    if reports.exists() {
        std::fs::remove_dir_all(&reports)?;
    }

    let article = world::scratch("kotlin/article")?;
    for entry in std::fs::read_dir(&article)? {
        std::fs::remove_file(entry?.path())?;
    }
    if let Some(read) = article::read()? {
        std::fs::write(article.join("Article.kt"), in_functions(&read.kotlin, world.say("/keys/live")?)?)?;
        let test = workspace::root().join("sdk-android/src/article/kotlin/ArticleTest.kt");
        std::fs::copy(test, article.join("ArticleTest.kt"))?;
    }

    let mut suite = maven(&library)?;
    suite
        .arg("--quiet")
        .arg(define("maig.build.dir", &build))
        .arg(define("maig.article.dir", &article))
        .arg("test");
    suite.env("MAIG_STORIES", world.file()).env("MAIG_BASE_URL", world.say("/gateway_url")?);
    let outcome = command::run(suite);
    for report in std::fs::read_dir(&reports).into_iter().flatten().flatten() {
        if report.path().extension().is_some_and(|ending| ending == "xml") {
            tally.read_junit(&std::fs::read_to_string(report.path())?);
        }
    }
    if let Err(error) = outcome {
        tally.step("mvn test", Err(error));
    }
    tally.step("the AAR with this machine's library, twice the same", try_aar(&library));
    tally.step("docs/android.md from an empty folder", try_docs(&library, &world));
    tally.close(&world::stories()?)
}

/// All of an AAR but libraries that a phone could load: those need an NDK.
fn try_aar(library: &Path) -> Result<()> {
    let classes = android_classes(library)?;
    if !cfg!(target_os = "linux") {
        say::line("  the Android sources compile; no AAR: this machine's library is no ELF file");
        return Ok(());
    }
    let bytes = std::fs::read(library.join("libmaig_ffi.so"))?;
    let pack = || android::pack(&classes, vec![("this-machine".to_owned(), bytes.clone())]);
    let packed = pack()?;
    if packed != pack()? {
        bail!("two AARs of the same classes differ");
    }
    say::line(&format!("  sdk-{}.aar: {} bytes", packed.version, packed.aar.len()));
    Ok(())
}

/// The classes of the AAR, compiled against Android's own.
pub(crate) fn android_classes(library: &Path) -> Result<std::path::PathBuf> {
    let build = target()?.join("sdk/kotlin/android");
    let mut compile = maven(library)?;
    compile.args(["--quiet", "-P", "android"]).arg(define("maig.build.dir", &build)).arg("compile");
    command::run(compile)?;
    Ok(build.join("classes"))
}

fn maven(library: &Path) -> Result<Command> {
    let mut maven = Command::new("mvn");
    maven.args(["--batch-mode", "--no-transfer-progress", "--file"]);
    maven.arg(workspace::root().canonicalize()?.join("sdk-android/pom.xml"));
    maven.arg(define("maig.library.dir", library));
    // cargo's own way to libraries leads to the build for development, which would be loaded instead.
    maven.env_remove("LD_LIBRARY_PATH");
    Ok(maven)
}

fn define(name: &str, path: &Path) -> String {
    format!("-D{name}={}", path.display())
}

/// The article's lines as they stand, each block in a suspend function, since the article says that it is called from a
/// coroutine; imports come first in a file of Kotlin.
fn in_functions(blocks: &Blocks, key: &str) -> Result<String> {
    let mut imports = std::collections::BTreeSet::new();
    let mut functions = String::new();
    for (name, block, before, after) in [
        ("before", &blocks.before, "", "return response"),
        ("after", &blocks.after, "", "return response"),
        ("streaming", &blocks.streaming, "var responseText = \"\"\n", "return responseText"),
    ] {
        if !block.contains(article::KEY) {
            bail!("the article's block has no {}", article::KEY);
        }
        let (own, body): (Vec<&str>, Vec<&str>) = block.lines().partition(|line| line.starts_with("import "));
        imports.extend(own);
        let kind = if name == "streaming" { "String" } else { "com.maig.sdk.GenerateResponse" };
        functions.push_str(&format!(
            "\nsuspend fun {name}(userMessage: String): {kind} {{\n{before}{}\n{after}\n}}\n",
            body.join("\n").replace(article::KEY, key)
        ));
    }
    let imports: Vec<&str> = imports.into_iter().collect();
    Ok(format!("// The article's code. Written by xtask.\n\n{}\n{functions}", imports.join("\n")))
}

fn try_docs(library: &Path, world: &World) -> Result<()> {
    let folder = target()?.join("sdk/kotlin/docs");
    let filled =
        [("maig_live_…", world.say("/keys/test")?), ("https://ai.example.com", world.say("/gateway_url")?)];
    let said = recipe::follow("docs/android.md", &folder, &filled, |shell| {
        // A reader's target folder lies in the checkout; ours may not.
        shell.env("MAIG_LIBRARY_DIR", library);
    })?;
    let last =
        said.lines().find(|line| line.contains("answered by")).context("it told no end of an answer")?;
    say::line(&format!("  it printed: {last}"));
    if !said.contains("Say hello.") {
        bail!("no answer in: {said}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_articles_block_becomes_a_function_with_its_imports_before_it() {
        let block = |last: &str| format!("import a.B\nval c = B(\"maig_live_...\")\n{last}\n");
        let blocks = Blocks { before: block("1"), after: block("2"), streaming: block("3") };
        let text = in_functions(&blocks, "KEY").unwrap();
        assert!(
            text.starts_with("// The article's code. Written by xtask.\n\nimport a.B\n\nsuspend fun before(")
        );
        assert!(text.contains("{\nval c = B(\"KEY\")\n2\nreturn response\n}\n"));
        assert!(text.contains("var responseText = \"\"\nval c = B(\"KEY\")\n3\nreturn responseText\n}\n"));
        let keyless = Blocks { before: "1".to_owned(), after: "2".to_owned(), streaming: "3".to_owned() };
        assert!(in_functions(&keyless, "KEY").is_err());
    }
}
