//! One of many, found by typing: models of a catalogue, routes, keys. Arrows move, Enter takes, Escape closes; what is
//! typed and matches nothing is kept where `free` allows it.

use leptos::prelude::*;

use super::Field;
use super::field::described_by;
use super::input::touch;
use crate::api::FormState;
use crate::browser::fresh_id;

/// Never more rows than one reads.
const SHOWN: usize = 50;

/// Something to choose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// What is taken.
    pub value: String,
    /// What is read; the value where it is empty.
    pub label: String,
    /// What stands at its right, as a price.
    pub detail: String,
}

impl Choice {
    fn name(&self) -> &str {
        if self.label.is_empty() { &self.value } else { &self.label }
    }
}

/// Those in which every typed word occurs; what begins with the text comes first.
fn matching(choices: &[Choice], typed: &str) -> Vec<Choice> {
    let typed = typed.trim().to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    let mut found: Vec<(bool, &Choice)> = choices
        .iter()
        .filter_map(|choice| {
            let text = format!("{} {} {}", choice.value, choice.label, choice.detail).to_lowercase();
            words
                .iter()
                .all(|word| text.contains(word))
                .then(|| (!choice.name().to_lowercase().starts_with(&typed), choice))
        })
        .collect();
    found.sort_by_key(|(later, _)| *later);
    found.into_iter().take(SHOWN).map(|(_, choice)| choice.clone()).collect()
}

#[component]
pub fn Combobox(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into)] choices: Signal<Vec<Choice>>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] placeholder: String,
    /// Whether a text that is none of the choices may stay.
    #[prop(optional)]
    free: bool,
    #[prop(optional)] bare: bool,
    #[prop(optional, into)] check: Option<Callback<(String,), Option<String>>>,
    #[prop(optional, into)] on_pick: Option<Callback<(String,)>>,
) -> impl IntoView {
    let id = fresh_id("combobox");
    let list_id = format!("{id}-list");
    let typed = RwSignal::new(value.get_untracked());
    let (open, at, touched) = (RwSignal::new(false), RwSignal::new(0usize), RwSignal::new(false));
    // The value may be set from outside.
    Effect::new(move || {
        let now = value.get();
        if typed.get_untracked() != now {
            typed.set(now);
        }
    });
    let own = Signal::derive(move || check.and_then(|check| check.run((value.get(),))));
    let error = match use_context::<FormState>() {
        Some(form) => form.watch(name, own, touched),
        None => Signal::derive(move || own.get().filter(|_| touched.get())),
    };
    let searched = RwSignal::new(false);
    // What was chosen before does not narrow the list that one opens to choose anew.
    let found = Memo::new(move |_| {
        let text = if searched.get() { typed.get() } else { String::new() };
        choices.with(|choices| matching(choices, &text))
    });
    let pick = move |choice: String| {
        typed.set(choice.clone());
        value.set(choice.clone());
        open.set(false);
        searched.set(false);
        if let Some(on_pick) = on_pick {
            on_pick.run((choice,));
        }
    };
    let leave = move || {
        // An input that is taken away loses its focus too, after everything else.
        let Some(text) = typed.try_get_untracked() else { return };
        open.set(false);
        searched.set(false);
        touch(touched);
        let known = choices.with_untracked(|choices| choices.iter().any(|choice| choice.value == text));
        if free || known || text.is_empty() {
            if value.get_untracked() != text {
                pick(text);
            }
        } else {
            typed.set(value.get_untracked());
        }
    };
    let option_id = {
        let id = id.clone();
        move |index: usize| format!("{id}-{index}")
    };
    let (active_id, scroll_id) = (option_id.clone(), option_id.clone());
    let go = move |to: usize| {
        open.set(true);
        at.set(to);
        let id = scroll_id(to);
        request_animation_frame(move || {
            if let Some(option) = crate::browser::by_id(&id) {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                option.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        // Moves what the field is part of, where it can be moved.
        if event.alt_key() {
            return;
        }
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        let now = at.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => go(if open.get_untracked() { (now + 1).min(last) } else { 0 }),
            "ArrowUp" => go(now.saturating_sub(1)),
            "Enter" if open.get_untracked() => {
                let choice = found.with_untracked(|found| found.get(now).map(|choice| choice.value.clone()));
                match choice {
                    Some(choice) => pick(choice),
                    None => leave(),
                }
            }
            "Escape" if open.get_untracked() => {
                // A dialog around it stays.
                event.stop_propagation();
                open.set(false);
            }
            _ => return,
        }
        event.prevent_default();
    };
    let control = view! {
        <div class="combobox">
            <input
                class="input select"
                type="text"
                role="combobox"
                id=id.clone()
                name=name
                autocomplete="off"
                spellcheck="false"
                placeholder=placeholder
                aria-label=bare.then(|| label.clone())
                aria-autocomplete="list"
                aria-controls=list_id.clone()
                aria-expanded=move || open.get().to_string()
                aria-activedescendant=move || open.get().then(|| active_id(at.get()))
                aria-describedby=(!bare).then(|| described_by(&id))
                aria-invalid=move || error.get().is_some().to_string()
                prop:value=move || typed.get()
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    searched.set(true);
                    open.set(true);
                    at.set(0);
                }
                on:click=move |_| open.set(true)
                on:keydown=on_key
                on:blur=move |_| leave()
            />
            <ul class="combobox-list" role="listbox" id=list_id aria-label=label.clone() hidden=move || !open.get()>
                {move || {
                    let found = found.get();
                    if found.is_empty() {
                        let text = if free { "Not in the list; it is taken as typed." } else { "Nothing matches." };
                        return view! { <li class="combobox-none">{text}</li> }.into_any();
                    }
                    let option_id = option_id.clone();
                    found
                        .into_iter()
                        .enumerate()
                        .map(move |(index, choice)| {
                            let taken = choice.value.clone();
                            view! {
                                <li
                                    class="combobox-choice"
                                    role="option"
                                    id=option_id(index)
                                    aria-selected=move || (at.get() == index).to_string()
                                    // Before the input loses its focus.
                                    on:mousedown=move |event| {
                                        event.prevent_default();
                                        pick(taken.clone());
                                    }
                                >
                                    <span class="cut">{choice.name().to_owned()}</span>
                                    <span class="combobox-detail">{choice.detail.clone()}</span>
                                </li>
                            }
                        })
                        .collect_view()
                        .into_any()
                }}
            </ul>
        </div>
    };
    match bare {
        true => control.into_any(),
        false => {
            view! { <Field label=label.clone() hint=hint error id=id.clone()>{control}</Field> }.into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_typed_word_must_occur_and_beginnings_come_first() {
        let choice = |value: &str| Choice { value: value.to_owned(), ..Choice::default() };
        let choices = [choice("openai/gpt-4o"), choice("gpt-4o-mini"), choice("claude-haiku")];
        let names = |typed: &str| -> Vec<String> {
            matching(&choices, typed).into_iter().map(|choice| choice.value).collect()
        };
        assert_eq!(names("GPT"), ["gpt-4o-mini", "openai/gpt-4o"]);
        assert_eq!(names("4o open"), ["openai/gpt-4o"]);
        assert_eq!(names("").len(), 3);
        assert!(names("gemini").is_empty());
    }
}
