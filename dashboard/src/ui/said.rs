//! What the gateway says, word for word; what it has between backticks stands as code.

use leptos::prelude::*;

/// The parts of a sentence, and whether each is code. One backtick alone is a letter like any other.
fn parts(text: &str) -> Vec<(String, bool)> {
    if text.matches('`').count() % 2 == 1 {
        return vec![(text.to_owned(), false)];
    }
    let parts = text.split('`').enumerate().map(|(index, part)| (part.to_owned(), index % 2 == 1));
    parts.filter(|(part, _)| !part.is_empty()).collect()
}

pub(crate) fn said(text: &str) -> impl IntoView + use<> {
    let shown = parts(text).into_iter().map(|(part, code)| match code {
        true => view! { <code>{part}</code> }.into_any(),
        false => part.into_any(),
    });
    shown.collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code() {
        for (text, expect) in [
            ("", vec![]),
            ("Try again.", vec![("Try again.", false)]),
            ("There is no key `a`.", vec![("There is no key ", false), ("a", true), (".", false)]),
            ("`a` `b`", vec![("a", true), (" ", false), ("b", true)]),
            ("a ` alone", vec![("a ` alone", false)]),
        ] {
            let expect: Vec<_> = expect.into_iter().map(|(part, code)| (part.to_owned(), code)).collect();
            assert_eq!(parts(text), expect, "{text}");
        }
    }
}
