//! The pages: one file each, or a folder when a page has parts. A page reads its filters from the URL and its data from
//! `api`, and is made of `ui`.

mod door;
pub mod logs;
mod not_found;
mod overview;
mod playground;
mod project_keys;
mod provider_keys;
mod range;
mod routes;
mod settings;
mod setup;
mod sign_in;
mod usage;

pub use door::{NoProject, Waiting};
pub use logs::{LogDrawer, Logs};
pub use not_found::NotFound;
pub use overview::{Overview, Snippets, note_logs_seen};
pub use playground::Playground;
pub use project_keys::ProjectKeys;
pub use provider_keys::ProviderKeys;
pub use range::RangeSelect;
pub use routes::{EditRoute, NewRoute, RouteList};
pub use settings::Settings;
pub use setup::{AlreadyIn, Outside, Setup};
pub use sign_in::{SignIn, SignInForm};
pub use usage::Usage;
