//! `cargo xtask ios`: the XCFramework that Package.swift names on Apple's systems. Only Xcode can make it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::cargo::{cargo, target};
use crate::sdk::Missing;
use crate::{command, say, workspace};

/// A slice of the framework: a name, and what Rust compiles for it. Several become one fat library.
const SLICES: &[(&str, &[&str])] = &[
    ("ios", &["aarch64-apple-ios"]),
    ("ios-simulator", &["aarch64-apple-ios-sim", "x86_64-apple-ios"]),
    ("macos", &["aarch64-apple-darwin", "x86_64-apple-darwin"]),
];

/// How Swift finds the library. A folder of its own keeps it apart from other frameworks of this kind in one app.
const MODULE_MAP: &str = "module AIGatewaySDKFFI {\n    header \"AIGatewaySDKFFI.h\"\n    export *\n}\n";

pub(crate) fn build() -> Result<()> {
    if !cfg!(target_os = "macos") {
        return Err(missing(
            "this is no Mac. It needs macOS with Xcode 16 or newer, whose tools alone can make one",
        ));
    }
    if !Command::new("xcodebuild").arg("-version").output().is_ok_and(|out| out.status.success()) {
        return Err(missing(
            "no Xcode: install it, then run: sudo xcode-select --switch /Applications/Xcode.app",
        ));
    }
    let out = target()?.join("ios");
    if out.exists() {
        std::fs::remove_dir_all(&out)?;
    }
    let headers = out.join("headers");
    let module = headers.join("AIGatewaySDKFFI");
    std::fs::create_dir_all(&module)?;
    let header = workspace::root().join("sdk-ios/Sources/AIGatewaySDKFFI/AIGatewaySDKFFI.h");
    std::fs::copy(header, module.join("AIGatewaySDKFFI.h"))?;
    std::fs::write(module.join("module.modulemap"), MODULE_MAP)?;

    let framework = workspace::root().join("sdk-ios/AIGatewaySDKFFI.xcframework");
    if framework.exists() {
        std::fs::remove_dir_all(&framework)?;
    }
    let mut create = Command::new("xcodebuild");
    create.arg("-create-xcframework");
    for (name, targets) in SLICES {
        create.arg("-library").arg(slice(&out, name, targets)?).arg("-headers").arg(&headers);
    }
    create.arg("-output").arg(&framework);
    command::run(create)?;
    say::line(&format!("  {}", framework.display()));
    Ok(())
}

fn slice(out: &Path, name: &str, targets: &[&str]) -> Result<PathBuf> {
    let fat = out.join(name).join("libmaig_ffi.a");
    std::fs::create_dir_all(fat.parent().context("a folder")?)?;
    let mut join = Command::new("lipo");
    join.arg("-create").arg("-output").arg(&fat);
    for rust in targets {
        let mut build =
            cargo(&["build", "--locked", "--profile", "mobile", "--package", "maig-ffi", "--target", rust]);
        build.env("IPHONEOS_DEPLOYMENT_TARGET", "15.0").env("MACOSX_DEPLOYMENT_TARGET", "12.0");
        command::run(build).with_context(|| format!("if Rust lacks the target: rustup target add {rust}"))?;
        join.arg(target()?.join(rust).join("mobile/libmaig_ffi.a"));
    }
    command::run(join)?;
    Ok(fat)
}

fn missing(what: &str) -> anyhow::Error {
    Missing(format!("cannot build the XCFramework: {what}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn off_a_mac_it_says_what_it_needs() {
        let error = build().unwrap_err();
        assert!(
            error.downcast_ref::<Missing>().is_some_and(|missing| missing.0.contains("macOS with Xcode"))
        );
    }
}
