//! The file that `maig apply` takes (CONTRACT §3): read it, compare it with the database, bring the database to it,
//! and write it back out. All faults of a file are told at once, and nothing is applied while there is one.

mod bring;
mod check;
mod export;
mod fault;
mod fields;
mod file;
mod node;
mod read;

pub use bring::{MadeKey, Outcome, Sign, Step, bring};
pub use check::check;
pub(crate) use check::{field_of, key_facts, today};
pub use export::export;
pub use fault::{Fault, Findings, did_you_mean};
pub use file::{Declared, ProjectDeclared};
pub use read::read;
