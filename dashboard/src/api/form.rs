//! A form's state: whether it is being sent, and what the server said. Fields look up their own fault in it by path;
//! what was typed is never touched.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::ApiError;

/// Copy it freely; give it to `<Form state=…>`, and the fields inside find it.
#[derive(Clone, Copy)]
pub struct FormState {
    pub busy: RwSignal<bool>,
    pub error: RwSignal<Option<ApiError>>,
    /// Somebody has tried to send: from here on every field shows its fault at once.
    pub tried: RwSignal<bool>,
    /// How many fields hold something that the browser already knows to be wrong.
    faults: RwSignal<u32>,
    /// Paths whose field was changed since the server spoke: its words are about what stood there before.
    changed: RwSignal<Vec<String>>,
    /// Paths that a field on the page shows, so that `FormError` does not repeat them.
    paths: StoredValue<Vec<String>>,
}

impl Default for FormState {
    fn default() -> Self {
        Self::new()
    }
}

impl FormState {
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            tried: RwSignal::new(false),
            faults: RwSignal::new(0),
            changed: RwSignal::new(Vec::new()),
            paths: StoredValue::new(Vec::new()),
        }
    }

    /// Sends unless a field is at fault or it is being sent already; `then` gets what came back.
    pub fn send<T: 'static>(
        self,
        call: impl Future<Output = Result<T, ApiError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        self.tried.set(true);
        if self.busy.get_untracked() || self.faults.get_untracked() > 0 {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            let answer = call.await;
            // The page may be gone by now, and its form with it.
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(value) => then(value),
                Err(error) => {
                    self.changed.set(Vec::new());
                    self.error.set(Some(error));
                }
            }
        });
    }

    /// A field announces itself and its own check; gives what to show at it. Called by fields.
    pub fn watch(
        self,
        path: &str,
        check: Signal<Option<String>>,
        touched: RwSignal<bool>,
    ) -> Signal<Option<String>> {
        self.paths.update_value(|paths| paths.push(path.to_owned()));
        let wrong = Memo::new(move |_| check.with(Option::is_some));
        let counted = StoredValue::new(false);
        let count = move |wrong: bool| {
            if counted.get_value() != wrong {
                counted.set_value(wrong);
                self.faults.update(|count| *count = if wrong { *count + 1 } else { count.saturating_sub(1) });
            }
        };
        count(wrong.get_untracked());
        Effect::new(move || count(wrong.get()));
        let own = path.to_owned();
        let faults = self.faults;
        on_cleanup(move || {
            if counted.try_get_value() == Some(true) {
                let _ = faults.try_update(|count| *count = count.saturating_sub(1));
            }
        });
        Signal::derive(move || {
            let shown = touched.get() || self.tried.get();
            let about_before = self.changed.with(|changed| changed.contains(&own));
            let said = self.error.with(|error| error.as_ref().and_then(|error| error.at(&own)));
            let said = said.filter(|_| !about_before);
            check.get().filter(|_| shown).or(said)
        })
    }

    /// Called by a field when what it holds has changed.
    pub fn change(self, path: &str) {
        if self.error.with_untracked(|error| error.as_ref().is_some_and(|error| error.at(path).is_some())) {
            self.changed.update(|changed| changed.push(path.to_owned()));
        }
    }

    /// The server's error, unless a field shows it.
    pub fn general(self) -> Option<ApiError> {
        let error = self.error.get()?;
        let at_field = self.paths.with_value(|paths| paths.iter().any(|path| error.at(path).is_some()));
        (!at_field).then_some(error)
    }
}
