//! A state in a word, with a colour that only repeats it.

use leptos::prelude::*;

/// What the state means for the one who looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Good,
    Warn,
    Bad,
    Info,
    Accent,
}

impl Tone {
    /// Gives an element the tone's colours, as `--tone` and `--tone-soft`.
    pub fn class(self) -> String {
        format!("tone-{}", self.name())
    }

    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
            Self::Accent => "accent",
        }
    }
}

/// `<Badge tone=Tone::Warn>"fallback"</Badge>`
#[component]
pub fn Badge(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! { <span class=format!("badge tone-{}", tone.name())>{children()}</span> }
}

/// A dot before a word that says the same.
#[component]
pub fn Dot(#[prop(optional)] tone: Tone, #[prop(into)] label: String) -> impl IntoView {
    view! { <span class=format!("dot tone-{}", tone.name())><span class="dot-mark" aria-hidden="true"></span>{label}</span> }
}
