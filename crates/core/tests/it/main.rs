//! The core's tests: properties of its arithmetic and machines, and what it makes of recorded traffic.

mod key;
mod limit;
mod vendors;
