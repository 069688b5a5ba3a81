//! Which time a page shows: a preset, or two moments of one's own. It stands in the address.

use leptos::prelude::*;

use crate::browser::{from_local, now_ms, to_local, utc_offset_min};
use crate::query::{Query, use_change_query};
use crate::time;
use crate::time_range::{self, TimeRange};
use crate::ui::{Button, Dialog, Kind, Select, TextInput};

/// What the control holds while the address names moments, and to ask for others.
const MOMENTS: &str = "moments";
const CUSTOM: &str = "custom";

/// What the control shows of an address.
fn chosen(query: &Query) -> String {
    match TimeRange::of(query) {
        TimeRange::Last { name, .. } => name,
        TimeRange::Between { .. } => MOMENTS.to_owned(),
    }
}

fn options(query: &Query, presets: &[(&str, &str)], offset_min: i64) -> Vec<(String, String)> {
    let owned = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let mut options: Vec<_> = presets.iter().map(|(value, label)| owned(value, label)).collect();
    let (now, label) = (chosen(query), TimeRange::of(query).label(offset_min));
    if !options.iter().any(|(value, _)| *value == now) {
        options.insert(0, (now, label));
    }
    options.push(owned(CUSTOM, "From … to …"));
    options
}

#[component]
pub fn RangeSelect(query: Memo<Query>, presets: &'static [(&'static str, &'static str)]) -> impl IntoView {
    let change = use_change_query();
    let open = RwSignal::new(false);
    let value = RwSignal::new(query.with_untracked(chosen));
    Effect::new(move || {
        let now = query.with(chosen);
        if value.get_untracked() != now {
            value.set(now);
        }
    });
    Effect::new(move |first: Option<()>| {
        let picked = value.get();
        let now = query.with_untracked(chosen);
        if first.is_none() || picked == now {
            return;
        }
        if picked == CUSTOM {
            open.set(true);
            value.set(now);
        } else {
            let range = (picked != time_range::DEFAULT).then_some(picked.as_str());
            change(&[("range", range), ("from", None), ("to", None)]);
        }
    });
    let options =
        Signal::derive(move || query.with(|query| options(query, presets, utc_offset_min(now_ms()))));
    view! {
        <Select name="range" label="Time" value options bare=true/>
        <Dialog open title="From one moment to another"><Moments query open/></Dialog>
    }
}

/// Two moments of the local clock. Without the second, up to now.
#[component]
fn Moments(query: Memo<Query>, open: RwSignal<bool>) -> impl IntoView {
    let change = use_change_query();
    let (from, to) = query.with_untracked(|query| TimeRange::of(query).bounds(now_ms()));
    let shown = |at: Option<i64>| RwSignal::new(at.map_or_else(String::new, to_local));
    let (from, to) = (shown(time::parse(&from)), shown(to.as_deref().and_then(time::parse)));
    let wrong = RwSignal::new(None::<&'static str>);
    let apply = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let (from, to) = (from_local(&from.get_untracked()), from_local(&to.get_untracked()));
        let Some(from) = from else { return wrong.set(Some("Say from when on.")) };
        if to.is_some_and(|to| to <= from) {
            return wrong.set(Some("The end must come after the beginning."));
        }
        let (from, to) = (time::rfc3339(from), to.map(time::rfc3339));
        change(&[("range", None), ("from", Some(&from)), ("to", to.as_deref())]);
        open.set(false);
    };
    view! {
        <form class="range-form" on:submit=apply>
            <TextInput name="from" label="From" kind="datetime-local" value=from autofocus=true/>
            <TextInput name="to" label="To" kind="datetime-local" value=to optional=true hint="Left empty: up to now."/>
            <p class="field-error" role="alert">{move || wrong.get()}</p>
            <div class="form-end"><Button kind=Kind::Primary submit=true>"Show this time"</Button></div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_among_the_options_whatever_it_says() {
        let presets = [("24h", "Last 24 hours"), ("7d", "Last 7 days")];
        for (search, value, first) in [
            ("", "24h", "Last 24 hours"),
            ("?range=7d", "7d", "Last 24 hours"),
            ("?range=90m", "90m", "Last 90m"),
            ("?from=2026-11-20&to=2026-11-21", MOMENTS, "20 Nov 2026, 01:00:00 – 21 Nov 2026, 01:00:00"),
        ] {
            let query = Query::parse(search);
            let options = options(&query, &presets, 60);
            assert_eq!(chosen(&query), value);
            assert!(options.iter().any(|(own, _)| own == value), "{search}");
            assert_eq!(options[0].1, first);
            assert_eq!(options.last().map(|(value, _)| value.as_str()), Some(CUSTOM));
        }
    }
}
