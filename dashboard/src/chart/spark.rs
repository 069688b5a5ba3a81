//! A line without axes beside a figure: its trend, nothing to read off. Pure.

use super::area::{Point, area, line};
use super::scale::Linear;

/// What to draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spark {
    pub line: String,
    pub area: String,
    /// The last value's place, which gets a dot.
    pub last: Point,
}

/// A line over the whole picture. It stands on zero, so that a small change does not look like a large one; a flat
/// series of zeroes lies at the bottom.
pub fn spark(values: &[Option<f64>], width: f64, height: f64) -> Spark {
    // Room for half the line's width and for the dot.
    let (edge, bottom) = (3.0, height - 2.0);
    let max = values.iter().flatten().copied().fold(0.0, f64::max);
    let across = Linear::new((0.0, values.len().saturating_sub(1).max(1) as f64), (edge, width - edge));
    let up = Linear::new((0.0, max), (bottom, edge));
    let points: Vec<Point> = values
        .iter()
        .enumerate()
        .map(|(index, value)| value.map(|value| (across.at(index as f64), up.at(value))))
        .collect();
    Spark { line: line(&points), area: area(&points, bottom), last: points.last().copied().flatten() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_is_drawn_whatever_its_values() {
        assert_eq!(spark(&[], 60.0, 20.0), Spark::default());
        let zeroes = spark(&[Some(0.0), Some(0.0)], 66.0, 20.0);
        assert_eq!((zeroes.line.as_str(), zeroes.last), ("M3 18L63 18", Some((63.0, 18.0))));
        let one = spark(&[Some(7.0)], 66.0, 20.0);
        assert_eq!((one.line.as_str(), one.last), ("M3 3h0", Some((3.0, 3.0))));
        let gap = spark(&[Some(1.0), None, Some(2.0), None], 66.0, 23.0);
        assert_eq!((gap.line.as_str(), gap.last), ("M3 12h0M43 3h0", None));
        let rising = spark(&[Some(0.0), Some(5.0), Some(10.0)], 66.0, 23.0);
        assert_eq!(rising.line, "M3 21L33 12L63 3");
        assert_eq!(rising.area, "M3 21L3 21L33 12L63 3L63 21Z");
    }
}
