//! Lines and the areas under them, as SVG paths. A value that is missing is a gap, never a zero; one that stands alone
//! is a dot (a line of no length, which a round cap makes visible; where there is room, `lone` says where to draw one). Pure.

use std::fmt::Write as _;

/// A place in the picture, or a gap.
pub type Point = Option<(f64, f64)>;

/// The path of a line.
pub fn line(points: &[Point]) -> String {
    let mut path = String::new();
    for run in runs(points) {
        for (index, (x, y)) in run.iter().enumerate() {
            // Writing to a string does not fail.
            let _ = write!(path, "{}{} {}", if index == 0 { "M" } else { "L" }, short(*x), short(*y));
        }
        if run.len() == 1 {
            path.push_str("h0");
        }
    }
    path
}

/// The values that stand alone between two gaps: no line leads to them.
pub fn lone(points: &[Point]) -> impl Iterator<Item = (f64, f64)> + '_ {
    runs(points).filter(|run| run.len() == 1).flatten()
}

/// The path of what lies between a line and `base`.
pub fn area(points: &[Point], base: f64) -> String {
    let mut path = String::new();
    for run in runs(points).filter(|run| run.len() > 1) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let _ = write!(path, "M{} {}", short(first.0), short(base));
        for (x, y) in &run {
            let _ = write!(path, "L{} {}", short(*x), short(*y));
        }
        let _ = write!(path, "L{} {}Z", short(last.0), short(base));
    }
    path
}

/// The parts of a line between its gaps.
fn runs(points: &[Point]) -> impl Iterator<Item = Vec<(f64, f64)>> {
    points
        .split(Option::is_none)
        .filter(|run| !run.is_empty())
        .map(|run| run.iter().copied().flatten().collect())
}

/// A tenth of a pixel is as fine as anybody sees.
pub fn short(value: f64) -> f64 {
    let tenths = (value * 10.0).round() / 10.0;
    // Negative zero would be written with its sign.
    if tenths == 0.0 { 0.0 } else { tenths }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_parts_a_line_and_a_lone_value_is_a_dot() {
        for (points, expect_line, expect_area) in [
            (vec![], "", ""),
            (vec![None, None], "", ""),
            (vec![Some((0.0, 9.0))], "M0 9h0", ""),
            (vec![Some((0.0, 9.0)), Some((5.04, 3.0))], "M0 9L5 3", "M0 10L0 9L5 3L5 10Z"),
            (
                vec![Some((0.0, 9.0)), None, Some((8.0, 2.0)), Some((9.0, -0.01))],
                "M0 9h0M8 2L9 0",
                "M8 10L8 2L9 0L9 10Z",
            ),
        ] {
            assert_eq!(line(&points), expect_line);
            assert_eq!(lone(&points).count(), expect_line.matches("h0").count());
            assert_eq!(area(&points, 10.0), expect_area);
        }
    }
}
