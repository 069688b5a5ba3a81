//! One change beside the list: who, when, from where, and each field before and after.

use leptos::prelude::*;
use maig_api::{AuditEntry, Page};

use super::sentence;
use super::words::{lines, verb};
use crate::api::{Remote, remote, use_api};
use crate::browser::utc_offset_min;
use crate::format::UNKNOWN;
use crate::query::{Query, use_set_query};
use crate::time;
use crate::ui::{Drawer, Empty, ErrorPanel, Icon, Link, Skeleton, is_open};

#[component]
pub(super) fn Opened(
    entries: Remote<Page<AuditEntry>>,
    query: Memo<Query>,
    filters: Memo<Query>,
    project: StoredValue<String>,
) -> impl IntoView {
    let api = use_api();
    let id = Memo::new(move |_| query.with(|query| query.get("entry").map(str::to_owned)));
    let about = RwSignal::new(id.get_untracked());
    let open = is_open(about);
    let set = use_set_query();
    Effect::new(move || about.set(id.get()));
    // Closed by hand: the address says so too.
    Effect::new(move || {
        if about.get().is_none() && id.get_untracked().is_some() {
            set("entry", None);
        }
    });
    let listed = Memo::new(move |_| {
        let id = about.get()?;
        entries.data.with(|page| page.as_ref()?.data.iter().find(|entry| entry.id == id).cloned())
    });
    // The list moves on while a link to one of its changes is sent around.
    let elsewhere = Memo::new(move |_| {
        let is_elsewhere = entries.data.with(Option::is_some) && listed.with(Option::is_none);
        about.get().filter(|_| is_elsewhere)
    });
    let single = remote(move || {
        let (id, all) = (elsewhere.get(), filters.with(|filters| filters.get("scope") == Some("all")));
        async move {
            let Some(id) = id else { return Ok(None) };
            let project = project.get_value();
            let asked = Query::default().with("id", Some(&id));
            let found = api.audit((!all).then_some(project.as_str()), &asked).await?;
            Ok(found.data.into_iter().next())
        }
    });
    let entry = Memo::new(move |_| {
        let other = || single.data.get().flatten().filter(|entry| about.get().as_ref() == Some(&entry.id));
        listed.get().or_else(other)
    });
    view! {
        <Drawer open title="Change">
            {move || match (entry.get(), single.error.get()) {
                (Some(entry), _) => view! { <Change entry query/> }.into_any(),
                (None, Some(error)) => view! { <ErrorPanel error retry=move || single.refresh()/> }.into_any(),
                (None, None) if single.busy.get() || elsewhere.get().is_none() => view! { <Skeleton rows=5/> }.into_any(),
                (None, None) => view! {
                    <Empty icon=Icon::History title="No such change" text="This log does not have it; the link may be of another project, or of the whole gateway."/>
                }
                .into_any(),
            }}
        </Drawer>
    }
}

#[component]
fn Change(entry: AuditEntry, query: Memo<Query>) -> impl IntoView {
    let only = move |name: &str, value: &str| {
        let to = query.with_untracked(|query| query.clone().with("entry", None).with(name, Some(value)));
        format!("/settings/audit{}", to.to_search())
    };
    let at =
        time::parse(&entry.at).map_or_else(|| entry.at.clone(), |ms| time::absolute(ms, utc_offset_min(ms)));
    let changed = lines(entry.before.as_ref(), entry.after.as_ref());
    view! {
        <p class="settings-sentence">{sentence(&verb(&entry))}" "<strong>{entry.subject.clone()}</strong></p>
        <dl class="settings-facts">
            <dt>"By"</dt><dd><Link href=only("by", &entry.by) class="link">{entry.by.clone()}</Link></dd>
            <dt>"When"</dt><dd>{at}</dd>
            <dt>"From"</dt><dd>{entry.ip.clone().unwrap_or_else(|| UNKNOWN.to_owned())}</dd>
            <dt>"Action"</dt><dd><Link href=only("action", &entry.action) class="link"><code>{entry.action.clone()}</code></Link></dd>
            <dt>"Name"</dt><dd><Link href=only("subject", &entry.subject) class="link">{entry.subject.clone()}</Link></dd>
        </dl>
        {match changed.is_empty() {
            true => view! { <p class="soft">"No field is recorded with it."</p> }.into_any(),
            false => view! {
                <table class="settings-diff">
                    <caption class="unseen">"Fields before and after"</caption>
                    <thead><tr><th scope="col">"Field"</th><th scope="col">"Before"</th><th scope="col">"After"</th></tr></thead>
                    <tbody>
                        {changed
                            .into_iter()
                            .map(|line| view! {
                                <tr>
                                    <th scope="row">{line.path}</th>
                                    <td class="settings-before">{line.before.map_or_else(nothing, |text| view! { <del>{text}</del> }.into_any())}</td>
                                    <td class="settings-after">{line.after.map_or_else(nothing, |text| view! { <ins>{text}</ins> }.into_any())}</td>
                                </tr>
                            })
                            .collect_view()}
                    </tbody>
                </table>
            }
            .into_any(),
        }}
    }
}

fn nothing() -> AnyView {
    view! { <span class="faint">{UNKNOWN}</span> }.into_any()
}
