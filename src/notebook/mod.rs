//! The only door to Jupyter: displays, progress, panic messages.
//!
//! evcxr reads the output of a cell line by line. It knows one rich form, the
//! block `EVCXR_BEGIN_CONTENT mime … EVCXR_END_CONTENT`, at most one per mime
//! type and cell, shown when the cell ends. The proxy that `tp kernel` puts
//! before it knows more: several displays in a cell, each when it is made, that
//! can change afterwards (see `line` for how it is told).
//!
//! Everything of this library that shows itself goes through [`display()`],
//! [`Live`] or [`Progress`], which use the proxy when it is there and evcxr's
//! own form, or plain lines, when it is not. Nothing here fails when nobody
//! reads: what cannot be written is dropped, and the training goes on.

mod display;
mod fit_panel;
mod line;
mod live;
mod panic;
mod progress;
mod taille;

#[cfg(test)]
mod child_tests;

pub use display::{Bundle, display, display_html};
pub use fit_panel::FitPanel;
pub use live::Live;
pub use panic::init;
pub use progress::Progress;
pub use taille::Taille;
