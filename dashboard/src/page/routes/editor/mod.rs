//! The editor of one route: `/routes/NAME` and `/routes/new`. What is typed is judged at once by the code that the
//! gateway runs; Explain beside it rehearses the draft.
//!
//! `state` holds the draft, `field` has a file for each field, `targets` and `target` the ordered list, `save` writes,
//! `merge` is for two who edit at once, `leave` asks before work is lost.

mod field;
mod leave;
mod merge;
mod model_facts;
mod models;
mod save;
mod state;
mod target;
mod targets;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use maig_api::{Action, Route};
use maig_core::route::RouteSpec;

use self::field::ROUTE_FIELDS;
use self::leave::AskBeforeLeaving;
use self::merge::Merge;
pub use self::models::model_choices;
use self::save::{SaveBar, Saving};
use self::state::Editor;
use self::targets::Targets;
use super::around::{Around, load};
use super::draft::Draft;
use super::explain::Explain;
use super::force::Force;
use super::remove::Remove;
use super::template::Template;
use super::versions::Versions;
use super::{figures, words, yaml};
use crate::api::{ApiError, Load, remote, segment, use_api};
use crate::query::use_query;
use crate::session::use_project;
use crate::shell::use_routes;
use crate::ui::{Badge, Code, Dot, Icon, Link, PageHead, Panel, Svg, TextInput, Time, use_go};

/// `/routes/new`, with `?template=` to start from.
#[component]
pub fn NewRoute() -> impl IntoView {
    let (api, project, query) = (use_api(), use_project(), use_query());
    let around = remote(move || {
        let project = project.name.clone();
        async move { load(api, &project).await }
    });
    view! {
        <PageHead title="New route" text="A name that apps call, and who answers." back=("Routes", "/routes")/>
        <Load what=around rows=8 let:around>
            {
                let template = query.with_untracked(|query| query.get("template").and_then(Template::of));
                let spec = around.with_untracked(|around| match template {
                    Some(template) => free_name(template.route(&around.catalog, &around.keys), around),
                    None => RouteSpec::new(""),
                });
                view! { <Editing around base=None spec/> }
            }
        </Load>
    }
}

/// A template's name may be taken already.
fn free_name(mut spec: RouteSpec, around: &Around) -> RouteSpec {
    let taken = |name: &str| around.routes.iter().any(|route| route.name == name);
    let stem = spec.name.clone();
    if let Some(free) =
        (2..).map(|n| format!("{stem}-{n}")).find(|name| !taken(name)).filter(|_| taken(&stem))
    {
        spec.name = free;
    }
    spec
}

/// `/routes/NAME`.
#[component]
pub fn EditRoute() -> impl IntoView {
    let params = use_params_map();
    let name = Memo::new(move |_| params.with(|params| params.get("name")).unwrap_or_default());
    // Another route gets an editor of its own.
    move || view! { <OneRoute name=name.get()/> }
}

#[component]
fn OneRoute(name: String) -> impl IntoView {
    let (api, project) = (use_api(), use_project());
    let both = remote({
        let name = name.clone();
        move || {
            let (name, project) = (name.clone(), project.name.clone());
            async move {
                let around = load(api, &project).await?;
                Ok::<_, ApiError>((around, api.route(&project, &name).await?))
            }
        }
    });
    view! {
        <Load what=both rows=8 let:both>
            {
                let around = Signal::derive(move || both.with(|(around, _)| around.clone()));
                let route = both.with_untracked(|(_, route)| route.clone());
                let spec = route.spec.clone();
                view! { <Editing around base=Some(route) spec/> }
            }
        </Load>
    }
}

#[component]
fn Editing(around: Signal<Around>, base: Option<Route>, spec: RouteSpec) -> impl IntoView {
    let (project, go) = (use_project(), use_go());
    let is_new = base.is_none();
    let routes = use_routes();
    // Routes that colleagues make meanwhile count at once.
    let around = Memo::new(move |_| {
        let around = around.get();
        routes.data.with(|page| page.as_ref().map_or_else(|| around.clone(), |page| around.with_routes(page)))
    });
    let around: Signal<Around> = Signal::derive(move || around.get());
    models::provide_choices(around, spec.name.clone());
    let may = project.may(Action::ChangeRoutes);
    let editor = Editor::new(may, around, base, spec);
    let on_saved = Callback::new(move |(saved,): (Route,)| {
        if is_new {
            go(&format!("/routes/{}", segment(&saved.spec.name)));
        }
    });
    let saving = Saving::new(editor, on_saved);
    let spec = Memo::new(move |_| editor.draft.with(Draft::spec));
    let newer = follow(editor);
    let dirty = Memo::new(move |_| may && editor.is_dirty());
    provide_context(editor.form);
    let own_project = project.name.clone();
    view! {
        {(!is_new).then(|| view! { <EditorHead editor/> })}
        <AskBeforeLeaving dirty/>
        <p class="unseen" role="status">{move || editor.news.get()}</p>
        <div class="route-editor">
            <form
                class="route-form stack"
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    saving.save();
                }
                on:keydown=move |event| {
                    let enter = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
                    let save = event.key() == "s" && (event.ctrl_key() || event.meta_key());
                    if enter || save {
                        event.prevent_default();
                        saving.save();
                    }
                }
            >
                <fieldset class="stack" disabled=!may>
                    {move || newer.get().map(|version| view! {
                        <p class="route-newer" role="status">
                            <Svg of=Icon::Info/>
                            {format!("Somebody has saved version {version} meanwhile. When you save, you are shown the difference.")}
                        </p>
                    })}
                    {(!may).then(|| view! {
                        <p class="route-newer"><Svg of=Icon::Info/>"Your role may look at routes and try them in Explain, not change them."</p>
                    })}
                    {is_new.then(|| view! { <Panel><Name editor/></Panel> })}
                    <Panel>
                        <p class="route-summary">{move || spec.with(words::summary)}</p>
                        // Anew when a whole draft is loaded: each field takes its text from the draft once.
                        {move || { editor.generation.track(); view! { <Targets editor/> } }}
                    </Panel>
                    {move || {
                        editor.generation.track();
                        ROUTE_FIELDS.iter().map(|field| view! { <Panel>{(field.view)(editor)}</Panel> }).collect_view()
                    }}
                    {may.then(|| view! { <SaveBar saving/> })}
                </fieldset>
            </form>
            <aside class="route-beside" aria-label="Explain this route">
                <Explain around spec/>
            </aside>
            <div class="route-below stack">
                {(!is_new).then(|| view! { <Versions editor_base=editor.base on_load=move |spec| editor.load(spec) on_saved=move |route: Route| {
                    editor.rebase(route.clone());
                    editor.load(route.spec);
                    routes.refresh();
                } dirty may/> })}
                <details class="panel route-yaml">
                    <summary><h2>"As YAML"</h2></summary>
                    <p class="soft small">"The same route for "<code>"maig apply -f"</code>", as it stands above, saved or not."</p>
                    <Code label="The route as YAML" text=Signal::derive(move || spec.with(|spec| yaml::of_route(&own_project, spec)))/>
                </details>
            </div>
        </div>
        <Merge saving/>
    }
}

/// Follows what others save: an untouched draft becomes it, the switch of Force Fallback moves with it, and a draft with
/// work in it stays, with the number of the newer version.
fn follow(editor: Editor) -> RwSignal<Option<i64>> {
    let routes = use_routes();
    let newer = RwSignal::new(None);
    Effect::new(move || {
        let Some(base) = editor.base.get() else { return };
        let theirs = routes.data.with(|page| {
            let all = page.iter().flat_map(|page| &page.data);
            all.filter(|route| route.version > base.version)
                .find(|route| route.spec.name == base.spec.name)
                .cloned()
        });
        newer.set(None);
        let Some(theirs) = theirs else { return };
        if editor.take_switch(&theirs) {
            return;
        }
        if untrack(|| editor.is_dirty()) {
            newer.set(Some(theirs.version));
        } else {
            editor.load(theirs.spec.clone());
            editor.rebase(theirs);
        }
    });
    newer
}

/// What the route is called, what state it is in, and what one can do with the whole of it.
#[component]
fn EditorHead(editor: Editor) -> impl IntoView {
    let Editor { base, may, .. } = editor;
    let Some(route) = base.get_untracked() else { return ().into_any() };
    let name = route.spec.name;
    let routes = use_routes();
    // The route as it was saved, with figures as they are now.
    let seen = {
        let name = name.clone();
        Memo::new(move |_| {
            routes.data.with(|page| {
                let all = page.iter().flat_map(|page| &page.data);
                all.filter(|route| route.spec.name == name)
                    .map(|route| (figures::calls(route), figures::health(&route.health)))
                    .next()
            })
        })
    };
    let logs = format!("/logs?route={}", segment(&name));
    view! {
        <PageHead title=name.clone() back=("Routes", "/routes")>
            {may.then(|| view! { <Remove name=name.clone() version=Signal::derive(move || base.with(|base| base.as_ref().map_or(0, |route| route.version)))/> })}
        </PageHead>
        <div class="route-state">
            {move || base.get().map(|route| view! {
                <span class="row">
                    <Badge>{format!("version {}", route.version)}</Badge>
                    <span>"saved "<Time at=route.updated_at/>" by "{route.updated_by}</span>
                </span>
            })}
            {move || seen.get().map(|(calls, health)| view! {
                <span>{calls}" "<Link href=logs.clone() class="link">"See its requests"</Link></span>
                <span class="route-health">
                    {health.into_iter().map(|(tone, label)| view! { <Dot tone label/> }).collect_view()}
                </span>
            })}
        </div>
        <Force base may on_changed=move |route: Route| {
            // Only the switch has moved: what somebody is typing stays.
            editor.force_of(&route.spec);
            editor.rebase(route);
            routes.refresh();
        }/>
    }
    .into_any()
}

#[component]
fn Name(editor: Editor) -> impl IntoView {
    let value = RwSignal::new(editor.draft.with_untracked(|draft| draft.rest.name.clone()));
    Effect::new(move |before: Option<String>| {
        let name = value.get().trim().to_owned();
        if before.as_ref().is_some_and(|before| *before != name) {
            editor.edit(|route| route.name.clone_from(&name));
        }
        name
    });
    view! {
        <TextInput
            name="name"
            label="Name"
            value
            mono=true
            autofocus=true
            placeholder="production-chat"
            hint="Apps send it in place of a model. It cannot be changed later."
            check=editor.check(None, "name")
        />
    }
}
