//! Hourly sums of the request log, kept longer than its rows: what pages and reports read. Added to in the transaction
//! that writes the rows, so that the sums are always those of the rows.

mod add;
mod histogram;
mod query;

use crate::store::Store;

pub(crate) use add::{HOUR_US, add_to_rollups};
pub use histogram::Histogram;
pub use query::{Dimension, Group, RollupQuery, RouteCounts, Series, Totals};

pub struct Rollups<'a>(&'a Store);

impl Store {
    pub fn rollups(&self) -> Rollups<'_> {
        Rollups(self)
    }
}
