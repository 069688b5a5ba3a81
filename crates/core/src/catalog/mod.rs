//! What MAIG knows of models: whose a name is, how much it takes, what it can do, what it costs, when it ends.
//! Unknown is unknown: a model that is not here is never an obstacle, and its cost is never 0.

mod card;

pub use card::{Capabilities, ModelCard, Price, Rates, Tier};
