//! Deleting a route, once its effect has been said: who calls it, and what is built on it.

use leptos::prelude::*;
use maig_api::ProjectKey;
use maig_core::route::RouteSpec;

use super::calls;
use super::words::list;
use crate::api::{remote, segment, use_api};
use crate::session::use_project;
use crate::shell::use_routes;
use crate::ui::{Button, Confirm, Icon, Svg, use_go, use_toast};

#[component]
pub fn Remove(#[prop(into)] name: String, version: Signal<i64>) -> impl IntoView {
    let open = RwSignal::new(false);
    let (api, project, routes, toast) = (use_api(), use_project(), use_routes(), use_toast());
    let go = use_go();
    let own = name.clone();
    let delete = move |form: crate::api::FormState| {
        let (project, name, go) = (project.name.clone(), own.clone(), go.clone());
        let gone = name.clone();
        form.send(
            async move { api.delete_route(&project, &name, version.get_untracked()).await },
            move |()| {
                open.set(false);
                // Known before the list is asked for anew, which may take a moment.
                routes.data.update(|page| {
                    if let Some(page) = page {
                        page.data.retain(|route| route.spec.name != gone);
                    }
                });
                routes.refresh();
                toast.say(format!("Deleted {gone}; its versions stay, and it can be made anew"));
                go("/routes");
            },
        );
    };
    view! {
        <Button icon=Icon::Trash on_click=move || open.set(true)>"Delete"</Button>
        <Confirm
            open
            title=format!("Delete the route {name}?")
            action="Delete the route"
            type_name=name.clone()
            on_confirm=delete
        >
            <Breaks name=name.clone()/>
        </Confirm>
    }
}

/// What would no longer work.
#[component]
fn Breaks(name: String) -> impl IntoView {
    let (api, project, routes) = (use_api(), use_project(), use_routes());
    let keys = remote(move || {
        let path = format!("projects/{}/keys", segment(&project.name));
        async move { api.all::<ProjectKey>(&path).await }
    });
    let day = {
        let name = name.clone();
        move || {
            routes.data.with(|page| {
                let route = page.iter().flat_map(|page| &page.data).find(|route| route.spec.name == name)?;
                Some(calls(route))
            })
        }
    };
    let (of_keys, of_routes) = (name.clone(), name.clone());
    let scoped = move || {
        keys.data.with(|keys| {
            let keys = keys.iter().flatten();
            names(keys.filter(|key| key.routes.contains(&of_keys)).map(|key| key.name.as_str()))
        })
    };
    let nesting = move || {
        let own = format!("route:{of_routes}");
        routes.data.with(|page| {
            let specs = page.iter().flat_map(|page| &page.data).map(|route| &route.spec);
            let nests = |spec: &&RouteSpec| spec.targets.iter().any(|target| target.model == own);
            names(specs.filter(nests).map(|spec| spec.name.as_str()))
        })
    };
    view! {
        <p>"Apps that call "<b>{name}</b>" get "<code>"route_not_found"</code>" within a second. "{day}</p>
        <ul class="route-warnings route-breaks">
            {move || scoped().map(|names| view! {
                <li><Svg of=Icon::Warning label="Warning"/><span>"Made for it, and of no use without it: the project keys "{names}"."</span></li>
            })}
            {move || nesting().map(|names| view! {
                <li><Svg of=Icon::Warning label="Warning"/><span>"It is a target of "{names}"; the gateway refuses to delete it before that is changed."</span></li>
            })}
        </ul>
    }
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<String> = names.map(str::to_owned).collect();
    (!names.is_empty()).then(|| list(&names))
}
