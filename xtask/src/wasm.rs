//! The compiler for wasm32: the installed toolchain's, or another that this machine has. It must never install anything.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::cargo::{Metadata, cargo};
use crate::{command, workspace};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A call of cargo for wasm32, and the folder in which it builds.
pub(crate) struct WasmCargo {
    pub command: Command,
    pub target_dir: PathBuf,
}

/// `cargo ARGS… --target wasm32-unknown-unknown`.
pub(crate) fn wasm_cargo(args: &[&str]) -> Result<WasmCargo> {
    let mut command = cargo(args);
    command.args(["--target", TARGET]);
    let mut target_dir = PathBuf::from(Metadata::read()?.target_directory);
    if let Compiler::Other(rustc) = compiler()? {
        // Two compilers must not share a cache: cargo would rebuild everything at each change of hands.
        target_dir.push("wasm");
        command.env("RUSTC", rustc).env("CARGO_TARGET_DIR", &target_dir);
    }
    Ok(WasmCargo { command, target_dir })
}

enum Compiler {
    Own,
    Other(OsString),
}

/// The installed toolchain if it has the target, else the compiler that `.ci/wasm-rustc.sh` makes.
fn compiler() -> Result<Compiler> {
    if let Some(rustc) = std::env::var_os("WASM_RUSTC") {
        return Ok(Compiler::Other(rustc));
    }
    let mut libdir = Command::new("rustc");
    libdir.args(["--print", "target-libdir", "--target", TARGET]).current_dir(workspace::root());
    if PathBuf::from(command::output(libdir)?.trim()).is_dir() {
        return Ok(Compiler::Own);
    }
    if let Some(home) = std::env::var_os("HOME") {
        let made = PathBuf::from(home).join(".cache/maig/wasm");
        if made.join("ok").is_file() {
            return Ok(Compiler::Other(made.join("rustc").into()));
        }
    }
    bail!(
        "this Rust has no {TARGET}; get it with: rustup target add {TARGET}   (on Debian without a network but its \
         packages: export WASM_RUSTC=$(.ci/wasm-rustc.sh))"
    )
}
