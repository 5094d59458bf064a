//! Training: loss → gradients → optimiser step → history.
//!
//! [`Model::fit`](crate::nn::Model::fit) goes through the data epoch by epoch,
//! batch by batch; the [`engine`] makes one step of it. Loss and optimisers are
//! in [`crate::ops`].

pub mod callback;
pub mod engine;
mod evaluate;
mod fit;
mod history;
mod targets;
#[cfg(test)]
mod tests;

pub use callback::{Callback, EarlyStopping, ModelCheckpoint, Monitor};
pub use evaluate::Evaluation;
pub use fit::{Fit, Validation, Verbose};
pub use history::History;
pub use targets::Loss;
