//! A moment as people say it, with the exact time on hover and for programs.

use leptos::prelude::*;

use crate::browser::{now_ms, utc_offset_min};
use crate::{format, time};

/// `at` is what the API gave. It says `3 min ago`, or with `short` the time itself.
#[component]
pub fn Time(#[prop(into)] at: String, #[prop(optional)] short: bool) -> impl IntoView {
    let Some(ms) = time::parse(&at) else {
        return view! { <span class="faint">{format::UNKNOWN}</span> }.into_any();
    };
    let (now, offset) = (now_ms(), utc_offset_min(ms));
    let text = if short { time::short(ms, now, offset) } else { time::relative(ms, now) };
    view! { <time datetime=at title=time::absolute(ms, offset) class="num">{text}</time> }.into_any()
}
