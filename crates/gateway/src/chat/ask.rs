//! Step 5: what the plan is told of the request.

use maig_core::plan::Ask;
use maig_core::route::{CompiledRoute, CompiledTarget};

use super::parse::Incoming;

/// A token is about four bytes of a prompt in English; only the choice between windows hangs on it.
const BYTES_PER_TOKEN: usize = 4;

/// `seed`: random bits for the backoff's jitter.
pub(super) fn ask(route: &CompiledRoute, incoming: &Incoming, seed: u64) -> Ask {
    let envelope = &incoming.envelope;
    Ask {
        stream: envelope.stream,
        // Finding media means looking through the prompt, so it is only done where some target would care.
        needs: if known(route) { envelope.needs() } else { Default::default() },
        prompt_tokens: u64::try_from(envelope.size() / BYTES_PER_TOKEN).ok(),
        deadline: incoming.deadline,
        attempt_timeout: envelope.inline.timeout_ms.map(std::time::Duration::from_millis),
        status_codes: envelope.inline.status_codes.clone(),
        seed,
    }
}

/// Whether the catalogue knows any target, and so whether needs can rule one out.
fn known(route: &CompiledRoute) -> bool {
    route.targets.iter().any(|target| match target {
        CompiledTarget::Model(model) => {
            model.card.is_some() || model.provider.wire() != maig_core::provider::Wire::OpenAi
        }
        CompiledTarget::Route(inner) => known(inner),
    })
}
