//! A chart on a page: drawn for its width, with a crosshair for pointer and keyboard that says the values, a legend, and
//! the same as a table on demand. What lies where is decided by the pure modules beside it.

use leptos::html;
use leptos::prelude::*;

use super::area::{Point, line, lone};
use super::axis::{Extent, Frame, frame};
use super::bar::{stacks, tallest};
use super::legend::{Legend, Mark, Patterns, fill, stroke};
use super::measure::use_width;
use super::series::ChartData;
use super::table::DataTable;
use super::tip::Tip;
use crate::browser::{fresh_id, utc_offset_min};

/// How values are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Parts of a whole, on each other.
    Bars,
    /// Each for itself.
    Lines,
}

#[component]
pub fn Plot(
    #[prop(into)] title: String,
    #[prop(into)] data: Signal<ChartData>,
    form: Form,
    #[prop(default = 208.0)] height: f64,
    /// A step was chosen, by pointer or by keyboard: its first moment, and the one after its last.
    #[prop(optional, into)]
    on_pick: Option<Callback<(i64, i64)>>,
) -> impl IntoView {
    let node: NodeRef<html::Div> = NodeRef::new();
    let width = use_width(node);
    let at = RwSignal::new(None::<usize>);
    let offset = Signal::derive(move || {
        data.with(|data| utc_offset_min(data.steps.last().copied().unwrap_or_default()))
    });
    let frame = Memo::new(move |_| {
        data.with(|data| {
            let series: Vec<&[Option<f64>]> =
                data.series.iter().map(|series| series.values.as_slice()).collect();
            let max = match form {
                Form::Bars => tallest(&series),
                Form::Lines => {
                    series.iter().flat_map(|values| values.iter().flatten()).copied().fold(0.0, f64::max)
                }
            };
            let extent = Extent {
                unit: data.unit,
                max,
                steps: &data.steps,
                step_ms: data.step_ms,
                offset_min: offset.get(),
            };
            frame(width.get(), height, &extent)
        })
    });
    let mark = if form == Form::Bars { Mark::Block } else { Mark::Line };
    let names = Memo::new(move |_| {
        data.with(|data| {
            data.series.iter().map(|series| (series.look, series.name.clone())).collect::<Vec<_>>()
        })
    });
    let heading = fresh_id("plot");
    let pick = Callback::new(move |step: usize| {
        let step = data.with_untracked(|data| data.steps.get(step).map(|from| (*from, from + data.step_ms)));
        if let (Some(on_pick), Some(step)) = (on_pick, step) {
            on_pick.run(step);
        }
    });
    view! {
        <figure class="plot" aria-labelledby=heading>
            <figcaption class="plot-head">
                <h2 id=heading.clone()>{title.clone()}</h2>
                <Legend names mark/>
            </figcaption>
            <div
                class="plot-area"
                node_ref=node
                style:height=format!("{height}px")
                on:pointermove=move |event| {
                    let left = node.get_untracked().map_or(0.0, |area| area.get_bounding_client_rect().left());
                    at.set(Some(frame.get_untracked().bands.step_at(f64::from(event.client_x()) - left)));
                }
                on:pointerleave=move |_| at.set(None)
                class:plot-pick=on_pick.is_some()
                on:click=move |_| {
                    if let Some(step) = at.get_untracked() {
                        pick.run(step);
                    }
                }
            >
                <Picture title=title.clone() data frame form at offset/>
                <Cursor title=title.clone() data at offset pick/>
                <Tip data frame at offset mark/>
                {move || data.with(ChartData::is_empty).then(|| view! { <p class="plot-nothing">"Nothing in this time"</p> })}
            </div>
            <Table title data offset/>
        </figure>
    }
}

#[component]
fn Picture(
    title: String,
    data: Signal<ChartData>,
    frame: Memo<Frame>,
    form: Form,
    at: RwSignal<Option<usize>>,
    offset: Signal<i64>,
) -> impl IntoView {
    let id = fresh_id("picture");
    let desc = format!("{id}-desc");
    let patterns = id.clone();
    view! {
        <svg
            class="plot-picture"
            role="img"
            aria-label=title
            aria-describedby=desc
            width=move || frame.get().width
            height=move || frame.get().height
        >
            <desc id=desc.clone()>{move || data.with(|data| data.describe(offset.get()))}</desc>
            {(form == Form::Bars).then(|| view! { <Patterns id=patterns/> })}
            {move || axes(&frame.get())}
            {move || at.get().map(|step| band(&frame.get(), step))}
            {move || data.with(|data| match form {
                Form::Bars => bars(data, &frame.get(), &id).into_any(),
                Form::Lines => lines(data, &frame.get(), at.get()).into_any(),
            })}
        </svg>
    }
}

fn axes(frame: &Frame) -> impl IntoView + use<> {
    let (left, right, foot) = (frame.left, frame.right, frame.height - 5.0);
    let base = frame.bottom;
    let values = frame.values.iter().map(|tick| {
        let class = if tick.at == base { "plot-base" } else { "plot-grid" };
        view! {
            <line class=class x1=left x2=right y1=tick.at y2=tick.at></line>
            <text class="plot-label plot-value" x=left - 8.0 y=tick.at + 4.0>{tick.label.clone()}</text>
        }
    });
    let moments = frame.moments.iter().map(|tick| {
        view! { <text class="plot-label" x=tick.at y=foot>{tick.label.clone()}</text> }
    });
    (values.collect_view(), moments.collect_view())
}

/// Where the crosshair is.
fn band(frame: &Frame, step: usize) -> impl IntoView + use<> {
    let (x, width) = (frame.bands.start(step), frame.bands.width());
    view! { <rect class="plot-band" x=x width=width y=frame.top height=frame.bottom - frame.top></rect> }
}

fn bars(data: &ChartData, frame: &Frame, id: &str) -> impl IntoView + use<> {
    let series: Vec<&[Option<f64>]> = data.series.iter().map(|series| series.values.as_slice()).collect();
    let paths = stacks(&series, frame.bands, &frame.scale).into_iter().zip(&data.series);
    paths.map(|(path, series)| view! { <path d=path fill=fill(id, series.look)></path> }).collect_view()
}

fn lines(data: &ChartData, frame: &Frame, at: Option<usize>) -> impl IntoView + use<> {
    let place = |step: usize, value: f64| (frame.bands.middle(step), frame.scale.at(value));
    let drawn = data.series.iter().map(|series| {
        let points: Vec<Point> =
            series.values.iter().enumerate().map(|(step, value)| value.map(|value| place(step, value))).collect();
        let dot = at.and_then(|step| points.get(step).copied().flatten());
        let alone = lone(&points).map(|(x, y)| view! { <circle class="plot-lone" cx=x cy=y r="3"></circle> }).collect_view();
        let (class, dash) = stroke(series.look);
        view! {
            <path class=format!("plot-line {class}") d=line(&points) stroke-dasharray=dash></path>
            <g class=class>{alone}</g>
            {dot.map(|(x, y)| view! { <circle class=format!("plot-dot {class}") cx=x cy=y r="3.5"></circle> })}
        }
    });
    drawn.collect_view()
}

/// The keyboard's way along the steps; a screen reader says the values of each.
#[component]
fn Cursor(
    title: String,
    data: Signal<ChartData>,
    at: RwSignal<Option<usize>>,
    offset: Signal<i64>,
    pick: Callback<usize>,
) -> impl IntoView {
    let last = Memo::new(move |_| data.with(|data| data.steps.len().saturating_sub(1)));
    let now = move || at.get().unwrap_or_else(|| last.get());
    let on_key = move |event: web_sys::KeyboardEvent| {
        let (step, last) = (at.get_untracked().unwrap_or(last.get_untracked()), last.get_untracked());
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => step.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => (step + 1).min(last),
            "PageDown" => step.saturating_sub(6),
            "PageUp" => (step + 6).min(last),
            "Home" => 0,
            "End" => last,
            "Enter" => return pick.run(step),
            "Escape" => return at.set(None),
            _ => return,
        };
        event.prevent_default();
        at.set(Some(to));
    };
    view! {
        <div
            class="plot-cursor"
            role="slider"
            tabindex="0"
            aria-label=format!("{title}: values in time")
            aria-valuemin="0"
            aria-valuemax=last
            aria-valuenow=now
            aria-valuetext=move || data.with(|data| data.say(now(), offset.get()))
            on:focus=move |_| {
                if at.get_untracked().is_none() {
                    at.set(Some(last.get_untracked()));
                }
            }
            on:blur=move |_| at.set(None)
            on:keydown=on_key
        ></div>
    }
}

/// The same as words, made only when it is opened.
#[component]
fn Table(title: String, data: Signal<ChartData>, offset: Signal<i64>) -> impl IntoView {
    let open = RwSignal::new(false);
    let label = format!("{title} as a table");
    view! {
        <details class="plot-table" on:toggle=move |_| open.update(|open| *open = !*open)>
            <summary>"Show as a table"<span class="unseen">{format!(": {title}")}</span></summary>
            {move || open.get().then(|| {
                let table = data.with(|data| DataTable::of(data, offset.get()));
                view! {
                    <div class="plot-table-body" tabindex="0" role="region" aria-label=label.clone()>
                        <table>
                            <thead><tr>{table.head.into_iter().map(|name| view! { <th scope="col">{name}</th> }).collect_view()}</tr></thead>
                            <tbody>
                                {table.rows.into_iter().map(table_row).collect_view()}
                            </tbody>
                        </table>
                    </div>
                }
            })}
        </details>
    }
}

fn table_row(cells: Vec<String>) -> impl IntoView {
    let mut cells = cells.into_iter();
    let first = cells.next();
    view! {
        <tr>
            <th scope="row">{first}</th>
            {cells.map(|cell| view! { <td>{cell}</td> }).collect_view()}
        </tr>
    }
}
