//! The dashboard: pages over the admin API, and nothing that the API does not give. It must never decide what a route
//! does (`maig-core` does) nor keep what the URL or the gateway should hold.
//!
//! `app` has the one table of pages; `page` has the pages; `ui` what pages are made of; `api` the way to the gateway.

#![recursion_limit = "256"]
#![expect(unreachable_pub, reason = "`#[component]` writes `pub` functions into modules that are not")]

pub mod api;
pub mod app;
pub mod browser;
pub mod chart;
pub mod check;
pub mod clock;
pub mod focus;
pub mod format;
pub mod page;
pub mod part;
pub mod pointer;
pub mod query;
pub mod session;
pub mod shell;
pub mod theme;
pub mod time;
pub mod time_range;
pub mod ui;

/// Puts the dashboard into the page.
pub fn start() {
    std::panic::set_hook(Box::new(|info| browser::stopped(&info.to_string())));
    focus::keep();
    pointer::watch();
    theme::follow();
    leptos::mount::mount_to_body(app::App);
    browser::remove("boot");
}
