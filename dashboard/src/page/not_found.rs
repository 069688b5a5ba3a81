//! No page has this address.

use leptos::prelude::*;

use crate::ui::{Empty, Icon, Kind, LinkButton, PageHead};

#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <PageHead title="Not found"/>
        <Empty icon=Icon::Search title="There is no page at this address" text="It may have been renamed, or the link is old.">
            <LinkButton href="/" kind=Kind::Primary>"Go to the overview"</LinkButton>
        </Empty>
    }
}
