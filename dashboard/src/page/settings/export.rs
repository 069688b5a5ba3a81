//! The project as the file that `maig apply` takes: looked at, copied, saved. The gateway puts no secret into it.

use leptos::prelude::*;

use super::List;
use crate::api::{Load, remote, use_api};
use crate::browser;
use crate::session::use_project;
use crate::ui::{Button, Code, Icon, Kind};

#[component]
pub(super) fn Export() -> impl IntoView {
    let api = use_api();
    let name = StoredValue::new(use_project().name);
    let yaml = remote(move || async move { api.export_project(&name.get_value()).await });
    let save = move || {
        let text = yaml.data.get_untracked().unwrap_or_default();
        // A browser that refuses says so itself.
        let _ = browser::download(&format!("{}.yaml", name.get_value()), "application/yaml", &text);
    };
    let there = Signal::derive(move || yaml.data.with(Option::is_none));
    let actions = move || {
        view! { <Button kind=Kind::Primary icon=Icon::Download disabled=there on_click=save>"Download"</Button> }
    };
    view! {
        <List
            title="The project as a file"
            text="Routes, provider keys and project keys in the YAML that maig apply takes: for review, for version control, for another gateway. It holds no secret; where it is applied, secrets that are stored there stay."
            actions
        >
            <div class="settings-yaml">
                <Load what=yaml rows=8 let:text>
                    <Code text label="The project as YAML"/>
                </Load>
                <p class="soft small">"Applied again it changes nothing:"</p>
                <Code text=Signal::stored(format!("maig apply -f {}.yaml", name.get_value())) label="The command that applies it"/>
            </div>
        </List>
    }
}
