//! What a cell shows: rich content, displays that change, the progress of a loop.
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
//!
//! This storey knows no tensor: it imports the ground alone.

mod bundle;
mod html;
mod icon;
pub(crate) mod line;
mod live;
mod progress;
mod show;
pub(crate) mod theme;

pub use bundle::Bundle;
pub(crate) use html::escape;
pub(crate) use icon::Icon;
pub use live::Live;
pub(crate) use live::PAUSE;
pub use progress::Progress;
pub(crate) use progress::{Bar, HEIGHT, duration, seconds};
pub use show::{display, display_html};
