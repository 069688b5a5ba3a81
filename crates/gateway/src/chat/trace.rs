//! The caller's trace goes on through MAIG (W3C Trace Context): the same trace id, and a parent id of ours, towards the
//! provider and back to the app. It must never invent a trace where the caller has none.

use http::HeaderValue;

/// `00-TRACE-PARENT-FLAGS` with our span as the parent; `None` for what is no trace.
pub(super) fn continued(parent: &HeaderValue, span: u64) -> Option<HeaderValue> {
    let mut fields = parent.to_str().ok()?.split('-');
    let (version, trace, parent, flags) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_hexdigit());
    let valid = hex(version, 2)
        && version != "ff"
        && hex(trace, 32)
        && hex(parent, 16)
        && hex(flags, 2)
        && trace.bytes().any(|b| b != b'0')
        && parent.bytes().any(|b| b != b'0');
    // Version 00 has these four fields; a later one may have more, and is answered as 00.
    (valid && (version != "00" || fields.next().is_none()))
        .then(|| HeaderValue::try_from(format!("00-{trace}-{:016x}-{flags}", span.max(1))).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(parent: &str, expect: Option<&str>) {
        let got = continued(&HeaderValue::from_str(parent).unwrap(), 0xab);
        assert_eq!(got.as_ref().map(|value| value.to_str().unwrap()), expect, "{parent}");
    }

    #[test]
    fn a_trace_keeps_its_id_and_gets_our_span() {
        let ours = "00-4bf92f3577b34da6a3ce929d0e0e4736-00000000000000ab-01";
        check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Some(ours));
        check("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", Some(ours));
    }

    #[test]
    fn what_is_no_trace_is_left_out() {
        check("", None);
        check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", None);
        check("00-00000000000000000000000000000000-00f067aa0ba902b7-01", None);
        check("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", None);
        check("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", None);
        check("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", None);
        check("00-xyz92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", None);
    }
}
