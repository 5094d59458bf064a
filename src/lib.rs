//! Helper library of the practical sessions "neural networks on handwritten
//! digits", in Rust notebooks.
//!
//! The library is one road, that of one image, and its modules are the stops:
//! [`data`] (IDX file → tensor → shuffled batch) → [`nn`] (layers, forward) →
//! [`ops`] (the arithmetic) → [`train`] (loss → gradients → optimiser step →
//! history) → [`eval`] (predictions → confusion matrix, report) → [`plot`]
//! (numbers → picture). [`check`] looks at each stop from the side;
//! [`notebook`] is the only door to Jupyter.
//!
//! A notebook depends on this crate alone and writes
//! `use mnist_tp::prelude::*;`. candle is reached through the re-exports below,
//! never by a dependency of the notebook's own: evcxr would link a second copy,
//! whose tensor ids collide with ours and whose gradients are then silently
//! wrong.
#![deny(missing_docs)]
// A module's page says how it works; those who read the source follow the links.
#![allow(rustdoc::private_intra_doc_links)]
#![warn(clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub use candle_core;
pub use candle_nn;

pub mod check;
pub mod data;
pub mod display;
mod error;
pub mod eval;
pub mod fast;
mod file;
mod french;
pub mod nn;
pub mod notebook;
pub mod ops;
pub mod plot;
pub mod prelude;
pub mod random;
pub mod train;

pub use error::{Error, Result};
