//! Swift's and Kotlin's side of crates/ffi, as they lie in the tree: written anew, or compared with it.
//! The tree must never hold others than what crates/ffi gives now.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, target};
use crate::sdk::generated;
use crate::{command, say, workspace};

/// A generated file: where UniFFI writes it, where it lies in the tree, and how it is made fit.
struct File {
    language: &'static str,
    written: &'static str,
    place: &'static str,
    rework: fn(&str) -> String,
}

const FILES: &[File] = &[
    File {
        language: "swift",
        written: "AIGatewaySDK.swift",
        place: "sdk-ios/Sources/AIGatewaySDK/Generated/AIGatewaySDKGenerated.swift",
        rework: generated::swift,
    },
    File {
        language: "swift",
        written: "AIGatewaySDKFFI.h",
        place: "sdk-ios/Sources/AIGatewaySDKFFI/AIGatewaySDKFFI.h",
        rework: generated::header,
    },
    File {
        language: "kotlin",
        written: "com/maig/sdk/maig.kt",
        place: "sdk-android/src/generated/kotlin/com/maig/sdk/Generated.kt",
        rework: generated::kotlin,
    },
];

/// Whether a path of the tree is written by this command.
pub(crate) fn is_generated(path: &str) -> bool {
    FILES.iter().any(|file| file.place == path)
}

/// Writes the files into the tree.
pub(crate) fn write() -> Result<()> {
    for (file, text) in generate()? {
        let place = workspace::root().join(file.place);
        let same = std::fs::read_to_string(&place).is_ok_and(|old| old == text);
        if !same {
            std::fs::create_dir_all(place.parent().unwrap_or(Path::new(".")))?;
            std::fs::write(&place, text).with_context(|| format!("cannot write {}", file.place))?;
        }
        say::line(&format!("  {}  {}", if same { "same   " } else { "written" }, file.place));
    }
    Ok(())
}

/// Fails where the tree differs from what crates/ffi gives.
pub(crate) fn check() -> Result<()> {
    let differ = |file: &File, text: &str| {
        std::fs::read_to_string(workspace::root().join(file.place)).is_ok_and(|old| old == text)
    };
    let stale: Vec<&str> = generate()?
        .into_iter()
        .filter(|(file, text)| !differ(file, text))
        .map(|(file, _)| file.place)
        .collect();
    if !stale.is_empty() {
        bail!("crates/ffi gives other code than lies in {}: run `cargo xtask bindings`", stale.join(", "));
    }
    say::line(&format!("  {} generated files are what crates/ffi gives", FILES.len()));
    Ok(())
}

fn generate() -> Result<Vec<(&'static File, String)>> {
    command::run(cargo(&["build", "--locked", "--package", "maig-ffi", "--package", "maig-bindgen"]))?;
    let built = target()?.join("debug");
    let out = target()?.join("bindings");
    for language in ["swift", "kotlin"] {
        let mut bindgen = std::process::Command::new(built.join("maig-bindgen"));
        bindgen.args(["--language", language, "--library"]).arg(built.join(library()));
        bindgen.arg("--out").arg(out.join(language)).current_dir(workspace::root());
        command::run(bindgen)?;
    }
    let text = |file: &'static File| {
        let path: PathBuf = out.join(file.language).join(file.written);
        let text = std::fs::read_to_string(&path);
        text.with_context(|| format!("uniffi wrote no {}", path.display()))
            .map(|text| (file, (file.rework)(&text)))
    };
    FILES.iter().map(text).collect()
}

fn library() -> &'static str {
    if cfg!(target_os = "macos") { "libmaig_ffi.dylib" } else { "libmaig_ffi.so" }
}
