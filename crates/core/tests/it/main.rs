//! The core's tests: properties of its arithmetic and machines, and what it makes of recorded traffic.

// Lets helpers outside `#[test]` functions unwrap as tests may.
#![cfg(test)]

mod catalog;
mod corpus;
mod evidence;
mod explain;
mod fuzz;
mod key;
mod limit;
mod openai_corpus;
mod openai_shapes;
mod plan;
mod plan_clocks;
mod plan_script;
mod plan_stories;
mod route_rules;
mod vendors;
