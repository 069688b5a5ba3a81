//! The targets in their order. They are moved by dragging, by buttons and by Alt with the arrows, and each move is told
//! to who listens.

use leptos::ev;
use leptos::prelude::*;
use maig_core::route::TargetSpec;

use super::state::Editor;
use super::target::Target;
use crate::browser;
use crate::page::routes::draft::Uid;
use crate::page::routes::words;
use crate::ui::{Button, Icon};

/// What is being dragged, and before which place it would go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Drag {
    pub who: Option<Uid>,
    pub to: usize,
}

#[component]
pub fn Targets(editor: Editor) -> impl IntoView {
    let drag = RwSignal::new(Drag::default());
    let uids = Memo::new(move |_| {
        editor.draft.with(|draft| draft.slots.iter().map(|slot| slot.uid).collect::<Vec<_>>())
    });
    let add = move || {
        let uid = editor.draft.try_update(|draft| draft.add(TargetSpec::default()));
        if let Some(uid) = uid {
            editor.news.set(format!("A target was added at place {}.", uids.with_untracked(Vec::len)));
            focus_model(uid);
        }
    };
    let fault = Signal::derive(move || {
        let said = editor.judged.with(|judged| {
            judged.faults.iter().find(|(path, _)| path == "targets").map(|(_, text)| text.clone())
        });
        said.filter(|_| editor.form.tried.get())
    });
    view! {
        <section class="route-targets" aria-labelledby="route-targets-title">
            <div class="row-apart">
                <h2 id="route-targets-title">"Targets"</h2>
                <p class="small faint">
                    "In the order they are tried."
                    <span class="route-keys">" "<kbd>"Alt"</kbd>" "<kbd>"↑"</kbd>" "<kbd>"↓"</kbd>" moves one."</span>
                </p>
            </div>
            <ol class="route-list" class:route-dragging=move || drag.get().who.is_some()>
                <For each=move || uids.get() key=|uid| *uid let:uid>
                    <Target editor uid drag/>
                </For>
            </ol>
            <p class="field-error" role="alert" hidden=move || fault.get().is_none()>{move || fault.get()}</p>
            <div class="route-add">
                <Button icon=Icon::Add on_click=add>
                    {move || if uids.with(Vec::is_empty) { "Add the primary" } else { "Add a fallback" }}
                </Button>
            </div>
            <Whole editor/>
        </section>
    }
}

/// What is said of the list as a whole, not of one target.
#[component]
fn Whole(editor: Editor) -> impl IntoView {
    let said = Memo::new(move |_| {
        editor.judged.with(|judged| {
            judged
                .warnings
                .iter()
                .filter(|(path, _)| path == "targets")
                .map(|(_, text)| text.clone())
                .collect::<Vec<_>>()
        })
    });
    view! {
        <ul class="route-warnings">
            <For each=move || said.get() key=Clone::clone let:text>
                <li><crate::ui::Svg of=Icon::Warning label="Warning"/><span>{text}</span></li>
            </For>
        </ul>
    }
}

/// Moves one place up (-1) or down (1), tells it, and keeps the focus on what was pressed.
pub(super) fn step(editor: Editor, uid: Uid, by: isize, focus: &str) {
    if editor.draft.try_update(|draft| draft.step(uid, by)) == Some(true) {
        tell_place(editor, uid);
    }
    let id = format!("target-{uid}-{focus}");
    // A button at the end of its way can no longer be pressed; its sister can.
    let other = format!("target-{uid}-{}", if focus == "up" { "down" } else { "up" });
    request_animation_frame(move || {
        browser::focus(&id);
        if document().active_element().is_none_or(|active| active.id() != id) {
            browser::focus(&other);
        }
    });
}

fn tell_place(editor: Editor, uid: Uid) {
    let told = editor.draft.with_untracked(|draft| {
        let index = draft.index(uid)?;
        let model = words::target(&draft.target(uid)?.model);
        Some(format!("{model} is now {} of {}: {}.", index + 1, draft.slots.len(), words::place(index)))
    });
    editor.news.set(told.unwrap_or_default());
}

pub(super) fn remove(editor: Editor, uid: Uid) {
    let model = editor.target(uid).map(|target| words::target(&target.model)).unwrap_or_default();
    let next = editor.draft.try_update(|draft| draft.remove(uid)).flatten();
    editor.forget(uid);
    editor.news.set(format!("{model} was removed."));
    if let Some(next) = next {
        focus_model(next);
    }
}

fn focus_model(uid: Uid) {
    request_animation_frame(move || {
        let found = document().query_selector(&format!("#target-{uid} input[role=combobox]")).ok().flatten();
        if let Some(input) = found {
            browser::focus(&input.id());
        }
    });
}

/// From the press on a grip to the release: the place follows the pointer, and the target moves when it is let go.
/// Listeners stand on the window, since a finger or mouse leaves the grip at once.
pub(super) fn begin_drag(editor: Editor, uid: Uid, drag: RwSignal<Drag>) {
    let Some(from) = editor.draft.with_untracked(|draft| draft.index(uid)) else { return };
    drag.set(Drag { who: Some(uid), to: from });
    let listeners = StoredValue::new_local(Vec::<WindowListenerHandle>::new());
    let end = move || {
        drag.set(Drag::default());
        for listener in listeners.try_update_value(std::mem::take).unwrap_or_default() {
            listener.remove();
        }
    };
    let moved = window_event_listener(ev::pointermove, move |event| {
        scroll_at_the_edge(event.client_y());
        let to = place_at(editor, f64::from(event.client_y()));
        if drag.get_untracked().to != to {
            drag.update(|drag| drag.to = to);
        }
    });
    let dropped = window_event_listener(ev::pointerup, move |_| {
        let Drag { who, to } = drag.get_untracked();
        end();
        if let Some(uid) = who
            && editor.draft.try_update(|draft| draft.move_to(uid, to)) == Some(true)
        {
            tell_place(editor, uid);
        }
    });
    let cancelled = window_event_listener(ev::pointercancel, move |_| end());
    let escaped = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            end();
        }
    });
    listeners.set_value(vec![moved, dropped, cancelled, escaped]);
}

/// A list that is longer than the window moves along.
fn scroll_at_the_edge(y: i32) {
    const EDGE: i32 = 64;
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0) as i32;
    let by = if y < EDGE {
        -16.0
    } else if y > height - EDGE {
        16.0
    } else {
        return;
    };
    window().scroll_by_with_x_and_y(0.0, by);
}

/// The place whose middle is nearest to that height.
fn place_at(editor: Editor, y: f64) -> usize {
    let middles = editor.draft.with_untracked(|draft| {
        draft
            .slots
            .iter()
            .filter_map(|slot| {
                let element = browser::by_id(&format!("target-{}", slot.uid))?;
                let place = element.get_bounding_client_rect();
                Some(place.top() + place.height() / 2.0)
            })
            .collect::<Vec<_>>()
    });
    let nearest = middles
        .iter()
        .enumerate()
        .min_by(|(_, one), (_, other)| (*one - y).abs().total_cmp(&(*other - y).abs()));
    nearest.map_or(0, |(index, _)| index)
}
