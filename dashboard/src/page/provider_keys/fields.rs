//! The fields of an account, as one types: only those that its provider takes.

use leptos::prelude::*;

use super::typed::{Fields, Typed, headers};
use crate::ui::{PasswordInput, TextArea, TextInput};

/// Where the secret is made, for those who have none yet.
#[component]
pub(super) fn SecretField(typed: Typed) -> impl IntoView {
    move || {
        let provider = typed.provider();
        let label = if Fields::of(provider).long_secret { "Service account (JSON)" } else { "API key" };
        let optional = provider.key_is_optional();
        let check = move |text: String| {
            (text.trim().is_empty() && !optional).then(|| format!("Paste the {} key.", provider.label()))
        };
        match Fields::of(provider).long_secret {
            true => view! {
                <TextArea name="api_key" label value=typed.secret mono=true rows=6 check
                    hint="The whole file that the cloud console gives for a key of the service account."/>
            }
            .into_any(),
            false => view! {
                <PasswordInput name="api_key" label value=typed.secret check
                    hint=if optional { "Only if the server wants one." } else { "Sealed before it is stored, and never shown again." }/>
            }
            .into_any(),
        }
    }
}

#[component]
pub(super) fn AddressFields(typed: Typed, #[prop(optional)] stored_headers: Vec<String>) -> impl IntoView {
    let kept = (!stored_headers.is_empty()).then(|| {
        format!(
            "Stored: {}. Leave empty to keep them; what you type replaces all.",
            stored_headers.join(", ")
        )
    });
    let headers_hint =
        kept.unwrap_or_else(|| "Name: value, one a line. Values are sealed like the key.".to_owned());
    view! {
        {move || {
            let provider = typed.provider();
            let fields = Fields::of(provider);
            let needed = fields.base_url_example.is_some();
            let check = move |text: String| base_url_fault(&text, needed);
            view! {
                <TextInput name="base_url" kind="url" label="Base URL" value=typed.base_url optional=!needed mono=true check
                    placeholder=fields.base_url_example.or(provider.default_base_url()).unwrap_or_default()
                    hint=if needed { "Where the server is, as its own client takes it." } else { "Only for a proxy or a server of your own." }/>
                {fields.region.then(|| view! {
                    <TextInput name="region" label="Region" value=typed.region placeholder="us-central1"
                        hint="Or global." check=|text: String| text.trim().is_empty().then(|| "Name a region, such as us-central1 or global.".to_owned())/>
                })}
                {fields.cloud_project.then(|| view! {
                    <TextInput name="project_id" label="Cloud project" value=typed.cloud_project optional=true
                        hint="The service account's own, if you leave it empty."/>
                })}
                {fields.api_version.then(|| view! {
                    <TextInput name="api_version" label="API version" value=typed.api_version optional=true mono=true
                        hint="Only to pin one."/>
                })}
            }
        }}
        <TextArea name="headers" label="Extra headers" value=typed.headers optional=true mono=true rows=2
            hint=headers_hint check=|text: String| headers(&text).err()/>
    }
}

fn base_url_fault(text: &str, needed: bool) -> Option<String> {
    let text = text.trim();
    let says = |fault: &str| Some(fault.to_owned());
    match text {
        "" if needed => says("This provider has no address of its own: say where the server is."),
        "" => None,
        _ if !text.starts_with("http://") && !text.starts_with("https://") => {
            says("An address begins with https:// or http://.")
        }
        _ if text.contains('@') => {
            says("A user or password does not belong here; put it into the key or a header.")
        }
        _ if text.contains(['?', '#']) => says("A base URL has no query."),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::base_url_fault;

    #[test]
    fn an_address_is_checked_as_one_types() {
        for (text, needed, wrong) in [
            ("", false, false),
            ("", true, true),
            ("https://example.com/v1", true, false),
            ("example.com", false, true),
            ("https://user:word@example.com", false, true),
            ("https://example.com/?key=1", false, true),
        ] {
            assert_eq!(base_url_fault(text, needed).is_some(), wrong, "{text}");
        }
    }
}
