//! The rehearsal itself: scene after scene appears, then what the app gets. Without motion all of it stands there at
//! once; it is the same list either way.

use leptos::prelude::*;
use maig_core::explain::{End, Scene, Story};

use super::words::{self, Mark};
use crate::ui::{Badge, Button, Icon, Svg, Tone};

#[component]
pub fn Stage(#[prop(into)] story: Signal<Story>, #[prop(into)] stream: Signal<bool>) -> impl IntoView {
    let again = RwSignal::new(0u32);
    // Told once it stands, not scene by scene.
    let spoken = Memo::new(move |_| story.with(|story| words::ending(&story.end, stream.get())));
    view! {
        <div class="explain-stage">
            {move || {
                again.track();
                let story = story.get();
                let count = story.scenes.len();
                view! {
                    <ol class="explain-scenes" aria-label="What happens, step by step">
                        {story.scenes.into_iter().enumerate().map(|(index, scene)| view! { <One scene index/> }).collect_view()}
                    </ol>
                    <Ending end=story.end stream=stream.get() index=count/>
                }
            }}
            <p class="unseen" role="status">{move || spoken.get()}</p>
            <div class="explain-again">
                <Button icon=Icon::Play on_click=move || again.update(|times| *times += 1)>"Play again"</Button>
            </div>
        </div>
    }
}

#[component]
fn One(scene: Scene, index: usize) -> impl IntoView {
    let (mark, what, why) = words::scene(&scene);
    let (class, icon, tone) = match mark {
        Mark::Good => ("explain-good", Icon::Check, "Answers"),
        Mark::Bad => ("explain-bad", Icon::Close, "Fails"),
        Mark::Skip => ("explain-skip", Icon::Fallback, "Skipped"),
        Mark::Wait => ("explain-wait", Icon::Clock, "Waits"),
    };
    let at = words::took(scene.at);
    view! {
        <li class=format!("explain-scene {class} explain-n{}", index.min(9))>
            <span class="explain-mark"><Svg of=icon label=tone/></span>
            <div class="explain-body">
                <p><b>{scene.target}</b>" "{what}</p>
                {(!why.is_empty()).then(|| view! { <p class="small soft">{why}</p> })}
            </div>
            <span class="explain-at num" title="Since the request came">{at}</span>
        </li>
    }
}

#[component]
fn Ending(end: End, stream: bool, index: usize) -> impl IntoView {
    let good = end.served_by.is_some() && end.code.is_none();
    let tone = if good { Tone::Good } else { Tone::Bad };
    let class = if good { "explain-end explain-end-good" } else { "explain-end explain-end-bad" };
    view! {
        <div class=format!("{class} explain-n{}", index.min(9))>
            <p class="explain-headline">
                <Badge tone>{end.status.to_string()}</Badge>
                <span>{words::ending(&end, stream)}</span>
            </p>
            <pre class="explain-head" tabindex="0" role="region" aria-label="The head of the answer"><code>{words::headers(&end)}</code></pre>
        </div>
    }
}
