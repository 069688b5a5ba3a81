//! Choosing a role: each with what it may, in words.

use leptos::prelude::*;
use maig_api::{Action, Role};

use crate::browser::fresh_id;
use crate::session::use_project;
use crate::ui::Tone;

/// What it is to be allowed that.
fn words(action: Action) -> &'static str {
    match action {
        Action::Read => "Sees everything but the audit log and tokens",
        Action::ChangeRoutes => "changes routes, switches Force Fallback",
        Action::Try => "uses the playground",
        Action::ChangeKeys => "changes provider keys and project keys",
        Action::ChangeProject => "limits and suspends the project",
        Action::ReadAudit => "reads the audit log",
        Action::ChangeMembers => "manages people below owner",
        Action::Own => "manages owners and admin tokens, can delete the project",
    }
}

/// What the role may that the one below it may not, as the gateway's own table says.
fn may(role: Role) -> String {
    let own: Vec<&str> = Action::ALL.into_iter().filter(|action| action.needs() == role).map(words).collect();
    let text = own.join(", ");
    match role {
        Role::Viewer => format!("{text}; changes nothing."),
        _ => format!("Also {text}."),
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
                        <input type="radio" class="check-box" name=group.clone() value=role.as_str() prop:checked=move || value.get() == role on:change=move |_| value.set(role)/>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_told_by_what_the_gateway_lets_it_do() {
        assert_eq!(may(Role::Viewer), "Sees everything but the audit log and tokens; changes nothing.");
        assert_eq!(may(Role::Editor), "Also changes routes, switches Force Fallback, uses the playground.");
        let told = Role::ALL.map(may).concat();
        assert!(Action::ALL.into_iter().all(|action| told.contains(words(action))), "{told}");
    }
}
