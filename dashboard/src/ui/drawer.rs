//! Details beside the page: from the right, the whole width on a phone.

use leptos::prelude::*;

use super::dialog::Opened;

#[component]
pub fn Drawer(open: RwSignal<bool>, #[prop(into)] title: String, children: ChildrenFn) -> impl IntoView {
    view! {
        <Show when=move || open.get()>
            <Opened open title=title.clone() firm=false class="drawer" children=children.clone()/>
        </Show>
    }
}
