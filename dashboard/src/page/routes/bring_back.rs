//! Asks before an old version of a route is in force again: shows what that changes in the route as it is now, not as it
//! was then. It must never replace a version that was not on show: who comes second is shown the newer one first.

use leptos::prelude::*;
use maig_api::{Route, RouteVersion};
use maig_core::route::RouteSpec;

use super::diff::changes;
use super::versions::Changes;
use crate::api::{FormState, Load, remote, use_api};
use crate::session::use_project;
use crate::ui::{Button, Dialog, Form, FormError, Icon, Kind, Svg, Time, is_open, use_toast};

/// `about`: the version that somebody wants back.
#[component]
pub(super) fn BringBack(
    about: RwSignal<Option<RouteVersion>>,
    /// The editor holds work that is not saved.
    #[prop(into)]
    dirty: Signal<bool>,
    #[prop(into)] on_saved: Callback<(Route,)>,
) -> impl IntoView {
    let open = is_open(about);
    view! {
        <Dialog open wide=true title="Bring this version back?">
            {move || about.get().map(|version| view! { <Ask version open dirty on_saved/> })}
        </Dialog>
    }
}

#[component]
fn Ask(
    version: RouteVersion,
    open: RwSignal<bool>,
    dirty: Signal<bool>,
    on_saved: Callback<(Route,)>,
) -> impl IntoView {
    let (api, project, toast) = (use_api(), use_project(), use_toast());
    let form = FormState::new();
    let RouteVersion { version: number, spec, at, by, .. } = version;
    let name = spec.name.clone();
    // What is in force may be newer than the page knows.
    let current = remote({
        let (project, name) = (project.name.clone(), name.clone());
        move || {
            let (project, name) = (project.clone(), name.clone());
            async move { api.route(&project, &name).await }
        }
    });
    let submit = move || {
        let (project, name) = (project.name.clone(), name.clone());
        let Some(seen) = current.data.with_untracked(|route| route.as_ref().map(|route| route.version))
        else {
            return;
        };
        let call = async move { current.change(api.bring_back(&project, &name, number, seen)).await };
        form.send(call, move |saved: Route| {
            open.set(false);
            toast.say(format!("Version {number} is back, as version {}", saved.version));
            on_saved.run((saved,));
        });
    };
    let wanted = spec.clone();
    let nothing = Memo::new(move |_| {
        current.data.with(|route| route.as_ref().is_none_or(|route| changes(&route.spec, &wanted).is_empty()))
    });
    view! {
        <Form state=form on_submit=submit>
            <p class="soft">{format!("Version {number} was saved ")}<Time at/>" by "{by}"."</p>
            <Load what=current rows=3 let:route>
                <Difference route spec=spec.clone()/>
            </Load>
            {move || dirty.get().then(|| view! {
                <p class="route-newer"><Svg of=Icon::Warning label="Warning"/>"What you have changed above and not saved is dropped."</p>
            })}
            <FormError/>
            <div class="form-end">
                <Button on_click=move || open.set(false)>"Cancel"</Button>
                <Button kind=Kind::Primary submit=true busy=form.busy disabled=Signal::derive(move || nothing.get())>
                    {format!("Bring version {number} back")}
                </Button>
            </div>
        </Form>
    }
}

/// What it changes in the route as it is now, also when somebody saves it meanwhile.
#[component]
fn Difference(route: Signal<Route>, spec: RouteSpec) -> impl IntoView {
    let seen = Memo::new(move |_| route.with(|route| (route.version, changes(&route.spec, &spec))));
    let words = move || {
        let (now, nothing) = seen.with(|(now, changed)| (*now, changed.is_empty()));
        match nothing {
            true => format!("It differs in nothing from version {now}, which is in force."),
            false => format!("What changes from version {now}, which is in force and stays in the list:"),
        }
    };
    view! {
        <p role="status">{words}</p>
        {move || seen.with(|(_, changed)| (!changed.is_empty()).then(|| view! { <Changes changed=changed.clone()/> }))}
    }
}
