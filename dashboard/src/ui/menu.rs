//! A button with a list of things to do: the browser's popover, closed by Escape and by clicking elsewhere; arrows move.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{Icon, Svg};
use crate::browser::fresh_id;

/// `<Menu label="More" icon=Icon::More> <MenuItem …/> </Menu>`; `head` is what stands in the button instead of an icon.
#[component]
pub fn Menu(
    #[prop(into)] label: String,
    #[prop(optional)] icon: Option<Icon>,
    #[prop(optional, into)] class: String,
    #[prop(optional, into)] head: ViewFn,
    children: Children,
) -> impl IntoView {
    let id = fresh_id("menu");
    let on_key = {
        let id = id.clone();
        move |event: web_sys::KeyboardEvent| {
            let step = match event.key().as_str() {
                "ArrowDown" => 1,
                "ArrowUp" => -1,
                _ => return,
            };
            event.prevent_default();
            step_focus(&id, step);
        }
    };
    let (target, list) = (id.clone(), id.clone());
    let bare = icon.is_some();
    view! {
        <div class="menu" on:keydown=on_key>
            <button
                type="button"
                class=move || if bare { format!("button button-quiet button-icon {class}") } else { format!("menu-head {class}") }
                aria-label=bare.then(|| label.clone())
                title=bare.then(|| label.clone())
                aria-haspopup="menu"
                popovertarget=target
            >
                {icon.map(|icon| view! { <Svg of=icon/> })}
                {head.run()}
                // Beside words of its own it only adds what they open.
                {(!bare).then(|| view! { <span class="unseen">{label.clone()}</span> })}
            </button>
            <div class="menu-list" role="menu" popover="auto" id=list aria-label=label.clone()>
                {children()}
            </div>
        </div>
    }
}

/// One thing to do. The menu closes by itself.
#[component]
pub fn MenuItem(
    #[prop(optional)] icon: Option<Icon>,
    #[prop(into)] on_click: Callback<()>,
    /// Takes something away for good.
    #[prop(optional)]
    danger: bool,
    /// Chosen among its neighbours.
    #[prop(optional, into)]
    chosen: Option<Signal<bool>>,
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="menu-item"
            class:menu-danger=danger
            role=if chosen.is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=move || chosen.map(|chosen| chosen.get().to_string())
            on:click=move |event| {
                close_around(&event);
                on_click.run(());
            }
        >
            {icon.map(|icon| view! { <Svg of=icon/> })}
            <span class="menu-text">{children()}</span>
            {chosen.map(|chosen| view! {
                <span class="menu-mark">{move || chosen.get().then(|| view! { <Svg of=Icon::Check/> })}</span>
            })}
        </button>
    }
}

fn close_around(event: &web_sys::MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let list = target.and_then(|target| target.closest("[popover]").ok().flatten());
    if let Some(list) = list.and_then(|list| list.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Refused only where it is closed already.
        let _ = list.hide_popover();
    }
}

fn step_focus(id: &str, step: i32) {
    let Some(list) = crate::browser::by_id(id) else { return };
    // Refused where it is open already.
    let _ = list.show_popover();
    let Ok(items) = list.query_selector_all("button") else { return };
    let active = document().active_element();
    let count = items.length() as i32;
    let now = (0..count).find(|index| {
        let item = items.get(*index as u32).and_then(|node| node.dyn_into::<web_sys::Element>().ok());
        item.is_some() && item == active
    });
    let next = now.map_or(if step > 0 { 0 } else { count - 1 }, |now| (now + step).rem_euclid(count.max(1)));
    let item = items.get(next as u32).and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(item) = item {
        let _ = item.focus();
    }
}
