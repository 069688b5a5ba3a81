//! How one series is told from another: a colour, and a pattern or a dash for who does not see the difference of colours.

use leptos::prelude::*;

use crate::browser::fresh_id;

/// So many series differ; more must be one called "others".
pub const MOST: usize = 6;

/// Dashes of lines; the first is whole.
const DASHES: [&str; MOST] = ["none", "7 4", "2 4", "9 3 2 3", "5 3", "1 3"];

/// Strokes over a block of 8 × 8, in the colour of the ground; the first is plain.
const HATCHES: [&str; MOST] = [
    "",
    "M-2 2l4-4M0 8l8-8M6 10l4-4",
    "M2 2h.01M6 6h.01",
    "M0 4h8",
    "M-2 6l4 4M0 0l8 8M6-2l4 4",
    "M4 0v8M0 4h8",
];

/// What a series looks like in a legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Block,
    Line,
}

/// The class and the dashes of a line.
pub fn stroke(index: usize) -> (&'static str, &'static str) {
    const CLASSES: [&str; MOST] = ["series-1", "series-2", "series-3", "series-4", "series-5", "series-6"];
    let index = index.min(MOST - 1);
    (CLASSES[index], DASHES[index])
}

/// The fill of a block, out of the `Patterns` of that id.
pub fn fill(id: &str, index: usize) -> String {
    format!("url(#{id}-{})", index.min(MOST - 1))
}

#[component]
pub fn Patterns(id: String) -> impl IntoView {
    let pattern = |(index, hatch): (usize, &'static str)| {
        view! {
            <pattern id=format!("{id}-{index}") width="8" height="8" patternUnits="userSpaceOnUse">
                <rect class=format!("plot-block {}", stroke(index).0) width="8" height="8"></rect>
                <path class="plot-hatch" d=hatch></path>
            </pattern>
        }
    };
    view! { <defs>{HATCHES.into_iter().enumerate().map(pattern).collect_view()}</defs> }
}

/// The mark alone.
#[component]
pub fn Swatch(look: usize, mark: Mark) -> impl IntoView {
    let (class, dash) = stroke(look);
    match mark {
        Mark::Line => view! {
            <svg class="plot-swatch" viewBox="0 0 20 12" aria-hidden="true">
                <path class=format!("plot-line {class}") d="M1 6h18" stroke-dasharray=dash></path>
            </svg>
        }
        .into_any(),
        Mark::Block => {
            let id = fresh_id("swatch");
            let fill = fill(&id, look);
            view! {
                <svg class="plot-swatch plot-swatch-block" viewBox="0 0 12 12" aria-hidden="true">
                    <Patterns id/>
                    <rect width="12" height="12" rx="3" fill=fill></rect>
                </svg>
            }
            .into_any()
        }
    }
}

/// Names beside their marks; one series needs none.
#[component]
pub fn Legend(
    /// Looks and names.
    #[prop(into)]
    names: Signal<Vec<(usize, String)>>,
    mark: Mark,
) -> impl IntoView {
    move || {
        let names = names.get();
        (names.len() > 1).then(|| view! {
            <ul class="plot-legend">
                {names
                    .into_iter()
                    .map(|(look, name)| view! { <li><Swatch look mark/><span class="cut">{name}</span></li> })
                    .collect_view()}
            </ul>
        })
    }
}
