//! Nobody leaves unsaved work by accident: a link inside the dashboard asks first, and the browser asks when the tab is
//! closed or reloaded.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::browser;
use crate::ui::{Confirm, use_go};

/// Asks while `dirty`.
#[component]
pub fn AskBeforeLeaving(#[prop(into)] dirty: Signal<bool>) -> impl IntoView {
    let open = RwSignal::new(false);
    let to = RwSignal::new(String::new());
    let unload = window_event_listener(ev::beforeunload, move |event| {
        if dirty.get_untracked() {
            event.prevent_default();
        }
    });
    // Before the router hears of the click.
    capture_clicks(move |event| {
        if !dirty.get_untracked() || event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) else {
            return;
        };
        let inside = link.origin() == window().location().origin().unwrap_or_default();
        if !inside || link.has_attribute("download") || !link.target().is_empty() {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        let path = link.pathname();
        let base = browser::base_path();
        to.set(path.strip_prefix(&base).unwrap_or(&path).to_owned() + &link.search());
        open.set(true);
    });
    on_cleanup(move || unload.remove());
    let go = use_go();
    let leave = move |_: crate::api::FormState| {
        open.set(false);
        go(&to.get_untracked());
    };
    view! {
        <Confirm open title="Leave without saving?" action="Leave" on_confirm=leave>
            "What you have changed here is not saved and will be lost."
        </Confirm>
    }
}

type Heard = wasm_bindgen::closure::Closure<dyn FnMut(web_sys::MouseEvent)>;

/// Listens on the document before anybody else, until the component is gone.
fn capture_clicks(heard: impl FnMut(web_sys::MouseEvent) + 'static) {
    let closure = Heard::new(heard);
    // Refused by no browser.
    let _ =
        document().add_event_listener_with_callback_and_bool("click", closure.as_ref().unchecked_ref(), true);
    let kept = StoredValue::new_local(Some(closure));
    on_cleanup(move || {
        if let Some(closure) = kept.try_update_value(Option::take).flatten() {
            let document = document();
            let _ = document.remove_event_listener_with_callback_and_bool(
                "click",
                closure.as_ref().unchecked_ref(),
                true,
            );
        }
    });
}
