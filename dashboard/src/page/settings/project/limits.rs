//! Limits of the whole project, above those of its keys.

use leptos::prelude::*;
use maig_api::{PatchProject, Project};
use maig_core::limit::Rate;

use super::super::Section;
use super::{Stored, save};
use crate::api::{FormState, Remote, use_api};
use crate::format;
use crate::ui::{Button, Form, FormError, NumberInput, TextInput, use_toast};

#[component]
pub(super) fn Limits(now: Signal<Project>, project: Remote<Project>, admin: bool) -> impl IntoView {
    view! {
        <Section
            title="Limits"
            text="Of the whole project, above those of its keys: what one leaked key or one busy day may cost at most. A request beyond one is answered 429."
        >
            {match admin {
                true => view! { <Change now project/> }.into_any(),
                false => view! {
                    <dl class="settings-facts">
                        <dt>"Rate"</dt><dd>{move || now.with(rate)}</dd>
                        <dt>"In a month"</dt><dd>{move || now.with(monthly)}</dd>
                    </dl>
                }
                .into_any(),
            }}
        </Section>
    }
}

fn rate(now: &Project) -> String {
    now.limits.rate.clone().unwrap_or_else(|| "no limit".to_owned())
}

fn monthly(now: &Project) -> String {
    now.limits
        .monthly_requests
        .map_or_else(|| "no limit".to_owned(), |count| format::plural(count, "request", "requests"))
}

#[component]
fn Change(now: Signal<Project>, project: Remote<Project>) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let form = FormState::new();
    let limits = now.with_untracked(|now| now.limits.clone());
    let rate_text = RwSignal::new(limits.rate.unwrap_or_default());
    let monthly_text = RwSignal::new(limits.monthly_requests.map(|n| n.to_string()).unwrap_or_default());
    let submit = move || {
        // Checked at the field before it comes to this.
        let Ok(requests) = requests_in(&monthly_text.get_untracked()) else {
            return form.tried.set(true);
        };
        let typed = rate_text.get_untracked().trim().to_owned();
        let asked = PatchProject {
            rate: Some((!typed.is_empty()).then_some(typed)),
            monthly_requests: Some(requests),
            ..PatchProject::default()
        };
        save(api, form, now, project, asked, move |_| toast.say("The limits are saved"));
    };
    view! {
        <Form state=form on_submit=submit>
            <TextInput name="rate" label="Rate" value=rate_text optional=true mono=true placeholder="600/min"
                hint="So many requests in so much time: 10/s, 600/min, 60/hour, 5000/day." check=rate_fault/>
            <NumberInput name="monthly_requests" label="In a calendar month" value=monthly_text optional=true
                unit="requests" hint="Counted in UTC; on the first it begins again."
                check=|text: String| requests_in(&text).err().map(str::to_owned)/>
            <FormError/>
            <Stored form words=Signal::derive(move || now.with(|now| format!("{}, {} in a month", rate(now), monthly(now))))/>
            <div class="row"><Button submit=true busy=form.busy>"Save limits"</Button></div>
        </Form>
    }
}

fn rate_fault(text: String) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    text.parse::<Rate>().err().map(|fault| format!("{text:?}: {fault}"))
}

/// Nothing is no limit.
fn requests_in(text: &str) -> Result<Option<u64>, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(count) if count > 0 => Ok(Some(count)),
        _ => Err("Write a whole number above 0, or nothing for no limit."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_requests_is_whole_and_above_nothing() {
        for (text, expect) in
            [("", Some(None)), (" 5000 ", Some(Some(5000))), ("0", None), ("-1", None), ("1.5", None)]
        {
            assert_eq!(requests_in(text).ok(), expect, "{text:?}");
        }
    }
}
