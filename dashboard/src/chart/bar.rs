//! Bars that stand on each other, one path a series. Pure.

use std::fmt::Write as _;

use super::area::short;
use super::scale::Linear;

/// Wider bars look like areas.
const WIDEST: f64 = 44.0;
/// A value that is not zero is seen.
const LEAST: f64 = 1.0;

/// Where a chart's steps stand: bands of the same width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    left: f64,
    band: f64,
    count: usize,
}

impl Bands {
    pub fn new(left: f64, right: f64, count: usize) -> Self {
        Self { left, band: (right - left).max(0.0) / count.max(1) as f64, count }
    }

    /// The middle of a step.
    pub fn middle(&self, step: usize) -> f64 {
        self.left + (step as f64 + 0.5) * self.band
    }

    pub fn start(&self, step: usize) -> f64 {
        self.left + step as f64 * self.band
    }

    pub fn width(&self) -> f64 {
        self.band
    }

    /// The step at that place, or the nearest.
    pub fn step_at(&self, x: f64) -> usize {
        let step = ((x - self.left) / self.band.max(f64::EPSILON)).floor().max(0.0) as usize;
        step.min(self.count.saturating_sub(1))
    }

    fn bar(&self) -> f64 {
        (self.band * 0.72).clamp(1.0, WIDEST)
    }
}

/// A path for each series; the first stands at the bottom.
pub fn stacks(series: &[&[Option<f64>]], bands: Bands, scale: &Linear) -> Vec<String> {
    let base = scale.at(0.0);
    let mut tops = vec![base; bands.count];
    let mut paths = Vec::with_capacity(series.len());
    for values in series {
        let mut path = String::new();
        for (step, value) in values.iter().enumerate().take(bands.count) {
            let value = value.unwrap_or(0.0);
            let Some(top) = tops.get_mut(step).filter(|_| value > 0.0) else { continue };
            let height = (base - scale.at(value)).max(LEAST);
            let width = bands.bar();
            let x = bands.middle(step) - width / 2.0;
            // Writing to a string does not fail.
            let _ = write!(
                path,
                "M{} {}h{}v{}h-{}Z",
                short(x),
                short(*top),
                short(width),
                short(-height),
                short(width)
            );
            *top -= height;
        }
        paths.push(path);
    }
    paths
}

/// The tallest stack.
pub fn tallest(series: &[&[Option<f64>]]) -> f64 {
    let steps = series.iter().map(|values| values.len()).max().unwrap_or(0);
    let sum =
        |step| series.iter().filter_map(|values: &&[Option<f64>]| values.get(step).copied().flatten()).sum();
    (0..steps).map(sum).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_stand_on_each_other_and_a_small_value_is_seen() {
        let scale = Linear::new((0.0, 100.0), (50.0, 0.0));
        let first = [Some(50.0), Some(0.1), None, Some(0.0)];
        let second = [Some(50.0), Some(20.0), Some(20.0), None];
        let paths = stacks(&[&first, &second], Bands::new(0.0, 40.0, 4), &scale);
        assert_eq!(paths[0], "M1.4 50h7.2v-25h-7.2ZM11.4 50h7.2v-1h-7.2Z");
        assert_eq!(paths[1], "M1.4 25h7.2v-25h-7.2ZM11.4 49h7.2v-10h-7.2ZM21.4 50h7.2v-10h-7.2Z");
        assert_eq!(tallest(&[&first, &second]), 100.0);
        assert_eq!(tallest(&[]), 0.0);
    }

    #[test]
    fn a_place_finds_its_step_and_a_place_outside_the_nearest() {
        let bands = Bands::new(10.0, 50.0, 4);
        for (x, step) in [(-5.0, 0), (10.0, 0), (20.1, 1), (49.9, 3), (99.0, 3)] {
            assert_eq!(bands.step_at(x), step, "{x}");
        }
        assert_eq!(bands.middle(0), 15.0);
        assert_eq!(Bands::new(0.0, 10.0, 0).step_at(4.0), 0);
        assert!(
            stacks(&[&[Some(3.0)]], Bands::new(0.0, 1.0, 0), &Linear::new((0.0, 1.0), (1.0, 0.0)))[0]
                .is_empty()
        );
    }
}
