//! What the vendors took, the simulator takes: every recorded request that its vendor answered with 200.

use std::path::PathBuf;

use maig_sim::Sim;
use serde_json::Value;

use crate::client::send;

/// `$MAIG_CORPUS`, else beside the workspace; in CI it must be there.
fn corpus() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let place = std::env::var_os("MAIG_CORPUS").map_or(beside, PathBuf::from);
    if place.join("index.jsonl").is_file() {
        return Some(place);
    }
    assert!(std::env::var_os("MAIG_CI").is_none(), "there are no recordings at {}", place.display());
    #[expect(clippy::print_stderr, reason = "an absent corpus is said in one line")]
    {
        eprintln!("no recordings at {}: what the vendors took is not checked", place.display());
    }
    None
}

#[tokio::test]
async fn what_the_vendors_took_the_simulator_takes() {
    let Some(corpus) = corpus() else { return };
    let sim = Sim::start().await.unwrap();
    let index = std::fs::read_to_string(corpus.join("index.jsonl")).unwrap();
    let (mut taken, mut refused) = (0, Vec::new());
    for line in index.lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        if entry["status"] != 200 {
            continue;
        }
        let file = entry["file"].as_str().unwrap();
        let exchange: Value = serde_json::from_slice(&std::fs::read(corpus.join(file)).unwrap()).unwrap();
        let request = &exchange["request"];
        let Some(target) = target(&entry, request) else { continue };
        let version = request["headers"]["anthropic-version"].as_str().unwrap_or("2023-06-01");
        let headers = [
            ("authorization", "Bearer any"),
            ("api-key", "any"),
            ("x-goog-api-key", "any"),
            ("anthropic-version", version),
        ];
        let seen = send(sim.address(), &target, &headers, request["body"].to_string().as_bytes()).await;
        if seen.status == Some(200) {
            taken += 1;
        } else {
            refused.push(format!("{file}: {}", seen.text().chars().take(300).collect::<String>()));
        }
    }
    assert!(refused.is_empty(), "{} of {}:\n{}", refused.len(), refused.len() + taken, refused.join("\n"));
    assert!(taken > 600, "only {taken} recordings were read");
}

/// Where the simulator takes this recorded request, if it speaks that wire and the body is kept.
fn target(entry: &Value, request: &Value) -> Option<String> {
    request["body"].as_object()?;
    let provider = entry["provider"].as_str()?;
    match entry["endpoint"].as_str()? {
        "messages" => Some("/v1/messages".to_owned()),
        "chat.completions" => {
            let base = match provider {
                "openai" => String::new(),
                "mistral" | "azure" => format!("/{provider}"),
                _ => "/groq".to_owned(),
            };
            Some(format!("{base}/v1/chat/completions"))
        }
        "generateContent" | "streamGenerateContent" => {
            Some(format!("{}?{}", request["path"].as_str()?, request["query"].as_str().unwrap_or_default()))
        }
        _ => None,
    }
}
