//! The fast forms: vectors, threads, products of matrices, convolution, zeros.
//!
//! A learner's word stands in [`crate::ops`], with its formula and, beside it,
//! its plain loops. What makes it quick is here, and knows neither layer nor
//! tensor: slices of `f32` and their sizes.
//!
//! - [`simd`]: one kernel, compiled for each width of vectors; `wide`: the same
//!   for loops that the compiler vectorises by itself;
//! - `threads`: work in parallel, and the memory that a thread keeps;
//! - [`gemm`]: products of matrices;
//! - [`convolve`]: where windows fall, and the ways to walk over them;
//! - `zeros`: what is spared where a batch is mostly black;
//! - `rows`: maps and sums over the rows of a matrix;
//! - `normals`: many normal numbers at a time.
//!
//! Every form gives the same bits, on any processor: see [`simd`].
//!
//! This storey imports the ground alone.

pub mod convolve;
pub mod gemm;
pub(crate) mod normals;
pub(crate) mod rows;
pub mod simd;
pub(crate) mod threads;
pub(crate) mod wide;
pub(crate) mod zeros;

#[cfg(test)]
pub(crate) mod testing;
