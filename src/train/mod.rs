//! Training: loss → gradients → optimiser step → history.
//!
//! [`Model::fit`](crate::nn::Model::fit) goes through the data epoch by epoch,
//! batch by batch; the [`engine`] makes one step of it. Loss and optimisers are
//! in [`crate::ops`].
//!
//! Who looks on is not known here: [`watch`] tells a panel, or writes a line per
//! epoch. This storey imports [`crate::nn`], [`crate::data`] and what is below
//! them.

pub(crate) mod asked;
pub mod callback;
pub mod cross_validation;
pub mod engine;
mod evaluate;
mod experiment;
mod fit;
mod history;
#[cfg(test)]
mod interrupt_tests;
#[cfg(test)]
mod long_tests;
mod memo;
mod monitor;
pub mod rate_finder;
pub mod results;
mod resume;
mod saved;
pub mod search;
mod seen;
mod settings;
#[cfg(test)]
mod shape_tests;
mod targets;
#[cfg(test)]
mod tests;
pub mod watch;

pub use callback::{Callback, EarlyStopping, ModelCheckpoint};
pub use cross_validation::{Fold, stratified_k_fold};
pub use evaluate::Evaluation;
pub use history::{History, Params};
pub use monitor::{Monitor, Stopping};
pub use rate_finder::{RateCurve, RateFinder};
pub use results::Results;
pub use search::{Search, SearchSpace, Trial};
pub use seen::{Seen, Validated};
pub use settings::{Fit, Validation, Verbose};
