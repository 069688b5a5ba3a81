//! Buttons: what one can do here. `LinkButton` looks the same and goes somewhere.

use leptos::prelude::*;

use super::{Icon, Link, Svg};

/// How much it asks for attention. A view has one `Primary` at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    Primary,
    #[default]
    Plain,
    /// Without a border: in rows and heads.
    Quiet,
    /// Takes something away for good.
    Danger,
}

impl Kind {
    fn class(self, alone: bool) -> String {
        let kind = match self {
            Self::Primary => "button button-primary",
            Self::Plain => "button button-plain",
            Self::Quiet => "button button-quiet",
            Self::Danger => "button button-danger",
        };
        if alone { format!("{kind} button-icon") } else { kind.to_owned() }
    }
}

/// `<Button on_click=move || …>"Save"</Button>`; in a form, `submit=true`. An icon alone needs `label`.
#[component]
pub fn Button(
    #[prop(optional)] kind: Kind,
    #[prop(optional)] icon: Option<Icon>,
    /// What it does, where no word stands in it.
    #[prop(optional, into)]
    label: Option<String>,
    #[prop(optional)] submit: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Under way: it stays where it is and takes no second click.
    #[prop(optional, into)]
    busy: Signal<bool>,
    #[prop(optional, into)] on_click: Option<Callback<()>>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let alone = children.is_none();
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=kind.class(alone)
            aria-label=label.clone()
            title=label
            aria-busy=move || busy.get().to_string()
            // Told, and not switched off: what has the focus keeps it while it can do nothing.
            aria-disabled=move || disabled.get().then_some("true")
            on:click=move |event| {
                if disabled.get_untracked() {
                    // A form's button would send it.
                    return event.prevent_default();
                }
                if let Some(on_click) = on_click.filter(|_| !busy.get_untracked()) {
                    on_click.run(());
                }
            }
        >
            {icon.map(|icon| view! { <Svg of=icon/> })}
            {children.map(|children| view! { <span class="button-text">{children()}</span> })}
        </button>
    }
}

/// Goes to a page of the dashboard: `href="/routes"`.
#[component]
pub fn LinkButton(
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] kind: Kind,
    #[prop(optional)] icon: Option<Icon>,
    children: Children,
) -> impl IntoView {
    view! {
        <Link href=href class=kind.class(false)>
            {icon.map(|icon| view! { <Svg of=icon/> })}
            <span class="button-text">{children()}</span>
        </Link>
    }
}
