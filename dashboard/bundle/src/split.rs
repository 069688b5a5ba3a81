//! Cuts the wasm into what a first visit loads and the parts that follow (`dashboard/src/part.rs` says which). It must be
//! done before wasm-bindgen, which knows the first file only.

use std::path::Path;
use std::{env, fs, process};

use anyhow::{Context, Result, anyhow};
use wasm_split_cli_support::{Options, transform};

/// What the script that loads the parts is called before its name is hashed; the first file asks for it by this name.
pub(crate) const LOADER: &str = "__wasm_split.js";
/// What that script calls the script of the first file.
pub(crate) const MAIN: &str = "__maig.js";

pub(crate) struct Split {
    /// The first file, for wasm-bindgen.
    pub main: Vec<u8>,
    /// The script that loads the parts.
    pub loader: String,
    /// Names as the loader has them, and contents.
    pub parts: Vec<(String, Vec<u8>)>,
}

pub(crate) fn split(wasm: &Path) -> Result<Split> {
    let input = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let folder = env::temp_dir().join(format!("maig-split-{}", process::id()));
    let split = split_in(&folder, &input);
    fs::remove_dir_all(&folder).ok();
    split
}

fn split_in(folder: &Path, input: &[u8]) -> Result<Split> {
    let main = folder.join("main.wasm");
    let (link, module) = (format!("./{LOADER}"), format!("./{MAIN}"));
    let mut options = Options::new(input);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = &link;
    options.main_module = &module;
    let made = transform(options).map_err(|error| anyhow!("the wasm cannot be split: {error:#}"))?;
    let mut parts = Vec::new();
    for path in made.split_modules {
        let name = path.file_name().and_then(|name| name.to_str()).context("a part has no name")?;
        parts.push((name.to_owned(), fs::read(&path)?));
    }
    parts.sort();
    Ok(Split { main: fs::read(&main)?, loader: fs::read_to_string(folder.join(LOADER))?, parts })
}
