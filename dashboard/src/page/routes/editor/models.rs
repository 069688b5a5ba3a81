//! What a target may ask, as one searches for it: every model of the catalogue, those whose keys the project has first
//! and those that end last, and the project's other routes.

use leptos::prelude::*;
use maig_core::catalog::{Ending, ModelCard};
use maig_core::provider::Provider;

use crate::format;
use crate::page::routes::around::Around;
use crate::ui::Choice;

/// A model is warned of as early as the gateway warns.
const NOTICE_DAYS: i64 = 60;

#[derive(Clone, Copy)]
struct Choices(Memo<Vec<Choice>>);

/// Makes the list once for all targets of an editor; `own` is the route that is edited.
pub fn provide_choices(around: Signal<Around>, own: String) {
    provide_context(Choices(Memo::new(move |_| around.with(|around| choices(around, &own)))));
}

pub fn use_choices() -> Signal<Vec<Choice>> {
    expect_context::<Choices>().0.into()
}

fn choices(around: &Around, own: &str) -> Vec<Choice> {
    let routes = around.routes.iter().filter(|route| route.name != own);
    let routes = routes.map(|route| Choice {
        value: format!("route:{}", route.name),
        label: String::new(),
        detail: "another route".to_owned(),
    });
    model_choices(around).into_iter().chain(routes).collect()
}

/// Every model that answers in text.
pub fn model_choices(around: &Around) -> Vec<Choice> {
    let has_key = |provider: Provider| around.keys.iter().any(|key| key.usable && key.provider == provider);
    let mut models: Vec<((u8, bool), Choice)> = around
        .catalog
        .cards()
        .iter()
        // What has no answer to give (embeddings) has no limit to its length.
        .filter(|card| card.max_output.is_some() || card.can.tools.is_some())
        .map(|card| {
            let ended = match card.ending(around.today, NOTICE_DAYS) {
                None => 0,
                Some(Ending::EndsIn { .. }) => 1,
                Some(Ending::Ended(_)) => 2,
            };
            let value = match around.catalog.vendor_of(&card.id) {
                Some(vendor) if vendor == card.provider => card.id.clone(),
                _ => format!("{}/{}", card.provider, card.id),
            };
            (
                (ended, !has_key(card.provider)),
                Choice { value, label: String::new(), detail: detail(card, around) },
            )
        })
        .collect();
    models.sort_by_key(|(rank, _)| *rank);
    models.into_iter().map(|(_, choice)| choice).collect()
}

/// `$2.50 / $10 · 128K`, or that it is gone.
fn detail(card: &ModelCard, around: &Around) -> String {
    let mut parts = Vec::new();
    match card.ending(around.today, NOTICE_DAYS) {
        Some(Ending::Ended(_)) => parts.push("retired".to_owned()),
        Some(Ending::EndsIn { days, .. }) => parts.push(format!("{days} days left")),
        None => {}
    }
    if let Some(price) = &card.price {
        parts.push(format!("{} / {}", format::money(price.base.input.0), format::money(price.base.output.0)));
    }
    if let Some(window) = card.max_input {
        parts.push(format::compact(window));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use maig_core::catalog::Catalog;
    use maig_core::route::{KeyFacts, RouteSpec};

    use super::*;

    #[test]
    fn models_with_a_key_come_first_and_retired_ones_last() {
        let keys = [KeyFacts { name: "m".into(), provider: Provider::Mistral, usable: true }];
        let around = Around {
            catalog: Arc::new(Catalog::built_in().clone()),
            routes: [RouteSpec::new("own"), RouteSpec::new("other")].into(),
            keys: keys.into(),
            today: "2026-11-21".parse().unwrap(),
        };
        let choices = choices(&around, "own");
        let at = |value: &str| {
            choices.iter().position(|choice| choice.value == value).unwrap_or_else(|| panic!("{value}"))
        };
        assert!(at("mistral-large-latest") < at("gpt-6.1-sol"));
        let first_gone = choices.iter().position(|choice| choice.detail.starts_with("retired")).unwrap();
        assert!(at("gpt-6.1-sol") < first_gone);
        assert_eq!(choices.last().unwrap().value, "route:other");
        assert!(choices.iter().all(|choice| !choice.value.contains("embed") && choice.value != "route:own"));
        assert!(
            choices[at("gpt-6.1-sol")].detail.contains("$2.00 / $10.00 · 922K"),
            "{:?}",
            choices[at("gpt-6.1-sol")]
        );
    }
}
