//! Makes a provider's words fit to be shown to an app's developer: no key, not even a masked one, and no URL, which
//! may be the operator's own. When in doubt it removes.

/// Longer than any error that says something; an error may quote a whole prompt.
const LONGEST: usize = 1_000;

/// How keys begin. A word that begins so is removed however short it is, since vendors show keys masked.
const KEY_STARTS: &[&str] = &[
    "sk-",
    "sk_",
    "pk-",
    "rk-",
    "gsk_",
    "xai-",
    "AIza",
    "ya29.",
    "eyJ",
    "hf_",
    "pplx-",
    "csk-",
    "tgp_",
    "nvapi-",
    "AKIA",
    "ASIA",
    "ghp_",
    "github_pat_",
    "maig_",
    "r8_",
    "fw_",
];

/// What stands before a key in an error text, lowercase.
const KEY_FOLLOWS: &[&str] = &[
    "api key provided: ",
    "api key: ",
    "api_key: ",
    "apikey: ",
    "api-key: ",
    "api key=",
    "api_key=",
    "apikey=",
    "key=",
    "access token: ",
    "bearer ",
    "authorization: ",
    "password: ",
    "secret: ",
];

/// Ids that developers look for and that open nothing.
const HARMLESS_STARTS: &[&str] = &[
    "call_",
    "toolu_",
    "tooluse_",
    "msg_",
    "req_",
    "resp_",
    "chatcmpl-",
    "gen-",
    "rs_",
    "fc_",
    "file-",
    "file_",
];

/// The text without keys and URLs, and not longer than a text that is read.
pub fn scrub(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    let mut rest = text;
    while !rest.is_empty() {
        if out.len() >= LONGEST {
            let end =
                out.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST).last().unwrap_or(0);
            out.truncate(end);
            out.push('…');
            break;
        }
        let len = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        if len == 0 {
            let Some(c) = rest.chars().next() else { break };
            out.push(if c.is_control() && c != '\n' { ' ' } else { c });
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let (word, after) = rest.split_at(len);
        if let Some(end) = url_end(rest) {
            out.push_str("[link]");
            rest = &rest[end..];
            continue;
        }
        let (core, tail) = word.split_at(word.trim_end_matches(['.', '-', '…']).len());
        if is_key(core) || follows_key_word(&out) {
            out.push_str("[key]");
        } else {
            out.push_str(core);
        }
        out.push_str(tail);
        rest = after;
    }
    out
}

/// Characters that keys are made of, and those that mask them.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '*' | '…' | '•' | '+' | '~')
}

/// Where the URL ends that the text begins with: one with a scheme, or a host name and a path.
fn url_end(text: &str) -> Option<usize> {
    let word = text.find(|c| !is_word(c)).unwrap_or(text.len());
    let has_scheme = text[word..].starts_with("://");
    let host = &text[..word];
    let is_host = text[word..].starts_with('/')
        && host.rsplit_once('.').is_some_and(|(name, top)| {
            name.contains('.') && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic())
        });
    if !has_scheme && !is_host {
        return None;
    }
    let end =
        text.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | ')' | ']' | '}'));
    let url = &text[..end.unwrap_or(text.len())];
    Some(url.trim_end_matches(['.', ',', ';', ':', '!', '?']).len())
}

fn is_key(word: &str) -> bool {
    if HARMLESS_STARTS.iter().any(|start| word.starts_with(start)) {
        return false;
    }
    let masked = word.contains("**") || word.contains('•') || word.trim_matches('…').contains('…');
    let named = KEY_STARTS.iter().any(|start| word.len() > start.len() && word.starts_with(start));
    // A long run of mixed letters and digits is nobody's word.
    let opaque = word.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| {
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        run.len() >= 20 && digits >= 3 && digits < run.len()
    });
    masked || named || opaque
}

fn follows_key_word(before: &str) -> bool {
    let from = before.len().saturating_sub(24);
    let from = (from..=before.len()).find(|at| before.is_char_boundary(*at)).unwrap_or(before.len());
    let tail = before[from..].to_ascii_lowercase();
    KEY_FOLLOWS.iter().any(|words| tail.ends_with(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_urls_go_and_the_rest_stays() {
        let check = |text: &str, expect: &str| assert_eq!(scrub(text), expect);
        check(
            "Incorrect API key provided: sk-fake-key. You can find your API key at https://platform.openai.com/account/api-keys.",
            "Incorrect API key provided: [key]. You can find your API key at [link].",
        );
        check("Incorrect API key provided: sk-. You", "Incorrect API key provided: [key]-. You");
        check("Incorrect API key provided: test-con****-key.", "Incorrect API key provided: [key].");
        check("Your api key: ****-key is invalid", "Your api key: [key] is invalid");
        check("Incorrect API key provided: ***********. You", "Incorrect API key provided: [key]. You");
        check("bad Bearer abc123, sorry", "bad Bearer [key], sorry");
        check("got AIzaSyA-1234567890 there", "got [key] there");
        check("key 7f3d9a1b2c4e5f60718293a4b5c6d7e8 is bad", "key [key] is bad");
        check("Post \"http://10.0.0.7:9001/v1/chat?key=s3\": refused", "Post \"[link]\": refused");
        check(
            "metric: generativelanguage.googleapis.com/generate_content, limit: 5",
            "metric: [link], limit: 5",
        );
        check(
            "This model's maximum context length is 1048565 tokens. However, you requested 1250025 tokens",
            "This model's maximum context length is 1048565 tokens. However, you requested 1250025 tokens",
        );
        check(
            "The model `gpt-3.5-turbo-0613` has been deprecated",
            "The model `gpt-3.5-turbo-0613` has been deprecated",
        );
        check(
            "model claude-3-5-sonnet-20241022 and meta-llama/llama-3.3-70b",
            "model claude-3-5-sonnet-20241022 and meta-llama/llama-3.3-70b",
        );
        check("tool call call_AbCdEfGhIjKlMnOpQrStUv12", "tool call call_AbCdEfGhIjKlMnOpQrStUv12");
        check("(ref: 96164522-08b2-4cbf-886e-e5a38961a688)", "(ref: 96164522-08b2-4cbf-886e-e5a38961a688)");
        check("a\tb\u{0}c\nd", "a b c\nd");
        check("十分な残高がありません…", "十分な残高がありません…");
    }

    #[test]
    fn a_quoted_prompt_is_cut_between_characters() {
        let long = "é ".repeat(5_000);
        let short = scrub(&long);
        assert!(short.len() <= LONGEST + 4 && short.ends_with('…'), "{}", short.len());
    }
}
