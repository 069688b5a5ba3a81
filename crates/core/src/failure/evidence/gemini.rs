//! Google's words, on AI Studio and Vertex. <https://ai.google.dev/gemini-api/docs/troubleshooting>,
//! <https://cloud.google.com/apis/design/errors>

use super::rule::{AUTH, EMPTY, MODEL, RATE, Rule, SERVER, in_word, text, word};

pub(super) const RULES: &[Rule] = &[
    // A bad key is a 400 here, told only by the reason in `details`.
    word("api_key_invalid", AUTH),
    word("api_key_service_blocked", AUTH),
    word("access_token_expired", AUTH),
    text("api key expired", AUTH),
    text("api key not found", AUTH),
    // The account's place, not the request, is at fault.
    text("location is not supported", AUTH),
    text("enable billing", EMPTY).client(),
    text("prepayment credits are depleted", EMPTY).client(),
    // `…PerDay…` in the quota's id: nothing that a pause would lift.
    in_word("perday", EMPTY),
    word("resource_exhausted", RATE),
    word("unauthenticated", AUTH),
    word("permission_denied", AUTH),
    word("not_found", MODEL),
    word("unavailable", SERVER),
    word("internal", SERVER),
    word("deadline_exceeded", SERVER),
];
