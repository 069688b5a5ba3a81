//! Serves the dashboard's files: static, compressed when they were built, under a policy that runs no other script. It
//! must never answer for a path of an API, nor hold anything that not everybody may read.
//!
//! A reverse proxy may put MAIG under a path of its host: it strips that path, and `MAIG_PUBLIC_URL` names it, from where
//! it comes into the page's `<base>`; all addresses in the page are relative to it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH,
    VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use sha2::{Digest, Sha256};

use crate::settings::Settings;

/// What `build.rs` found: paths relative to `dashboard/dist`.
static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/dashboard.rs"));

const PAGE: &str = "index.html";
const PAGE_CACHE: &str = "no-cache";
/// A hashed name never means other bytes.
const ASSET_CACHE: &str = "public, max-age=31536000, immutable";
/// What the page's `<base>` is built with; the server puts its own path there.
const BASE: &str = "<base href=\"/\">";

const WITHOUT: &str = include_str!("without.html");

/// `'wasm-unsafe-eval'` allows WebAssembly to be compiled, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    // The set-up link holds a token.
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
];

/// The files, ready to be sent.
pub struct Dashboard {
    files: HashMap<String, File>,
}

struct File {
    mime: &'static str,
    cache: &'static str,
    identity: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    etag: String,
}

impl Dashboard {
    /// What this binary holds. A debug build reads the folder instead, so that a changed page needs no new gateway.
    pub fn load(settings: &Settings) -> io::Result<Self> {
        let files = if cfg!(debug_assertions) {
            let dist = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../dashboard/dist"));
            let mut files = Vec::new();
            if dist.is_dir() {
                read(dist, dist, &mut files)?;
            }
            files
        } else {
            EMBEDDED.iter().map(|(name, bytes)| ((*name).to_owned(), Bytes::from_static(bytes))).collect()
        };
        Ok(Self::new(files, &settings.public_path()))
    }

    fn new(files: Vec<(String, Bytes)>, base: &str) -> Self {
        let raw: HashMap<String, Bytes> = files.into_iter().collect();
        let mut files = HashMap::new();
        for (name, bytes) in raw.iter().filter(|(name, _)| !name.ends_with(".br") && !name.ends_with(".gz")) {
            let page = name == PAGE;
            let identity = if page { based(bytes, base) } else { bytes.clone() };
            let file = File {
                mime: mime(name),
                cache: if page { PAGE_CACHE } else { ASSET_CACHE },
                etag: tag(&identity),
                brotli: raw.get(&format!("{name}.br")).filter(|_| !page).cloned(),
                gzip: raw.get(&format!("{name}.gz")).filter(|_| !page).cloned(),
                identity,
            };
            files.insert(name.clone(), file);
        }
        Self { files }
    }

    /// A file, or the page for any address that a browser opens; `None` for what is none of the dashboard's business.
    pub fn answer(&self, request: &Request) -> Option<Response> {
        let path = request.uri().path();
        let api = ["/v1", "/api"]
            .iter()
            .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
        if api || !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let name = path.trim_start_matches('/');
        if let Some(file) = self.files.get(name).filter(|_| name != PAGE) {
            return Some(send(file, request.headers()));
        }
        // A program that mistypes an address must be told so, and an old file's name must not bring the page.
        let wants_page = name.is_empty() || name == PAGE || accepts_html(request.headers());
        if name.starts_with("assets/") || !wants_page {
            return None;
        }
        match self.files.get(PAGE) {
            Some(page) => Some(send(page, request.headers())),
            None => Some(without()),
        }
    }
}

fn send(file: &File, headers: &HeaderMap) -> Response {
    let accepted = |coding: &str| accepts(headers, coding);
    let (body, coding) = match (&file.brotli, &file.gzip) {
        (Some(brotli), _) if accepted("br") => (brotli, Some("br")),
        (_, Some(gzip)) if accepted("gzip") => (gzip, Some("gzip")),
        _ => (&file.identity, None),
    };
    // Each coding is a representation of its own.
    let etag = format!("\"{}{}\"", file.etag, coding.unwrap_or_default());
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let fresh =
        known.flat_map(|text| text.split(',')).any(|known| known.trim().trim_start_matches("W/") == etag);
    let mut response = if fresh {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        Response::new(Body::from(body.clone()))
    };
    let head = response.headers_mut();
    head.insert(CONTENT_TYPE, HeaderValue::from_static(file.mime));
    head.insert(CACHE_CONTROL, HeaderValue::from_static(file.cache));
    head.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(value) = HeaderValue::try_from(etag) {
        head.insert(ETAG, value);
    }
    if let Some(coding) = coding {
        head.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    guard(head);
    response
}

fn without() -> Response {
    let mut response = Response::new(Body::from(WITHOUT));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let head = response.headers_mut();
    head.insert(CONTENT_TYPE, HeaderValue::from_static(mime(PAGE)));
    head.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    guard(head);
    // Its style is in the page; nothing else may be run or fetched. Base64 fits into a header.
    let style = STANDARD.encode(Sha256::digest(style(WITHOUT)));
    let policy = format!("default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'");
    if let Ok(policy) = HeaderValue::try_from(policy) {
        head.insert("content-security-policy", policy);
    }
    response
}

/// What stands between a page's first style tags, of which a policy may name the digest.
fn style(page: &str) -> &str {
    let inside = page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    inside.map_or("", |(style, _)| style)
}

fn guard(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

/// `br` in `gzip, br;q=0.9`, but not in `br;q=0`.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|text| text.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let weight = weight.trim().trim_start_matches("q=").parse::<f32>().unwrap_or(1.0);
        name.trim().eq_ignore_ascii_case(coding) && weight > 0.0
    })
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|value| value.to_str().is_ok_and(|text| text.contains("text/html")))
}

fn based(page: &Bytes, base: &str) -> Bytes {
    let text = String::from_utf8_lossy(page);
    Bytes::from(text.replacen(BASE, &format!("<base href=\"{base}\">"), 1))
}

fn tag(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn mime(name: &str) -> &'static str {
    match Path::new(name).extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

fn read(dist: &Path, folder: &Path, files: &mut Vec<(String, Bytes)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            read(dist, &path, files)?;
        } else {
            let name = path.strip_prefix(dist).unwrap_or(&path).to_string_lossy().into_owned();
            files.push((name, Bytes::from(fs::read(&path)?)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dashboard(base: &str) -> Dashboard {
        let file = |name: &str, text: &'static str| (name.to_owned(), Bytes::from_static(text.as_bytes()));
        let files = vec![
            file(PAGE, "<head><base href=\"/\"></head>"),
            file("assets/a-1.js", "plain"),
            file("assets/a-1.js.br", "brotli"),
            file("assets/a-1.js.gz", "gzip"),
        ];
        Dashboard::new(files, base)
    }

    fn ask(dashboard: &Dashboard, method: &str, path: &str, headers: &[(&str, &str)]) -> Option<Response> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        dashboard.answer(&request.body(Body::empty()).unwrap())
    }

    fn header(response: &Response, name: &str) -> String {
        response.headers().get(name).map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    }

    #[tokio::test]
    async fn a_browser_gets_the_page_at_any_address_that_no_api_has() {
        let html = [("accept", "text/html,*/*")];
        let dashboard = dashboard("/maig/");
        for (method, path, headers, expect) in [
            ("GET", "/", &[][..], true),
            ("HEAD", "/", &[][..], true),
            ("GET", "/routes/production-chat", &html[..], true),
            ("GET", "/models", &[][..], false),
            ("POST", "/chat/completions", &html[..], false),
            ("GET", "/v1/nothing", &html[..], false),
            ("GET", "/api", &html[..], false),
            ("GET", "/assets/gone-2.js", &html[..], false),
            ("GET", "/v1beta", &html[..], true),
        ] {
            let answer = ask(&dashboard, method, path, headers);
            assert_eq!(answer.is_some(), expect, "{method} {path}");
            if let Some(response) = answer {
                assert_eq!(header(&response, "cache-control"), "no-cache");
                assert!(header(&response, "content-security-policy").contains("frame-ancestors 'none'"));
                let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
                assert_eq!(body, "<head><base href=\"/maig/\"></head>");
            }
        }
    }

    #[tokio::test]
    async fn a_file_comes_in_the_best_coding_and_is_kept_for_ever() {
        let dashboard = dashboard("/");
        for (accept, expect, coding) in [
            ("gzip, deflate, br", "brotli", "br"),
            ("br;q=0, gzip", "gzip", "gzip"),
            ("identity", "plain", ""),
        ] {
            let response = ask(&dashboard, "GET", "/assets/a-1.js", &[("accept-encoding", accept)]).unwrap();
            assert_eq!(header(&response, "content-encoding"), coding);
            assert_eq!(header(&response, "content-type"), "text/javascript; charset=utf-8");
            assert!(header(&response, "cache-control").contains("immutable"));
            let etag = header(&response, "etag");
            let known = [("accept-encoding", accept), ("if-none-match", etag.as_str())];
            let again = ask(&dashboard, "GET", "/assets/a-1.js", &known).unwrap();
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
            let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
            assert_eq!(body, expect);
        }
    }

    #[test]
    fn a_gateway_without_it_says_how_to_build_it() {
        let response = ask(&Dashboard::new(Vec::new(), "/"), "GET", "/", &[]).unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert!(WITHOUT.contains("cargo xtask dashboard"));
        // The policy names the style that is in the page, and lets nothing else in.
        let policy = header(&response, "content-security-policy");
        let digest = STANDARD.encode(Sha256::digest(style(WITHOUT)));
        assert!(style(WITHOUT).contains("color-scheme"));
        assert_eq!(
            policy,
            format!("default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'")
        );
    }
}
