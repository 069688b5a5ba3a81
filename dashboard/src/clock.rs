//! The present moment as a signal, for what counts down.

use std::time::Duration;

use leptos::prelude::*;

use crate::browser::now_ms;

/// Milliseconds since 1970, each second anew, until the component that asked is gone.
pub fn use_now() -> ReadSignal<i64> {
    let (now, set_now) = signal(now_ms());
    let ticking = set_interval_with_handle(
        move || {
            // Refused once the component is gone.
            let _ = set_now.try_set(now_ms());
        },
        Duration::from_secs(1),
    );
    on_cleanup(move || {
        if let Ok(handle) = ticking {
            handle.clear();
        }
    });
    now
}

/// `59:04`, `3:20:00`, `2 d 3 h`: what is left, as clocks show it.
pub fn countdown(left_ms: i64) -> String {
    let seconds = left_ms.max(0) / 1000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes}:{:02}", seconds % 60),
        (0, _) => format!("{hours}:{minutes:02}:{:02}", seconds % 60),
        _ => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_left_is_shown_as_clocks_do() {
        for (ms, expect) in
            [(-5, "0:00"), (999, "0:00"), (61_000, "1:01"), (3_600_000, "1:00:00"), (90_000_000, "1 d 1 h")]
        {
            assert_eq!(super::countdown(ms), expect);
        }
    }
}
