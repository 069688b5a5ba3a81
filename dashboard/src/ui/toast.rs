//! Short news of what has been done. Never the only place of an error: that stands where it happened.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Icon, Svg};
use crate::browser;

const SHOWN_MS: i32 = 4500;

/// `use_toast().say("Route saved")`. Copy it freely.
#[derive(Clone, Copy)]
pub struct Toaster {
    shown: RwSignal<Vec<(u32, String)>>,
    next: StoredValue<u32>,
}

pub fn use_toast() -> Toaster {
    expect_context::<Toaster>()
}

impl Default for Toaster {
    fn default() -> Self {
        Self::new()
    }
}

impl Toaster {
    pub fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    pub fn say(self, text: impl Into<String>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.shown.update(|shown| shown.push((id, text.into())));
        spawn_local(async move {
            browser::sleep(SHOWN_MS).await;
            self.shown.update(|shown| shown.retain(|(own, _)| *own != id));
        });
    }
}

/// The place where they show; once, in the app.
#[component]
pub fn Toasts() -> impl IntoView {
    let toaster = use_toast();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toaster.shown.get() key=|(id, _)| *id let((_, text))>
                <p class="toast"><Svg of=Icon::Check/>{text}</p>
            </For>
        </div>
    }
}
