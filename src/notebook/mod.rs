//! The only door to Jupyter: displays, progress, panic messages.
//!
//! evcxr reads the output of a cell line by line. It knows one rich form, the
//! block `EVCXR_BEGIN_CONTENT mime … EVCXR_END_CONTENT`, at most one per mime
//! type and cell, shown when the cell ends. Everything of this library that
//! shows itself goes through [`display`], so that there is one place that
//! knows how.

mod display;

pub use display::{Bundle, display, display_html};
