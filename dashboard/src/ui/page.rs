//! The frame of a page: its head with title and actions, panels, and figures.

use leptos::prelude::*;

use super::{Icon, Link, Svg};

/// The title of the page, what it is in a sentence, and what one can do. Sets the tab's title too.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(optional, into)] text: Option<String>,
    /// Where one came from: `("Routes", "/routes")`.
    #[prop(optional)]
    back: Option<(&'static str, &'static str)>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    document().set_title(&format!("{title} · MAIG"));
    view! {
        <header class="page-head">
            <div class="page-head-text">
                {back.map(|(name, href)| view! {
                    <Link href=href class="page-back"><Svg of=Icon::Right/>{name}</Link>
                })}
                <h1>{title}</h1>
                {text.map(|text| view! { <p class="soft">{text}</p> })}
            </div>
            {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
        </header>
    }
}

/// A part of a page with its own heading.
#[component]
pub fn Panel(
    #[prop(optional, into)] title: Option<String>,
    /// Without padding: for tables.
    #[prop(optional)]
    flush: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="panel" class:panel-flush=flush>
            {title.map(|title| view! { <h2 class="panel-title">{title}</h2> })}
            {children()}
        </section>
    }
}

/// A figure with its name, and how it was before.
#[component]
pub fn Stat(
    #[prop(into)] name: String,
    #[prop(into)] value: Signal<String>,
    #[prop(optional, into)] note: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="stat">
            <p class="stat-name">{name}</p>
            <p class="stat-value">{value}</p>
            <p class="stat-note">{note}</p>
        </div>
    }
}
