//! Links to pages of the dashboard. Everything inside is written as if the dashboard were at the root of its host; the
//! sub-path comes in here and nowhere else.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::browser;

/// `<Link href="/routes" class="…">"Routes"</Link>`
#[component]
pub fn Link(
    #[prop(into)] href: Signal<String>,
    #[prop(optional, into)] class: String,
    /// Says whether it leads to where one is (for navigation).
    #[prop(optional)]
    marks_here: bool,
    children: Children,
) -> impl IntoView {
    let pathname = use_location().pathname;
    let base = browser::base_path();
    let here = {
        let base = base.clone();
        move || {
            let path = pathname.get();
            let inside = path.strip_prefix(&base).unwrap_or(&path);
            (marks_here && leads_to(&href.get(), inside)).then_some("page")
        }
    };
    view! {
        <a class=class href=move || format!("{base}{}", href.get()) aria-current=here>
            {children()}
        </a>
    }
}

/// Whether the page at `path` belongs to the link: `/routes` leads to `/routes/chat` too, `/` to itself alone.
fn leads_to(href: &str, path: &str) -> bool {
    let (href, path) = (href.trim_end_matches('/'), path.trim_end_matches('/'));
    if href.is_empty() {
        return path.is_empty();
    }
    path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Goes to a page by program: `let go = use_go(); … go("/routes")`.
pub fn use_go() -> impl Fn(&str) + Clone + Send + Sync + 'static {
    let navigate = use_navigate();
    // The base is in the path already.
    let options = || NavigateOptions { resolve: false, ..NavigateOptions::default() };
    move |path| navigate(&format!("{}{path}", browser::base_path()), options())
}

/// The same, and the page stays scrolled as it is: for what opens beside it.
pub fn use_go_beside() -> impl Fn(&str) + Clone + Send + Sync + 'static {
    let navigate = use_navigate();
    move |path| {
        let options = NavigateOptions { resolve: false, scroll: false, ..NavigateOptions::default() };
        navigate(&format!("{}{path}", browser::base_path()), options);
    }
}

/// The same, without a way back to where one was.
pub fn use_replace() -> impl Fn(&str) + Clone + Send + Sync + 'static {
    let navigate = use_navigate();
    move |path| {
        let options =
            NavigateOptions { resolve: false, replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&format!("{}{path}", browser::base_path()), options);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_link_belongs_to_the_pages_below_it() {
        for (href, path, expect) in [
            ("/", "/", true),
            ("/", "", true),
            ("/", "/routes", false),
            ("/routes", "/routes", true),
            ("/routes", "/routes/chat", true),
            ("/routes", "/routesome", false),
            ("/logs", "/routes", false),
        ] {
            assert_eq!(super::leads_to(href, path), expect, "{href} {path}");
        }
    }
}
