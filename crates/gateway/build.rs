//! Puts the dashboard into the binary, if `cargo xtask dashboard` has built it. A gateway is complete without it, so it
//! must never build the dashboard itself. A debug build embeds nothing: it reads the folder when it starts.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let dist =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../dashboard/dist");
    let mut table = String::from("&[\n");
    if env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_some() {
        writeln!(io::stdout(), "cargo::rerun-if-changed=build.rs")?;
    } else {
        // Cargo would run this at every build while the folder is missing. Where it cannot be made, it will not come.
        let _ = fs::create_dir_all(&dist);
        writeln!(io::stdout(), "cargo::rerun-if-changed={}", dist.display())?;
        rows(&dist, &dist, &mut table)?;
    }
    table.push_str("]\n");
    fs::write(PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("dashboard.rs"), table)
}

/// `("assets/maig.js", include_bytes!("/…/assets/maig.js")),` for each file.
fn rows(dist: &Path, folder: &Path, table: &mut String) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rows(dist, &path, table)?;
        } else {
            let name = path.strip_prefix(dist).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let _ = writeln!(table, "({name:?}, include_bytes!({:?})),", path.canonicalize()?);
        }
    }
    Ok(())
}
