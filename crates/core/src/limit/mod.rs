//! The arithmetic of limits: buckets and months. It must never read a clock; the gateway holds the counters, in one
//! atomic word each, and passes `now`.

pub mod bucket;
pub mod month;
pub mod quota;
mod rate;

pub use bucket::{Bucket, Refused};
pub use month::Month;
pub use quota::{Counter, Exhausted, Reservation};
pub use rate::{NotARate, Rate};
