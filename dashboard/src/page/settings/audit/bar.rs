//! The filters of the audit log: each is in the address, and those without a control are chips.

use leptos::prelude::*;

use super::words::KINDS;
use crate::query::{Query, use_part, use_set_query};
use crate::time_range::PRESETS;
use crate::ui::{Chip, Select};

/// Filters that a change leads to, and what they are called.
const CHIPS: &[(&str, &str)] = &[("by", "By"), ("subject", "Name"), ("action", "Action")];

#[component]
pub(super) fn Bar(query: Memo<Query>, everywhere: bool) -> impl IntoView {
    let set = use_set_query();
    let options = |first: (&str, &str), rest: &[(&str, &str)]| {
        let owned = |(value, label): &(&str, &str)| ((*value).to_owned(), (*label).to_owned());
        Signal::stored([first].iter().chain(rest).map(owned).collect::<Vec<_>>())
    };
    let times = options(("", "Any time"), PRESETS.get(2..).unwrap_or_default());
    let kinds = options(("", "Everything"), KINDS);
    let scopes = options(("", "This project"), &[("all", "The whole gateway")]);
    view! {
        <div class="settings-bar" role="search" aria-label="Filter changes">
            <Select name="range" label="Time" value=use_part(query, "range", "") options=times bare=true/>
            <Select name="kind" label="What was changed" value=use_part(query, "kind", "") options=kinds bare=true/>
            {everywhere.then(|| view! { <Select name="scope" label="Where" value=use_part(query, "scope", "") options=scopes bare=true/> })}
            {CHIPS
                .iter()
                .map(|(name, label)| {
                    let set = set.clone();
                    move || {
                        let set = set.clone();
                        let value = query.with(|query| query.get(name).map(str::to_owned));
                        value.map(|value| view! { <Chip name=*label value on_remove=move || set(name, None)/> })
                    }
                })
                .collect_view()}
        </div>
    }
}
