//! The list of requests: of however many there are, a screenful is drawn. Arrows and j and k walk through the rows, one
//! of which is in the keyboard's way; the end asks for older ones.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use maig_api::LogEntry;

use super::roll::{Roll, window};
use super::row::{COLUMNS, cells, failed};
use super::state::LogState;
use crate::browser;
use crate::chart::use_width;
use crate::ui::{Button, ErrorPanel, Icon, Kind};
use crate::{format, ui};

/// Below this width a row has two lines; the heights of rows are those of logs.css.
const NARROW: f64 = 760.0;
const ROW: f64 = 41.0;
const ROW_NARROW: f64 = 65.0;
/// The end asks for more before the reader is there.
const AHEAD: f64 = 2000.0;

#[component]
pub(super) fn List(state: LogState) -> impl IntoView {
    let node: NodeRef<html::Div> = NodeRef::new();
    let width = use_width(node);
    let narrow = Memo::new(move |_| width.get() < NARROW);
    let row = Memo::new(move |_| if narrow.get() { ROW_NARROW } else { ROW });
    let count = Memo::new(move |_| state.roll.with(|roll| roll.rows().len()));
    // Which row the keyboard is at.
    let active = RwSignal::new(0usize);
    let scrolled = RwSignal::new((0.0, 900.0));
    let look = move || {
        // A frame that was asked for may come when the list is gone.
        let (Some(rows), Some(count), Some(row)) =
            (browser::by_id("log-rows"), count.try_get_untracked(), row.try_get_untracked())
        else {
            return;
        };
        let top = -rows.get_bounding_client_rect().top();
        let seen =
            leptos::prelude::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(900.0);
        if scrolled.get_untracked() != (top, seen) {
            scrolled.set((top, seen));
        }
        let focused = document().active_element().is_some_and(|element| rows.contains(Some(&element)));
        // The head of the page may be out of sight; the first row may not.
        let reading = top > row * 0.5 || focused;
        if state.reading.get_untracked() != reading {
            state.reading.set(reading);
        }
        let left = count as f64 * row - top - seen;
        if left < AHEAD {
            state.more();
        }
    };
    let on_scroll = window_event_listener(leptos::ev::scroll, move |_| look());
    let on_resize = window_event_listener(leptos::ev::resize, move |_| look());
    on_cleanup(move || {
        on_scroll.remove();
        on_resize.remove();
    });
    Effect::new(move || {
        count.track();
        row.track();
        state.busy.track();
        request_animation_frame(look);
    });
    let drawn = Memo::new(move |_| {
        let (top, seen) = scrolled.get();
        window(top, seen, row.get(), count.get())
    });
    let items = move || {
        let (drawn, active) = (drawn.get(), active.get());
        state.roll.with(|roll| {
            // The row with the focus stays, wherever one scrolls.
            let before = (active < drawn.start).then_some(active);
            let behind = (active >= drawn.end).then_some(active);
            let one = |index: usize| roll.rows().get(index).map(|entry| (index, Arc::clone(entry)));
            before.into_iter().chain(drawn).chain(behind).filter_map(one).collect::<Vec<_>>()
        })
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let (now, last) = (active.get_untracked(), count.get_untracked().saturating_sub(1));
        let to = match event.key().as_str() {
            "ArrowDown" | "j" => (now + 1).min(last),
            "ArrowUp" | "k" => now.saturating_sub(1),
            "PageDown" => (now + 12).min(last),
            "PageUp" => now.saturating_sub(12),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        active.set(to);
        go_to(state, to, row.get_untracked());
    };
    view! {
        <div
            class="log-list"
            class:log-narrow=narrow
            node_ref=node
            role="table"
            aria-label="Requests, newest first"
            aria-rowcount=move || if state.roll.with(|roll| roll.next().is_some()) { -1 } else { count.get() as i64 + 1 }
            aria-busy=move || state.busy.get().to_string()
        >
            <div role="rowgroup" class="log-heads">
                <div role="row" class="log-row log-head" aria-rowindex="1">
                    {COLUMNS
                        .iter()
                        .map(|(name, num)| view! { <span role="columnheader" class=num.then_some("log-num")>{*name}</span> })
                        .collect_view()}
                </div>
            </div>
            <div
                role="rowgroup"
                id="log-rows"
                class="log-rows"
                style:height=move || format!("{}px", count.get() as f64 * row.get())
                on:keydown=on_key
                on:focusin=move |_| look()
                on:focusout=move |_| request_animation_frame(look)
                on:pointermove=move |_| state.touched_ms.set_value(browser::now_ms())
            >
                <For
                    each=items
                    key=|(index, entry)| (*index, entry.request_id.clone())
                    children=move |(index, entry)| line(state, index, entry, row, active)
                />
            </div>
        </div>
        <End state count/>
    }
}

fn line(
    state: LogState,
    index: usize,
    entry: Arc<LogEntry>,
    row: Memo<f64>,
    active: RwSignal<usize>,
) -> impl IntoView {
    let fresh = state.fresh.with_untracked(|fresh| fresh.contains(&entry.request_id));
    let failed = failed(&entry);
    let cells = cells(entry, &state.query.get_untracked().to_search(), move || active.get() == index);
    view! {
        <div
            role="row"
            class="log-row"
            class:log-fresh=fresh
            class:log-failed=failed
            aria-rowindex=(index + 2).to_string()
            style:transform=move || format!("translateY({}px)", index as f64 * row.get())
            on:focusin=move |_| active.set(index)
        >
            {cells}
        </div>
    }
}

/// Brings a row into sight and the focus to it.
fn go_to(state: LogState, index: usize, row: f64) {
    let Some(rows) = browser::by_id("log-rows") else { return };
    let view = leptos::prelude::window();
    let seen = view.inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(900.0);
    let top = rows.get_bounding_client_rect().top() + index as f64 * row;
    // Below what sticks to the top of the page.
    let (above, below) = (top - 120.0, top + row + 16.0 - seen);
    let by = if above < 0.0 { above } else { below.max(0.0) };
    view.scroll_by_with_x_and_y(0.0, by);
    let id = state
        .roll
        .with_untracked(|roll| roll.rows().get(index).map(|entry| format!("log-{}", entry.request_id)));
    match id {
        // At once, so that a key that follows finds the focus where it belongs.
        Some(id) if browser::by_id(&id).is_some() => browser::focus(&id),
        Some(id) => request_animation_frame(move || browser::focus(&id)),
        None => {}
    }
}

/// What stands under the last row.
#[component]
fn End(state: LogState, count: Memo<usize>) -> impl IntoView {
    let more = Memo::new(move |_| state.roll.with(|roll| roll.next().is_some()));
    view! {
        <div class="log-end">
            {move || match (state.error.get(), more.get()) {
                (Some(error), _) => view! { <ErrorPanel error retry=move || state.more()/> }.into_any(),
                (None, true) => view! {
                    <p class="faint small num">{format::plural(count.get() as u64, "request", "requests")}" so far"</p>
                    <Button kind=Kind::Quiet icon=Icon::Down on_click=move || state.more()>"Older"</Button>
                }
                .into_any(),
                (None, false) => view! {
                    <p class="faint small num">{format::plural(count.get() as u64, "request", "requests")}" in this time"</p>
                }
                .into_any(),
            }}
        </div>
    }
}

/// How many have come that are not shown; a click shows them.
#[component]
pub(super) fn News(state: LogState) -> impl IntoView {
    let waiting = Memo::new(move |_| state.roll.with(Roll::waiting));
    let show = move |_| {
        state.take_in();
        if let Some(rows) = browser::by_id("log-rows") {
            let top = rows.get_bounding_client_rect().top();
            if top < 0.0 {
                leptos::prelude::window().scroll_by_with_x_and_y(0.0, top - 140.0);
            }
        }
    };
    view! {
        <div class="log-news">
            {move || (waiting.get() > 0).then(|| view! {
                <button type="button" class="log-news-button" on:click=show>
                    <ui::Svg of=Icon::Up/>
                    {format!("{} new", waiting.get())}
                </button>
            })}
        </div>
    }
}
