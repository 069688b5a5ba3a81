//! The part of an address after `?`, which is the truth of every filter: pages read it, and change it by going to
//! another address. `Query` itself is pure; `use_query` and `set_query` tie it to the address bar.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// Names and values in their order. An empty value is no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Of `a=1&b=two%20words`, with or without `?`.
    pub fn parse(text: &str) -> Self {
        let pairs = text.trim_start_matches('?').split('&').filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let value = decode(value);
            (!value.is_empty()).then(|| (decode(name), value))
        });
        Self(pairs.collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Replaces the value, or takes it away.
    pub fn with(mut self, name: &str, value: Option<&str>) -> Self {
        let value = value.filter(|value| !value.is_empty());
        match (self.0.iter().position(|(own, _)| own == name), value) {
            (Some(at), Some(value)) => value.clone_into(&mut self.0[at].1),
            (Some(at), None) => drop(self.0.remove(at)),
            (None, Some(value)) => self.0.push((name.to_owned(), value.to_owned())),
            (None, None) => {}
        }
        self
    }

    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `?a=1&b=2`, or nothing.
    pub fn to_search(&self) -> String {
        let pairs: Vec<String> =
            self.pairs().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }
}

fn encode(text: &str) -> String {
    // `:` and `/` are plain in a query, and times and models are full of them.
    crate::api::segment(text).replace("%3A", ":").replace("%2F", "/")
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if let Some(escaped) = escaped(bytes.get(at..at + 3)) {
            out.push(escaped);
            at += 3;
        } else {
            out.push(if byte == b'+' { b' ' } else { byte });
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// `%41`.
fn escaped(text: Option<&[u8]>) -> Option<u8> {
    let [b'%', high, low] = *text? else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// The address bar's query, as it changes.
pub fn use_query() -> Memo<Query> {
    let location = use_location();
    Memo::new(move |_| Query::parse(&location.search.get()))
}

/// Sets one part of it. A filter is a place to go back to, so it gets an entry in the history.
pub fn use_set_query() -> impl Fn(&str, Option<&str>) + Clone + Send + Sync + 'static {
    let change = use_change_query();
    move |name, value| change(&[(name, value)])
}

/// Sets some parts of it as one step of the history.
pub fn use_change_query() -> impl Fn(&[(&str, Option<&str>)]) + Clone + Send + Sync + 'static {
    let location = use_location();
    let navigate = use_navigate();
    move |parts| {
        let query = Query::parse(&location.search.get_untracked());
        let query = parts.iter().fold(query, |query, (name, value)| query.with(name, *value));
        // As it stands in the address bar, sub-path included.
        let to = location.pathname.get_untracked() + &query.to_search();
        navigate(&to, NavigateOptions { resolve: false, scroll: false, ..NavigateOptions::default() });
    }
}

/// A part of it as a signal that a control can hold; `otherwise` is what an address without it means.
pub fn use_part(query: Memo<Query>, name: &'static str, otherwise: &'static str) -> RwSignal<String> {
    let now = move |query: &Query| query.get(name).unwrap_or(otherwise).to_owned();
    let value = RwSignal::new(query.with_untracked(now));
    let set = use_set_query();
    Effect::new(move || {
        let now = query.with(now);
        if value.get_untracked() != now {
            value.set(now);
        }
    });
    Effect::new(move |first: Option<()>| {
        let chosen = value.get();
        if first.is_some() && query.with_untracked(now) != chosen {
            set(name, (chosen != otherwise).then_some(chosen.as_str()));
        }
    });
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_a_filter_and_its_order() {
        let query = Query::parse("?status=error&model=openai/gpt-4o&user=a%20b%2B&empty=");
        assert_eq!(query.get("user"), Some("a b+"));
        assert_eq!(query.get("empty"), None);
        assert_eq!(query.to_search(), "?status=error&model=openai/gpt-4o&user=a%20b%2B");
        let query = query.with("status", None).with("model", Some("x")).with("range", Some("24h"));
        assert_eq!(query.to_search(), "?model=x&user=a%20b%2B&range=24h");
        assert_eq!(Query::parse("").to_search(), "");
    }

    #[test]
    fn a_broken_escape_stays_what_it_is() {
        for (text, expect) in [("a=%zz", "%zz"), ("a=%4", "%4"), ("a=1+1", "1 1"), ("a=%C3%A9", "é")] {
            assert_eq!(Query::parse(text).get("a"), Some(expect));
        }
    }
}
