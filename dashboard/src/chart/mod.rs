//! Charts, drawn by ourselves. `series` is what is shown; `scale`, `axis`, `area`, `bar`, `spark` and `waterfall` say
//! where it lies, as numbers and paths; `table` is the same as words. These are pure. `plot` and `trend` put them on a page.
//! A series is told from another by its pattern too, never by its colour alone.

pub mod area;
pub mod axis;
pub mod bar;
mod legend;
mod measure;
mod plot;
pub mod scale;
pub mod series;
pub mod spark;
pub mod table;
mod tip;
mod trend;
pub mod waterfall;

pub use legend::{MOST, Mark as SwatchMark, Swatch};
pub use measure::use_width;
pub use plot::{Form, Plot};
pub use trend::Trend;
