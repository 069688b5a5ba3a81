//! From values to pixels, and which values an axis names. Pure.

use crate::format;
use crate::time;

/// A straight line from values to pixels. A domain without length lies at the range's first end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Linear {
    from: f64,
    per_unit: f64,
    to: f64,
}

impl Linear {
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        let length = domain.1 - domain.0;
        let per_unit = if length == 0.0 { 0.0 } else { (range.1 - range.0) / length };
        Self { from: domain.0, per_unit, to: range.0 }
    }

    pub fn at(&self, value: f64) -> f64 {
        self.to + (value - self.from) * self.per_unit
    }
}

/// What the values of a chart are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    /// Nano-dollars.
    Money,
    Millis,
}

/// Steps that a clock has, in milliseconds, below which and above which decimal steps are as good as any.
const CLOCK_MS: [f64; 13] = [
    1_000.0,
    2_000.0,
    5_000.0,
    10_000.0,
    15_000.0,
    30_000.0,
    60_000.0,
    120_000.0,
    300_000.0,
    600_000.0,
    900_000.0,
    1_800_000.0,
    3_600_000.0,
];

impl Unit {
    /// A value as the table and the crosshair give it.
    pub fn say(self, value: f64) -> String {
        match self {
            Self::Count => format::count(value as u64),
            Self::Money => format::money(value as i64),
            Self::Millis => format::duration(value as u64),
        }
    }

    /// A tick's value, as short as it can be.
    pub fn tick(self, value: f64) -> String {
        match self {
            Self::Count => format::compact(value as u64),
            Self::Money => {
                let money = format::money(value as i64);
                money.strip_suffix(".00").map_or(money.clone(), str::to_owned)
            }
            Self::Millis => match value as u64 {
                0 => "0".to_owned(),
                ms if ms < 1000 => format!("{ms} ms"),
                ms if ms < 60_000 => format!("{} s", ms as f64 / 1000.0),
                ms if ms < 3_600_000 => format!("{} min", ms as f64 / 60_000.0),
                ms => format!("{} h", ms as f64 / 3_600_000.0),
            },
        }
    }

    /// The least step that the unit can be divided into, and what an empty chart's axis goes up to.
    fn least(self) -> (f64, f64) {
        match self {
            Self::Count => (1.0, 1.0),
            Self::Money => (100_000.0, 10_000_000.0),
            Self::Millis => (1.0, 100.0),
        }
    }

    fn step(self, rough: f64) -> f64 {
        if self == Self::Millis && rough > 500.0 && rough <= 3_600_000.0 {
            return CLOCK_MS.iter().copied().find(|step| *step >= rough).unwrap_or(rough);
        }
        let ten = 10f64.powf(rough.log10().floor());
        let nice = [1.0, 2.0, 5.0, 10.0].map(|part| part * ten);
        nice.into_iter().find(|step| *step >= rough * 0.999_999).unwrap_or(10.0 * ten)
    }
}

/// Round values from zero up to the first that is not less than `max`, about so many steps of them.
pub fn ticks(unit: Unit, max: f64, about: usize) -> Vec<f64> {
    let (least, empty) = unit.least();
    let max = if max > 0.0 && max.is_finite() { max } else { empty };
    let step = unit.step((max / about.max(1) as f64).max(least));
    let count = (max / step - 1e-9).ceil().max(1.0) as usize;
    (0..=count).map(|n| n as f64 * step).collect()
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const TIME_STEPS: [i64; 17] = [
    MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    3 * DAY,
    4 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
];

/// Round moments between two, at most so many, with their names in local time: a day's first moment is the day.
pub fn time_ticks(from: i64, to: i64, offset_min: i64, at_most: usize) -> Vec<(i64, String)> {
    let length = (to - from).max(1);
    let room = i64::try_from(at_most.max(1)).unwrap_or(i64::MAX);
    let step = TIME_STEPS.into_iter().find(|step| length / step < room).unwrap_or(length.max(DAY));
    let local = from + offset_min * MINUTE;
    let first = local + (-local).rem_euclid(step) - offset_min * MINUTE;
    let moments = (0..).map(|n| first + n * step).take_while(|at| *at <= to);
    moments.map(|at| (at, time::axis(at, offset_min))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_names_round_values_and_holds_the_largest() {
        for (unit, max, about, expect) in [
            (Unit::Count, 0.0, 4, "0 1"),
            (Unit::Count, f64::NAN, 4, "0 1"),
            (Unit::Count, 1.0, 4, "0 1"),
            (Unit::Count, 3.0, 4, "0 1 2 3"),
            (Unit::Count, 37.0, 4, "0 10 20 30 40"),
            (Unit::Count, 40.0, 4, "0 10 20 30 40"),
            (Unit::Count, 1_234_567.0, 4, "0 500K 1M 1.5M"),
            (Unit::Money, 0.0, 2, "$0 $0.0050 $0.01"),
            (Unit::Money, 3_100_000_000.0, 4, "$0 $1 $2 $3 $4"),
            (Unit::Money, 900_000.0, 3, "$0 $0.0005 $0.0010"),
            (Unit::Millis, 0.0, 4, "0 50 ms 100 ms"),
            (Unit::Millis, 340.0, 4, "0 100 ms 200 ms 300 ms 400 ms"),
            (Unit::Millis, 4_100.0, 4, "0 2 s 4 s 6 s"),
            (Unit::Millis, 50_000.0, 4, "0 15 s 30 s 45 s 1 min"),
            (Unit::Millis, 400_000.0, 4, "0 2 min 4 min 6 min 8 min"),
            (Unit::Millis, 7_200_000.0, 2, "0 1 h 2 h"),
        ] {
            let said: Vec<_> = ticks(unit, max, about).into_iter().map(|at| unit.tick(at)).collect();
            assert_eq!(said.join(" "), expect, "{unit:?} {max}");
        }
    }

    #[test]
    fn values_lie_on_a_line_and_a_flat_domain_at_its_first_end() {
        let scale = Linear::new((0.0, 10.0), (100.0, 0.0));
        assert_eq!([0.0, 5.0, 10.0].map(|value| scale.at(value)), [100.0, 50.0, 0.0]);
        assert_eq!(Linear::new((3.0, 3.0), (100.0, 0.0)).at(3.0), 100.0);
    }

    #[test]
    fn moments_on_an_axis_are_round_in_local_time() {
        let noon = 1_795_262_400_000;
        let said = |from: i64, to: i64, offset: i64, at_most: usize| {
            let ticks = time_ticks(from, to, offset, at_most);
            assert!(ticks.len() <= at_most + 1, "{ticks:?}");
            ticks.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(said(noon - DAY, noon, 0, 5), "12:00, 18:00, 21 Nov, 06:00, 12:00");
        assert_eq!(said(noon - DAY, noon, 60, 3), "21 Nov, 12:00");
        assert_eq!(
            said(noon - 7 * DAY, noon, 0, 8),
            "15 Nov, 16 Nov, 17 Nov, 18 Nov, 19 Nov, 20 Nov, 21 Nov"
        );
        assert_eq!(said(noon - 8 * DAY, noon, 0, 3), "15 Nov, 18 Nov, 21 Nov");
        assert_eq!(said(noon, noon, 0, 4), "12:00");
        // India's half hour.
        assert_eq!(said(noon, noon + HOUR, 330, 3), "17:30, 18:00, 18:30");
    }
}
