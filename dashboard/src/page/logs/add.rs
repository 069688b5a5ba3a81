//! A filter by any of the fields that have no control of their own in the bar. What was seen in the last days is offered.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::bar::KeyNames;
use super::filter::FIELDS;
use super::roll::Roll;
use super::state::LogState;
use crate::api::{remote, use_api};
use crate::browser;
use crate::query::{Query, use_set_query};
use crate::time_range::TimeRange;
use crate::ui::{Button, Choice, Combobox, Icon, Kind, Select, Svg};

/// The fields, and what usage is grouped by to see which values they have; some cannot be grouped by.
const MORE: [(&str, Option<&str>); 7] = [
    ("model", Some("model")),
    ("key", None),
    ("version", Some("app_version")),
    ("user", Some("user")),
    ("platform", Some("platform")),
    ("code", None),
    ("test", None),
];
/// A value that nobody used for so long can still be typed.
const SEEN_MS: i64 = 30 * 86_400_000;

fn group_of(field: &str) -> Option<&'static str> {
    MORE.iter().find(|(own, _)| *own == field).and_then(|(_, group)| *group)
}

#[component]
pub(super) fn Add(state: LogState, keys: KeyNames) -> impl IntoView {
    let (api, query, set) = (use_api(), state.query, use_set_query());
    let id = browser::fresh_id("add-filter");
    let open = RwSignal::new(false);
    let chosen = RwSignal::new(MORE[0].0.to_owned());
    let value = RwSignal::new(String::new());
    let named = MORE.iter().filter_map(|(param, _)| FIELDS.iter().find(|field| field.param == *param));
    let options: Vec<_> = named.map(|field| (field.param.to_owned(), field.label.to_owned())).collect();
    // Asked for when somebody looks, and not before.
    let group = Memo::new(move |_| open.get().then(|| group_of(&chosen.get())).flatten());
    let seen = remote(move || {
        let group = group.get();
        let last = TimeRange::Last { name: String::new(), ms: SEEN_MS };
        let (from, _) = last.bounds(browser::now_ms());
        async move {
            let Some(group) = group else { return Ok(Vec::new()) };
            let question = Query::default().with("from", Some(&from)).with("group", Some(group));
            let report = api.usage(&state.project(), &question).await?;
            let names = report.groups.into_iter().filter(|group| !group.name.is_empty());
            Ok(names.map(|group| Choice { value: group.name, ..Choice::default() }).collect::<Vec<_>>())
        }
    });
    let choices = Signal::derive(move || match chosen.get().as_str() {
        "code" => state.roll.with(error_codes),
        _ => seen.data.get().unwrap_or_default(),
    });
    // Where only these can be, they are chosen from and not typed.
    let few = Memo::new(move |_| match chosen.get().as_str() {
        "key" => Some(keys.get()),
        "test" => Some(vec![("true".into(), "only".into()), ("false".into(), "none".into())]),
        _ => None,
    });
    Effect::new(move || {
        let first = few.get().and_then(|few| few.first().map(|(value, _)| value.clone()));
        let now = query.with(|query| query.get(&chosen.get()).map(str::to_owned));
        value.set(now.or(first).unwrap_or_default());
    });
    let list = id.clone();
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text = value.get_untracked();
        if text.trim().is_empty() {
            return;
        }
        set(&chosen.get_untracked(), Some(text.trim()));
        if let Some(list) = browser::by_id(&list) {
            // Refused only where it is closed already.
            let _ = list.hide_popover();
        }
    };
    view! {
        <div class="log-add">
            <button
                type="button"
                class="button button-plain"
                popovertarget=id.clone()
                aria-haspopup="dialog"
                on:click=move |_| open.set(true)
            >
                <Svg of=Icon::Filter/>"Add filter"
            </button>
            <div class="log-add-box" id=id.clone() popover="auto" role="dialog" aria-label="Add a filter">
                <form on:submit=add>
                    <Select name="field" label="Filter by" value=chosen options=Signal::stored(options)/>
                    {move || match few.get() {
                        Some(few) => view! { <Select name="value" label="Value" value options=Signal::stored(few)/> }.into_any(),
                        None => view! { <Combobox name="value" label="Value, as a whole" value choices free=true/> }.into_any(),
                    }}
                    <Button kind=Kind::Primary submit=true>"Add"</Button>
                </form>
            </div>
        </div>
    }
}

/// The codes among the rows that are shown.
fn error_codes(roll: &Roll) -> Vec<Choice> {
    let codes: BTreeSet<&String> = roll.rows().iter().filter_map(|row| row.error_code.as_ref()).collect();
    codes.into_iter().map(|code| Choice { value: code.clone(), ..Choice::default() }).collect()
}
