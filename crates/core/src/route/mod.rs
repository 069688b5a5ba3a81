//! A route: the named policy that app code calls in place of a model. `spec` is what an operator writes and the store
//! keeps; `compile` makes of it what a request is planned from, `compiled`. Validation and lint live beside the spec, so
//! that the dashboard, `maig apply` and the API refuse the same things in the same words.

pub mod compile;
pub mod compiled;
pub mod context;
pub mod lint;
pub mod spec;
pub mod validate;

pub use compile::{Keyed, Now};
pub use compiled::{CompiledRoute, CompiledTarget, Force, ModelTarget};
pub use context::{Context, KeyFacts};
pub use lint::{Warning, lint};
pub use spec::{RouteSpec, TargetSpec, Timeouts};
pub use validate::Fault;
