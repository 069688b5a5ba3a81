//! A rehearsal: what would happen to a request if its targets fared as a script says. It runs the real plan with a clock
//! of its own, so what it tells is what the gateway does; the dashboard runs it in the browser on a draft that nobody
//! has saved. It must never decide what the plan decides.
//!
//! Reading order: `script` (what is asked, and how each target fares), `story` (what came of it, step by step),
//! `rehearse` (the loop), `ending` (the plan's last word as the app sees it).

mod ending;
mod rehearse;
mod script;
mod story;

pub use rehearse::{cast, rehearse};
pub use script::{Fare, Fate, Script, Who};
pub use story::{Came, End, Event, Next, Scene, Story};
