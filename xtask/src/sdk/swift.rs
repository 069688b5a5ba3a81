//! The Swift suite: the stories against a live world, the article's code, the example app, and the docs page followed from
//! an empty folder.
//! Where the machine has no Swift of its own, Debian's in the root of `.ci/swift-root.sh` runs all of it.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::target;
use crate::sdk::article::{self, Blocks};
use crate::sdk::tally::Tally;
use crate::sdk::world::{self, World};
use crate::sdk::{library, recipe};
use crate::{command, cross, say, workspace};

/// What the articles' blocks leave to the app: the question, and where the text goes.
const CONTEXT: &str = "\
// The app around the article's lines.
let userMessage = \"Why is the sky blue?\"
@MainActor var responseText = \"\"
";

/// The SDK, and what is written with it, compiles without a warning.
const STRICT: [&str; 2] = ["-Xswiftc", "-warnings-as-errors"];

pub(crate) fn test() -> Result<()> {
    let swift = Swift::find()?;
    let library = library()?;
    let world = World::start("swift")?;
    let mut tally = Tally::default();

    let mut suite = swift.command();
    suite
        .args(["test", "--package-path"])
        .arg(sdk()?)
        .arg("--scratch-path")
        .arg(world::scratch("swift/build")?);
    suite.args(STRICT);
    suite.env("MAIG_LIBRARY_DIR", &library).env("MAIG_STORIES", world.file());
    let (output, outcome) = command::tee(suite)?;
    tally.read_swift(&output);
    if let Err(error) = outcome {
        // A suite that does not compile has no failed test.
        tally.step("swift test", Err(error));
    }

    if let Some(article) = article::read()? {
        tally.step("the article's Swift code", try_article(&swift, &library, &world, &article.swift));
    }
    tally.step("the example app", try_example(&swift, &library, &world));
    tally.step("docs/ios.md from an empty folder", try_docs(&swift, &library, &world));
    tally.close(&world::stories()?)
}

fn sdk() -> Result<PathBuf> {
    Ok(workspace::root().canonicalize()?.join("sdk-ios"))
}

/// Swift as this machine has it.
struct Swift(PathBuf);

impl Swift {
    fn find() -> Result<Self> {
        let own = Command::new("swift").arg("--version").output().is_ok_and(|out| out.status.success());
        if own {
            return Ok(Self("swift".into()));
        }
        if !cross::cache().is_some_and(|cache| cache.join("maig/swift/ok").is_file()) {
            bail!(
                "`swift` is not installed; get Swift 6 from its makers, or on Debian a root of its own with: \
                 .ci/swift-root.sh"
            );
        }
        // A program of that name for everybody who calls it, the docs' recipe too.
        let folder = world::scratch("swift/bin")?;
        let root = workspace::root().canonicalize()?;
        let text = format!(
            "#!/bin/sh\n# Made by xtask: Swift of the Debian root.\nexec '{0}/.ci/swift-root.sh' --run '{0}' '{1}' -- swift \"$@\"\n",
            root.display(),
            target()?.display(),
        );
        let program = folder.join("swift");
        std::fs::write(&program, text)?;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
        Ok(Self(program))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.0);
        // cargo's own way to libraries leads to the build for development, which would be loaded instead.
        command.current_dir(workspace::root()).env_remove("LD_LIBRARY_PATH");
        command
    }
}

/// A package with one program a block, each as it stands there with a line that prints what came.
fn try_article(swift: &Swift, library: &Path, world: &World, blocks: &Blocks) -> Result<()> {
    let folder = world::scratch("swift/article")?;
    let programs = [
        ("Before", &blocks.before, "print(response)\nprint(\"fallback: \\(response.fallback)\")\n"),
        ("After", &blocks.after, "print(response)\nprint(\"fallback: \\(response.fallback)\")\n"),
        (
            "Streaming",
            &blocks.streaming,
            "print(responseText)\nprint(\"fallback: \\(try await stream.result().fallback)\")\n",
        ),
    ];
    let mut targets = String::new();
    for (name, block, look) in programs {
        if !block.contains(article::KEY) {
            bail!("the article's block has no {}", article::KEY);
        }
        let sources = folder.join("Sources").join(name);
        std::fs::create_dir_all(&sources)?;
        let block = block.replace(article::KEY, world.say("/keys/live")?);
        std::fs::write(sources.join("main.swift"), format!("{block}{look}"))?;
        std::fs::write(sources.join("App.swift"), CONTEXT)?;
        targets.push_str(&format!(
            "        .executableTarget(name: \"{name}\", dependencies: [.product(name: \"AIGatewaySDK\", package: \"sdk-ios\")]),\n"
        ));
    }
    let sdk = sdk()?;
    let package = format!(
        "// swift-tools-version: 6.0\n// The article's code. Written by xtask.\nimport PackageDescription\n\n\
         let package = Package(\n    name: \"Article\",\n    platforms: [.macOS(.v12)],\n    \
         dependencies: [.package(path: \"{}\")],\n    targets: [\n{targets}    ]\n)\n",
        sdk.display()
    );
    std::fs::write(folder.join("Package.swift"), package)?;
    let mut build = swift.command();
    build.arg("build").arg("--package-path").arg(&folder).args(STRICT).env("MAIG_LIBRARY_DIR", library);
    command::run(build)?;

    let run = |name: &str, fallback: bool| -> Result<()> {
        let mut program = swift.command();
        program.args(["run", "--skip-build", "--package-path"]).arg(&folder).arg(name);
        program.env("MAIG_BASE_URL", world.say("/gateway_url")?).env("MAIG_LIBRARY_DIR", library);
        let said = command::output(program)?;
        // The simulator repeats what it is asked.
        if !said.contains("Why is the sky blue?") || !said.contains(&format!("fallback: {fallback}")) {
            bail!("`{name}` was to be answered with fallback: {fallback}, and printed: {said}");
        }
        say::line(&format!("  {name} ran, fallback: {fallback}"));
        Ok(())
    };
    run("Before", false)?;
    run("After", false)?;
    run("Streaming", false)?;
    world.script(r#"{"gpt-4o": "503"}"#)?;
    run("After", true)?;
    run("Streaming", true)?;
    world.script(r#"{"gpt-4o": "ok"}"#)
}

/// Its views are drawn on Apple's systems only; elsewhere it talks in a terminal.
fn try_example(swift: &Swift, library: &Path, world: &World) -> Result<()> {
    let package = |verb: &str| -> Result<Command> {
        let mut command = swift.command();
        command.arg(verb).arg("--package-path").arg(sdk()?.join("Example"));
        command.arg("--scratch-path").arg(world::scratch("swift/example")?);
        command.env("MAIG_LIBRARY_DIR", library);
        Ok(command)
    };
    let mut build = package("build")?;
    build.args(STRICT);
    command::run(build)?;
    let typed = world::scratch("swift")?.join("typed.txt");
    std::fs::write(&typed, "Why is the sky blue?\nWhat did I ask?\n")?;
    let mut run = package("run")?;
    run.args(["--skip-build", "ChatApp"]).stdin(std::fs::File::open(typed)?);
    run.env("MAIG_KEY", world.say("/keys/live")?).env("MAIG_BASE_URL", world.say("/gateway_url")?);
    let said = command::output(run)?;
    if !["Why is the sky blue?", "What did I ask?"].iter().all(|asked| said.contains(asked)) {
        bail!("the example app was to have two answers, and printed: {said}");
    }
    Ok(())
}

fn try_docs(swift: &Swift, library: &Path, world: &World) -> Result<()> {
    let folder = target()?.join("sdk/swift/docs");
    let filled =
        [("maig_live_…", world.say("/keys/test")?), ("https://ai.example.com", world.say("/gateway_url")?)];
    let said = recipe::follow("docs/ios.md", &folder, &filled, |shell| {
        if let Some(bin) = swift.0.parent().filter(|bin| bin.is_absolute()) {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let paths = std::iter::once(bin.to_owned()).chain(std::env::split_paths(&path));
            shell.env("PATH", std::env::join_paths(paths).unwrap_or(path.clone()));
        }
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
