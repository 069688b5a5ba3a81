//! What everybody must know on every page: the connection is lost, Force Fallback is on.

use leptos::prelude::*;

use super::use_routes;
use crate::api::{Reach, use_api};
use crate::ui::{Icon, Link, Svg};

#[component]
pub(super) fn Banners() -> impl IntoView {
    let reach = use_api().reach;
    let routes = use_routes();
    let forced = Memo::new(move |_| {
        routes.data.with(|page| {
            let all = page.iter().flat_map(|page| &page.data);
            all.filter(|route| route.spec.force_fallback)
                .map(|route| route.spec.name.clone())
                .collect::<Vec<_>>()
        })
    });
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
            {move || (!forced.get().is_empty()).then(|| view! {
                <p class="banner banner-forced">
                    <Svg of=Icon::Fallback/>
                    <span>
                        "Force Fallback is on for "
                        {forced.get().into_iter().enumerate().map(|(index, name)| view! {
                            {(index > 0).then_some(", ")}
                            <Link href=format!("/routes/{}", crate::api::segment(&name)) class="link">{name}</Link>
                        }).collect_view()}
                        ": every request skips the primary."
                    </span>
                </p>
            })}
        </div>
    }
}
