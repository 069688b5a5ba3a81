//! The SDKs' own commands: their generated code, their suites, and what is shipped to phones.
//! Nothing here may decide what an SDK does: that is maig-client's.

pub(crate) mod bindings;
mod generated;
