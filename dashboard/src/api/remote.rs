//! A value that the gateway holds and a page shows. It is fetched again when a signal changes that the fetch reads, by
//! `refresh`, by a clock, and when a lost connection is back; what is there stays while something newer is on its way.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{ApiError, use_api};
use crate::browser;
use crate::ui::{ErrorPanel, Skeleton};

/// What is known of the value. Copy it freely.
pub struct Remote<T: Send + Sync + 'static> {
    pub data: RwSignal<Option<T>>,
    pub error: RwSignal<Option<ApiError>>,
    pub busy: RwSignal<bool>,
    again: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Remote<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Remote<T> {}

impl<T: Send + Sync + 'static> Remote<T> {
    pub fn refresh(self) {
        self.again.update(|count| *count += 1);
    }

    /// Waits for a change of what is shown. One that is refused because somebody else was first brings the page up to date.
    pub async fn change<U>(self, call: impl Future<Output = Result<U, ApiError>>) -> Result<U, ApiError> {
        let answer = call.await;
        if matches!(answer, Err(ApiError::Stale { .. })) && self.again.try_get_untracked().is_some() {
            self.refresh();
        }
        answer
    }

    /// Fetches again each time so many milliseconds have passed, while somebody looks.
    pub fn poll(self, every_ms: i32) -> Self {
        let over = on_the_way_out();
        spawn_local(async move {
            loop {
                browser::sleep(every_ms).await;
                if over.get() {
                    break;
                }
                if browser::is_visible() && self.busy.try_get_untracked() == Some(false) {
                    self.refresh();
                }
            }
        });
        self
    }
}

/// Set once the component that asked is gone.
#[derive(Clone)]
struct Over(Arc<std::sync::atomic::AtomicBool>);

impl Over {
    fn get(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

fn on_the_way_out() -> Over {
    let over = Over(Arc::default());
    let flag = Arc::clone(&over.0);
    on_cleanup(move || flag.store(true, std::sync::atomic::Ordering::Relaxed));
    over
}

/// Fetches now and whenever a signal that `fetch` reads has changed. Of two fetches under way the later one counts.
pub fn remote<T, F, Fut>(fetch: F) -> Remote<T>
where
    T: Send + Sync + 'static,
    F: Fn() -> Fut + 'static,
    Fut: Future<Output = Result<T, ApiError>> + 'static,
{
    let api = use_api();
    let remote = Remote {
        data: RwSignal::new(None),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
        again: RwSignal::new(0),
    };
    let over = on_the_way_out();
    let latest = StoredValue::new(0u32);
    Effect::new(move || {
        remote.again.track();
        api.healed.track();
        let answer = fetch();
        let over = over.clone();
        latest.update_value(|number| *number += 1);
        let mine = latest.get_value();
        remote.busy.set(true);
        spawn_local(async move {
            let answer = answer.await;
            if over.get() || latest.try_get_value() != Some(mine) {
                return;
            }
            remote.busy.set(false);
            match answer {
                Ok(value) => {
                    remote.data.set(Some(value));
                    remote.error.set(None);
                }
                Err(error) => remote.error.set(Some(error)),
            }
        });
    });
    remote
}

/// Shows a remote value: a skeleton, then the children once, with a signal that follows the value; or what went wrong.
/// `<Load what=routes let:routes> … </Load>`
#[component]
pub fn Load<T, V>(
    what: Remote<T>,
    /// Rows that the skeleton stands for.
    #[prop(default = 4)]
    rows: usize,
    children: impl Fn(Signal<T>) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let there = Memo::new(move |_| what.data.with(Option::is_some));
    let children = StoredValue::new(children);
    move || {
        if there.get() {
            // A value is only ever replaced by another, so the first stands in for none.
            return what
                .data
                .get_untracked()
                .map(|first| {
                    let value = Signal::derive(move || what.data.get().unwrap_or_else(|| first.clone()));
                    children.with_value(|children| children(value)).into_any()
                })
                .into_any();
        }
        match what.error.get() {
            Some(error) => view! { <ErrorPanel error retry=move || what.refresh()/> }.into_any(),
            None => view! { <Skeleton rows/> }.into_any(),
        }
    }
}
