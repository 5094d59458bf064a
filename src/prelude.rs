//! The one import of a notebook: `use mnist_tp::prelude::*;`.

pub use crate::check::{self, bilan, recommencer};
pub use crate::data::digits::{Reading, read_digits, sample_digits};
pub use crate::data::{
    Augment, BatchOrder, Change, Dataset, Imperfect, Mnist, augment, batches, gather, noise,
    one_hot, read_sheet, train_test_split,
};
pub use crate::display::{Progress, display};
pub use crate::eval::{ClassificationReport, ConfusionMatrix, Spread, accuracy};
pub use crate::nn::{Initializer, LayerSpec, Loss, Model, Sequential, State};
pub use crate::notebook::{Plain as _, Taille};
pub use crate::ops::activation::Activation;
pub use crate::ops::optimizer::{Adam, AdamW, Optimizer, RmsProp, Sgd};
pub use crate::ops::{Padding, Pass, avg_pool2d, conv2d, max_pool2d};
pub use crate::plot::{
    Figure, LineChart, Table, plot_bars, plot_feature_maps, plot_filters, plot_functions,
    plot_histories, plot_means, plot_probabilities, show_digit, show_digits, show_digits_by_class,
    show_errors, show_errors_with_bars, show_image, show_images,
};
pub use crate::random::Rng;
pub use crate::train::{
    EarlyStopping, Evaluation, Fit, Fold, History, ModelCheckpoint, Monitor, RateCurve, RateFinder,
    Results, Search, SearchSpace, Trial, Validation, Verbose, stratified_k_fold,
};
pub use crate::web::Page;
pub use crate::{Error, Result, nombre};
pub use candle_core::{D, DType, Device, IndexOp, Tensor, Var};
pub use {candle_core, candle_nn};
