//! The icons, drawn for this dashboard: 20 × 20, lines only, in the text's colour. They are never the only sign of a
//! thing: a word stands beside them, or `label` says it.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Overview,
    Logs,
    Usage,
    Routes,
    ProviderKeys,
    ProjectKeys,
    Playground,
    Settings,
    Add,
    Close,
    Check,
    Copy,
    Chevron,
    Right,
    Up,
    Down,
    Grip,
    More,
    Search,
    Filter,
    Download,
    Refresh,
    Trash,
    Edit,
    Eye,
    Warning,
    Info,
    Fallback,
    Menu,
    Sun,
    Moon,
    Screen,
    Person,
    SignOut,
    Clock,
    External,
    Play,
    Stop,
    History,
    Lock,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Overview => "M3 3.5h6v6H3zM11 3.5h6v4h-6zM11 10.5h6v6h-6zM3 12.5h6v4H3z",
            Self::Logs => "M3 5h2M3 10h2M3 15h2M8 5h9M8 10h9M8 15h6",
            Self::Usage => "M3 17h14M5 14V9M10 14V4M15 14V7",
            Self::Routes => "M3 14h4c4 0 3-8 7-8h3M14.5 3.5 17 6l-2.5 2.5M11 14h6M14.5 11.5 17 14l-2.5 2.5",
            Self::ProviderKeys => {
                "M6 13.5a3.5 3.5 0 0 1-.6-7A5 5 0 0 1 15 7.6a3 3 0 0 1-.4 5.9M10 10v7M7.5 14.5 10 17l2.5-2.5"
            }
            Self::ProjectKeys => {
                "M10.2 9.8 17 3M14 6l2 2M11.5 13a3.5 3.5 0 1 1-4.9-4.9 3.5 3.5 0 0 1 4.9 4.9z"
            }
            Self::Playground => "M4 4h12v9H9l-3.5 3.5V13H4zM7.5 7.5h5M7.5 10h3",
            Self::Settings => "M3 6h7M14 6h3M3 14h3M10 14h7M12 4v4M8 12v4",
            Self::Add => "M10 4v12M4 10h12",
            Self::Close => "M5 5l10 10M15 5 5 15",
            Self::Check => "M4 10.5 8 14.5 16 5.5",
            Self::Copy => "M7 7h9v10H7zM13 7V3.5H4V13h3",
            Self::Chevron | Self::Down => "M5 7.5l5 5 5-5",
            Self::Right => "M7.5 5l5 5-5 5",
            Self::Up => "M5 12.5l5-5 5 5",
            Self::Grip => "M7.5 5h.01M12.5 5h.01M7.5 10h.01M12.5 10h.01M7.5 15h.01M12.5 15h.01",
            Self::More => {
                "M4.5 10.4a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8zM10 10.4a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8zM15.5 10.4a.4.4 0 1 0 0-.8.4.4 0 0 0 0 .8z"
            }
            Self::Search => "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
            Self::Filter => "M3 5h14M6 10h8M8.5 15h3",
            Self::Download => "M10 3v9M6.5 8.5 10 12l3.5-3.5M4 16.5h12",
            Self::Refresh => {
                "M16 6v4h-4M4 14v-4h4M5 8a5.5 5.5 0 0 1 9.5-1.5L16 10M15 12a5.5 5.5 0 0 1-9.5 1.5L4 10"
            }
            Self::Trash => "M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5",
            Self::Edit => "M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2zM11.3 6.1l2.6 2.6",
            Self::Eye => {
                "M2.5 10S5.5 5 10 5s7.5 5 7.5 5-3 5-7.5 5-7.5-5-7.5-5zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"
            }
            Self::Warning => "M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.2h.01",
            Self::Info => "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 9.5V13M10 7h.01",
            Self::Fallback => "M3 6h4c3 0 3 8 6 8h4M14.5 11.5 17 14l-2.5 2.5M12 4.5l3 3M15 4.5l-3 3",
            Self::Menu => "M3 5.5h14M3 10h14M3 14.5h14",
            Self::Sun => {
                "M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M4.7 15.3l1.1-1.1M14.2 5.8l1.1-1.1"
            }
            Self::Moon => "M16.5 11.5A6.8 6.8 0 0 1 8.5 3.5a6.8 6.8 0 1 0 8 8z",
            Self::Screen => "M3 4h14v9.5H3zM7.5 16.5h5M10 13.5v3",
            Self::Person => {
                "M10 10a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 10 10zM3.8 16.6c.8-2.8 3.2-4.2 6.2-4.2s5.4 1.4 6.2 4.2"
            }
            Self::SignOut => "M8 3.500H4v13h4M12.5 6.5 16 10l-3.5 3.500M16 10H8",
            Self::Clock => "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4.200l2.6 1.8",
            Self::External => "M8 4H4v12h12v-4M11.5 3.500h5v5M16.5 3.5 9.5 10.5",
            Self::Play => "M6 4l9.5 6L6 16z",
            Self::Stop => "M5.5 5.500h9v9h-9z",
            Self::History => "M3.5 10a6.5 6.5 0 1 0 2-4.700M3.5 3.500v3.300h3.300M10 6.500V10l2.5 1.6",
            Self::Lock => "M5 9h10v7.500H5zM7 9V6.500a3 3 0 0 1 6 0V9",
        }
    }
}

/// An icon. With a label it is an image that is read out, without one it is decoration.
#[component]
pub fn Svg(of: Icon, #[prop(optional)] label: Option<&'static str>) -> impl IntoView {
    view! {
        <svg
            class="icon"
            viewBox="0 0 20 20"
            role=label.map(|_| "img")
            aria-label=label
            aria-hidden=label.is_none().then_some("true")
        >
            <path d=of.path()></path>
        </svg>
    }
}
