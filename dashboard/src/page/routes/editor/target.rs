//! One target: its place, its model, and behind a fold all else that it may have.

use leptos::prelude::*;

use super::field::{MODEL, TARGET_FIELDS, Warnings};
use super::state::Editor;
use super::targets::{Drag, begin_drag, remove, step};
use crate::page::routes::draft::Uid;
use crate::page::routes::words;
use crate::ui::{Icon, Svg};

#[component]
pub fn Target(editor: Editor, uid: Uid, drag: RwSignal<Drag>) -> impl IntoView {
    let index = Memo::new(move |_| editor.draft.with(|draft| draft.index(uid)).unwrap_or(0));
    let count = Memo::new(move |_| editor.draft.with(|draft| draft.slots.len()));
    let name =
        Memo::new(move |_| editor.target(uid).map(|target| words::target(&target.model)).unwrap_or_default());
    let told = Memo::new(move |_| {
        let target = editor.target(uid).unwrap_or_default();
        TARGET_FIELDS.iter().filter_map(|field| (field.told)(&target)).collect::<Vec<_>>().join(" · ")
    });
    // What is wrong must not be folded away.
    let unfolded = RwSignal::new(false);
    Effect::new(move || {
        let wrong = || TARGET_FIELDS.iter().any(|field| editor.fault(Some(uid), field.path).is_some());
        if editor.form.tried.get() && wrong() {
            unfolded.set(true);
        }
    });
    let on_key = move |event: web_sys::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowUp" => -1,
            "ArrowDown" => 1,
            _ => return,
        };
        if event.alt_key() && editor.may {
            event.prevent_default();
            event.stop_propagation();
            step(editor, uid, by, if by < 0 { "up" } else { "down" });
        }
    };
    let whole = Signal::derive(move || {
        let path = editor.path(Some(uid), "")?;
        editor
            .judged
            .with(|judged| judged.faults.iter().find(|(own, _)| *own == path).map(|(_, text)| text.clone()))
    });
    let here = move || drag.get().who == Some(uid);
    let before = move || drag.get().who.is_some_and(|who| who != uid) && drag.get().to == index.get();
    let up = move || {
        drag.get()
            .who
            .and_then(|who| editor.draft.with(|draft| draft.index(who)))
            .is_some_and(|from| from > index.get())
    };
    view! {
        <li
            class="route-target"
            id=format!("target-{uid}")
            class:route-primary=move || index.get() == 0
            class:route-dragged=here
            class:route-drop-above=move || before() && up()
            class:route-drop-below=move || before() && !up()
            on:keydown=on_key
        >
            <div class="route-target-head">
                // For pointers alone: keys and screen readers have the buttons beside it.
                <span class="route-grip" aria-hidden="true" title="Drag to another place" on:mousedown=|event| event.prevent_default() on:pointerdown=move |event| {
                    if event.button() == 0 && editor.may {
                        event.prevent_default();
                        begin_drag(editor, uid, drag);
                    }
                }>
                    <Svg of=Icon::Grip/>
                </span>
                <h3 class="route-place">{move || words::place(index.get())}</h3>
                <span class="route-target-buttons">
                    <button
                        type="button" class="button button-quiet button-icon" id=format!("target-{uid}-up")
                        aria-label=move || format!("Move {} up", name.get()) title="Move up"
                        disabled=move || index.get() == 0 on:click=move |_| step(editor, uid, -1, "up")
                    ><Svg of=Icon::Up/></button>
                    <button
                        type="button" class="button button-quiet button-icon" id=format!("target-{uid}-down")
                        aria-label=move || format!("Move {} down", name.get()) title="Move down"
                        disabled=move || index.get() + 1 == count.get() on:click=move |_| step(editor, uid, 1, "down")
                    ><Svg of=Icon::Down/></button>
                    <button
                        type="button" class="button button-quiet button-icon"
                        aria-label=move || format!("Remove {}", name.get()) title="Remove"
                        on:click=move |_| remove(editor, uid)
                    ><Svg of=Icon::Trash/></button>
                </span>
            </div>
            {(MODEL.view)(editor, uid)}
            <p class="field-error" role="alert" hidden=move || whole.get().is_none()>{move || whole.get()}</p>
            <Warnings editor uid=Some(uid) field=""/>
            <details class="route-more" prop:open=move || unfolded.get()>
                <summary>
                    {TARGET_FIELDS.iter().map(|field| field.name).collect::<Vec<_>>().join(", ")}
                    <span class="faint">{move || told.get()}</span>
                </summary>
                <div class="route-more-fields">
                    {TARGET_FIELDS.iter().map(|field| (field.view)(editor, uid)).collect_view()}
                </div>
            </details>
        </li>
    }
}
