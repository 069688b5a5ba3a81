//! Nothing here yet: says what this is for, and what to do next.

use leptos::prelude::*;

use super::{Icon, Svg};

/// The children are the next step: a button, a link, or code.
#[component]
pub fn Empty(
    icon: Icon,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty-icon"><Svg of=icon/></span>
            <h2>{title}</h2>
            <p class="empty-text">{text}</p>
            {children.map(|children| view! { <div class="empty-next">{children()}</div> })}
        </div>
    }
}
