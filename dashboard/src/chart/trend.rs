//! A trend beside a figure: decoration for who looks; the figure and its change say it in words.

use leptos::prelude::*;

use super::spark::spark;

#[component]
pub fn Trend(
    #[prop(into)] values: Signal<Vec<Option<f64>>>,
    #[prop(default = 112.0)] width: f64,
    #[prop(default = 36.0)] height: f64,
) -> impl IntoView {
    let drawn = Memo::new(move |_| values.with(|values| spark(values, width, height)));
    view! {
        <svg class="trend" width=width height=height viewBox=format!("0 0 {width} {height}") preserveAspectRatio="xMinYMid meet" aria-hidden="true">
            <path class="trend-area" d=move || drawn.get().area></path>
            <path class="trend-line" d=move || drawn.get().line></path>
            {move || drawn.get().last.map(|(x, y)| view! { <circle class="trend-dot" cx=x cy=y r="2.5"></circle> })}
        </svg>
    }
}
