//! The SDKs' own commands: their generated code, their suites, and what is shipped to phones.
//! Nothing here may decide what an SDK does: that is maig-client's.
//!
//! Reading order: `bindings` and `generated` (the code in the tree), `swift` and `kotlin` (the suites) over `world`,
//! `tally`, `article` and `recipe`; `ios`, `android` and `aar` (what is shipped); `figures` (what it costs).

mod aar;
pub(crate) mod android;
mod article;
pub(crate) mod bindings;
pub(crate) mod figures;
mod generated;
pub(crate) mod ios;
pub(crate) mod kotlin;
mod recipe;
pub(crate) mod swift;
mod tally;
mod world;

use std::path::PathBuf;

use anyhow::Result;

use crate::cargo::{cargo, target};
use crate::command;

/// Something that this machine lacks, and without which a command makes no sense. xtask then exits with 2.
#[derive(Debug)]
pub(crate) struct Missing(pub String);

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

/// Builds the library as phones get it, for this machine, and gives its folder.
fn library() -> Result<PathBuf> {
    command::run(cargo(&["build", "--locked", "--profile", "mobile", "--package", "maig-ffi"]))?;
    Ok(target()?.join("mobile"))
}
