//! The worst provider there is: it puts the credential that it was sent, and the address, into everything it says.
//! What it says is named by the model: `echo-401`, `echo-sse-after`, …

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use serde_json::json;

/// The token that it gives to a service account.
pub(super) const ACCESS_TOKEN: &str = "plainly-spoken-access-token-of-vertex";

/// Headers that may hold a credential.
const CREDENTIALS: &[&str] = &["authorization", "x-api-key", "api-key", "x-goog-api-key", "x-extra-canary"];

/// Starts it; gives its address, `127.0.0.1:PORT`.
pub(super) fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            std::thread::spawn(move || drop(serve(socket)));
        }
    });
    address
}

fn serve(mut socket: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(socket.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let mut body = vec![0; header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body);
    let path = head.split(' ').nth(1).unwrap_or_default();
    let sent: Vec<String> = CREDENTIALS.iter().filter_map(|name| header(name)).collect();
    let host = header("host").unwrap_or_default();
    let bare: Vec<&str> = sent.iter().map(|value| value.trim_start_matches("Bearer ")).collect();
    let said = Said {
        words: format!("{} at http://{host}{path}", sent.join(" ")),
        code: bare.join(" "),
        about_key: head.contains("event-stream"),
    };
    let answer = if path == "/token" {
        whole("200 OK", "", &json!({"access_token": ACCESS_TOKEN, "expires_in": 3600}).to_string())
    } else if path.starts_with("/no-token") {
        whole(
            "400 Bad Request",
            "",
            &json!({"error": "invalid_grant", "error_description": body}).to_string(),
        )
    } else if path.contains("/models") && head.starts_with("GET") {
        whole("401 Unauthorized", &said.headers(), &said.error(path))
    } else {
        said.answer(path, &case(&format!("{path} {body}")))
    };
    socket.write_all(answer.as_bytes())
}

/// What follows `echo-` in the model's name.
fn case(text: &str) -> String {
    let rest = text.split_once("echo-").map_or("", |(_, rest)| rest);
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

struct Said {
    words: String,
    code: String,
    about_key: bool,
}

impl Said {
    fn answer(&self, path: &str, case: &str) -> String {
        let stream = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n";
        let stream = format!("{stream}{}\r\n", self.headers());
        match case {
            "plain" => whole("500 Oops", &self.headers(), &self.words),
            "not-json" => whole("200 OK", &self.headers(), &format!("{{{}", self.words)),
            "error-in-200" => whole("200 OK", &self.headers(), &self.error(path)),
            "redirect" => {
                whole("302 Found", &format!("location: http://127.0.0.1:1/?key={}\r\n", self.code), "")
            }
            "closed" => String::new(),
            "not-http" => format!("220 {}\r\n", self.words),
            "sse-before" => format!("{stream}{}", self.error_event(path)),
            "sse-after" => format!("{stream}{}{}", content(path), self.error_event(path)),
            "sse-cut" => format!("{stream}: {}\n\n{}", self.words, content(path)),
            "sse-not-json" => format!("{stream}data: {}\n\n", self.words),
            status => whole(&format!("{status} {}", self.code), &self.headers(), &self.error(path)),
        }
    }

    fn headers(&self) -> String {
        let names =
            ["x-request-id", "request-id", "retry-after", "www-authenticate", "x-ratelimit-reset", "via"];
        names.iter().map(|name| format!("{name}: {}\r\n", self.code)).collect()
    }

    /// An error object whose every field holds what was received, the way the path's wire has it.
    fn error(&self, path: &str) -> String {
        let Self { words, code, .. } = self;
        // Half of the errors do not speak of a key, and so go through to the app as the provider's own.
        let first = if self.about_key { "Incorrect API key provided: " } else { "Bad parameter, I got " };
        let message = format!("{first}{code}. I was sent {words}; again, {code} is no good");
        let details = json!([{"reason": code, "domain": words, "metadata": {"key": code}}]);
        let error = json!({"message": message, "type": code, "code": code, "param": code, "status": code, "details": details});
        match path.contains("/messages") {
            true => json!({"type": "error", "error": error, "request_id": code}).to_string(),
            false => json!({"error": error}).to_string(),
        }
    }

    fn error_event(&self, path: &str) -> String {
        let name = if path.contains("/messages") { "event: error\n" } else { "" };
        format!("{name}data: {}\n\n", self.error(path))
    }
}

/// The first words of an answer, on the path's wire.
fn content(path: &str) -> String {
    if path.contains("/messages") {
        let start = json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": {"input_tokens": 1, "output_tokens": 1}}});
        let block =
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}});
        let delta = json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}});
        return format!(
            "event: message_start\ndata: {start}\n\nevent: content_block_start\ndata: {block}\n\nevent: content_block_delta\ndata: {delta}\n\n"
        );
    }
    if path.contains("enerateContent") {
        let part =
            json!({"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": "Hello"}]}}]});
        return format!("data: {part}\n\n");
    }
    let chunk = json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hello"}, "finish_reason": null}]});
    format!("data: {chunk}\n\n")
}

fn whole(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}
