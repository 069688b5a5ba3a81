//! Makes the dashboard's wasm, styles and page into the files of `dashboard/dist`: hashed names, compressed beforehand,
//! and their bytes counted. It must never be needed to build or run the gateway, nor rewrite what a page says.
//!
//! usage: maig-dashboard-bundle WASM DASHBOARD-FOLDER [--quick]

mod compress;
mod css;
mod report;
mod split;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::compress::Effort;

/// The id of sections that say nothing a browser must know.
const CUSTOM_SECTION: u8 = 0;

/// What a first visit loads, and what comes when it is asked for.
struct Bundle {
    first: Vec<Made>,
    later: Vec<Made>,
}

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
    let made = bundle(Path::new(wasm), &folder, effort)?;
    write(&folder.join("dist"), &made, effort)
}

fn bundle(wasm: &Path, folder: &Path, effort: Effort) -> Result<Bundle> {
    let split = split::split(wasm)?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes("maig", split.main)
        .out_name("maig")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true);
    // Names of functions are worth their bytes only to who looks for a panic.
    bindgen.remove_name_section(effort == Effort::Best).remove_producers_section(true);
    // The parts import the first file's table and memory.
    bindgen.keep_lld_exports(true);
    let mut bound = bindgen.generate_output().context("wasm-bindgen cannot read the wasm")?;
    let theirs = bound.snippets().iter().find(|(_, scripts)| !scripts.is_empty()).map(|(name, _)| name);
    if let Some(name) = theirs.or_else(|| bound.local_modules().keys().next()) {
        bail!("{name} brings JavaScript of its own, and the page loads one script: leave that crate out");
    }
    let wasm = hashed("assets/maig", "wasm", bound.wasm_mut().emit_wasm());
    // Inline scripts are forbidden by the page's policy, so the glue starts the program itself.
    let start =
        format!("\n__wbg_init({{ module_or_path: new URL({:?}, import.meta.url) }});\n", name_of(&wasm.path));
    let mut loader = split.loader;
    let mut parts = Vec::new();
    for (name, bytes) in split.parts {
        let part = hashed("assets/part", "wasm", stripped(&bytes)?);
        loader = replaced(&loader, &name, name_of(&part.path))?;
        parts.push(part);
    }
    // The two scripts name each other, so the hash of both is in the name of both.
    let js = bound.js().to_owned() + &start;
    let hash = hash(&[js.as_bytes(), loader.as_bytes()].concat());
    let (main_name, loader_name) = (format!("maig-{hash}.js"), format!("parts-{hash}.js"));
    // Only where it is loaded: the wasm goes on calling it by its old name.
    let from = |name: &str| format!("from \"./{name}\"");
    let js = replaced(&js, &from(split::LOADER), &from(&loader_name))?.into_bytes();
    let js = Made { path: format!("assets/{main_name}"), bytes: js };
    let loader = replaced(&loader, split::MAIN, &main_name)?.into_bytes();
    let loader = Made { path: format!("assets/{loader_name}"), bytes: loader };
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
    Ok(Bundle { first: vec![page, theme, js, loader, wasm, css, icon], later: parts })
}

/// A name that changes with the content, so that browsers may keep the file for ever.
fn hashed(stem: &str, extension: &str, bytes: Vec<u8>) -> Made {
    Made { path: format!("{stem}-{}.{extension}", hash(&bytes)), bytes }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// A script with another name in place of one that it must know.
fn replaced(script: &str, name: &str, other: &str) -> Result<String> {
    if !script.contains(name) {
        bail!("a script does not load {name}");
    }
    Ok(script.replace(name, other))
}

/// A part without the names of its functions; wasm-bindgen does the same for the first file.
fn stripped(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = wasm_encoder::Module::new();
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        let Some((id, range)) = payload?.as_section().filter(|(id, _)| *id != CUSTOM_SECTION) else {
            continue;
        };
        let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
        module.section(&wasm_encoder::RawSection { id, data: &wasm[range] });
    }
    Ok(module.finish())
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn write(dist: &Path, bundle: &Bundle, effort: Effort) -> Result<()> {
    // What an older build left would be embedded too.
    if dist.exists() {
        fs::remove_dir_all(dist).with_context(|| format!("cannot clear {}", dist.display()))?;
    }
    fs::create_dir_all(dist.join("assets"))?;
    let first = bundle.first.iter().map(|made| (made, true));
    let mut rows = Vec::new();
    for (made, is_first) in first.chain(bundle.later.iter().map(|made| (made, false))) {
        let path = dist.join(&made.path);
        fs::write(&path, &made.bytes).with_context(|| format!("cannot write {}", path.display()))?;
        let mut row = report::Row {
            name: made.path.clone(),
            is_first,
            raw: made.bytes.len(),
            gzip: None,
            brotli: None,
        };
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
