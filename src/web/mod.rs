//! A trained network leaves the notebook.
//!
//! [`Page`] makes a web page of it, one file that needs neither network nor server: one
//! draws a digit with a finger, the network reads it while it is drawn, and the maps of
//! its layers light up.
//!
//! [`Model::save_onnx`](crate::nn::Model::save_onnx) writes it in the format that other
//! programs read.
//!
//! What is computed where, in the page: everything, by the browser. The file holds
//! the network as [`Model::save`](crate::nn::Model::save) writes it, and beside this file,
//! in `page/`, one JavaScript module a task, small enough to read:
//!
//! - `layers.js`: the formula of each layer, and its loop; `network.js`: the file's bytes →
//!   layers → probabilities;
//! - `pen.js`: strokes → grey picture; `prepare.js`: picture → the 28×28 image, as
//!   [`read_digits`](crate::data::digits::read_digits) makes it;
//! - `hand.js`: mouse, finger, stylus, keyboard → strokes; `maps.js`: outputs → pictures;
//!   `collection.js` and `sheet.js`: the reader's own digits, with labels, which
//!   [`read_sheet`](crate::data::read_sheet) reads back; `main.js`: all of it together.
//!
//! There is no build step: `bundle` puts the modules into the page one after the other.
//! `tests/web` holds them to the library, value by value.
//!
//! This storey imports [`crate::nn`], [`crate::data`], [`crate::train`] and what is below.

mod bundle;
mod onnx;
mod page;

pub use page::{Page, Rounding, WebPage};
