//! The one import of a notebook: `use mnist_tp::prelude::*;`.

pub use crate::{Error, Result};
pub use candle_core::{D, DType, Device, IndexOp, Tensor, Var};
