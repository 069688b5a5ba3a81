//! The log's filter between three places: the page's address, the chips, and the admin API's question. Pure. The
//! address is the truth; what it says wrongly goes to the gateway, which says what is wrong with it.

use crate::query::Query;
use crate::time_range::TimeRange;

/// One thing to filter by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// In the page's address.
    pub param: &'static str,
    /// In the API's question.
    pub asked: &'static str,
    pub label: &'static str,
}

const fn field(param: &'static str, asked: &'static str, label: &'static str) -> Field {
    Field { param, asked, label }
}

/// In the order of the chips.
pub const FIELDS: &[Field] = &[
    field("q", "q", "Search"),
    field("status", "status", "Status"),
    field("route", "route", "Route"),
    field("model", "served_by", "Model"),
    field("fallback", "fallback", "Fallback"),
    field("key", "project_key", "Key"),
    field("version", "app_version", "Version"),
    field("user", "user", "User"),
    field("platform", "platform", "Platform"),
    field("code", "error_code", "Error"),
    field("test", "test", "Test keys"),
];

/// What the status can be, beside a number: as the API has it, and what it is called.
pub const STATUSES: &[(&str, &str)] = &[
    ("ok", "Answered"),
    ("error", "Failed"),
    ("4xx", "4xx"),
    ("5xx", "5xx"),
    ("429", "429"),
    ("499", "499 client left"),
];

/// The filters that are on: each field with its value.
pub fn set(query: &Query) -> Vec<(Field, String)> {
    let value = |field: &Field| query.get(field.param).map(|value| (*field, value.to_owned()));
    FIELDS.iter().filter_map(value).collect()
}

/// A value as its chip shows it.
pub fn shown(field: Field, value: &str) -> String {
    let known = match field.param {
        "status" => STATUSES.iter().find(|(status, _)| *status == value).map(|(_, name)| *name),
        "fallback" | "test" => match value {
            "true" => Some("only"),
            "false" => Some("none"),
            _ => None,
        },
        _ => None,
    };
    known.map_or_else(|| value.to_owned(), str::to_owned)
}

/// The same time, and everything in it.
pub fn cleared(query: &Query) -> Query {
    FIELDS.iter().fold(query.clone(), |query, field| query.with(field.param, None))
}

/// The API's question for the filter alone, without a time.
fn asked(query: &Query) -> Query {
    set(query).iter().fold(Query::default(), |asked, (field, value)| asked.with(field.asked, Some(value)))
}

/// The API's question for a list or an export.
pub fn question(query: &Query, now_ms: i64) -> Query {
    let (from, to) = TimeRange::of(query).bounds(now_ms);
    asked(query).with("from", Some(&from)).with("to", to.as_deref())
}

/// The API's question for what has come since.
pub fn tail_question(query: &Query, after: &str) -> Query {
    asked(query).with("after", Some(after))
}

/// Whether new requests can fall into the time that is shown.
pub fn is_open(query: &Query) -> bool {
    matches!(TimeRange::of(query), TimeRange::Last { .. } | TimeRange::Between { to: None, .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use maig_api::LogFilter;

    const NOON: i64 = 1_795_262_400_000;

    #[test]
    fn the_api_knows_every_name_that_is_asked() {
        let known = serde_json::to_value(LogFilter::default()).unwrap();
        for name in FIELDS.iter().map(|field| field.asked).chain(["from", "to", "after"]) {
            assert!(known.get(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_address_becomes_the_apis_question() {
        for (search, expect) in [
            ("", "?from=2026-11-20T12:00:00.000Z"),
            (
                "?range=1h&status=error&model=openai/gpt-4o&nonsense=1",
                "?status=error&served_by=openai/gpt-4o&from=2026-11-21T11:00:00.000Z",
            ),
            (
                "?from=2026-11-20&to=2026-11-21&key=k1&fallback=true&version=2.4.0&user=u%201",
                "?fallback=true&project_key=k1&app_version=2.4.0&user=u%201&from=2026-11-20T00:00:00.000Z&to=2026-11-21T00:00:00.000Z",
            ),
        ] {
            assert_eq!(question(&Query::parse(search), NOON).to_search(), expect, "{search}");
        }
        let tail = tail_question(&Query::parse("?range=1h&status=ok"), "2026-11-21T12:00:00Z");
        assert_eq!(tail.to_search(), "?status=ok&after=2026-11-21T12:00:00Z");
    }

    #[test]
    fn chips_are_what_is_on_and_clearing_keeps_the_time() {
        let query = Query::parse("?range=7d&status=5xx&fallback=true&q=abc");
        let chips: Vec<_> =
            set(&query).into_iter().map(|(field, value)| (field.label, shown(field, &value))).collect();
        let expect = [("Search", "abc"), ("Status", "5xx"), ("Fallback", "only")];
        assert_eq!(chips, expect.map(|(label, value)| (label, value.to_owned())));
        assert_eq!(cleared(&query).to_search(), "?range=7d");
    }

    #[test]
    fn only_a_time_without_an_end_has_news() {
        for (search, open) in [
            ("", true),
            ("?range=7d", true),
            ("?from=2026-11-20", true),
            ("?from=2026-11-20&to=2026-11-21", false),
        ] {
            assert_eq!(is_open(&Query::parse(search)), open, "{search}");
        }
    }
}
