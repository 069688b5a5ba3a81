//! HTTP/1.1 on a bare socket, because a simulator must be able to do what no HTTP library lets a server do: stop after
//! any byte, reset, send headers for ever. It knows nothing of models and wires.

pub(crate) mod connection;
pub(crate) mod request;
pub(crate) mod step;
