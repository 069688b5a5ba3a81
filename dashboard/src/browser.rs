//! What the dashboard asks of the browser itself: storage, clock, clipboard, focus. Pages call these instead of web-sys,
//! and none of them may fail where a browser says no: the answer is then "nothing".

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::time;

/// `/` or `/maig`, without a slash at its end: where the gateway is under its host, from `<base>`.
pub fn base_path() -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    let path = web_sys::Url::new(&base).map(|url| url.pathname()).unwrap_or_default();
    path.trim_end_matches('/').to_owned()
}

/// `https://host/maig`, as one writes it into an app.
pub fn base_url() -> String {
    let origin = leptos::prelude::window().location().origin().unwrap_or_default();
    origin + &base_path()
}

fn storage() -> Option<web_sys::Storage> {
    leptos::prelude::window().local_storage().ok().flatten()
}

/// What this browser remembers under `maig.NAME`.
pub fn remembered(name: &str) -> Option<String> {
    storage()?.get_item(&format!("maig.{name}")).ok().flatten()
}

/// Remembers, or forgets with `None`.
pub fn remember(name: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    let name = format!("maig.{name}");
    // Storage that is full or forbidden costs comfort, nothing else.
    let _ = match value {
        Some(value) => storage.set_item(&name, value),
        None => storage.remove_item(&name),
    };
}

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// Minutes that local time is ahead of UTC at that moment.
pub fn utc_offset_min(at_ms: i64) -> i64 {
    let date = js_sys::Date::new(&JsValue::from_f64(at_ms as f64));
    -date.get_timezone_offset() as i64
}

/// The moment that a field of local time holds (`2026-11-21T15:03`), in milliseconds since 1970.
pub fn from_local(text: &str) -> Option<i64> {
    // The offset of a moment needs the moment; near a change of the clocks the first guess may miss by an hour.
    let guess = time::from_local(text, 0)?;
    time::from_local(text, utc_offset_min(guess))
}

/// What such a field shows of a moment.
pub fn to_local(at_ms: i64) -> String {
    time::to_local(at_ms, utc_offset_min(at_ms))
}

pub async fn sleep(ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let _ = leptos::prelude::window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    });
    let _ = JsFuture::from(promise).await;
}

/// Whether somebody can see the page at all.
pub fn is_visible() -> bool {
    document().visibility_state() != web_sys::VisibilityState::Hidden
}

/// Whether the text is on the clipboard now. Browsers refuse without a click or without HTTPS.
pub async fn copy(text: &str) -> bool {
    let navigator = leptos::prelude::window().navigator();
    // Absent on plain http, whatever its type says.
    let there = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    if there.is_ok_and(|clipboard| clipboard.is_truthy()) {
        return JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok();
    }
    false
}

pub fn by_id(id: &str) -> Option<web_sys::HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

pub fn focus(id: &str) {
    if let Some(element) = by_id(id) {
        let _ = element.focus();
    }
}

/// The first element that the selector finds.
pub fn focus_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Brings the first element that the selector finds into what scrolls around it.
pub fn scroll_into_view(selector: &str) {
    if let Some(element) = document().query_selector(selector).ok().flatten() {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        options.set_inline(web_sys::ScrollLogicalPosition::Center);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Does it; if the end of the page was in sight, it is afterwards.
pub fn at_the_end(act: impl FnOnce()) {
    let window = leptos::prelude::window();
    let height = || document().document_element().map_or(0, |root| root.scroll_height());
    let seen = |value: Result<JsValue, JsValue>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let bottom = seen(window.inner_height()) + window.scroll_y().unwrap_or(0.0);
    let was_there = f64::from(height()) - bottom < 48.0;
    act();
    if was_there {
        leptos::prelude::request_animation_frame(move || {
            window.scroll_to_with_x_and_y(0.0, f64::from(height()))
        });
    }
}

pub fn remove(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.remove();
    }
}

/// Takes the query out of the address bar without loading anything: it may hold a secret.
pub fn hide_query() {
    let window = leptos::prelude::window();
    let path = window.location().pathname().unwrap_or_default();
    if let Ok(history) = window.history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
}

pub fn reload() {
    let _ = leptos::prelude::window().location().reload();
}

/// Saves text as a file of that name.
pub fn download(name: &str, mime: &str, text: &str) -> Option<()> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(mime);
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options).ok()?;
    let url = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&url).ok()
}

/// Lets the browser save what is at that address, as it comes.
pub fn save(url: &str) -> Option<()> {
    let link: web_sys::HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(url);
    link.set_download("");
    link.click();
    Some(())
}

/// A unique id for an element, so that labels find their inputs.
pub fn fresh_id(stem: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{stem}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The program has a fault and stands still: says so in the page, since nothing else will.
pub fn stopped(why: &str) {
    web_sys::console::error_1(&JsValue::from_str(why));
    let Ok(note) = document().create_element("p") else { return };
    note.set_class_name("banner-stopped");
    let _ = note.set_attribute("role", "alert");
    note.set_text_content(Some(
        "The dashboard has stopped because of a fault in it. Reload the page; nothing that was saved is lost.",
    ));
    if let Some(body) = document().body() {
        let _ = body.prepend_with_node_1(&note);
    }
}
