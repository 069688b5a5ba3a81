//! Saving: what keeps a draft from it, what the server says to it, and what somebody else has saved meanwhile.

use leptos::prelude::*;
use leptos::task::spawn_local;
use maig_api::{Page, PutRoute, Route};

use super::state::Editor;
use crate::api::{Api, ApiError, Remote, use_api};
use crate::browser;
use crate::page::routes::draft::Draft;
use crate::session::use_project;
use crate::shell::use_routes;
use crate::ui::{Button, ErrorPanel, Kind, Toaster, use_toast};

/// What a save may lead to that the page must handle.
#[derive(Clone, Copy)]
pub struct Saving {
    pub editor: Editor,
    /// The route as somebody else has saved it since the draft began.
    pub theirs: RwSignal<Option<Route>>,
    /// Somebody else has deleted it since the draft began.
    pub gone: RwSignal<bool>,
    on_saved: Callback<(Route,)>,
    api: Api,
    project: StoredValue<String>,
    routes: Remote<Page<Route>>,
    toast: Toaster,
}

impl Saving {
    pub fn new(editor: Editor, on_saved: Callback<(Route,)>) -> Self {
        Self {
            editor,
            theirs: RwSignal::new(None),
            gone: RwSignal::new(false),
            on_saved,
            api: use_api(),
            project: StoredValue::new(use_project().name),
            routes: use_routes(),
            toast: use_toast(),
        }
    }

    /// Saves over the version that the draft began as; a newer one is shown, never overwritten.
    pub fn save(self) {
        let version = self.editor.base.with_untracked(|base| base.as_ref().map_or(0, |route| route.version));
        self.save_over(version);
    }

    /// `version` 0: there must be no route of this name.
    fn save_over(self, version: i64) {
        let Self { editor, theirs, gone, on_saved, api, project, routes, toast } = self;
        editor.form.tried.set(true);
        if editor.form.busy.get_untracked() {
            return;
        }
        if untrack(|| editor.is_at_fault()) {
            return focus_first_fault();
        }
        let spec = editor.draft.with_untracked(Draft::spec);
        editor.form.busy.set(true);
        gone.set(false);
        editor.form.error.set(None);
        let project = project.get_value();
        spawn_local(async move {
            let asked = PutRoute { spec: spec.clone() };
            let answer = api.put_route(&project, &spec.name, Some(version), &asked).await;
            let stale = matches!(answer, Err(ApiError::Stale { .. }));
            let newest = if stale { Some(api.route(&project, &spec.name).await) } else { None };
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
                (_, Some(Ok(newest))) if editor.take_switch(&newest) => self.save_over(newest.version),
                (_, Some(Ok(newest))) if !editor.is_new() => theirs.set(Some(newest)),
                (_, Some(Err(error))) if error.is_not_found() => gone.set(true),
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
        editor.load(spec.unwrap_or_else(|| maig_core::route::RouteSpec::new("")));
    };
    view! {
        {move || general.get().map(|error| view! { <ErrorPanel error/> })}
        {move || saving.gone.get().then(|| view! {
            <div class="route-gone" role="alert">
                <p>"Somebody has deleted this route since you began. What you have typed is still here."</p>
                <Button on_click=move || saving.save_over(0)>"Make it anew"</Button>
            </div>
        })}
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
