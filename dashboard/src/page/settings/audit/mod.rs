//! Who changed what, when, from what to what. Filters and the opened change are in the address; the gateway keeps the
//! log and nobody can change it.

mod bar;
mod change;
mod words;

use leptos::prelude::*;
use maig_api::{AuditEntry, Page};

use self::bar::Bar;
use self::change::Opened;
use self::words::verb;
use super::List;
use crate::api::{Load, Remote, remote, use_api};
use crate::browser::now_ms;
use crate::query::{Query, use_query};
use crate::session::{Session, use_project};
use crate::time_range::TimeRange;
use crate::ui::{Cell, Empty, Head, Icon, Pager, Row, Table, Time};

const PER_PAGE: &str = "50";
/// What the API filters by, under the same names as in the address.
const FILTERS: &[&str] = &["by", "action", "kind", "subject"];

/// Everything of the address that decides what is listed; the opened change is not part of it.
fn filter(query: &Query) -> Query {
    let names = FILTERS.iter().chain(&["range", "from", "to", "scope"]);
    names.fold(Query::default(), |filter, name| filter.with(name, query.get(name)))
}

/// The API's question. Without a time in the address it is all of it.
fn question(filter: &Query, cursor: Option<&str>, now_ms: i64) -> Query {
    let asked = FILTERS.iter().fold(Query::default(), |asked, name| asked.with(name, filter.get(name)));
    let timed = filter.has("range") || filter.has("from");
    let (from, to) = match timed {
        true => {
            let (from, to) = TimeRange::of(filter).bounds(now_ms);
            (Some(from), to)
        }
        false => (None, None),
    };
    asked
        .with("from", from.as_deref())
        .with("to", to.as_deref())
        .with("limit", Some(PER_PAGE))
        .with("cursor", cursor)
}

#[component]
pub(super) fn Audit() -> impl IntoView {
    let api = use_api();
    let project = StoredValue::new(use_project().id);
    let everywhere = expect_context::<Session>().user().is_some_and(|user| user.instance_admin);
    let query = use_query();
    let filters = Memo::new(move |_| query.with(filter));
    let cursor = RwSignal::new(None::<String>);
    // Another filter begins at its first page.
    Effect::new(move |before: Option<Query>| {
        let now = filters.get();
        if before.is_some_and(|before| before != now) {
            cursor.set(None);
        }
        now
    });
    let entries = remote(move || {
        let asked = filters.with(|filters| question(filters, cursor.get().as_deref(), now_ms()));
        let all = filters.with(|filters| filters.get("scope") == Some("all"));
        async move {
            let project = project.get_value();
            api.audit((!all).then_some(project.as_str()), &asked).await
        }
    });
    view! {
        <List title="Audit log" text="Every change to the project: by whom, when, and from what to what. Nobody can edit it.">
            <Bar query everywhere/>
            <Load what=entries rows=8 let:page>
                {move || match page.with(|page| page.data.is_empty()) {
                    true => view! { <Empty icon=Icon::History title="No change is like that" text="Take a filter away, or look at a longer time."/> }.into_any(),
                    false => view! { <Listed page query entries/> }.into_any(),
                }}
                <Pager cursor next=Signal::derive(move || page.with(|page| page.next_cursor.clone())) busy=entries.busy/>
            </Load>
        </List>
        <Opened entries query filters project/>
    }
}

#[component]
fn Listed(
    page: Signal<Page<AuditEntry>>,
    query: Memo<Query>,
    entries: Remote<Page<AuditEntry>>,
) -> impl IntoView {
    let heads = ["Change", "Name", "By", "When"].map(Head::text).to_vec();
    view! {
        <Table label="Audit log" busy=entries.busy heads>
            <For each=move || page.get().data key=|entry| entry.id.clone() let:entry>
                {
                    let href = query.with_untracked(|query| {
                        format!("/settings/audit{}", query.clone().with("entry", Some(&entry.id)).to_search())
                    });
                    let words = sentence(&verb(&entry));
                    view! {
                        <Row>
                            <Cell href>{words}</Cell>
                            <Cell head="Name"><span class="settings-email">{entry.subject}</span></Cell>
                            <Cell head="By"><span class="settings-email">{entry.by}</span></Cell>
                            <Cell head="When"><Time at=entry.at/></Cell>
                        </Row>
                    }
                }
            </For>
        </Table>
    }
}

/// With a capital, as it begins a row.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_the_question() {
        let now = crate::time::parse("2026-11-21T12:00:00Z").unwrap();
        let asked = |search: &str| question(&filter(&Query::parse(search)), None, now).to_search();
        assert_eq!(asked(""), "?limit=50");
        assert_eq!(
            asked("?entry=1&kind=route&by=ana%40example.com&scope=all"),
            "?by=ana%40example.com&kind=route&limit=50"
        );
        assert_eq!(asked("?range=1h"), "?from=2026-11-21T11:00:00.000Z&limit=50");
    }
}
