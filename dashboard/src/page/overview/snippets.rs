//! The request of the fourth step, as one pastes it: base URL and route filled in, and the key where it was made just now;
//! else it is put in by who has it.

use leptos::prelude::*;

use crate::api::use_api;
use crate::ui::{Code, Tabs};

const LANGUAGES: [(&str, &str); 4] =
    [("curl", "curl"), ("swift", "Swift"), ("kotlin", "Kotlin"), ("python", "Python")];

/// Where a key belongs: a project key is shown once, right after it was made.
const KEY: &str = "maig_live_…";

#[component]
pub fn Snippets(
    #[prop(into)] route: Signal<Option<String>>,
    /// The key itself, where it is on the screen anyway.
    #[prop(optional, into)]
    key: Option<String>,
) -> impl IntoView {
    let language = RwSignal::new("curl".to_owned());
    let base = use_api().session.apps_url();
    let own = key.clone();
    let text = Signal::derive(move || {
        let route = route.get().unwrap_or_else(|| "production-chat".to_owned());
        snippet(&language.get(), &base, &route, own.as_deref().unwrap_or(KEY))
    });
    view! {
        <Tabs label="Language" tabs=LANGUAGES.to_vec() chosen=language>
            <Code text label="The request"/>
        </Tabs>
        {key.is_none().then(|| view! { <p class="small faint">"Put your project key in place of " <code>{KEY}</code> "."</p> })}
    }
}

/// A route's name is letters, digits and a few marks, so it needs no escaping in any of these languages.
fn snippet(language: &str, base: &str, route: &str, key: &str) -> String {
    match language {
        "swift" => format!(
            "import AIGatewaySDK\n\n\
             let client = AIGatewayClient(apiKey: \"{key}\", baseURL: \"{base}\")\n\
             let response = try await client.generateText(\n    prompt: \"Say hello.\",\n    \
             options: GenerateOptions(model: \"{route}\")\n)"
        ),
        "kotlin" => format!(
            "import com.maig.sdk.AIGatewayClient\nimport com.maig.sdk.GenerateOptions\n\n\
             val client = AIGatewayClient(apiKey = \"{key}\", baseUrl = \"{base}\")\n\
             val response = client.generateText(\n    prompt = \"Say hello.\",\n    \
             options = GenerateOptions(model = \"{route}\")\n)"
        ),
        "python" => format!(
            "from openai import OpenAI\n\n\
             client = OpenAI(base_url=\"{base}/v1\", api_key=\"{key}\")\n\
             answer = client.chat.completions.create(\n    model=\"{route}\",\n    \
             messages=[{{\"role\": \"user\", \"content\": \"Say hello.\"}}],\n)\n\
             print(answer.choices[0].message.content)"
        ),
        _ => format!(
            "curl -i {base}/v1/chat/completions \\\n  -H 'Authorization: Bearer {key}' \\\n  \
             -H 'Content-Type: application/json' \\\n  \
             -d '{{\"model\": \"{route}\", \"messages\": [{{\"role\": \"user\", \"content\": \"Say hello.\"}}]}}'"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_calls_the_route_at_this_gateway() {
        for (language, _) in LANGUAGES {
            let text = snippet(language, "https://ai.example.com/maig", "production-chat", KEY);
            assert!(text.contains("https://ai.example.com/maig"), "{text}");
            assert!(text.contains("production-chat") && text.contains(KEY), "{text}");
        }
        assert!(snippet("curl", "http://h", "r", KEY).ends_with("\"content\": \"Say hello.\"}]}'"));
    }
}
