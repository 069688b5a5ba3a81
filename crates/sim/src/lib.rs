//! maig-sim: a simulated provider of language models on the OpenAI, Anthropic and Gemini wires.
//!
//! It is strict where the vendors are (a wrong translation gets their 400), repeats what it was asked, and fails on
//! demand. It shares no code with the gateway, so that one mistake cannot hide another, and it must never be reached
//! with a real provider's key.
//!
//! # How a fault is asked for
//! - **In the model's name**, behind a `+`: `gpt-4o+503`, `claude-3-5-sonnet+429+retry-after=2`,
//!   `gemini-2.5-pro+slow=300ms+cut=120+rst`. Words add up. The answer's `model` is the name alone.
//! - **By a script**, for names that must stay as they are: `sim.script("gpt-4o", ["503", "ok"])` for the next
//!   requests, `sim.always("gpt-4o", "stall=2")` for all; over HTTP `PUT /_sim/script` with
//!   `{"gpt-4o": {"next": ["503", "ok"], "always": "429"}}`. A script goes before the words in a name; `*` is any model.
//!
//! The words are in [`WORDS`]; `maig-sim faults` and `GET /_sim/faults` print them. Content chunks are counted from 1:
//! `stall=2` sends two and is silent. `cut=N` counts the bytes of the body, not of HTTP's framing.
//!
//! # Doors
//! - OpenAI: `POST …/chat/completions`, whatever stands before it. A vendor's slug in the path chooses the rules:
//!   `/v1` is OpenAI and refuses unknown fields, `/mistral/v1` does so with 422, `/simulator/v1` and `/vllm/v1` need no
//!   key and take every field. Azure: `/openai/deployments/NAME/chat/completions?api-version=…`.
//! - Anthropic: `POST …/v1/messages`, versions 2023-06-01 and 2026-10-21.
//! - Gemini: `POST …/models/NAME:generateContent` and `:streamGenerateContent`; with `/publishers/` in the path it is
//!   Vertex. `POST …/token` gives a service account its access token.
//! - `GET …/models` of each. `/_sim/…` is described in `control`, `/bench/…` in `bench`.
//!
//! Any provider key is taken unless it is empty, begins with `bad`, or another one is required.

mod behaviour;
mod bench;
mod control;
mod http;
mod respond;
mod route;
mod say;
mod shape;
mod sim;
mod state;
mod wire;

pub use behaviour::{Behaviour, Cut, Mood, NoAnswer, Place, Trouble, UnknownWord, WORDS, Word};
pub use control::table as fault_table;
pub use sim::Sim;
pub use state::{Departure, Recorded};
