//! Mistakes that are found before anything is sent: the key and the base URL. A message here must never repeat the key.

use maig_core::key::{self, KeyError, KeyKind};
use reqwest::Url;

use crate::error::Error;

/// Where a gateway listens that nobody configured.
const LOOPBACK: &str = "http://127.0.0.1:8080";

/// What names the gateway in the environment.
const VARIABLE: &str = "MAIG_BASE_URL";

/// A phone is no place where a gateway runs; a simulator on a developer's machine is.
const ON_A_DEVICE: bool = cfg!(any(target_os = "android", all(target_os = "ios", not(target_abi = "sim"))));

/// Says what is wrong with a key that an app must not or cannot use. Its checksum tells a typo from an unknown key.
pub(crate) fn check_key(key: &str) -> Result<(), Error> {
    let (code, message) = match key::parse(key) {
        Ok(KeyKind::Live | KeyKind::Test) => return Ok(()),
        Ok(KeyKind::Admin) => (
            "admin_key",
            "This is an admin token. An app carries a project key (maig_live_… or maig_test_…): make one with \
             `maig key create`, and revoke the token if it was ever shipped.",
        ),
        Ok(KeyKind::Session | KeyKind::Once) => {
            ("not_a_key", "This belongs to the dashboard; an app carries a project key (maig_live_…).")
        }
        Err(KeyError::Empty) => {
            ("empty_key", "The API key is empty. Make one with `maig key create` or in the dashboard.")
        }
        Err(KeyError::NotOurs) if key.starts_with("sk-") || key.starts_with("AIza") => (
            "provider_key",
            "This is a provider's key. It belongs on the gateway, where no app can lose it; an app carries a project \
             key (maig_live_…).",
        ),
        Err(KeyError::NotOurs) => {
            ("not_a_key", "This is no project key: it does not begin with maig_live_ or maig_test_.")
        }
        Err(KeyError::Malformed) => (
            "key_malformed",
            "The API key is incomplete or has characters that a key cannot have: copy it whole.",
        ),
        Err(KeyError::Typo) => {
            ("key_typo", "The API key has a typo: its checksum does not match. Copy it again.")
        }
    };
    Err(Error::bad_input(code, message))
}

/// The gateway's address without a slash or `/v1` at its end.
pub(crate) fn base_url(given: Option<&str>) -> Result<String, Error> {
    let given = given.map(str::to_owned).or_else(|| std::env::var(VARIABLE).ok());
    match given.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => checked(text),
        None if ON_A_DEVICE => Err(Error::bad_input(
            "no_base_url",
            "The client does not know where your gateway is. Say it once: in Info.plist as MAIGBaseURL (iOS), in \
             AndroidManifest.xml as the meta-data com.maig.sdk.BASE_URL (Android), or as the client's baseURL.",
        )),
        None => Ok(LOOPBACK.to_owned()),
    }
}

fn checked(text: &str) -> Result<String, Error> {
    let bad = |message: String| Error::bad_input("bad_base_url", message);
    let url = Url::parse(text)
        .map_err(|_| bad("The base URL is no URL: write it as https://ai.example.com".to_owned()))?;
    let Some(host) = url.host_str() else {
        return Err(bad("The base URL names no host: write it as https://ai.example.com".to_owned()));
    };
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(bad("The base URL has more than a scheme, a host, a port and a path.".to_owned()));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_this_machine(host) => {}
        "http" => {
            return Err(Error::bad_input(
                "insecure_base_url",
                format!(
                    "http://{host} would send the key and every prompt in the clear: use https. Plain http is \
                     for localhost alone."
                ),
            ));
        }
        other => return Err(bad(format!("The base URL begins with {other}: use https."))),
    }
    let text = url.as_str().trim_end_matches('/');
    Ok(text.strip_suffix("/v1").unwrap_or(text).trim_end_matches('/').to_owned())
}

/// The loopback, and from Android's emulator the machine that it runs on.
fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let loopback = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let emulator = cfg!(target_os = "android") && host == "10.0.2.2";
    loopback || emulator || host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_cannot_work_is_named_without_being_repeated() {
        let key = |kind| key::generate(kind, [7; 32]).expose().clone();
        let typo = key(KeyKind::Live).replacen('7', "8", 1);
        let typo = if typo == key(KeyKind::Live) { format!("{}x", &typo[..typo.len() - 1]) } else { typo };
        let check = |text: &str, expect: &str| {
            let error = check_key(text).unwrap_err();
            assert_eq!(error.code(), expect, "{text}");
            assert!(text.is_empty() || !format!("{error} {error:?}").contains(text), "{error}");
        };
        check("", "empty_key");
        check("maig_live_...", "key_malformed");
        check(&typo, "key_typo");
        check(&key(KeyKind::Admin), "admin_key");
        check(&key(KeyKind::Session), "not_a_key");
        check("sk-proj-abc", "provider_key");
        check("hello", "not_a_key");
        assert!(check_key(&key(KeyKind::Live)).is_ok() && check_key(&key(KeyKind::Test)).is_ok());
    }

    #[test]
    fn a_base_url_is_taken_as_people_write_it_and_never_in_the_clear() {
        let check = |text: &str, expect: Result<&str, &str>| {
            let got = checked(text);
            let got = got.as_ref().map(String::as_str).map_err(Error::code);
            assert_eq!(got, expect, "{text}");
        };
        check("https://ai.example.com", Ok("https://ai.example.com"));
        check("https://ai.example.com/", Ok("https://ai.example.com"));
        check("https://ai.example.com/v1/", Ok("https://ai.example.com"));
        check("https://example.com/ai/v1", Ok("https://example.com/ai"));
        check("http://localhost:8080", Ok("http://localhost:8080"));
        check("http://127.0.0.1:8080/v1", Ok("http://127.0.0.1:8080"));
        check("http://[::1]:8080", Ok("http://[::1]:8080"));
        check("http://ai.example.com", Err("insecure_base_url"));
        check("http://192.168.0.7:8080", Err("insecure_base_url"));
        check("http://localhost.example.com", Err("insecure_base_url"));
        check("ai.example.com", Err("bad_base_url"));
        check("ftp://ai.example.com", Err("bad_base_url"));
        check("https://", Err("bad_base_url"));
        check("https://user:secret@ai.example.com", Err("bad_base_url"));
        check("https://ai.example.com/?key=x", Err("bad_base_url"));
    }
}
