//! Choosing a role: each with what it may, in words.

use leptos::prelude::*;
use maig_api::Role;

use crate::browser::fresh_id;
use crate::session::use_project;
use crate::ui::Tone;

/// What the gateway's table of permissions says, for people.
fn may(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Sees everything but the audit log and tokens; changes nothing.",
        Role::Editor => "Changes routes, switches Force Fallback, and uses the playground.",
        Role::Admin => "Changes keys, limits and people below owner, and reads the audit log.",
        Role::Owner => "Everything: also owners, admin tokens, and the end of the project.",
    }
}

pub(in super::super) fn tone(role: Role) -> Tone {
    match role {
        Role::Owner => Tone::Accent,
        Role::Admin => Tone::Info,
        Role::Editor | Role::Viewer => Tone::Plain,
    }
}

/// Roles up to one's own; nobody makes somebody greater than oneself.
#[component]
pub(in super::super) fn RolePicker(value: RwSignal<Role>) -> impl IntoView {
    let own = use_project().role;
    let group = fresh_id("role");
    view! {
        <fieldset class="settings-roles">
            <legend class="field-label">"Role"</legend>
            {Role::ALL
                .into_iter()
                .rev()
                .filter(|role| *role <= own)
                .map(|role| view! {
                    <label class="settings-role">
                        <input type="radio" name=group.clone() value=role.as_str() prop:checked=move || value.get() == role on:change=move |_| value.set(role)/>
                        <span>
                            <strong>{role.as_str()}</strong>
                            <span class="soft small">{may(role)}</span>
                        </span>
                    </label>
                })
                .collect_view()}
        </fieldset>
    }
}
