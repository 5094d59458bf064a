//! A display made once.

use super::{Bundle, Live, line};

/// Shows `bundle` below the cell.
///
/// On a kernel started by `tp kernel`, at once and as often as wanted; on
/// another, when the cell ends, the last one of each mime type only.
pub fn display(bundle: &Bundle) {
    if Live::is_live() {
        Live::new().show(bundle);
        return;
    }
    line::show(bundle);
}

/// Shows `html` below the cell, with `plain` where HTML cannot be shown.
pub fn display_html(html: &str, plain: &str) {
    display(&Bundle::html(html, plain));
}
