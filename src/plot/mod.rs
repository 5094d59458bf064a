//! Figures: numbers to pictures.
//!
//! Every function here returns a [`Figure`]: a self-contained SVG with a title
//! and a description in words, on a panel of its own that is light in a light
//! notebook and dark in a dark one (`display::theme`). Left as the last expression
//! of a cell it shows itself; `figure.save("courbe.svg")?` keeps it in a file.
//!
//! Curves and axes are drawn by plotters, images are encoded by the `image`
//! crate, and the frame around them is ours. Colour-blind readers tell the colours
//! apart by their lightness; curves also differ by their dashes or marks, so that a
//! black-and-white print is still readable.
//!
//! This storey imports whatever it draws, [`crate::train`] and all below it.

mod bars;
mod best;
mod chart;
mod confusion;
mod digits;
mod draw;
mod figure;
mod filters;
mod functions;
mod grid;
mod history;
mod legend;
mod maps;
mod means;
mod overlap;
mod paint;
mod palette;
mod rates;
mod reading;
mod saliency;
mod search;
mod structure;
mod summary;
pub(crate) mod svg;
mod table;
mod ticks;
mod tile;
mod words;

#[cfg(test)]
mod network_tests;
#[cfg(test)]
mod tests;

pub use bars::{plot_bars, plot_probabilities, show_errors_with_bars};
pub use chart::LineChart;
pub use digits::{show_digit, show_digits, show_digits_by_class, show_errors, show_image};
pub use figure::Figure;
pub use filters::plot_filters;
pub use functions::{RealFunction, plot_functions};
pub use grid::{ImageGrid, show_images};
pub use history::plot_histories;
pub use maps::plot_feature_maps;
pub use means::plot_means;
pub use table::Table;
