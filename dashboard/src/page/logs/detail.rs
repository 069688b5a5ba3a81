//! One request beside the list: what was tried, what it cost, who asked, and the headers that the app saw.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use maig_api::{LogDetail, LoggedHeader};

use super::attempts::Attempts;
use super::row::{failed, tone};
use super::state::LogState;
use super::{logs_href, words};
use crate::api::{Load, remote, segment, use_api};
use crate::browser::utc_offset_min;
use crate::query::Query;
use crate::ui::{Badge, Button, Copy, Drawer, Icon, Kind, Link, Tone, use_go_beside};
use crate::{format, time};

/// At `/logs/{id}`; closing it leads back to the list with its filter.
#[component]
pub fn LogDrawer() -> impl IntoView {
    let state = expect_context::<LogState>();
    let (params, go_beside) = (use_params_map(), use_go_beside());
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let open = RwSignal::new(true);
    let go = move |path: String| go_beside(&(path + &state.query.get_untracked().to_search()));
    let back = go.clone();
    Effect::new(move || {
        if !open.get() {
            back("/logs".to_owned());
        }
    });
    // The row whose request is open is where the keyboard goes on.
    on_cleanup(move || {
        let id = format!("log-{}", id.get_untracked());
        request_animation_frame(move || crate::browser::focus(&id));
    });
    let step = StoredValue::new(move |by: isize| {
        let next = state.roll.with_untracked(|roll| {
            let at = roll.position(&id.get_untracked())?.checked_add_signed(by)?;
            roll.rows().get(at).map(|row| row.request_id.clone())
        });
        if let Some(next) = next {
            go(format!("/logs/{next}"));
        }
    });
    let on_key = window_event_listener(leptos::ev::keydown, move |event| match event.key().as_str() {
        "j" => step.with_value(|step| step(1)),
        "k" => step.with_value(|step| step(-1)),
        _ => {}
    });
    on_cleanup(move || on_key.remove());
    view! {
        <Drawer open title="Request">
            <div class="log-steps">
                <Button kind=Kind::Quiet icon=Icon::Up label="Newer (k)" on_click=move || step.with_value(|step| step(-1))/>
                <Button kind=Kind::Quiet icon=Icon::Down label="Older (j)" on_click=move || step.with_value(|step| step(1))/>
            </div>
            {move || view! { <Request id=id.get() range=state.query.get_untracked()/> }}
        </Drawer>
    }
}

#[component]
fn Request(id: String, range: Query) -> impl IntoView {
    let (api, project) = (use_api(), crate::session::use_project());
    let asked = id.clone();
    let detail = remote(move || {
        let (project, id) = (project.name.clone(), asked.clone());
        async move { api.log(&project, &id).await }
    });
    let shown_id = id.clone();
    view! {
        <p class="log-id"><code class="cut">{shown_id}</code><Copy text=id label="Copy the request's id"/></p>
        <Load what=detail rows=8 let:detail>
            {
                let range = range.clone();
                move || body(detail.get(), &range)
            }
        </Load>
    }
}

fn body(detail: LogDetail, range: &Query) -> impl IntoView + use<> {
    let entry = detail.entry.clone();
    let at = time::parse(&entry.at).unwrap_or_default();
    let served = entry.served_by.clone();
    let answered = match &served {
        Some(_) => "answered by",
        None => "answered by nobody",
    };
    let dropped = detail.dropped.clone();
    let word = if failed(&entry) && entry.status < 400 { "broke off" } else { words::status(entry.status) };
    let why = match &entry.error_code {
        Some(code) => format!("{word} · {code}"),
        // The line below says so, and by whom.
        None if !failed(&entry) => String::new(),
        None => word.to_owned(),
    };
    view! {
        <section class="log-summary">
            <p class="row">
                <Badge tone=tone(&entry)>{entry.status}</Badge>
                {entry.fallback.then(|| view! { <Badge tone=Tone::Accent>"fallback"</Badge> })}
                {entry.test.then(|| view! { <Badge>"test"</Badge> })}
                {entry.stream.then(|| view! { <Badge>"stream"</Badge> })}
                <span class="soft">{why}</span>
            </p>
            <p class="log-headline">
                <Link href=format!("/routes/{}", segment(&entry.route)) class="link">{entry.route.clone()}</Link>
                " " {answered} " " {served.map(|served| view! { <strong>{served}</strong> })}
            </p>
            <p class="soft num">{time::absolute(at, utc_offset_min(at))}</p>
            <dl class="log-clocks">
                {clock("Duration", Some(entry.duration_ms))}
                {clock("First token", entry.first_token_ms)}
                <div><dt>"Attempts"</dt><dd>{entry.attempts}</dd></div>
                <div><dt>"Cost"</dt><dd>{cost(&detail)}</dd></div>
            </dl>
        </section>
        <Attempts attempts=detail.attempt_log.clone() skipped=detail.skipped.clone() duration_ms=entry.duration_ms/>
        {(!dropped.is_empty()).then(|| view! {
            <section class="log-part">
                <h3>"Dropped in translation"</h3>
                <p class="soft">"The model that answered could not be told these; the request was served without them."</p>
                <p class="row">{dropped.into_iter().map(|field| view! { <code class="log-field">{field}</code> }).collect_view()}</p>
            </section>
        })}
        <section class="log-part">
            <h3>"Tokens"</h3>
            <Tokens detail=detail.clone()/>
        </section>
        <section class="log-part">
            <h3>"Who asked"</h3>
            {who(&detail, range)}
        </section>
        {headers(detail.headers.clone())}
    }
}

fn clock(name: &'static str, ms: Option<u64>) -> impl IntoView {
    view! { <div><dt>{name}</dt><dd class="num">{ms.map_or_else(|| format::UNKNOWN.to_owned(), format::duration)}</dd></div> }
}

fn cost(detail: &LogDetail) -> String {
    detail.entry.cost_nano_usd.map_or_else(|| "unknown".to_owned(), format::money)
}

/// What went in and came out, and which part of it was cached or thought.
#[component]
fn Tokens(detail: LogDetail) -> impl IntoView {
    let count = |tokens: Option<u64>| tokens.map_or_else(|| format::UNKNOWN.to_owned(), format::count);
    let entry = &detail.entry;
    let part = |tokens: Option<u64>, word: &'static str| {
        tokens
            .filter(|tokens| *tokens > 0)
            .map(|tokens| view! { <span class="faint">{format!(" {} {word}", format::count(tokens))}</span> })
    };
    let price = entry.cost_nano_usd.is_none().then(|| view! {
        <p class="small soft">"The cost is unknown: the catalogue has no price for this model, or no tokens were counted."</p>
    });
    view! {
        <dl class="log-facts">
            <dt>"In"</dt>
            <dd class="num">{count(entry.prompt_tokens)}{part(detail.cached_tokens, "of them cached")}</dd>
            <dt>"Out"</dt>
            <dd class="num">{count(entry.completion_tokens)}{part(detail.reasoning_tokens, "of them reasoning")}</dd>
            <dt>"Cost"</dt>
            <dd class="num">{cost(&detail)}</dd>
            {detail.finish.clone().map(|finish| view! { <dt>"Ended by"</dt><dd>{finish.replace('_', " ")}</dd> })}
        </dl>
        {entry.estimated.then(|| view! { <p class="small soft">"Estimated: the provider did not say how many."</p> })}
        {price}
    }
}

/// Each leads to the requests that share it.
fn who(detail: &LogDetail, range: &Query) -> impl IntoView + use<> {
    let entry = &detail.entry;
    let key = detail.project_key.clone().or_else(|| entry.project_key_id.clone());
    let facts = [
        ("Project key", key, entry.project_key_id.clone().map(|id| ("key", id))),
        ("User", entry.user.clone(), entry.user.clone().map(|user| ("user", user))),
        (
            "App version",
            entry.app_version.clone(),
            entry.app_version.clone().map(|version| ("version", version)),
        ),
        ("Platform", entry.platform.clone(), entry.platform.clone().map(|platform| ("platform", platform))),
        ("Bundle", detail.bundle_id.clone(), None),
        ("Install", detail.install_id.clone(), None),
        ("Endpoint", Some(detail.endpoint.clone()), None),
    ];
    let range = range.clone();
    let shown = facts.into_iter().filter_map(move |(name, value, filter)| {
        let value = value?;
        let href = filter.map(|(field, value)| logs_href(&range, &[(field, &value)]));
        let copied = value.clone();
        Some(view! {
            <dt>{name}</dt>
            <dd class="log-fact">
                {match href {
                    Some(href) => view! { <Link href=href class="link" attr:title="Requests that share it">{value}</Link> }.into_any(),
                    None => view! { <span>{value}</span> }.into_any(),
                }}
                <Copy text=copied label=format!("Copy: {name}")/>
            </dd>
        })
    });
    view! { <dl class="log-facts">{shown.collect_view()}</dl> }
}

fn headers(headers: Vec<LoggedHeader>) -> impl IntoView {
    (!headers.is_empty()).then(|| view! {
        <section class="log-part">
            <h3>"Headers that the app saw"</h3>
            <dl class="log-facts log-headers">
                {headers
                    .into_iter()
                    .map(|header| view! {
                        <dt><code>{header.name.clone()}</code></dt>
                        <dd class="log-fact"><code>{header.value.clone()}</code><Copy text=header.value label=format!("Copy: {}", header.name)/></dd>
                    })
                    .collect_view()}
            </dl>
        </section>
    })
}
