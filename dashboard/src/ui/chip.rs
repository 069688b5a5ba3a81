//! A filter that is on, and can be taken off.

use leptos::prelude::*;

use super::{Icon, Svg};

/// `<Chip name="Status" value="error" on_remove=…/>`
#[component]
pub fn Chip(
    #[prop(into)] name: String,
    #[prop(into)] value: String,
    #[prop(into)] on_remove: Callback<()>,
) -> impl IntoView {
    let label = format!("Remove the filter {name}: {value}");
    view! {
        <span class="chip">
            <span class="chip-name">{name}</span>
            <span class="cut">{value}</span>
            <button type="button" class="chip-remove" aria-label=label on:click=move |_| on_remove.run(())>
                <Svg of=Icon::Close/>
            </button>
        </span>
    }
}
