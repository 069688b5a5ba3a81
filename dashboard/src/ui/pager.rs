//! Pages of a list that the gateway cuts by cursor: forward with the cursor it gave, back by the ones that were used.

use leptos::prelude::*;

use super::Button;

/// `cursor` is the page that is shown (`None`: the first), `next` what the answer on show gave.
#[component]
pub fn Pager(
    cursor: RwSignal<Option<String>>,
    #[prop(into)] next: Signal<Option<String>>,
    #[prop(optional, into)] busy: Signal<bool>,
) -> impl IntoView {
    let before = RwSignal::new(Vec::<Option<String>>::new());
    // Another filter begins at its first page.
    Effect::new(move || {
        if cursor.get().is_none() {
            before.set(Vec::new());
        }
    });
    let back = move || {
        let mut pages = before.get_untracked();
        let to = pages.pop().flatten();
        before.set(pages);
        cursor.set(to);
    };
    let forward = move || {
        if let Some(to) = next.get_untracked() {
            before.update(|pages| pages.push(cursor.get_untracked()));
            cursor.set(Some(to));
        }
    };
    view! {
        <nav class="pager" aria-label="Newer and older" hidden=move || cursor.get().is_none() && next.get().is_none()>
            <Button disabled=Signal::derive(move || cursor.get().is_none() || busy.get()) on_click=back>"Newer"</Button>
            <Button disabled=Signal::derive(move || next.get().is_none() || busy.get()) on_click=forward>"Older"</Button>
        </nav>
    }
}
