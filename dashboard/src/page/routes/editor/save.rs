//! Saving: what keeps a draft from it, what the server says to it, and what somebody else has saved meanwhile.

use leptos::prelude::*;
use leptos::task::spawn_local;
use maig_api::{PutRoute, Route};

use super::state::Editor;
use crate::api::{ApiError, use_api};
use crate::browser;
use crate::page::routes::draft::Draft;
use crate::session::use_project;
use crate::shell::use_routes;
use crate::ui::{Button, ErrorPanel, Kind, use_toast};

/// What a save may lead to that the page must handle.
#[derive(Clone, Copy)]
pub struct Saving {
    pub editor: Editor,
    /// The route as somebody else has saved it since the draft began.
    pub theirs: RwSignal<Option<Route>>,
    pub on_saved: Callback<(Route,)>,
}

impl Saving {
    /// Saves over the version that the draft began as; a newer one is shown, never overwritten.
    pub fn save(self) {
        let Self { editor, theirs, on_saved } = self;
        let (api, project, routes, toast) = (use_api(), use_project(), use_routes(), use_toast());
        editor.form.tried.set(true);
        if editor.form.busy.get_untracked() {
            return;
        }
        if untrack(|| editor.is_at_fault()) {
            return focus_first_fault();
        }
        let spec = editor.draft.with_untracked(Draft::spec);
        let version = editor.base.with_untracked(|base| base.as_ref().map_or(0, |route| route.version));
        editor.form.busy.set(true);
        editor.form.error.set(None);
        spawn_local(async move {
            let asked = PutRoute { spec: spec.clone() };
            let answer = api.put_route(&project.name, &spec.name, Some(version), &asked).await;
            let stale = matches!(answer, Err(ApiError::Stale { .. }));
            let newest = if stale { Some(api.route(&project.name, &spec.name).await) } else { None };
            // The page may be gone by now.
            if editor.form.busy.try_set(false).is_some() {
                return;
            }
            match (answer, newest) {
                (Ok(saved), _) => {
                    toast.say(format!("Saved {} as version {}", saved.spec.name, saved.version));
                    editor.rebase(saved.clone());
                    routes.refresh();
                    on_saved.run((saved,));
                }
                (_, Some(Ok(newest))) if version > 0 => theirs.set(Some(newest)),
                (_, Some(Ok(_))) => {
                    let words =
                        "There is a route of this name already. Choose another name, or open that route.";
                    editor.refuse(spec, &refusal("name", words));
                    focus_first_fault();
                }
                (Err(error), _) => {
                    editor.refuse(spec, &error);
                    editor.form.error.set(Some(error));
                    focus_first_fault();
                }
            }
        });
    }
}

/// A refusal of our own, in the server's form.
fn refusal(param: &str, words: &str) -> ApiError {
    let detail = maig_api::ErrorDetail {
        message: words.to_owned(),
        kind: "invalid_request_error".to_owned(),
        param: Some(param.to_owned()),
        code: Some("already_exists".to_owned()),
        faults: Vec::new(),
        current: None,
    };
    ApiError::Refused { status: 409, detail }
}

fn focus_first_fault() {
    // Folds open in this frame, and what is in them can take the focus in the next.
    request_animation_frame(|| {
        request_animation_frame(|| {
            let found = document().query_selector("main [aria-invalid='true']").ok().flatten();
            if let Some(element) = found {
                browser::focus(&element.id());
            }
        });
    });
}

/// Stays in sight while there is something to save.
#[component]
pub fn SaveBar(saving: Saving) -> impl IntoView {
    let editor = saving.editor;
    let dirty = Memo::new(move |_| editor.is_dirty());
    let is_new = Memo::new(move |_| editor.base.with(Option::is_none));
    let general = Memo::new(move |_| editor.form.error.get().filter(|_| !editor.is_said_at_a_field()));
    let state = move || match (dirty.get(), editor.form.tried.get() && editor.is_at_fault()) {
        (_, true) => "Something is wrong above; it is told at its field.".to_owned(),
        (true, _) if is_new.get() => "Not saved yet.".to_owned(),
        (true, _) => {
            let count = editor.base.with(|base| {
                let base = base.as_ref().map(|route| route.spec.clone());
                base.map_or(0, |base| {
                    crate::page::routes::diff::changes(&base, &editor.draft.with(Draft::spec)).len()
                })
            });
            let count = u64::try_from(count).unwrap_or(0);
            crate::format::plural(count.max(1), "unsaved change", "unsaved changes")
        }
        _ => "Everything is saved.".to_owned(),
    };
    let discard = move || {
        let spec = editor.base.with_untracked(|base| base.as_ref().map(|route| route.spec.clone()));
        editor.form.tried.set(false);
        editor.form.error.set(None);
        editor.load(spec.unwrap_or_else(|| crate::page::routes::template::blank("")));
    };
    view! {
        {move || general.get().map(|error| view! { <ErrorPanel error/> })}
        <div class="route-save" class:route-save-dirty=move || dirty.get()>
            <p class="soft" role="status">{state}</p>
            <div class="row">
                {move || (dirty.get() && !is_new.get()).then(|| view! { <Button on_click=discard>"Discard"</Button> })}
                <Button kind=Kind::Primary submit=true busy=editor.form.busy disabled=Signal::derive(move || !dirty.get())>
                    {move || if is_new.get() { "Create the route" } else { "Save" }}
                </Button>
            </div>
        </div>
    }
}
