//! The theme: the system's, or the one that somebody chose, which this browser remembers (`theme.js` sets it before
//! anything is painted). Colours follow a change at once: a transition is for what one does, as hovering, and would leave
//! every element between two themes for as long as it takes.

use leptos::prelude::{document, request_animation_frame, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

use crate::browser;

/// From here on, as long as the page lives: the system's theme may change too.
pub fn follow() {
    let Ok(Some(dark)) = window().match_media("(prefers-color-scheme: dark)") else { return };
    let changed = Closure::<dyn FnMut()>::new(hold_still);
    // Told before the next picture is made, so no transition has begun.
    let _ = dark.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
    changed.forget();
}

/// The chosen one, if any.
pub fn chosen() -> Option<String> {
    browser::remembered("theme")
}

/// `None`: the system's.
pub fn choose(theme: Option<&str>) {
    browser::remember("theme", theme);
    hold_still();
    let Some(root) = document().document_element() else { return };
    let _ = match theme {
        Some(theme) => root.set_attribute("data-theme", theme),
        None => root.remove_attribute("data-theme"),
    };
}

/// No transition begins until the new colours have been painted.
fn hold_still() {
    let Some(root) = document().document_element() else { return };
    let _ = root.set_attribute("data-still", "");
    request_animation_frame(|| {
        request_animation_frame(move || {
            let _ = root.remove_attribute("data-still");
        });
    });
}
