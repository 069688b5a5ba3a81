//! Compilers for other machines than this one, wasm32 and Android: the installed toolchain's, or another that this machine
//! has. It must never install anything.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::{Metadata, cargo};
use crate::{command, workspace};

/// A kind of machine, and how one gets a compiler for it.
pub(crate) struct Cross {
    /// As Rust names it.
    pub target: &'static str,
    /// Names a compiler; goes before all others.
    variable: &'static str,
    /// Makes a compiler on a Debian machine, and prints where it is.
    script: &'static str,
    /// What is there once it was made, below the user's cache folder.
    made: &'static str,
}

pub(crate) const WASM: Cross = Cross {
    target: "wasm32-unknown-unknown",
    variable: "WASM_RUSTC",
    script: ".ci/wasm-rustc.sh",
    made: "maig/wasm/ok",
};

pub(crate) const ANDROID: Cross = Cross {
    target: "aarch64-linux-android",
    variable: "ANDROID_RUSTC",
    script: ".ci/android-rustc.sh",
    made: "maig/wasm/root/usr/lib/rustlib/aarch64-linux-android/lib/ok",
};

/// The one compiler that both scripts make.
const MADE: &str = "maig/wasm/rustc";

/// A call of cargo for another machine, and the folder in which it builds.
pub(crate) struct CrossCargo {
    pub command: Command,
    pub target_dir: PathBuf,
}

impl Cross {
    /// `cargo ARGS… --target TARGET`.
    pub(crate) fn cargo(&self, args: &[&str]) -> Result<CrossCargo> {
        let mut command = cargo(args);
        command.args(["--target", self.target]);
        let mut target_dir = PathBuf::from(Metadata::read()?.target_directory);
        if let Compiler::Other(rustc) = self.compiler()? {
            // Two compilers must not share a cache: cargo would rebuild everything at each change of hands.
            target_dir.push("wasm");
            command.env("RUSTC", rustc).env("CARGO_TARGET_DIR", &target_dir);
        }
        Ok(CrossCargo { command, target_dir })
    }

    /// The one that is named, the installed toolchain if it has the target, else the one that the script made.
    fn compiler(&self) -> Result<Compiler> {
        if let Some(rustc) = std::env::var_os(self.variable) {
            return Ok(Compiler::Other(rustc));
        }
        let mut libdir = Command::new("rustc");
        libdir.args(["--print", "target-libdir", "--target", self.target]).current_dir(workspace::root());
        if PathBuf::from(command::output(libdir)?.trim()).is_dir() {
            return Ok(Compiler::Own);
        }
        if let Some(cache) = cache()
            && cache.join(self.made).is_file()
        {
            return Ok(Compiler::Other(cache.join(MADE).into()));
        }
        let Self { target, variable, script, .. } = self;
        bail!(
            "this Rust has no {target}; get it with: rustup target add {target}   (on Debian without a network but its \
             packages: export {variable}=$({script}))"
        )
    }
}

enum Compiler {
    Own,
    Other(OsString),
}

/// The user's cache folder, where the scripts of `.ci` put what they make.
pub(crate) fn cache() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
}

/// A C compiler and archiver for a check, which links nothing and runs nothing: it writes empty objects. What a crate has
/// of C for Android needs an NDK, and a check does not look at it.
pub(crate) fn no_c_compiler(folder: &Path) -> Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let program = folder.join("no-cc");
    let text = "#!/bin/sh\n# Made by xtask: a C compiler that writes empty objects, for `cargo check`.\n\
                for word; do\n  case $before$word in -o?*) : > \"${word#-o}\" ;; esac\n  before=\n  \
                [ \"$word\" = -o ] && before=-o\ndone\nexit 0\n";
    std::fs::write(&program, text).with_context(|| program.display().to_string())?;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_of_no_c_writes_the_objects_that_it_is_asked_for() {
        let folder = std::env::temp_dir().join(format!("maig-no-cc-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let compiler = no_c_compiler(&folder).unwrap();
        for (words, made) in [(&["-c", "a.c", "-o", "a.o", "-Wall"][..], "a.o"), (&["-ob.o", "b.c"], "b.o")] {
            command::run({
                let mut call = Command::new(&compiler);
                call.args(words).current_dir(&folder);
                call
            })
            .unwrap();
            assert!(folder.join(made).is_file(), "{words:?}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
