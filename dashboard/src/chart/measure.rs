//! How wide an element is, as it changes: a chart is drawn for its width, so that text and lines keep theirs.

use leptos::html;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Zero until the element is there.
pub fn use_width(node: NodeRef<html::Div>) -> Signal<f64> {
    let width = RwSignal::new(0.0);
    Effect::new(move || {
        let Some(element) = node.get() else { return };
        width.set(f64::from(element.client_width()));
        let watched = element.clone();
        let changed = Closure::<dyn FnMut()>::new(move || {
            let now = f64::from(watched.client_width());
            if width.try_get_untracked().is_some_and(|before| (before - now).abs() > 0.5) {
                width.set(now);
            }
        });
        let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        // The closure lives as long as it may be called.
        let held = SendWrapper::new((observer, changed));
        on_cleanup(move || held.0.disconnect());
    });
    width.into()
}
