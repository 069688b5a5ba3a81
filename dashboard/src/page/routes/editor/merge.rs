//! Two people at one route: the second to save is shown what the first has changed, beside what it was and what it would
//! be, and decides field by field. Nothing is overwritten that was not seen.

use leptos::prelude::*;
use maig_api::Route;
use maig_core::route::RouteSpec;

use super::save::Saving;
use crate::page::routes::diff::{Clash, clashes, take};
use crate::page::routes::draft::Draft;
use crate::ui::{Button, Dialog, Kind};

/// The paths at which theirs is taken.
type Taken = RwSignal<Vec<String>>;

#[component]
pub fn Merge(saving: Saving) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move || {
        if saving.theirs.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move || {
        if !open.get() {
            saving.theirs.set(None);
        }
    });
    view! {
        <Dialog open wide=true title="Somebody else has changed this route">
            {move || saving.theirs.get().map(|theirs| view! { <Differences saving theirs open/> })}
        </Dialog>
    }
}

#[component]
fn Differences(saving: Saving, theirs: Route, open: RwSignal<bool>) -> impl IntoView {
    let editor = saving.editor;
    let mine = editor.draft.with_untracked(Draft::spec);
    let base = editor
        .base
        .with_untracked(|base| base.as_ref().map_or_else(|| mine.clone(), |route| route.spec.clone()));
    let clashes = clashes(&base, &mine, &theirs.spec);
    // What I have not touched is theirs unless I say otherwise.
    let taken: Taken =
        RwSignal::new(clashes.iter().filter(|clash| !clash.both).map(|clash| clash.path.clone()).collect());
    let (version, nothing) = (theirs.version, clashes.is_empty());
    let merged = {
        let (mine, theirs) = (mine.clone(), theirs.spec.clone());
        move || {
            taken
                .get_untracked()
                .iter()
                .fold(mine.clone(), |spec: RouteSpec, path| take(&spec, &theirs, path))
        }
    };
    let (all_theirs, after) = (theirs.clone(), theirs);
    let go_on = move || {
        editor.rebase(after.clone());
        editor.load(merged());
        open.set(false);
    };
    let use_theirs = move || {
        editor.rebase(all_theirs.clone());
        editor.load(all_theirs.spec.clone());
        open.set(false);
    };
    view! {
        <p class="soft">
            {format!("Version {version} was saved after you began. ")}
            {if nothing {
                "It differs from yours in nothing that you have not changed the same way."
            } else {
                "Choose for each field; then look at the result, and save it."
            }}
        </p>
        <div class="route-merge">
            {clashes.into_iter().map(|clash| view! { <Choice clash taken/> }).collect_view()}
        </div>
        <div class="form-end">
            <Button on_click=move || open.set(false)>"Keep editing"</Button>
            <Button on_click=use_theirs>"Drop my changes"</Button>
            <Button kind=Kind::Primary on_click=go_on>"Put them together"</Button>
        </div>
    }
}

#[component]
fn Choice(clash: Clash, taken: Taken) -> impl IntoView {
    let group = crate::browser::fresh_id("merge");
    let path = clash.path.clone();
    let is_theirs = {
        let path = path.clone();
        move || taken.with(|taken| taken.contains(&path))
    };
    let is_mine = {
        let is_theirs = is_theirs.clone();
        move || !is_theirs()
    };
    let choose = move |theirs: bool| {
        taken.update(|taken| {
            taken.retain(|one| *one != path);
            if theirs {
                taken.push(path.clone());
            }
        });
    };
    let (choose_mine, choose_theirs) = (choose.clone(), choose);
    let shown = |value: Option<String>| value.unwrap_or_else(|| "default".to_owned());
    view! {
        <fieldset class="route-clash">
            <legend>{clash.name}{clash.both.then_some(" (both changed it)")}</legend>
            <p class="small soft">"It was: "{shown(clash.was)}</p>
            <label class="route-side">
                <input type="radio" class="check-box" name=group.clone() prop:checked=is_mine on:change=move |_| choose_mine(false)/>
                <span><b>"Mine "</b>{shown(clash.mine)}</span>
            </label>
            <label class="route-side">
                <input type="radio" class="check-box" name=group prop:checked=is_theirs on:change=move |_| choose_theirs(true)/>
                <span><b>"Theirs "</b>{shown(clash.theirs)}</span>
            </label>
        </fieldset>
    }
}
