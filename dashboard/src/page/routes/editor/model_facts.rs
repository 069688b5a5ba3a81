//! What the catalogue knows of a chosen model, in one line: whose it is, what it takes, what it costs, what it can do,
//! and when it ends.

use std::sync::Arc;

use leptos::prelude::*;
use maig_core::catalog::{Ending, ModelCard};
use maig_core::date::Date;
use maig_core::provider::Provider;

use crate::format;
use crate::ui::{Badge, Tone};

/// As early as the gateway warns.
const NOTICE_DAYS: i64 = 60;

#[component]
pub fn ModelFacts(provider: Provider, card: Arc<ModelCard>, today: Date) -> impl IntoView {
    let price = card.price.as_ref().map(|price| {
        let (input, output) = (format::money(price.base.input.0), format::money(price.base.output.0));
        view! { <span class="num" title="Dollars for a million tokens of prompt and of answer">{input}" in, "{output}" out"</span> }
    });
    let window = card.max_input.map(|window| {
        view! { <span class="num" title="Tokens that a prompt may have">{format::compact(window)}" tokens"</span> }
    });
    let ending = card.ending(today, NOTICE_DAYS).map(|ending| match ending {
        Ending::Ended(on) => view! { <Badge tone=Tone::Bad>{format!("retired {on}")}</Badge> },
        Ending::EndsIn { on, .. } => view! { <Badge tone=Tone::Warn>{format!("retires {on}")}</Badge> },
    });
    let can = [
        (card.can.tools, "tools"),
        (card.can.vision, "images"),
        (card.can.json_schema, "JSON schema"),
        (card.reasoning.then_some(true), "reasoning"),
    ];
    let can = can.into_iter().filter(|(can, _)| *can == Some(true));
    let can = can.map(|(_, name)| view! { <Badge>{name}</Badge> }).collect_view();
    view! { <p class="route-facts"><span>{provider.label()}</span>{price}{window}{ending}{can}</p> }
}
