//! Everything that was said or written, and the search for secrets in it, also disguised.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// A secret that must not be found. `what` names it in a failure, which must not show it.
pub(super) struct Canary {
    what: &'static str,
    text: String,
    /// Where it is meant to be, by the beginning of the sink's name.
    allowed: &'static [&'static str],
    /// Whether it must be found in each of those places: a search that finds nothing anywhere proves nothing.
    expected: bool,
}

impl Canary {
    /// A secret that may be nowhere.
    pub(super) fn nowhere(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, text: text.into(), allowed: &[], expected: false }
    }

    /// A secret that is shown in these places, and there for certain.
    pub(super) fn shown(
        what: &'static str,
        text: impl Into<String>,
        places: &'static [&'static str],
    ) -> Self {
        Self { what, text: text.into(), allowed: places, expected: true }
    }

    /// Something that operators may see and apps may not.
    pub(super) fn operators(what: &'static str, text: impl Into<String>) -> Self {
        Self { what, text: text.into(), allowed: &["admin ", "cli ", "log", "file "], expected: false }
    }
}

#[derive(Default)]
pub(super) struct Sinks(Vec<(String, Vec<u8>)>);

impl Sinks {
    pub(super) fn add(&mut self, name: impl Into<String>, said: impl Into<Vec<u8>>) {
        self.0.push((name.into(), said.into()));
    }

    /// Every file under the folder.
    pub(super) fn add_files(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => self.add_files(&entry.path()),
                false => self.add(
                    format!("file {}", entry.file_name().display()),
                    std::fs::read(entry.path()).unwrap(),
                ),
            }
        }
    }

    /// Writes every sink into the folder, to look at a leak by hand.
    pub(super) fn keep(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        for (n, (name, said)) in self.0.iter().enumerate() {
            let name: String =
                name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(80).collect();
            std::fs::write(folder.join(format!("{n:04}-{name}")), said).unwrap();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// One line for each secret that is where it must not be, or not where it must.
    pub(super) fn leaks(&self, canaries: &[Canary]) -> Vec<String> {
        let mut leaks = Vec::new();
        for canary in canaries {
            assert!(canary.text.len() >= 8, "{} is too short to be searched for", canary.what);
            let forms = disguises(&canary.text);
            let mut seen = vec![false; canary.allowed.len()];
            for (name, said) in &self.0 {
                let Some(form) = forms.iter().find(|form| contains(said, form.1.as_bytes())) else {
                    continue;
                };
                match canary.allowed.iter().position(|place| name.starts_with(place)) {
                    Some(at) => seen[at] = true,
                    None => leaks.push(format!("{} ({}) in {name}", canary.what, form.0)),
                }
            }
            for (place, _) in canary.allowed.iter().zip(seen).filter(|(_, seen)| canary.expected && !seen) {
                leaks.push(format!("{} is not in {place}, where it is meant to be", canary.what));
            }
        }
        leaks
    }
}

/// The secret as it is, and as encodings would show it.
fn disguises(text: &str) -> Vec<(&'static str, String)> {
    let mut forms = vec![("as it is", text.to_owned())];
    let json = serde_json::to_string(text).unwrap();
    forms.push(("in JSON", json.trim_matches('"').to_owned()));
    // A secret inside a longer text starts at any of three places of base64's groups; the ends differ, the middle does not.
    for offset in 0..3 {
        let padded = format!("{}{text}", &"..."[..offset]);
        for engine in [STANDARD, URL_SAFE] {
            let coded = engine.encode(&padded);
            let coded = coded.trim_end_matches('=');
            forms.push(("in base64", coded[4.min(offset * 4)..coded.len() - 2].to_owned()));
        }
    }
    let percent = |keep: fn(u8) -> bool| -> String {
        let byte = |b: u8| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
        text.bytes().map(byte).collect()
    };
    forms.push(("percent-encoded", percent(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))));
    forms.push(("percent-encoded whole", percent(|_| false)));
    forms.push(("in hex", text.bytes().map(|b| format!("{b:02x}")).collect()));
    forms.push(("as a list of bytes", text.bytes().map(|b| b.to_string()).collect::<Vec<_>>().join(", ")));
    forms
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return false };
    let mut rest = hay;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        if rest[at..].starts_with(needle) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

#[test]
fn a_secret_is_found_in_each_disguise() {
    let secret = "plainly+spoken/secret";
    let embedded = format!("key is {secret}; sorry");
    let hex: String = embedded.bytes().map(|b| format!("{b:02x}")).collect();
    for said in [
        embedded.clone(),
        STANDARD.encode(&embedded),
        STANDARD.encode(format!(".{embedded}")),
        URL_SAFE.encode(format!("..{embedded}")),
        "a=plainly%2Bspoken%2Fsecret&b".to_owned(),
        hex,
        format!("{:?}", embedded.as_bytes()),
    ] {
        let mut sinks = Sinks::default();
        sinks.add("log", said.clone());
        let leaks = sinks.leaks(&[Canary::nowhere("it", secret)]);
        assert_eq!(leaks.len(), 1, "not found in {said}");
        assert!(sinks.leaks(&[Canary::shown("it", secret, &["log"])]).is_empty());
        assert_eq!(sinks.leaks(&[Canary::shown("it", secret, &["log", "file"])]).len(), 1);
    }
}
