//! The words of those who speak OpenAI's wire with an accent. <https://docs.mistral.ai/resources/error-glossary>,
//! <https://console.groq.com/docs/errors>, <https://docs.x.ai/docs/key-information/debugging>,
//! <https://docs.together.ai/docs/error-codes>, <https://openrouter.ai/docs/api/reference/errors-and-debugging>

use super::rule::{CONTEXT, EMPTY, MODEL, POLICY, RATE, Rule, status, text, word};

pub(super) const MISTRAL: &[Rule] = &[
    word("service_tier_capacity_exceeded", RATE),
    text("too large for model with", CONTEXT),
    text("invalid model", MODEL),
];

pub(super) const GROQ: &[Rule] = &[
    // 413 is two things: a prompt beyond a minute's tokens (a limit), or beyond the window.
    text("tokens per minute", RATE).on(413),
    text("(tpm)", RATE).on(413),
    text("tokens per day", EMPTY).on(429),
    // Flex capacity is used up.
    status(498, RATE),
];

pub(super) const XAI: &[Rule] = &[
    text("used all available credits", EMPTY).client(),
    text("reached its monthly spending limit", EMPTY).client(),
    text("content violates usage guidelines", POLICY).client(),
];

pub(super) const TOGETHER: &[Rule] =
    &[text("credit limit exceeded", EMPTY).client(), text("max_new_tokens must be", CONTEXT)];

pub(super) const OPENROUTER: &[Rule] = &[
    // 403 is a bad key or a stopped prompt; only the second quotes what was stopped.
    word("flagged_input", POLICY),
    text("requires moderation", POLICY).on(403),
    text("no endpoints found", MODEL).client(),
    text("no allowed providers", MODEL).client(),
    text("key limit exceeded", EMPTY).client(),
];

pub(super) const PERPLEXITY: &[Rule] = &[word("too_many_prompt_tokens", CONTEXT)];

pub(super) const CEREBRAS: &[Rule] = &[text("while limit is", CONTEXT)];
