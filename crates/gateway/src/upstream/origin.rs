//! Where a provider's server is: scheme, host and port. Made once from an address, so that a request neither formats a
//! `Host` header nor hashes a name. It must never hold a path, which differs between requests.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Uri};

/// One server that connections are opened to.
#[derive(Debug)]
pub(super) struct Origin {
    /// As a connector takes it: without a path.
    pub(super) uri: Uri,
    /// The `Host` header: without a port where the scheme says it.
    pub(super) host: HeaderValue,
    /// Of the two above.
    hash: u64,
}

impl Origin {
    /// An address as where to connect and what to ask there; `None` for what is no http or https address.
    pub(super) fn split(address: Uri) -> Option<(Arc<Self>, Uri)> {
        let parts = address.into_parts();
        let (scheme, authority) = (parts.scheme?, parts.authority?);
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return None;
        }
        let path = parts.path_and_query.unwrap_or_else(|| PathAndQuery::from_static("/"));
        Some((Arc::new(Self::new(scheme, &authority)?), Uri::from(path)))
    }

    fn new(scheme: Scheme, authority: &Authority) -> Option<Self> {
        let usual = if scheme == Scheme::HTTPS { 443 } else { 80 };
        let name = authority.host().to_ascii_lowercase();
        let host = match authority.port_u16().filter(|port| *port != usual) {
            Some(port) => format!("{name}:{port}"),
            None => name,
        };
        let mut hasher = DefaultHasher::new();
        (scheme.as_str(), &host).hash(&mut hasher);
        let uri = Uri::builder().scheme(scheme).authority(host.as_str()).path_and_query("/").build().ok()?;
        Some(Self { uri, host: HeaderValue::try_from(host).ok()?, hash: hasher.finish() })
    }
}

impl Hash for Origin {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.host == other.host && self.uri.scheme_str() == other.uri.scheme_str())
    }
}

impl Eq for Origin {}

#[cfg(test)]
mod tests {
    use super::Origin;

    fn split(address: &str) -> (String, String, String) {
        let (origin, path) = Origin::split(address.parse().expect("an address")).expect("http or https");
        (origin.uri.to_string(), origin.host.to_str().expect("text").to_owned(), path.to_string())
    }

    #[test]
    fn an_address_is_where_to_connect_and_what_to_ask_there() {
        for (address, uri, host, path) in [
            ("https://API.example.com/v1/chat", "https://api.example.com/", "api.example.com", "/v1/chat"),
            ("https://api.example.com:443", "https://api.example.com/", "api.example.com", "/"),
            ("http://127.0.0.1:8000/v1?a=b", "http://127.0.0.1:8000/", "127.0.0.1:8000", "/v1?a=b"),
            ("http://[::1]:80/", "http://[::1]/", "[::1]", "/"),
            ("http://api.example.com:443/", "http://api.example.com:443/", "api.example.com:443", "/"),
        ] {
            assert_eq!(split(address), (uri.to_owned(), host.to_owned(), path.to_owned()), "{address}");
        }
    }

    #[test]
    fn two_spellings_of_one_server_are_one_origin_and_two_schemes_are_not() {
        let origin = |address: &str| Origin::split(address.parse().expect("an address")).expect("http").0;
        assert_eq!(origin("https://api.example.com/v1"), origin("https://API.example.com:443/v2"));
        assert_ne!(origin("https://api.example.com:80"), origin("http://api.example.com"));
    }
}
