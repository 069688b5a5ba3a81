//! The request log: one row a request, with all its attempts. Written in batches by one writer, read in pages.
//! Nothing on a request's way waits for it.

mod blocks;
mod id;
mod insert;
mod list;
mod places;
mod row;
mod search;
mod shape;
mod users;
mod words;

use crate::store::Store;

pub use id::RequestId;
pub use list::{RequestFilter, StatusFilter};
pub use row::{AttemptRow, Attempts, RequestRow, SkipRow};
pub use users::ByUser;

pub struct Requests<'a>(&'a Store);

impl Store {
    pub fn requests(&self) -> Requests<'_> {
        Requests(self)
    }
}
