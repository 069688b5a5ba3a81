//! What an answer cost, in whole nano-dollars. Unknown is `None`, never 0; nothing here touches a float.

use crate::chat::Usage;
use crate::money::NanoUsd;

use super::ModelCard;

/// The cost of one answer: what the provider said it was, or else the card's prices on the counted tokens.
/// `None` when neither is known.
pub fn cost(card: Option<&ModelCard>, usage: &Usage, reported: Option<NanoUsd>) -> Option<NanoUsd> {
    if reported.is_some() {
        return reported;
    }
    let price = card?.price.as_ref()?;
    let tier = price.tiers.iter().rev().find(|tier| usage.prompt > tier.above);
    let rates = tier.map_or(price.base, |tier| tier.rates);
    // Some count more cached tokens than the prompt has.
    let cached = usage.cached.min(usage.prompt);
    let written = usage.cache_written.min(usage.prompt - cached);
    let plain = usage.prompt - cached - written;
    let terms = [
        (plain, rates.input),
        (cached, rates.cache_read.unwrap_or(rates.input)),
        (written, rates.cache_write.unwrap_or(rates.input)),
        (usage.completion, rates.output),
    ];
    let per_million: i128 =
        terms.into_iter().map(|(tokens, rate)| i128::from(tokens) * i128::from(rate.0)).sum();
    // Rounded to the nearest: the rates are of a million tokens, so what is lost is below a billionth of a dollar.
    Some(NanoUsd(i64::try_from((per_million + 500_000) / 1_000_000).unwrap_or(i64::MAX)))
}
