//! `reasoning_effort` in the words of the model's generation: a budget for 2.5, a level from 3 on, never both. Where a
//! model cannot do just what is asked it does the nearest; `none` where thinking cannot be switched off is named as
//! dropped, for the app asked for silence and will pay for thoughts.

use super::generation::Generation;
use crate::catalog::Capabilities;
use crate::chat::Effort;
use crate::wire::gemini::ThinkingConfig;

/// The least budget of the models that cannot be silent.
const LEAST_BUDGET: u64 = 128;

pub(super) fn thinking(
    effort: Option<Effort>,
    generation: Generation,
    model: &str,
    can: Capabilities,
    dropped: &mut Vec<String>,
) -> Option<ThinkingConfig> {
    let effort = effort?;
    // Pro models think whatever is asked of them.
    let always_on = can.thinking_always_on.or(can.effort_none.map(|none| !none));
    let always_on = always_on.unwrap_or(generation == Generation::Three || model.contains("-pro"));
    let config = match generation {
        Generation::Early => None,
        Generation::Two5 => {
            let budget = match effort {
                Effort::None if always_on => LEAST_BUDGET,
                Effort::None => 0,
                Effort::Minimal | Effort::Low => 1024,
                Effort::Medium => 8192,
                Effort::High | Effort::XHigh | Effort::Max => 24_576,
            };
            Some(ThinkingConfig { thinking_budget: Some(budget), ..ThinkingConfig::default() })
        }
        Generation::Three => {
            let level = match effort {
                Effort::None | Effort::Minimal if takes_minimal(model, can) => "MINIMAL",
                Effort::None | Effort::Minimal | Effort::Low => "LOW",
                Effort::Medium if model.contains("gemini-3-pro") => "HIGH",
                Effort::Medium => "MEDIUM",
                Effort::XHigh | Effort::Max if can.effort_xhigh == Some(true) => "XHIGH",
                Effort::High | Effort::XHigh | Effort::Max => "HIGH",
            };
            Some(ThinkingConfig { thinking_level: Some(level), ..ThinkingConfig::default() })
        }
    };
    let unheard = match effort {
        Effort::None => always_on && generation != Generation::Early,
        _ => config.is_none(),
    };
    if unheard {
        dropped.push("reasoning_effort".to_owned());
    }
    config.map(|config| ThinkingConfig { include_thoughts: effort != Effort::None, ..config })
}

/// The pro models start at LOW, and 3.7 Flash does too.
fn takes_minimal(model: &str, can: Capabilities) -> bool {
    can.effort_minimal.unwrap_or(!model.contains("-pro") && !model.contains("3.7-flash"))
}
