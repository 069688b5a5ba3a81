//! Which provider key a target is asked with.

use leptos::prelude::*;
use maig_core::route::TargetSpec;
use maig_core::route::compile::{account, asked};

use super::TargetField;
use crate::browser::fresh_id;
use crate::page::routes::draft::Uid;
use crate::page::routes::editor::state::Editor;
use crate::ui::Field;

pub const FIELD: TargetField = TargetField {
    path: "provider_key",
    name: "Key",
    view,
    told: |target| target.provider_key.as_ref().map(|name| format!("key {name}")),
};

fn view(editor: Editor, uid: Uid) -> AnyView {
    let chosen = move || editor.target(uid).and_then(|target| target.provider_key).unwrap_or_default();
    // What the gateway would take by itself.
    let automatic = move || {
        let target = TargetSpec { provider_key: None, ..editor.target(uid).unwrap_or_default() };
        editor.around.with(|around| {
            let (provider, _) = asked(&target, &around.keys, &around.catalog);
            account(&around.keys, None, provider).map_or_else(
                || format!("Automatic: no usable key for {}", provider.label()),
                |key| format!("Automatic: {}", key.name),
            )
        })
    };
    let options = move || {
        let mut options = vec![(String::new(), automatic())];
        editor.around.with(|around| {
            options.extend(around.keys.iter().map(|key| {
                let state = if key.usable { "" } else { ", disabled" };
                (key.name.clone(), format!("{} ({}{state})", key.name, key.provider.label()))
            }));
        });
        let now = chosen();
        if !options.iter().any(|(name, _)| *name == now) {
            options.push((now.clone(), format!("{now} (gone)")));
        }
        options
    };
    let id = fresh_id("provider-key");
    let error = Signal::derive(move || editor.fault(Some(uid), "provider_key"));
    view! {
        <Field label="Provider key" id=id.clone() error>
            <select
                class="input select"
                id=id
                aria-invalid=move || error.get().is_some().to_string()
                on:change=move |event| {
                    let name = event_target_value(&event);
                    editor.edit_target(uid, |target| target.provider_key = Some(name).filter(|name| !name.is_empty()));
                }
            >
                {move || {
                    let now = chosen();
                    options()
                        .into_iter()
                        .map(|(name, label)| view! { <option value=name.clone() selected=name == now>{label}</option> })
                        .collect_view()
                }}
            </select>
        </Field>
    }
    .into_any()
}
