//! Where a chart's picture lies between its axes, and what stands at them. Pure.

use super::bar::Bands;
use super::scale::{Linear, Unit, ticks, time_ticks};

/// About as wide as a digit of an axis.
const DIGIT: f64 = 6.4;
/// Between the middles of two names at the foot.
const APART: f64 = 72.0;

/// A name at an axis, and its place along it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    pub at: f64,
    pub label: String,
}

/// A chart's frame: its axes, and what lies between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub width: f64,
    pub height: f64,
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub scale: Linear,
    pub bands: Bands,
    /// From the bottom up.
    pub values: Vec<Tick>,
    /// From the left to the right.
    pub moments: Vec<Tick>,
}

/// What the frame goes round.
#[derive(Clone, Copy, Debug)]
pub struct Extent<'a> {
    pub unit: Unit,
    pub max: f64,
    /// The first moment of each step.
    pub steps: &'a [i64],
    pub step_ms: i64,
    pub offset_min: i64,
}

pub fn frame(width: f64, height: f64, extent: &Extent<'_>) -> Frame {
    let (top, bottom) = (8.0, height - 22.0);
    let about = ((bottom - top) / 44.0).round().clamp(2.0, 5.0) as usize;
    let values = ticks(extent.unit, extent.max, about);
    let labels: Vec<String> = values.iter().map(|value| extent.unit.tick(*value)).collect();
    let longest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let left = (longest as f64 * DIGIT + 10.0).max(26.0);
    let right = (width - 2.0).max(left + 1.0);
    let scale = Linear::new((0.0, values.last().copied().unwrap_or(1.0)), (bottom, top));
    let bands = Bands::new(left, right, extent.steps.len());
    let values =
        values.iter().zip(labels).map(|(value, label)| Tick { at: scale.at(*value), label }).collect();
    Frame {
        width,
        height,
        left,
        right,
        top,
        bottom,
        scale,
        bands,
        values,
        moments: moments(left, right, extent),
    }
}

/// Names under the beginnings of steps. Those that would hang over an edge are left out.
fn moments(left: f64, right: f64, extent: &Extent<'_>) -> Vec<Tick> {
    let (Some(first), Some(last)) = (extent.steps.first(), extent.steps.last()) else { return Vec::new() };
    let end = last + extent.step_ms;
    let along = Linear::new((*first as f64, end as f64), (left, right));
    let room = ((right - left) / APART).floor().max(1.0) as usize;
    let ticks = time_ticks(*first, end, extent.offset_min, room);
    // An hour's name stands where it begins, a day's in its middle.
    let inside = if extent.step_ms >= 86_400_000 { extent.step_ms as f64 / 2.0 } else { 0.0 };
    let named = ticks.into_iter().map(|(at, label)| Tick { at: along.at(at as f64 + inside), label });
    named.filter(|tick| tick.at >= left && tick.at <= right - label_half(&tick.label)).collect()
}

fn label_half(label: &str) -> f64 {
    label.chars().count() as f64 * DIGIT / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const NOON: i64 = 1_795_262_400_000;

    fn of(width: f64, steps: &[i64]) -> Frame {
        frame(width, 200.0, &Extent { unit: Unit::Count, max: 37.0, steps, step_ms: HOUR, offset_min: 0 })
    }

    #[test]
    fn names_fit_the_width_and_never_overlap() {
        let steps: Vec<i64> = (0..24).map(|n| NOON + n * HOUR).collect();
        for width in [280.0, 328.0, 560.0, 1200.0] {
            let frame = of(width, &steps);
            assert!(!frame.moments.is_empty(), "{width}");
            for pair in frame.moments.windows(2) {
                assert!(pair[1].at - pair[0].at >= 40.0, "{width}: {:?}", frame.moments);
            }
            assert!(frame.moments.iter().all(|tick| tick.at <= frame.right), "{width}");
        }
    }

    #[test]
    fn the_largest_value_lies_inside() {
        let frame = of(560.0, &[NOON]);
        assert_eq!(frame.values.first().map(|tick| tick.label.as_str()), Some("0"));
        assert_eq!(frame.values.last().map(|tick| tick.label.as_str()), Some("40"));
        assert!(frame.scale.at(37.0) > frame.top);
        assert_eq!(frame.scale.at(0.0), frame.bottom);
    }

    #[test]
    fn nothing_to_show_is_a_frame_without_moments() {
        let frame = of(20.0, &[]);
        assert!(frame.moments.is_empty());
        assert!(frame.right > frame.left);
    }
}
