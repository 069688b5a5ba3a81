//! Faults by lot, the same ones for the same seed. Only faults that show at once are drawn, so that thousands of
//! requests need no clock to run out.

use super::{Behaviour, Cut, NoAnswer, Place, Trouble};

/// The behaviour of the `turn`-th request under `rand`; a behaviour without `rand` is itself.
pub(crate) fn roll(behaviour: &Behaviour, turn: u64) -> Behaviour {
    let Some(share) = behaviour.rand else { return behaviour.clone() };
    let plain = Behaviour { rand: None, ..behaviour.clone() };
    let first = mix(behaviour.seed ^ turn.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    // 53 bits make an exact double between 0 and 1.
    #[expect(clippy::cast_precision_loss, reason = "the shift leaves 53 bits, which a double holds exactly")]
    let lot = (first >> 11) as f64 / (1u64 << 53) as f64;
    if lot >= share {
        return plain;
    }
    let second = mix(first);
    let at = usize::try_from((second >> 32) % 600).unwrap_or_default();
    match second % 14 {
        0 => error(plain, Trouble::Status(500), Place::Status),
        1 => error(plain, Trouble::Status(503), Place::Status),
        2 => error(plain, Trouble::Status(429), Place::Status),
        3 => error(plain, Trouble::Status(529), Place::Status),
        4 => error(plain, Trouble::Status(503), Place::InStream(0)),
        5 => error(plain, Trouble::Status(503), Place::InStream(2)),
        6 => error(plain, Trouble::Status(500), Place::In200),
        7 => Behaviour { no_answer: Some(NoAnswer::Reset), ..plain },
        8 => Behaviour { no_answer: Some(NoAnswer::Close), ..plain },
        9 => Behaviour { malformed: true, ..plain },
        10 => Behaviour { no_choices: true, ..plain },
        11 => Behaviour { empty_body: true, ..plain },
        12 => Behaviour { cut: Some(Cut::Bytes(at)), rst: at % 2 == 0, ..plain },
        _ => Behaviour { cut: Some(Cut::Chunks(at % 4)), ..plain },
    }
}

fn error(plain: Behaviour, trouble: Trouble, place: Place) -> Behaviour {
    Behaviour { trouble: Some((trouble, place)), ..plain }
}

/// The finaliser of splitmix64: every bit of the input moves every bit of the output.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_kept_and_a_seed_repeats_its_lots() {
        let lots = Behaviour { rand: Some(0.3), seed: 7, ..Behaviour::default() };
        let drawn: Vec<Behaviour> = (0..10_000).map(|turn| roll(&lots, turn)).collect();
        let faults = drawn.iter().filter(|b| **b != Behaviour { seed: 7, ..Behaviour::default() }).count();
        assert!((2_800..3_200).contains(&faults), "{faults}");
        assert_eq!(drawn, (0..10_000).map(|turn| roll(&lots, turn)).collect::<Vec<_>>());
    }
}
