//! Whether a button of the mouse is down, or a finger on the screen. What moves the page while somebody clicks makes them
//! miss; such a thing waits here until the click has arrived.

use std::cell::{Cell, RefCell};

use leptos::ev::{mousedown, mouseup, pointercancel, pointerdown, pointerup};
use leptos::prelude::{set_timeout, window_event_listener};

type Waiting = Box<dyn FnOnce()>;

thread_local! {
    static DOWN: Cell<bool> = const { Cell::new(false) };
    static WAITING: RefCell<Vec<Waiting>> = const { RefCell::new(Vec::new()) };
}

/// From here on, as long as the page lives.
pub fn watch() {
    // A finger is up before the browser makes mouse events of its tap, so both kinds count.
    window_event_listener(pointerdown, |_| DOWN.set(true));
    window_event_listener(mousedown, |_| DOWN.set(true));
    window_event_listener(pointerup, |_| up());
    window_event_listener(mouseup, |_| up());
    window_event_listener(pointercancel, |_| up());
}

/// Now, or once the click that is under way has arrived.
pub fn after_click(act: impl FnOnce() + 'static) {
    match DOWN.get() {
        true => WAITING.with_borrow_mut(|waiting| waiting.push(Box::new(act))),
        false => act(),
    }
}

fn up() {
    DOWN.set(false);
    // The click is told right after this event, within the same task.
    set_timeout(
        || {
            if !DOWN.get() {
                WAITING.take().into_iter().for_each(|act| act());
            }
        },
        std::time::Duration::ZERO,
    );
}
