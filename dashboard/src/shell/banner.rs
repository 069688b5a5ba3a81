//! What everybody must know on every page: the connection is lost, the project is suspended, Force Fallback is on.

use leptos::prelude::*;

use super::forced::ForcedBanner;
use super::suspended::SuspendedBanner;
use crate::api::{Reach, use_api};
use crate::ui::{Icon, Svg};

#[component]
pub(super) fn Banners() -> impl IntoView {
    let reach = use_api().reach;
    view! {
        <div class="banners">
            // A live region must be there before its words are.
            <div role="status">
                {move || (reach.get() == Reach::Lost).then(|| view! {
                    <p class="banner banner-lost">
                        <Svg of=Icon::Warning/>
                        "The gateway does not answer. What you see may be old; this page goes on by itself when it is back."
                    </p>
                })}
            </div>
            <SuspendedBanner/>
            <ForcedBanner/>
        </div>
    }
}
