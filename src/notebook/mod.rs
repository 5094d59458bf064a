//! The only door to Jupyter: panic messages, the panel of a training, the sizes
//! of a notebook's experiments.
//!
//! This storey imports [`crate::plot`], [`crate::train`] and what is below them;
//! nothing but the checks and the prelude imports it.

mod fit_panel;
#[cfg(target_os = "linux")]
mod orders;
mod outlet;
mod panic;
mod plain;
mod taille;
pub mod variables;

#[cfg(test)]
mod child_tests;

pub use fit_panel::FitPanel;
pub use panic::init;
pub(crate) use panic::{explain, is_indexing};
pub use plain::Plain;
pub use taille::Taille;
