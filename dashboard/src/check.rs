//! What is wrong with what one types, by the same code that the gateway runs, in words for a field. It must never refuse
//! what the gateway would take.

use maig_core::id::valid_name;
use maig_core::limit::Rate;

/// A name of something that is configured.
pub fn name(text: &str) -> Option<String> {
    match text.trim() {
        "" => Some("Give it a name.".to_owned()),
        text if valid_name(text) => None,
        _ => Some(
            "1 to 64 letters, digits, dots, dashes or underscores; the first is a letter or a digit."
                .to_owned(),
        ),
    }
}

/// `600/min`, or nothing.
pub fn rate(text: &str) -> Option<String> {
    let text = text.trim();
    let parsed = text.parse::<Rate>();
    parsed.err().filter(|_| !text.is_empty()).map(|error| format!("This is {error}."))
}

/// A whole number above zero, or nothing.
pub fn count(text: &str) -> Option<String> {
    let text = text.trim();
    let fine = text.is_empty() || text.parse::<i64>().is_ok_and(|number| number > 0);
    (!fine).then(|| "Write a whole number above 0, or leave it empty for no limit.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gateway_takes_is_not_refused_and_the_rest_is() {
        type Check = fn(&str) -> Option<String>;
        for (check, good, bad) in [
            (name as Check, vec!["ios", " ios.app-2 "], vec!["", "a b", "-x", "é"]),
            (rate, vec!["", "600/min", " 10 / s"], vec!["600", "0/min", "+5/s", "many"]),
            (count, vec!["", "1", " 20000 "], vec!["0", "-1", "1.5", "1e3"]),
        ] {
            good.iter().for_each(|text| assert_eq!(check(text), None, "{text}"));
            bad.iter().for_each(|text| assert!(check(text).is_some(), "{text}"));
        }
    }
}
