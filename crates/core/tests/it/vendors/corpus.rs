//! The recorded exchanges of one provider and endpoint. They lie outside the repository; under `.ci/run` their absence
//! fails, elsewhere it is said in one line.

use std::path::PathBuf;

use serde_json::Value;

/// One recorded exchange.
pub(super) struct Recording {
    pub(super) file: String,
    pub(super) json: Value,
}

impl Recording {
    pub(super) fn status(&self) -> u64 {
        self.json["response"]["status"].as_u64().unwrap()
    }

    pub(super) fn body(&self) -> Option<&Value> {
        self.json["response"].get("body").filter(|body| !body.is_null())
    }

    pub(super) fn sse(&self) -> Option<&str> {
        self.json["response"]["sse"].as_str()
    }

    /// The `data:` objects of the stream, read in the plainest way.
    pub(super) fn stream_objects(&self) -> Vec<Value> {
        let lines = self.sse().unwrap().lines().filter_map(|line| line.strip_prefix("data:"));
        lines.map(|data| serde_json::from_str(data).unwrap()).collect()
    }
}

/// The recordings of `provider/endpoint`, in the order of their names.
pub(super) fn recordings(provider: &str, endpoint: &str) -> Vec<Recording> {
    let root = std::env::var_os("MAIG_CORPUS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        PathBuf::from,
    );
    let Ok(folder) = std::fs::read_dir(root.join(provider)) else {
        assert!(std::env::var_os("MAIG_CI").is_none(), "no corpus at {}", root.display());
        println!("no corpus at {}: recordings of {provider} not replayed", root.display());
        return Vec::new();
    };
    let mut found: Vec<Recording> = folder
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(&format!("{endpoint}__")))
        .map(|path| Recording {
            file: format!("{provider}/{}", path.file_name().unwrap().to_string_lossy()),
            json: serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap(),
        })
        .collect();
    found.sort_by(|a, b| a.file.cmp(&b.file));
    assert!(!found.is_empty(), "no {provider}/{endpoint} in the corpus");
    found
}
