//! Force Fallback as a switch: what it will affect is said before it is on, and it may end by itself.

use leptos::prelude::*;
use leptos::task::spawn_local;
use maig_api::{ForceEffect, Route};

use super::figures::traffic;
use super::words;
use crate::api::{ApiError, FormState, Load, remote, use_api};
use crate::clock::{countdown, use_now};
use crate::session::use_project;
use crate::ui::{
    Button, Dialog, ErrorPanel, Form, FormError, Icon, Kind, Select, Svg, Switch, TextInput, use_toast,
};
use crate::{browser, time};

/// The switch of the route in `base`.
#[component]
pub fn Force(
    base: RwSignal<Option<Route>>,
    may: bool,
    #[prop(into)] on_changed: Callback<(Route,)>,
) -> impl IntoView {
    let (asking, busy, error) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let (api, project, toast) = (use_api(), use_project(), use_toast());
    let on =
        Memo::new(move |_| base.with(|base| base.as_ref().is_some_and(|route| route.spec.force_fallback)));
    let can =
        Memo::new(move |_| base.with(|base| base.as_ref().is_some_and(|route| route.spec.targets.len() > 1)));
    let name = move || base.with_untracked(|base| base.as_ref().map(|route| route.spec.name.clone()));
    let off = move || {
        let (project, Some(name)) = (project.name.clone(), name()) else { return };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let answer = api.force_fallback(&project, &name, false, None).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(route) => {
                    toast.say(format!("Force Fallback is off: {name} begins with its primary again"));
                    on_changed.run((route,));
                }
                Err(refused) => error.set(Some(refused)),
            }
        });
    };
    let now = use_now();
    let left = Memo::new(move |_| {
        let until = base.with(|base| base.as_ref().and_then(|route| route.spec.force_fallback_until));
        let until = until.and_then(|until| time::parse(&until.to_string()))?;
        Some(until - now.get()).filter(|left| *left > 0)
    });
    view! {
        <section class="route-force" class:route-force-on=move || on.get() aria-labelledby="route-force-title">
            <div class="route-force-text">
                <h2 id="route-force-title">"Force Fallback"</h2>
                <p class="small soft">
                    {move || base.with(|base| base.as_ref().map(state))}
                    {move || left.get().filter(|_| on.get()).map(|left| view! { <span class="num">" It ends in "{countdown(left)}"."</span> })}
                </p>
            </div>
            <Switch
                label="Force Fallback"
                bare=true
                on=Signal::derive(move || on.get())
                busy
                disabled=Signal::derive(move || !may || !can.get())
                on_change=move |wanted: bool| if wanted { asking.set(true) } else { off() }
            />
        </section>
        {move || error.get().map(|error| view! { <ErrorPanel error/> })}
        <Dialog open=asking title="Switch Force Fallback on?">
            {move || base.get_untracked().map(|route| view! { <Ask route open=asking on_changed/> })}
        </Dialog>
    }
}

fn state(route: &Route) -> String {
    let mut targets = route.spec.targets.iter().map(|target| words::target(&target.model));
    let (primary, fallback) = (targets.next().unwrap_or_default(), targets.next());
    match (fallback, route.spec.force_fallback) {
        (None, _) => "It skips the primary, so the route needs a second target first.".to_owned(),
        (Some(fallback), true) => format!("On: every request skips {primary} and begins with {fallback}."),
        (Some(fallback), false) => {
            format!(
                "Off. Switched on, every request skips {primary} and begins with {fallback}: for an outage, or to rehearse one."
            )
        }
    }
}

/// When it may end: a word, how it is called, and minutes from now.
const ENDS: [(&str, &str, Option<i64>); 6] = [
    ("never", "When somebody switches it off", None),
    ("15m", "In 15 minutes", Some(15)),
    ("1h", "In an hour", Some(60)),
    ("4h", "In 4 hours", Some(240)),
    ("24h", "In 24 hours", Some(1440)),
    (AT, "At a time…", None),
];
const AT: &str = "at";

#[component]
fn Ask(route: Route, open: RwSignal<bool>, on_changed: Callback<(Route,)>) -> impl IntoView {
    let form = FormState::new();
    let (api, project, toast) = (use_api(), use_project(), use_toast());
    let (ends, at) = (RwSignal::new("never".to_owned()), RwSignal::new(String::new()));
    let name = route.spec.name.clone();
    let effect = remote({
        let (project, name) = (project.name.clone(), name.clone());
        move || {
            let (project, name) = (project.clone(), name.clone());
            async move { api.force_effect(&project, &name).await }
        }
    });
    let submit = move || {
        let (project, name) = (project.name.clone(), name.clone());
        let until = until(&ends.get_untracked(), &at.get_untracked(), browser::now_ms());
        form.send(
            async move { api.force_fallback(&project, &name, true, until).await },
            move |route: Route| {
                open.set(false);
                toast.say(format!("Force Fallback is on for {}", route.spec.name));
                on_changed.run((route,));
            },
        );
    };
    let options: Vec<(String, String)> =
        ENDS.iter().map(|(word, name, _)| ((*word).to_owned(), (*name).to_owned())).collect();
    view! {
        <Form state=form on_submit=submit>
            <Load what=effect rows=3 let:effect>
                {move || view! { <Affected effect=effect.get()/> }}
            </Load>
            <Select name="until" label="It ends" value=ends options=Signal::derive(move || options.clone())/>
            {move || (ends.get() == AT).then(|| view! {
                <TextInput name="until" label="Time" value=at kind="datetime-local" hint="Your local time."
                    check=|text: String| browser::from_local(&text).is_none_or(|at| at <= browser::now_ms()).then(|| "Choose a time in the future.".to_owned())/>
            })}
            <FormError/>
            <div class="form-end">
                <Button on_click=move || open.set(false)>"Cancel"</Button>
                <Button kind=Kind::Primary submit=true busy=form.busy>"Switch it on"</Button>
            </div>
        </Form>
    }
}

/// What it will affect.
#[component]
fn Affected(effect: ForceEffect) -> impl IntoView {
    let begins = effect.begins_with.unwrap_or_default();
    view! {
        <p>
            "Every request skips "<b class="mono">{effect.skips}</b>" and begins with "<b class="mono">{begins}</b>
            ". Apps notice nothing but another model's answers."
        </p>
        <ul class="stack-tight soft">
            <li>{traffic("the last hour", &effect.hour)}</li>
            <li>{traffic("the last 24 hours", &effect.day)}</li>
        </ul>
        <ul class="route-warnings">
            {effect
                .warnings
                .into_iter()
                .map(|one| view! { <li><Svg of=Icon::Warning label="Warning"/><span>{words::sentence(&one.message)}</span></li> })
                .collect_view()}
        </ul>
    }
}

/// The end as the API takes it.
fn until(word: &str, at: &str, now_ms: i64) -> Option<String> {
    let ms = match ENDS.iter().find(|(own, ..)| *own == word)? {
        (AT, ..) => browser::from_local(at)?,
        (.., minutes) => now_ms + (*minutes)? * 60_000,
    };
    Some(time::rfc3339(ms))
}
