//! Tabs: arrows move between them, and only the chosen one is in the keyboard's way.

use leptos::prelude::*;

use crate::browser::{focus, fresh_id};

/// `tabs` are keys and names; the children are the panel of the chosen one.
#[component]
pub fn Tabs(
    #[prop(into)] label: String,
    tabs: Vec<(&'static str, &'static str)>,
    chosen: RwSignal<String>,
    children: ChildrenFn,
) -> impl IntoView {
    let id = fresh_id("tabs");
    let panel = format!("{id}-panel");
    let keys: Vec<&'static str> = tabs.iter().map(|(key, _)| *key).collect();
    let step = {
        let id = id.clone();
        move |event: web_sys::KeyboardEvent| {
            let now = keys.iter().position(|key| *key == chosen.get_untracked()).unwrap_or(0);
            let to = match event.key().as_str() {
                "ArrowRight" => (now + 1) % keys.len(),
                "ArrowLeft" => (now + keys.len() - 1) % keys.len(),
                "Home" => 0,
                "End" => keys.len() - 1,
                _ => return,
            };
            event.prevent_default();
            if let Some(key) = keys.get(to) {
                chosen.set((*key).to_owned());
                focus(&format!("{id}-{key}"));
            }
        }
    };
    let labelled = {
        let id = id.clone();
        move || format!("{id}-{}", chosen.get())
    };
    view! {
        <div class="tabs">
            <div class="tabs-list" role="tablist" aria-label=label on:keydown=step>
                {tabs
                    .into_iter()
                    .map(|(key, name)| {
                        let is_chosen = move || chosen.get() == key;
                        view! {
                            <button
                                type="button"
                                class="tabs-tab"
                                role="tab"
                                id=format!("{id}-{key}")
                                aria-selected=move || is_chosen().to_string()
                                aria-controls=panel.clone()
                                tabindex=move || if is_chosen() { "0" } else { "-1" }
                                on:click=move |_| chosen.set(key.to_owned())
                            >
                                {name}
                            </button>
                        }
                    })
                    .collect_view()}
            </div>
            <div class="tabs-panel" role="tabpanel" id=panel.clone() aria-labelledby=labelled>{children()}</div>
        </div>
    }
}
