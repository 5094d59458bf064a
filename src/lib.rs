//! Helper library of the practical sessions "neural networks on handwritten
//! digits", in Rust notebooks.
//!
//! # The road of one image
//!
//! 1. [`data`]: an IDX file becomes a tensor, and the tensor shuffled batches;
//! 2. [`nn`]: the batch goes through the layers of a network, forwards;
//! 3. [`ops`]: what each layer computes, and its gradient, with the formula;
//! 4. [`train`]: loss → gradients → optimiser step → history;
//! 5. [`eval`]: predictions → confusion matrix, report;
//! 6. [`plot`]: numbers → picture;
//! 7. [`web`]: the trained network → a page to draw on, ONNX.
//!
//! [`check`] looks at each stop from the side, [`notebook`] is the only door to
//! Jupyter, [`display`] is what a cell shows, and [`fast`] what makes the
//! operations quick. A module imports from storeys below its own, never from
//! above: each one's page says from which, `ARCHITECTURE.md` gives the order, and
//! a test holds the code to it.
//!
//! # In a notebook
//!
//! A notebook depends on this crate alone and writes
//! `use mnist_tp::prelude::*;`. candle is reached through the re-exports below,
//! never by a dependency of the notebook's own: evcxr would link a second copy,
//! whose tensor ids collide with ours and whose gradients are then silently
//! wrong.
#![warn(clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub use candle_core;
pub use candle_nn;

pub mod check;
pub mod data;
pub mod display;
mod elementary;
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
#[allow(dead_code, reason = "the proxy reads what the library writes")]
mod protocol;
pub mod random;
mod signs;
pub mod train;
pub mod web;

/// The programs of the page for who comes from Keras are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../docs/keras.md")]
struct Keras;

pub use error::{Error, Result};
pub use french::nombre;
