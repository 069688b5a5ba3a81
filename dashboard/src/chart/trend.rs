//! A trend beside a figure: decoration for who looks; the figure and its change say it in words.

use leptos::prelude::*;

use super::spark::spark;

const WIDTH: f64 = 112.0;
const HEIGHT: f64 = 36.0;

#[component]
pub fn Trend(#[prop(into)] values: Signal<Vec<Option<f64>>>) -> impl IntoView {
    let drawn = Memo::new(move |_| values.with(|values| spark(values, WIDTH, HEIGHT)));
    view! {
        <svg class="trend" width=WIDTH height=HEIGHT viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true">
            <path class="trend-area" d=move || drawn.get().area></path>
            <path class="trend-line" d=move || drawn.get().line></path>
            {move || drawn.get().last.map(|(x, y)| view! { <circle class="trend-dot" cx=x cy=y r="2.5"></circle> })}
        </svg>
    }
}
