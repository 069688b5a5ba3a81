//! Every version of a route: who saved it, what it changed, and the way to have it back.

use leptos::prelude::*;
use maig_api::{Route, RouteVersion};
use maig_core::route::RouteSpec;

use super::bring_back::BringBack;
use super::diff::{Change, changes};
use crate::api::{ApiError, Load, remote, use_api};
use crate::session::use_project;
use crate::ui::{Badge, Button, Icon, Time, Tone};

#[component]
pub fn Versions(
    editor_base: RwSignal<Option<Route>>,
    /// Shows an old version as a draft.
    #[prop(into)]
    on_load: Callback<(RouteSpec,)>,
    /// An old version is the newest again.
    #[prop(into)]
    on_saved: Callback<(Route,)>,
    /// The editor holds work that is not saved.
    #[prop(into)]
    dirty: Signal<bool>,
    may: bool,
) -> impl IntoView {
    let (api, project) = (use_api(), use_project());
    let wanted = RwSignal::new(None::<RouteVersion>);
    let pages = RwSignal::new(1u32);
    let versions = remote(move || {
        let base =
            editor_base.with(|base| base.as_ref().map(|route| (route.spec.name.clone(), route.version)));
        let project = project.name.clone();
        let pages = pages.get();
        async move {
            let (name, _) = base.ok_or(ApiError::Offline)?;
            let mut all = api.route_versions(&project, &name, None).await?;
            for _ in 1..pages {
                let Some(cursor) = all.next_cursor.take() else { break };
                let older = api.route_versions(&project, &name, Some(&cursor)).await?;
                all.data.extend(older.data);
                all.next_cursor = older.next_cursor;
            }
            Ok(all)
        }
    });
    let more = Memo::new(move |_| {
        versions.data.with(|page| page.as_ref().is_some_and(|page| page.next_cursor.is_some()))
    });
    view! {
        <details class="panel route-versions">
            <summary><h2>"Versions"</h2></summary>
            <Load what=versions let:page>
                <ol class="route-history">
                    {move || {
                        let page = page.get();
                        let older = page.data.iter().skip(1).map(Some).chain([None]).map(|older| older.map(|one| one.spec.clone()));
                        let newest = page.data.first().map(|one| one.version);
                        let rows: Vec<_> = page.data.iter().cloned().zip(older).collect();
                        let more = page.next_cursor.is_some();
                        rows.into_iter()
                            .map(|(version, older)| {
                                let is_newest = Some(version.version) == newest;
                                view! { <Version version older is_newest more on_load wanted may/> }
                            })
                            .collect_view()
                    }}
                </ol>
            </Load>
            {move || more.get().then(|| view! {
                <div class="row">
                    <Button busy=versions.busy on_click=move || pages.update(|count| *count += 1)>"Show older versions"</Button>
                </div>
            })}
        </details>
        <BringBack about=wanted dirty on_saved/>
    }
}

#[component]
fn Version(
    version: RouteVersion,
    /// The one before it.
    older: Option<RouteSpec>,
    is_newest: bool,
    /// There are older ones that are not on the page.
    more: bool,
    on_load: Callback<(RouteSpec,)>,
    wanted: RwSignal<Option<RouteVersion>>,
    may: bool,
) -> impl IntoView {
    let asked = StoredValue::new(version.clone());
    let changed = older.as_ref().map(|older| changes(older, &version.spec));
    let first = if more { "What it changed is told beside the one before it." } else { "The first version." };
    let spec = version.spec.clone();
    view! {
        <li class="route-version">
            <div class="row-apart">
                <span class="row">
                    <b>{format!("Version {}", version.version)}</b>
                    {is_newest.then(|| view! { <Badge tone=Tone::Good>"in force"</Badge> })}
                    <span class="small soft"><Time at=version.at/>" by "{version.by}</span>
                </span>
                {(may && !is_newest).then(|| view! {
                    <span class="row">
                        <Button on_click=move || on_load.run((spec.clone(),))>"Look at it"</Button>
                        <Button icon=Icon::History on_click=move || wanted.set(Some(asked.get_value()))>"Bring back"</Button>
                    </span>
                })}
            </div>
            {match changed {
                None => view! { <p class="small faint">{first}</p> }.into_any(),
                Some(changed) => view! { <Changes changed/> }.into_any(),
            }}
        </li>
    }
}

/// What a version changed, field by field.
#[component]
pub fn Changes(changed: Vec<Change>) -> impl IntoView {
    if changed.is_empty() {
        return view! { <p class="small faint">"No field was changed."</p> }.into_any();
    }
    let shown = |value: Option<String>| value.unwrap_or_else(|| "default".to_owned());
    view! {
        <dl class="route-changes">
            {changed
                .into_iter()
                .map(|change| view! {
                    <div>
                        <dt>{change.name}</dt>
                        <dd><del>{shown(change.before)}</del><span class="unseen">" became "</span><ins>{shown(change.after)}</ins></dd>
                    </div>
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}
