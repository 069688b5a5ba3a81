//! Writes the Swift and Kotlin sides of maig-ffi, from what the macros left in the built library. A crate of its own, so
//! that xtask stays quick to build. It must never build the library itself: xtask knows which one is meant.

use anyhow::Result;
use camino::Utf8PathBuf;
use clap::{Parser, ValueEnum};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

/// Writes the Swift or Kotlin side of maig-ffi.
#[derive(Parser)]
struct Options {
    #[arg(long, value_enum)]
    language: Language,
    /// A built `libmaig_ffi`: `.so`, `.dylib` or `.a`. Of the profile `mobile` the `.a`, since its `.so` has no symbols
    #[arg(long)]
    library: Utf8PathBuf,
    /// The folder to write into
    #[arg(long)]
    out: Utf8PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    Swift,
    Kotlin,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let language = match options.language {
        Language::Swift => TargetLanguage::Swift,
        Language::Kotlin => TargetLanguage::Kotlin,
    };
    generate(GenerateOptions {
        languages: vec![language],
        source: options.library,
        out_dir: options.out,
        ..GenerateOptions::default()
    })
}
