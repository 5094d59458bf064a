//! The one import of a notebook: `use mnist_tp::prelude::*;`.

pub use crate::data::{
    BatchOrder, Batches, Dataset, Mnist, batches, gather, noise, one_hot, train_test_split,
};
pub use crate::eval::{ConfusionMatrix, accuracy};
pub use crate::plot::{
    Figure, ImageGrid, LineChart, plot_functions, plot_lines, show_digit, show_digits,
    show_digits_by_class, show_errors, show_image, show_images,
};
pub use crate::{Error, Result};
pub use candle_core::{D, DType, Device, IndexOp, Tensor, Var};
