//! What stands at a chart's crosshair.

use leptos::prelude::*;

use super::axis::Frame;
use super::legend::{Mark, Swatch};
use super::series::ChartData;

/// The values under the crosshair. Who listens has them from the cursor.
#[component]
pub(super) fn Tip(
    data: Signal<ChartData>,
    frame: Memo<Frame>,
    at: RwSignal<Option<usize>>,
    offset: Signal<i64>,
    mark: Mark,
) -> impl IntoView {
    move || {
        let step = at.get()?;
        let frame = frame.get();
        let x = frame.bands.middle(step);
        let rows = data.with(|data| {
            // As they stand on each other: the last on top.
            data.series
                .iter()
                .rev()
                .filter_map(|series| {
                    let value = data.unit.say(series.values.get(step).copied().flatten()?);
                    Some((series.look, series.name.clone(), value))
                })
                .collect::<Vec<_>>()
        });
        let empty = rows.is_empty();
        let title = data.with(|data| data.step_label(step, offset.get()));
        Some(view! {
            <div class="plot-tip" class:plot-tip-left=(x > frame.width / 2.0) style:left=format!("{x}px") aria-hidden="true">
                <p class="plot-tip-title">{title}</p>
                {empty.then(|| view! { <p class="faint">"Nothing"</p> })}
                {rows
                    .into_iter()
                    .map(|(look, name, value)| view! {
                        <p class="plot-tip-row">
                            <Swatch look mark/>
                            <span class="cut">{name}</span>
                            <span class="plot-tip-value num">{value}</span>
                        </p>
                    })
                    .collect_view()}
            </div>
        })
    }
}
