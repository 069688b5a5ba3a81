//! Calls to providers: which account, which address, which credential, and one request sent under its clocks.
//! Only this folder knows the HTTP client. It must never decide what a failure leads to; that is the plan's.

mod account;
mod body;
mod check;
mod client;
mod head;
mod hide;
mod origin;
mod pool;
mod prepare;
mod send;
mod vertex;

pub use account::{Account, AccountFault, AccountParts};
pub use body::ReplyBody;
pub use check::Checked;
pub use client::Upstream;
pub use prepare::{Betas, Errand, Prepared, prepare};
pub use send::{Reply, Unanswered, read_error_body};
