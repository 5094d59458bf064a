//! The one import of a notebook: `use mnist_tp::prelude::*;`.

pub use crate::data::{
    BatchOrder, Batches, Dataset, Mnist, batches, gather, one_hot, train_test_split,
};
pub use crate::{Error, Result};
pub use candle_core::{D, DType, Device, IndexOp, Tensor, Var};
