//! What of the program comes later: the first load has the shell and the overview, and the other pages follow in three
//! parts, when somebody goes there or the browser has nothing else to do. Few parts, because what two of them share is a
//! file of its own. A page must be named nowhere but here and in `app`, or it is in the first load after all.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::LazyRoute;

use crate::browser;
use crate::page;
use crate::ui::{Button, Empty, Icon, Kind, PageHead};

/// When the first page has had the network to itself for long enough.
const IDLE_MS: i32 = 1500;

/// `Page by MAKER and FETCHER in PART;`: the page, the function that makes it, the one that only fetches its part.
macro_rules! pages {
    ($($page:ident by $made:ident and $fetched:ident in $part:ident;)*) => {
        $(
            pub struct $page;

            impl LazyRoute for $page {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> AnyView {
                    $made().await.unwrap_or_else(|_| view! { <Missing/> }.into_any())
                }
            }

            #[wasm_split($part, wasm_split_path = leptos::wasm_split, preload($fetched), fallible)]
            fn $made() -> Result<AnyView, SplitLoaderError> {
                Ok(view! { <page::$page/> }.into_any())
            }
        )*
    };
}

pages! {
    Logs by logs and fetch_logs in watch;
    LogDrawer by log_drawer and fetch_log_drawer in watch;
    Usage by usage and fetch_usage in watch;
    ProviderKeys by provider_keys and fetch_provider_keys in build;
    RouteList by route_list and fetch_route_list in build;
    NewRoute by new_route and fetch_new_route in build;
    EditRoute by edit_route and fetch_edit_route in build;
    ProjectKeys by project_keys and fetch_project_keys in build;
    Playground by playground and fetch_playground in build;
    Settings by settings and fetch_settings in settings;
}

/// Fetches every part, so that going to a page takes no time.
pub fn fetch_all() {
    spawn_local(async {
        browser::sleep(IDLE_MS).await;
        // One after another; what fails now is asked for again by whoever goes there.
        let _ = fetch_route_list().await;
        let _ = fetch_logs().await;
        let _ = fetch_settings().await;
    });
}

/// A part that did not come: no network, or a newer gateway has other files.
#[component]
fn Missing() -> impl IntoView {
    view! {
        <PageHead title="Not loaded"/>
        <Empty
            icon=Icon::Warning
            title="This page could not be loaded"
            text="The connection was lost, or the gateway was updated since you opened the dashboard. Load it again."
        >
            <Button kind=Kind::Primary on_click=browser::reload>"Load again"</Button>
        </Empty>
    }
}
