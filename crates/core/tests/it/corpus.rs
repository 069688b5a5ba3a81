//! Recorded exchanges with real providers: where they lie and how they are read. They are no part of the repository.

use std::path::PathBuf;

use serde_json::Value;

/// The folder of recordings; `None` when it is absent, which fails in CI and is said in one line elsewhere.
pub(crate) fn folder() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus");
    let folder = std::env::var_os("MAIG_CORPUS").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if folder.join("index.jsonl").is_file() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("MAIG_CI").is_none(),
        "no recorded exchanges in {}; set MAIG_CORPUS",
        folder.display()
    );
    println!("no recorded exchanges in {}: this test saw none (set MAIG_CORPUS)", folder.display());
    None
}

/// The lines of the index: id, file, provider, endpoint, model, status, tags.
pub(crate) fn index() -> Vec<Value> {
    let Some(folder) = folder() else { return Vec::new() };
    let text = std::fs::read_to_string(folder.join("index.jsonl")).expect("the index is readable");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of the index is JSON")).collect()
}

/// One exchange of the index.
pub(crate) fn exchange(line: &Value) -> Value {
    let file = folder().expect("the index was read from it").join(text(line, "file"));
    serde_json::from_slice(&std::fs::read(&file).expect("a recording is readable"))
        .expect("a recording is JSON")
}

pub(crate) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}
