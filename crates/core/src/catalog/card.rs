//! What the catalogue holds of one model. Data only: it must never decide anything.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::money::NanoUsd;
use crate::provider::Provider;

/// One model of one provider. Whatever is `None` is unknown, which is no obstacle, and never 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelCard {
    pub provider: Provider,
    /// The provider's own id.
    pub id: String,
    /// Other ids of the same model; each goes upstream as it was written.
    pub aliases: Vec<String>,
    /// Tokens that a prompt may have.
    pub max_input: Option<u64>,
    /// Tokens that an answer may have, reasoning included.
    pub max_output: Option<u64>,
    pub price: Option<Price>,
    /// The day from which the provider no longer answers for it.
    pub ends: Option<Date>,
    /// It thinks before it answers unless asked not to, so its first token may take a minute. A model that only *can*
    /// think has `can.thinking`.
    pub reasoning: bool,
    pub can: Capabilities,
    /// What goes upstream in place of the name; only where the name was never the provider's.
    pub send_as: Option<String>,
}

/// Prices of a million tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    pub base: Rates,
    /// Dearer rates of long prompts, by ascending threshold; the last that applies holds for the whole request.
    pub tiers: Vec<Tier>,
}

/// What a million tokens of each sort cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    pub input: NanoUsd,
    pub output: NanoUsd,
    /// Absent: cached tokens cost what others do.
    pub cache_read: Option<NanoUsd>,
    /// Absent: writing to the cache costs what reading the prompt does.
    pub cache_write: Option<NanoUsd>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Holds for prompts of more tokens than this.
    pub above: u64,
    pub rates: Rates,
}

/// A capability that no model has by this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchCapability;

macro_rules! capabilities {
    ($($(#[$doc:meta])* $flag:ident,)*) => {
        /// What a model takes; `None` is unknown.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Capabilities {
            $($(#[$doc])* #[serde(default, skip_serializing_if = "Option::is_none")] pub $flag: Option<bool>,)*
        }

        impl Capabilities {
            /// The names of all of them, as the catalogue's file writes them.
            pub const NAMES: &[&str] = &[$(stringify!($flag),)*];

            /// Sets one by its name.
            pub fn set(&mut self, name: &str, can: bool) -> Result<(), NoSuchCapability> {
                match name {
                    $(stringify!($flag) => self.$flag = Some(can),)*
                    _ => return Err(NoSuchCapability),
                }
                Ok(())
            }

            /// These, and `other`'s where these are silent.
            #[must_use]
            pub fn or(self, other: Self) -> Self {
                Self { $($flag: self.$flag.or(other.$flag),)* }
            }
        }
    };
}

impl Capabilities {
    /// What stays true of the model wherever it runs: what it can, and which media it cannot read. What its vendor's
    /// own servers refuse, another host may drop, emulate or hand to someone who takes it.
    #[must_use]
    pub fn at_another_host(self) -> Self {
        let can = |flag: Option<bool>| flag.filter(|can| *can);
        Self {
            tools: can(self.tools),
            forced_tool_choice: can(self.forced_tool_choice),
            parallel_tools: can(self.parallel_tools),
            json_schema: can(self.json_schema),
            json_object: can(self.json_object),
            sampling: can(self.sampling),
            penalties: can(self.penalties),
            stop: can(self.stop),
            several_choices: can(self.several_choices),
            ..self
        }
    }
}

capabilities! {
    /// Images in the prompt.
    vision,
    audio_input,
    /// Documents (PDF) in the prompt.
    file_input,
    tools,
    /// `tool_choice: required`, or a named tool.
    forced_tool_choice,
    parallel_tools,
    /// An answer that is held to a JSON schema.
    json_schema,
    /// An answer that is some JSON object.
    json_object,
    /// `temperature`, `top_p` and the like.
    sampling,
    /// `presence_penalty` and `frequency_penalty`.
    penalties,
    stop,
    /// More than one answer (`n`).
    several_choices,
    /// A conversation that ends on the assistant's words, which the model goes on with.
    assistant_prefill,
    /// It can think before it answers, if asked; whether it does so unasked is `ModelCard::reasoning`.
    thinking,
    /// `thinking: adaptive` with an effort, in place of a budget in tokens.
    adaptive_thinking,
    /// Thinking cannot be switched off.
    thinking_always_on,
    /// Instructions between turns, not only before the first.
    mid_conversation_system,
    /// Instructions in the role `developer`.
    developer_role,
    /// The efforts at the ends of the scale; `low`, `medium` and `high` are taken wherever an effort is.
    effort_none,
    effort_minimal,
    effort_xhigh,
    effort_max,
}
