//! Whether a model can do what a request cannot do without. What is unknown is no obstacle.

use crate::chat::Needs;
use crate::provider::{Provider, Wire};
use crate::translate::Unsupported;

use super::ModelCard;

/// The first need that this target is known not to meet.
pub fn lacks(provider: Provider, card: Option<&ModelCard>, needs: Needs) -> Option<Unsupported> {
    let can = card.map(|card| card.can).unwrap_or_default();
    let wire = provider.wire();
    // What a wire has no word for, no model behind it can do.
    let unsaid = |wanted: Wire, flag: Option<bool>| if wire == wanted { Some(false) } else { flag };
    // On Anthropic's wire a schema that the model does not know is asked for as a forced tool.
    let json_schema = if wire == Wire::Anthropic { None } else { can.json_schema };
    let checks = [
        (
            needs.several_choices,
            unsaid(Wire::Anthropic, can.several_choices),
            "n",
            "it gives one answer only",
        ),
        (needs.tools, can.tools, "tools", "it takes no tools"),
        (needs.forced_tool_choice, can.forced_tool_choice, "tool_choice", "it cannot be made to call a tool"),
        (needs.json_schema, json_schema, "response_format", "it cannot be held to a JSON schema"),
        (needs.image, can.vision, "messages", "it takes no images"),
        (needs.audio, unsaid(Wire::Anthropic, can.audio_input), "messages", "it takes no audio"),
        (needs.file, can.file_input, "messages", "it takes no files"),
    ];
    let (.., param, reason) = checks.into_iter().find(|(needed, can, ..)| *needed && *can == Some(false))?;
    Some(Unsupported { param: param.to_owned(), reason: reason.to_owned() })
}
