//! The French lines that stand above compile errors, a file for each kind.
//!
//! A line is right in a notebook, or it is not said: where the cause is uncertain it
//! names both, and where rustc proposes something, that comes first.

mod borrows;
mod cells;
mod compared;
mod functions;
mod items;
mod methods;
mod names;
mod numbers;
mod python;
mod syntax;
mod traits;
mod types;

use super::case::Case;

/// The line for an error; the first kind that knows it is used, the particular
/// before the general.
pub fn line(case: &Case) -> Option<String> {
    let kinds = [
        python::line,
        cells::line,
        syntax::line,
        names::line,
        methods::line,
        functions::line,
        numbers::line,
        types::line,
        traits::line,
        borrows::line,
        items::line,
    ];
    kinds.iter().find_map(|kind| kind(case))
}
