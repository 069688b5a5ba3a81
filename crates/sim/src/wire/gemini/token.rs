//! The token endpoint of a service account: a signed assertion becomes an access token. The signature is not checked,
//! its form is.

use serde_json::{Value, json};

/// An access token that the Vertex doors take.
const TOKEN: &str = "ya29.simulated";

/// Takes the form of the JWT bearer grant (RFC 7523).
pub(crate) fn token(body: &[u8]) -> (u16, Value) {
    let body = String::from_utf8_lossy(body);
    let field = |name: &str| {
        body.split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    };
    let grant = field("grant_type").unwrap_or_default().replace("%3A", ":").replace("%3a", ":");
    let refuse = |error: &str, text: &str| (400, json!({ "error": error, "error_description": text }));
    if grant != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
        return refuse("unsupported_grant_type", "Invalid grant_type");
    }
    match field("assertion") {
        Some(jwt) if jwt.split('.').filter(|part| !part.is_empty()).count() == 3 => {
            (200, json!({ "access_token": TOKEN, "expires_in": 3599, "token_type": "Bearer" }))
        }
        _ => refuse(
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token and in a reasonable timeframe.",
        ),
    }
}
