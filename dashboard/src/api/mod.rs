//! The way to the gateway: typed calls over the admin API, one file a resource. Every call goes through `client`, which
//! knows the session; a page never builds a request or looks at a status.

pub mod account;
pub mod audit;
pub mod chat;
mod client;
mod error;
pub mod form;
pub mod logs;
pub mod members;
pub mod overview;
pub mod project_keys;
pub mod projects;
pub mod provider_keys;
mod remote;
pub mod routes;
pub mod session;
pub mod tokens;
pub mod usage;

pub use client::{Api, Call, Reach, use_api};
pub use error::ApiError;
pub use form::FormState;
pub use remote::{Load, Remote, remote};

/// A name or id inside a path.
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_stays_one_segment_of_a_path() {
        for (name, expect) in
            [("ios-app", "ios-app"), ("a/b c", "a%2Fb%20c"), ("é", "%C3%A9"), ("?#", "%3F%23")]
        {
            assert_eq!(super::segment(name), expect);
        }
    }
}
