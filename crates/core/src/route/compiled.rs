//! A route ready to be planned from: names resolved, defaults filled in, nested routes followed. Made once per
//! change of configuration, shared by every request until the next one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::catalog::{self, ModelCard};
use crate::chat::Needs;
use crate::failure::FailureKind;
use crate::id::ProviderKeyId;
use crate::plan::Breaker;
use crate::provider::Provider;
use crate::time::Tick;
use crate::translate::Unsupported;

use super::Timeouts;

/// A route with everything that a request needs to know of it.
#[derive(Debug)]
pub struct CompiledRoute {
    pub name: String,
    pub targets: Vec<CompiledTarget>,
    pub retry_on: Vec<FailureKind>,
    pub force_fallback: Force,
    pub timeouts: Timeouts,
}

/// Whether every request passes over target 0. Its end is a moment of the clock that plans are given, so that a
/// request needs no look at the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Force {
    #[default]
    Off,
    On,
    /// On before this moment.
    Until(Tick),
}

impl Force {
    pub fn is_on(self, now: Tick) -> bool {
        match self {
            Self::Off => false,
            Self::On => true,
            Self::Until(end) => now < end,
        }
    }
}

#[derive(Clone, Debug)]
pub enum CompiledTarget {
    Model(Arc<ModelTarget>),
    Route(Arc<CompiledRoute>),
}

/// One model behind one account.
#[derive(Debug)]
pub struct ModelTarget {
    pub provider: Provider,
    /// As written by the operator, without the provider.
    pub model: String,
    /// `provider/model`, for headers, errors and logs.
    pub label: Arc<str>,
    /// `None`: the project has no usable key for it; the target is skipped when run.
    pub account: Option<ProviderKeyId>,
    /// What the catalogue knows of the model; `None`: unknown, which is no obstacle.
    pub card: Option<Arc<ModelCard>>,
    /// The name that goes upstream.
    pub send_as: String,
    pub retries: u8,
    pub timeouts: Timeouts,
    pub parameters: serde_json::Map<String, serde_json::Value>,
    /// Shared by every route that uses this account and model.
    pub breaker: Arc<Mutex<Breaker>>,
}

impl ModelTarget {
    /// Its breaker. One that a panic left behind is used as it is: its counts are never worth another panic.
    /// Hold it for one call and never together with another target's.
    pub fn health(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it thinks before it speaks, so that its clocks are longer.
    pub fn reasons(&self) -> bool {
        self.card.as_ref().is_some_and(|card| card.reasoning)
    }

    /// How many tokens a prompt may have; `None`: unknown.
    pub fn window(&self) -> Option<u64> {
        self.card.as_ref()?.max_input
    }

    /// What the request needs and the model is known not to do.
    pub fn lacks(&self, needs: Needs) -> Option<Unsupported> {
        catalog::lacks(self.provider, self.card.as_deref(), needs)
    }
}
