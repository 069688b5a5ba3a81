//! What a key looks like and what is told apart without a look-up.

use proptest::prelude::*;

use maig_core::key::{KeyError, KeyKind, digest, generate, hint, parse};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

#[test]
fn the_text_of_a_key_never_changes_between_versions() {
    // Every stored digest depends on it.
    let key = generate(KeyKind::Live, [0; 32]);
    assert_eq!(key.expose(), "maig_live_00000000000000000000000000000000000000000001ppdFW");
    let key = generate(KeyKind::Test, [0xff; 32]);
    assert_eq!(key.expose(), "maig_test_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp13vn4cw");
    assert_eq!(digest("maig_live_x")[..4], [0x21, 0x6c, 0x19, 0x34]);
}

#[test]
fn what_is_no_key_is_told_apart() {
    let good = generate(KeyKind::Live, [7; 32]);
    let good = good.expose();
    let check = |text: &str, expect| assert_eq!(parse(text), expect, "{text}");
    check(good, Ok(KeyKind::Live));
    check("", Err(KeyError::Empty));
    check("sk-proj-1234", Err(KeyError::NotOurs));
    check("maig_", Err(KeyError::NotOurs));
    check("MAIG_LIVE_", Err(KeyError::NotOurs));
    check("maig_live_", Err(KeyError::Malformed));
    check(&good[..good.len() - 1], Err(KeyError::Malformed));
    check(&format!("{good}0"), Err(KeyError::Malformed));
    check(&format!("{good} "), Err(KeyError::Malformed));
    check(&good.replace(&good[12..14], "é"), Err(KeyError::Malformed));
    // A live key does not become a test key by another prefix.
    check(&good.replace("live", "test"), Err(KeyError::Typo));
}

#[test]
fn a_hint_shows_four_characters_and_only_of_a_key() {
    let key = generate(KeyKind::Admin, [9; 32]);
    let shown = hint(key.expose());
    assert_eq!(shown, format!("maig_admin_…{}", &key.expose()[key.expose().len() - 4..]));
    assert_eq!(hint("sk-proj-1234"), "");
}

proptest! {
    #[test]
    fn every_kind_of_key_comes_back(random: [u8; 32]) {
        for kind in KeyKind::ALL {
            let key = generate(*kind, random);
            prop_assert_eq!(key.expose().len(), kind.prefix().len() + 49);
            prop_assert_eq!(parse(key.expose()), Ok(*kind));
        }
    }

    #[test]
    fn different_bytes_make_different_keys(a: [u8; 32], b: [u8; 32]) {
        prop_assume!(a != b);
        let (a, b) = (generate(KeyKind::Live, a), generate(KeyKind::Live, b));
        prop_assert_ne!(a.expose(), b.expose());
    }

    #[test]
    fn one_wrong_character_or_two_swapped_are_a_typo(random: [u8; 32], at in 10usize..59, other in 0usize..62) {
        let key = generate(KeyKind::Live, random);
        let mut bytes = key.expose().clone().into_bytes();
        let was = bytes[at];
        bytes[at] = DIGITS[other];
        if bytes[at] != was {
            prop_assert_eq!(parse(std::str::from_utf8(&bytes).unwrap()), Err(KeyError::Typo));
        }
        bytes[at] = was;
        if at + 1 < bytes.len() && bytes[at] != bytes[at + 1] {
            bytes.swap(at, at + 1);
            prop_assert_eq!(parse(std::str::from_utf8(&bytes).unwrap()), Err(KeyError::Typo));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text: String) {
        let _ = parse(&text);
        let _ = hint(&text);
    }
}
