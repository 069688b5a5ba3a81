//! What is kept of a request, and for how long. The words must be what the gateway does: nothing here is a promise.

use leptos::prelude::*;
use maig_api::{Action, PatchProject, Project};
use maig_core::retention::days_fault;

use super::Section;
use super::project::{Stored, save};
use crate::api::{FormState, Load, Remote, remote, use_api};
use crate::format::plural;
use crate::session::use_project;
use crate::ui::{Button, Form, FormError, Icon, Link, NumberInput, Svg, use_toast};

const KEPT: &[&str] = &[
    "When it came, the route or model that was asked for, and which model answered",
    "Status, error, and every attempt with its clocks",
    "Tokens, cost, and the name of the project key",
    "The end user, installation, app version and platform, if the app names them",
    "The headers that MAIG answered with",
];

const NOT_KEPT: &[&str] = &[
    "Prompts and answers, in no table and no log line",
    "The address of the phone",
    "Project keys, tokens and passwords: only what proves them is stored",
];

#[component]
pub(super) fn Privacy() -> impl IntoView {
    let (api, here) = (use_api(), use_project());
    let admin = here.may(Action::ChangeProject);
    let project = remote(move || {
        let id = here.id.clone();
        async move { api.project(&id).await }
    });
    view! {
        <Section
            title="Request log"
            text="How long a request stays in Logs. What is older is deleted within ten minutes, for good."
        >
            <Load what=project rows=2 let:now>
                {match admin {
                    true => view! { <Retention now project/> }.into_any(),
                    false => view! { <p><strong>{move || now.with(kept)}</strong></p> }.into_any(),
                }}
            </Load>
        </Section>
        <Section
            title="What is kept of a request"
            text="The log is for finding out why a request failed and what it cost; nothing that a person wrote is needed for it."
        >
            <ul class="settings-points" aria-label="Kept">
                {KEPT.iter().map(|line| view! { <li><Svg of=Icon::Check/><span>{*line}</span></li> }).collect_view()}
            </ul>
            <h3>"Never kept"</h3>
            <ul class="settings-points settings-never" aria-label="Never kept">
                {NOT_KEPT.iter().map(|line| view! { <li><Svg of=Icon::Close/><span>{*line}</span></li> }).collect_view()}
            </ul>
        </Section>
        <Section title="What stays longer" text="None of it says what anybody wrote.">
            <dl class="settings-facts settings-facts-wide">
                <dt>"Sums for Usage"</dt><dd>"400 days, by the hour: counts, tokens and cost"</dd>
                <dt>"Audit log"</dt><dd>"for good: who changed what"</dd>
                <dt>"Resumable streams"</dt><dd>"in memory alone, until the app has the answer or its grace is over"</dd>
                <dt>"Provider secrets"</dt><dd>"until their key is deleted, sealed under the master key; nobody can read them back"</dd>
            </dl>
            {admin.then(|| view! { <p><Link href="/settings/audit" class="link">"Open the audit log"</Link></p> })}
        </Section>
    }
}

fn kept(now: &Project) -> String {
    let days = |days: u32| plural(days.into(), "day", "days");
    match now.log_retention_days {
        Some(own) => days(own),
        None => format!("{}, as the gateway says", days(now.default_log_retention_days)),
    }
}

#[component]
fn Retention(now: Signal<Project>, project: Remote<Project>) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let form = FormState::new();
    let usual = now.with_untracked(|now| now.default_log_retention_days);
    let days = RwSignal::new(
        now.with_untracked(|now| now.log_retention_days).map(|n| n.to_string()).unwrap_or_default(),
    );
    let submit = move || {
        // Checked at the field before it comes to this.
        let Ok(typed) = days_in(&days.get_untracked()) else { return form.tried.set(true) };
        let asked = PatchProject { log_retention_days: Some(typed), ..PatchProject::default() };
        save(api, form, now, project, asked, move |saved| {
            toast.say(format!("The log is kept for {}", kept(&saved)))
        });
    };
    // What somebody types is worth a word before it is saved, if it deletes something.
    let shorter = Memo::new(move |_| {
        let stored = now.with(|now| now.log_retention_days.unwrap_or(now.default_log_retention_days));
        days_in(&days.get()).ok().is_some_and(|typed| typed.unwrap_or(usual) < stored)
    });
    view! {
        <Form state=form on_submit=submit>
            <NumberInput name="log_retention_days" label="Keep requests for" value=days optional=true unit="days"
                placeholder=usual.to_string() hint=format!("Left empty it is {usual} days, as the gateway says.")
                check=|text: String| days_in(&text).err()/>
            {move || shorter.get().then(|| view! {
                <p class="settings-stored" role="status">"Shorter than now: what is older is deleted within ten minutes of saving, and nothing brings it back."</p>
            })}
            <FormError/>
            <Stored form words=Signal::derive(move || now.with(kept))/>
            <div class="row"><Button submit=true busy=form.busy>"Save"</Button></div>
        </Form>
    }
}

/// Nothing is what the gateway says.
fn days_in(text: &str) -> Result<Option<u32>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let days = text.parse().map_err(|_| "Write a whole number of days.".to_owned())?;
    days_fault(days).map_or(Ok(Some(days)), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_whole_and_the_gateways_rule_holds() {
        for (text, expect) in
            [("", Some(None)), ("14", Some(Some(14))), ("0", None), ("9999", None), ("a week", None)]
        {
            assert_eq!(days_in(text).ok(), expect, "{text:?}");
        }
    }
}
