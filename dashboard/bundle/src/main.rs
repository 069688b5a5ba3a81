//! Makes the dashboard's wasm, styles and page into the files of `dashboard/dist`: hashed names, compressed beforehand,
//! and their bytes counted. It must never be needed to build or run the gateway, nor rewrite what a page says.
//!
//! usage: maig-dashboard-bundle WASM DASHBOARD-FOLDER [--quick]

mod compress;
mod css;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::compress::Effort;

/// One file of the result.
struct Made {
    /// Relative to `dist`.
    path: String,
    bytes: Vec<u8>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::fault(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let (wasm, folder, effort) = match args.as_slice() {
        [wasm, folder] => (wasm, folder, Effort::Best),
        [wasm, folder, quick] if quick == "--quick" => (wasm, folder, Effort::Quick),
        _ => bail!("usage: maig-dashboard-bundle WASM DASHBOARD-FOLDER [--quick]"),
    };
    let folder = PathBuf::from(folder);
    let files = bundle(Path::new(wasm), &folder, effort)?;
    write(&folder.join("dist"), &files, effort)
}

fn bundle(wasm: &Path, folder: &Path, effort: Effort) -> Result<Vec<Made>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name("maig").web(true)?.typescript(false).omit_default_module_path(true);
    // Names of functions are worth their bytes only to who looks for a panic.
    bindgen.remove_name_section(effort == Effort::Best).remove_producers_section(true);
    let mut bound = bindgen.generate_output().context("wasm-bindgen cannot read the wasm")?;
    let theirs = bound.snippets().iter().find(|(_, scripts)| !scripts.is_empty()).map(|(name, _)| name);
    if let Some(name) = theirs.or_else(|| bound.local_modules().keys().next()) {
        bail!("{name} brings JavaScript of its own, and the page loads one script: leave that crate out");
    }
    let wasm = hashed("assets/maig", "wasm", bound.wasm_mut().emit_wasm());
    // Inline scripts are forbidden by the page's policy, so the glue starts the program itself.
    let start =
        format!("\n__wbg_init({{ module_or_path: new URL({:?}, import.meta.url) }});\n", name_of(&wasm.path));
    let js = hashed("assets/maig", "js", (bound.js().to_owned() + &start).into_bytes());
    let css = hashed("assets/maig", "css", css::collect(folder)?.into_bytes());
    let icon = hashed("assets/icon", "svg", read(&folder.join("icon.svg"))?.into_bytes());
    let theme = hashed("assets/theme", "js", read(&folder.join("theme.js"))?.into_bytes());

    let mut page = read(&folder.join("index.html"))?;
    for (mark, made) in
        [("{{js}}", &js), ("{{css}}", &css), ("{{wasm}}", &wasm), ("{{icon}}", &icon), ("{{theme}}", &theme)]
    {
        if !page.contains(mark) {
            bail!("index.html does not load {mark}");
        }
        page = page.replace(mark, &made.path);
    }
    let page = Made { path: "index.html".to_owned(), bytes: page.into_bytes() };
    Ok(vec![page, theme, js, wasm, css, icon])
}

/// A name that changes with the content, so that browsers may keep the file for ever.
fn hashed(stem: &str, extension: &str, bytes: Vec<u8>) -> Made {
    let digest = Sha256::digest(&bytes);
    let hash: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    Made { path: format!("{stem}-{hash}.{extension}"), bytes }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn write(dist: &Path, files: &[Made], effort: Effort) -> Result<()> {
    // What an older build left would be embedded too.
    if dist.exists() {
        fs::remove_dir_all(dist).with_context(|| format!("cannot clear {}", dist.display()))?;
    }
    fs::create_dir_all(dist.join("assets"))?;
    let mut rows = Vec::new();
    for made in files {
        let path = dist.join(&made.path);
        fs::write(&path, &made.bytes).with_context(|| format!("cannot write {}", path.display()))?;
        let mut row =
            report::Row { name: made.path.clone(), raw: made.bytes.len(), gzip: None, brotli: None };
        // The page is compressed by nobody: the gateway writes its own address into it.
        if made.path != "index.html" {
            let (brotli, gzip) =
                (compress::brotli(&made.bytes, effort)?, compress::gzip(&made.bytes, effort)?);
            row.brotli = Some(brotli.len());
            row.gzip = Some(gzip.len());
            fs::write(dist.join(format!("{}.br", made.path)), brotli)?;
            fs::write(dist.join(format!("{}.gz", made.path)), gzip)?;
        }
        rows.push(row);
    }
    report::table(&rows, effort)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
