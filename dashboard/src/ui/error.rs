//! What went wrong: the sentence, the word to search for, and a way to try again.

use leptos::prelude::*;

use super::{Button, Copy, Icon, Svg, said};
use crate::api::ApiError;

#[component]
pub fn ErrorPanel(error: ApiError, #[prop(optional, into)] retry: Option<Callback<()>>) -> impl IntoView {
    let code = error.code();
    view! {
        <div class="error" role="alert">
            <Svg of=Icon::Warning/>
            <div class="error-body">
                <p>{said(&error.message())}</p>
                <p class="error-code"><code>{code.clone()}</code><Copy text=code label="Copy the error's code"/></p>
            </div>
            {retry.map(|retry| view! {
                <Button icon=Icon::Refresh on_click=move || retry.run(())>"Try again"</Button>
            })}
        </div>
    }
}
