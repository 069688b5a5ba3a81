//! Routes: the list, the editor with Explain beside it, versions, and Force Fallback.
//!
//! Pure parts first: `draft` (the ordered targets), `diff` (what changed, who changed what), `words` (plain sentences),
//! `template`, `yaml`. `around` is what a route is judged against. Then the pages: `list`, `editor`, `explain`, `versions`,
//! `bring_back`, `force`, `remove`.

mod around;
mod bring_back;
mod diff;
mod draft;
mod editor;
mod explain;
mod figures;
mod force;
mod list;
mod remove;
mod template;
mod versions;
mod words;
mod yaml;

pub use around::load as load_around;
pub use editor::{EditRoute, NewRoute, model_choices};
use figures::calls;
pub use list::RouteList;
