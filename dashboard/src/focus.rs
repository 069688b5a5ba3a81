//! Keeps the keyboard's place: when what had the focus is taken away (a row deleted, a page left, a list made anew), the
//! focus goes to what stands in its place, instead of the top of the document. It must never touch a focus that somebody
//! has put elsewhere, nor one that was given up on purpose.

use std::cell::{Cell, RefCell};

use leptos::ev::focusin;
use leptos::prelude::{document, request_animation_frame, window, window_event_listener};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, FocusOptions, HtmlElement, MutationObserver, MutationObserverInit};

/// What Tab can reach.
const FOCUSABLE: &str = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), \
                         textarea:not(:disabled), summary, [tabindex='0']";

thread_local! {
    /// Where the focus is, and below it where it was when each dialog around it was opened.
    static TRAILS: RefCell<Vec<Trail>> = const { RefCell::new(Vec::new()) };
    static LOOKING: Cell<bool> = const { Cell::new(false) };
}

/// The way from the focused element up to the page, so that its place is known when it is gone.
struct Trail {
    steps: Vec<Step>,
    dialog: Option<Element>,
    path: String,
}

struct Step {
    element: Element,
    /// Which child of its parent it was.
    index: u32,
}

impl Trail {
    fn of(focused: Element) -> Self {
        let dialog = focused.closest("dialog").ok().flatten();
        let ups = std::iter::successors(Some(focused), |element| element.parent_element());
        let steps = ups.map(|element| Step { index: index(&element), element }).collect();
        Self { steps, dialog, path: path() }
    }

    /// Its dialog was closed; what was focused before that counts again.
    fn is_over(&self) -> bool {
        self.dialog.as_ref().is_some_and(|dialog| !dialog.is_connected())
    }
}

/// From here on, as long as the page lives.
pub fn keep() {
    window_event_listener(focusin, |event| {
        if let Some(focused) = event.target().and_then(|target| target.dyn_into().ok()) {
            note(Trail::of(focused));
        }
    });
    let changed = Closure::<dyn FnMut()>::new(look);
    let observer = MutationObserver::new(changed.as_ref().unchecked_ref());
    changed.forget();
    let (Ok(observer), Some(body)) = (observer, document().body()) else { return };
    let what = MutationObserverInit::new();
    what.set_child_list(true);
    what.set_subtree(true);
    what.set_attribute_filter(&js_sys::Array::of2(&"disabled".into(), &"hidden".into()));
    // Refused only for options that contradict each other.
    let _ = observer.observe_with_options(&body, &what);
}

fn note(trail: Trail) {
    TRAILS.with_borrow_mut(|trails| {
        trails.retain(|before| before.dialog != trail.dialog && !before.is_over());
        trails.push(trail);
    });
}

/// Two frames later: who takes something away may put the focus somewhere by itself.
fn look() {
    if !LOOKING.replace(true) {
        request_animation_frame(|| {
            request_animation_frame(|| {
                LOOKING.set(false);
                restore();
            });
        });
    }
}

fn restore() {
    let body = document().body().map(Element::from);
    if document().active_element().is_some_and(|active| Some(active) != body) {
        return;
    }
    TRAILS.with_borrow_mut(|trails| trails.retain(|trail| !trail.is_over()));
    // Focusing notes a trail anew, so none may be borrowed meanwhile.
    let Some(trail) = TRAILS.with_borrow_mut(Vec::pop) else { return };
    let was_left = trail.steps.first().is_some_and(|step| can_hold(&step.element));
    if was_left {
        TRAILS.with_borrow_mut(|trails| trails.push(trail));
    } else if trail.path == path() {
        stay(&trail);
    } else {
        begin();
    }
}

/// At the same place as before, or as near to it as anything can hold the focus.
fn stay(trail: &Trail) {
    let Some(there) = trail.steps.iter().position(|step| step.element.is_connected()) else { return begin() };
    let Some((top, gone)) = trail.steps.get(..=there).and_then(<[Step]>::split_last) else { return begin() };
    // Down the same way, as far as it goes: the next row's menu stands where the deleted row's was.
    let mut place = top.element.clone();
    for step in gone.iter().rev() {
        let children = place.children();
        let last = children.length().saturating_sub(1);
        let Some(child) = children.item(step.index.min(last)) else { break };
        place = child;
    }
    let ups = std::iter::successors(Some(place), |element| element.parent_element());
    for around in ups.take_while(|around| !around.matches("main, body").unwrap_or(true)) {
        if let Some(found) = first_in(&around) {
            let _ = found.focus();
            return;
        }
    }
    begin();
}

/// At the begin of the page that is there now: at the field that it wants filled in, else at its content.
fn begin() {
    let found = |selector: &str| document().query_selector(selector).ok().flatten();
    let element = found("main [autofocus]").filter(can_hold).or_else(|| found("main"));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// The element itself, or the first in it.
fn first_in(around: &Element) -> Option<HtmlElement> {
    let own = around.matches(FOCUSABLE).unwrap_or_default().then(|| around.clone());
    let inside = around.query_selector_all(FOCUSABLE).ok();
    let inside = inside
        .iter()
        .flat_map(|list| (0..list.length()).filter_map(|index| list.get(index)?.dyn_into().ok()));
    own.into_iter().chain(inside).find(can_hold)?.dyn_into().ok()
}

fn can_hold(element: &Element) -> bool {
    let (off, seen) = (element.matches(":disabled").unwrap_or_default(), element.get_bounding_client_rect());
    element.is_connected() && !off && seen.width() > 0.0 && seen.height() > 0.0
}

fn index(element: &Element) -> u32 {
    let before = std::iter::successors(element.previous_element_sibling(), |element| {
        element.previous_element_sibling()
    });
    u32::try_from(before.count()).unwrap_or(u32::MAX)
}

fn path() -> String {
    window().location().pathname().unwrap_or_default()
}
