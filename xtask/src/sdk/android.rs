//! `cargo xtask android`: the AAR and its POM, from a given NDK, without Gradle. Two builds of one commit with one NDK give
//! the same bytes. Without an NDK the client is only checked for Android.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::cargo::{cargo, target};
use crate::sdk::{Missing, aar, kotlin, world};
use crate::{command, cross, say, workspace};

/// The oldest Android that the library runs on.
const API: u32 = 24;

#[derive(Args)]
pub(crate) struct Options {
    /// The NDK's folder; $ANDROID_NDK_HOME, if not said
    #[arg(long)]
    ndk: Option<PathBuf>,
}

/// What one kind of device runs.
struct Abi {
    /// As Android names it.
    name: &'static str,
    /// As Rust names it.
    target: &'static str,
    /// As the NDK's clang names it.
    clang: &'static str,
}

const ABIS: &[Abi] = &[
    Abi { name: "arm64-v8a", target: "aarch64-linux-android", clang: "aarch64-linux-android" },
    Abi { name: "armeabi-v7a", target: "armv7-linux-androideabi", clang: "armv7a-linux-androideabi" },
    Abi { name: "x86_64", target: "x86_64-linux-android", clang: "x86_64-linux-android" },
];

pub(crate) fn build(options: &Options) -> Result<()> {
    let ndk = options.ndk.clone().or_else(|| std::env::var_os("ANDROID_NDK_HOME").map(PathBuf::from));
    let tools = tools(ndk.as_deref())?;
    rust_targets()?;
    let mut libraries = Vec::new();
    for abi in ABIS {
        command::run(build_library(abi, &tools)?)?;
        let built = target()?.join(abi.target).join("mobile/libmaig_ffi.so");
        let bytes = std::fs::read(&built).with_context(|| built.display().to_string())?;
        libraries.push((abi.name.to_owned(), bytes));
    }
    let packed = pack(&kotlin::android_classes(&target()?.join("mobile"))?, libraries)?;
    // As a Maven repository, which is what Gradle reads.
    let out = target()?.join("android/com/maig/sdk").join(&packed.version);
    std::fs::create_dir_all(&out)?;
    for (ending, bytes) in [("aar", packed.aar), ("pom", packed.pom.into_bytes())] {
        let path = out.join(format!("sdk-{}.{ending}", packed.version));
        std::fs::write(&path, bytes)?;
        say::line(&format!("  {}", path.display()));
    }
    Ok(())
}

/// What is shipped.
#[derive(PartialEq)]
pub(crate) struct Packed {
    pub version: String,
    pub aar: Vec<u8>,
    pub pom: String,
}

/// Puts compiled classes and libraries together with what the tree says of them.
pub(crate) fn pack(classes: &Path, libraries: Vec<(String, Vec<u8>)>) -> Result<Packed> {
    let sources = workspace::root().join("sdk-android");
    let read = |path: &str| std::fs::read_to_string(sources.join(path)).with_context(|| path.to_owned());
    let aar = aar::write(&aar::Parts {
        manifest: read("src/android/AndroidManifest.xml")?,
        rules: read("consumer-rules.pro")?,
        classes: files(classes)?,
        libraries,
    })?;
    let maven = read("pom.xml")?;
    Ok(Packed { version: property(&maven, "version")?.to_owned(), aar, pom: pom(&maven)? })
}

/// Compiles the client and its skin for Android, as far as that goes without an NDK: nothing is linked.
pub(crate) fn check() -> Result<()> {
    let packages = ["check", "--locked", "--package", "maig-client", "--package", "maig-ffi"];
    let mut check = cross::ANDROID.cargo(&packages)?.command;
    let target = cross::ANDROID.target.replace('-', "_");
    let no_c = cross::no_c_compiler(&world::scratch("android")?)?;
    check.env(format!("CC_{target}"), &no_c).env(format!("AR_{target}"), &no_c);
    command::run(check)
}

/// The folder of the NDK's compilers.
fn tools(ndk: Option<&Path>) -> Result<PathBuf> {
    let Some(ndk) = ndk else {
        return Err(missing(
            "no NDK: install r28 or newer and name its folder in ANDROID_NDK_HOME or with --ndk",
        ));
    };
    let prebuilt = ndk.join("toolchains/llvm/prebuilt");
    let host = std::fs::read_dir(&prebuilt).ok().and_then(|mut entries| entries.next()?.ok());
    let Some(host) = host else {
        return Err(missing(&format!("{} is no NDK: it has no toolchains/llvm/prebuilt", ndk.display())));
    };
    Ok(host.path().join("bin"))
}

fn rust_targets() -> Result<()> {
    let lacks = |abi: &&Abi| {
        let mut rustc = Command::new("rustc");
        rustc.args(["--print", "target-libdir", "--target", abi.target]).current_dir(workspace::root());
        !command::output(rustc).is_ok_and(|folder| Path::new(folder.trim()).is_dir())
    };
    let absent: Vec<&str> = ABIS.iter().filter(lacks).map(|abi| abi.target).collect();
    if absent.is_empty() {
        return Ok(());
    }
    Err(missing(&format!("this Rust cannot compile for Android: rustup target add {}", absent.join(" "))))
}

fn missing(what: &str) -> anyhow::Error {
    Missing(format!("cannot build the AAR: {what}")).into()
}

fn build_library(abi: &Abi, tools: &Path) -> Result<Command> {
    let clang = tools.join(format!("{}{API}-clang", abi.clang));
    if !clang.is_file() {
        return Err(missing(&format!("the NDK has no {}", clang.display())));
    }
    let mut build =
        cargo(&["build", "--locked", "--profile", "mobile", "--package", "maig-ffi", "--target", abi.target]);
    let upper = abi.target.to_uppercase().replace('-', "_");
    let lower = abi.target.replace('-', "_");
    build.env(format!("CARGO_TARGET_{upper}_LINKER"), &clang);
    build.env(format!("CC_{lower}"), &clang).env(format!("AR_{lower}"), tools.join("llvm-ar"));
    // Devices with pages of 16 KB load nothing that is aligned to less; and no path of this machine may reach the bytes.
    let home =
        std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cargo")));
    let flags = [
        "-Clink-arg=-Wl,-z,max-page-size=16384".to_owned(),
        format!("--remap-path-prefix={}=maig", workspace::root().canonicalize()?.display()),
        format!("--remap-path-prefix={}=cargo", home.unwrap_or_default()),
    ];
    build.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    Ok(build)
}

/// All files below a folder, with paths as a jar names them.
fn files(root: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|ending| ending != "so" && ending != "dylib") {
                // The library for this machine is the JVM's.
                let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
                found.push((name, std::fs::read(&path)?));
            }
        }
    }
    Ok(found)
}

/// The versions stand in one place, the JVM build's own POM.
fn pom(maven: &str) -> Result<String> {
    let dependency = |group: &str, artifact: &str, version: &str, more: &str| -> Result<String> {
        let version = property(maven, version)?;
        Ok(format!(
            "    <dependency>\n      <groupId>{group}</groupId>\n      <artifactId>{artifact}</artifactId>\n      \
             <version>{version}</version>\n{more}      <scope>compile</scope>\n    </dependency>\n"
        ))
    };
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  \
         <modelVersion>4.0.0</modelVersion>\n  <groupId>com.maig</groupId>\n  <artifactId>sdk</artifactId>\n  \
         <version>{}</version>\n  <packaging>aar</packaging>\n  <dependencies>\n{}{}{}  </dependencies>\n</project>\n",
        property(maven, "version")?,
        dependency("org.jetbrains.kotlin", "kotlin-stdlib", "kotlin.version", "")?,
        dependency("org.jetbrains.kotlinx", "kotlinx-coroutines-android", "kotlinx.coroutines.version", "")?,
        // JNA's jar has no libraries for Android; its AAR has.
        dependency("net.java.dev.jna", "jna", "jna.version", "      <type>aar</type>\n")?,
    ))
}

fn property<'a>(pom: &'a str, name: &str) -> Result<&'a str> {
    let value = pom.split(&format!("<{name}>")).nth(1).and_then(|rest| rest.split('<').next());
    value.with_context(|| format!("pom.xml has no <{name}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_an_ndk_it_says_what_to_install() {
        let error = tools(None).unwrap_err();
        assert!(
            error.downcast_ref::<Missing>().is_some_and(|missing| missing.0.contains("ANDROID_NDK_HOME"))
        );
        let error = build(&Options { ndk: Some("/nowhere".into()) }).unwrap_err();
        assert!(
            error.downcast_ref::<Missing>().is_some_and(|missing| missing.0.contains("/nowhere is no NDK"))
        );
    }

    #[test]
    fn the_pom_takes_its_versions_from_the_build() {
        let maven = "<version>1.2.3</version><kotlin.version>4</kotlin.version>\
                     <kotlinx.coroutines.version>5</kotlinx.coroutines.version><jna.version>6</jna.version>";
        let text = pom(maven).unwrap();
        assert!(text.contains(
            "<artifactId>sdk</artifactId>\n  <version>1.2.3</version>\n  <packaging>aar</packaging>"
        ));
        assert!(
            text.contains("<artifactId>jna</artifactId>\n      <version>6</version>\n      <type>aar</type>")
        );
        assert!(pom("<version>1</version>").is_err());
    }
}
