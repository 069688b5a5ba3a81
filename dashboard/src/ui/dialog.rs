//! A question over the page: the browser's own dialog, which keeps the focus inside and gives it back.

use leptos::html;
use leptos::prelude::*;

use super::{Button, Icon, Kind};
use crate::browser::fresh_id;

/// A dialog's `open` for the value that it is about; closing forgets the value.
pub fn is_open<T: Send + Sync + 'static>(about: RwSignal<Option<T>>) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move || open.set(about.with(Option::is_some)));
    Effect::new(move || {
        if !open.get() && about.with_untracked(Option::is_some) {
            about.set(None);
        }
    });
    open
}

/// Shown while `open`; what is inside is made anew each time.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: String,
    /// Cannot be closed but by what is in it.
    #[prop(optional)]
    firm: bool,
    #[prop(optional)] wide: bool,
    children: ChildrenFn,
) -> impl IntoView {
    view! {
        <Show when=move || open.get()>
            <Opened open title=title.clone() firm class=if wide { "dialog dialog-wide" } else { "dialog" } children=children.clone()/>
        </Show>
    }
}

/// A dialog that is open from its first moment to its last; drawers are one too.
#[component]
pub(super) fn Opened(
    open: RwSignal<bool>,
    title: String,
    firm: bool,
    class: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let node: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move || {
        if let Some(dialog) = node.get().filter(|dialog| !dialog.open()) {
            // Refused only for a dialog that is open already.
            let _ = dialog.show_modal();
        }
    });
    // Closed, and not only taken away: the browser then gives the focus back to what opened it.
    on_cleanup(move || {
        if let Some(dialog) = node.try_get_untracked().flatten() {
            dialog.close();
        }
    });
    // Whatever a page says, browsers close a dialog that is asked twice in a row.
    let closed = move |_: web_sys::Event| {
        let there =
            node.try_get_untracked().flatten().filter(|dialog| dialog.is_connected() && !dialog.open());
        match (there, firm) {
            (Some(dialog), true) => drop(dialog.show_modal()),
            (Some(_), false) => open.set(false),
            (None, _) => {}
        }
    };
    let id = fresh_id("dialog");
    let labelled = id.clone();
    view! {
        <dialog
            node_ref=node
            class=class
            aria-labelledby=labelled
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                if !firm {
                    open.set(false);
                }
            }
            // A firm dialog would otherwise close at the second Escape and come back, for the time of a blink.
            on:keydown=move |event: web_sys::KeyboardEvent| {
                if firm && event.key() == "Escape" {
                    event.prevent_default();
                }
            }
            on:close=closed
            // Outside: the event's target is the dialog itself, not what is in it.
            on:mousedown=move |event| {
                let outside = event.target().zip(node.get_untracked()).is_some_and(|(target, dialog)| {
                    let dialog: &web_sys::EventTarget = dialog.as_ref();
                    target == *dialog
                });
                if outside && !firm {
                    open.set(false);
                }
            }
        >
            <div class="dialog-inside">
                <header class="dialog-head">
                    <h2 id=id>{title}</h2>
                    {(!firm).then(|| view! {
                        <Button kind=Kind::Quiet icon=Icon::Close label="Close" on_click=move || open.set(false)/>
                    })}
                </header>
                {children()}
            </div>
        </dialog>
    }
}
