//! Anthropic's words. <https://docs.claude.com/en/api/errors>; the codes of `details` are from its own client.

use super::rule::{CONTEXT, EMPTY, MODEL, Rule, text, word};

pub(super) const RULES: &[Rule] = &[
    word("billing_error", EMPTY),
    word("enforced_spend_limit_reached", EMPTY),
    word("contract_spend_limit_reached", EMPTY),
    word("organization_on_hold", EMPTY),
    text("you have reached your specified api usage limits", EMPTY).client(),
    // 32 MB of prompt; another model may take it.
    word("request_too_large", CONTEXT),
    word("not_found_error", MODEL),
];
