//! From files to tensors to batches: the first stop of an image's road.
//!
//! [`idx`] reads the file format, [`mnist`] the four files that make a data
//! set, [`labels`] turns classes into one-hot rows, [`split`] sets examples
//! aside and [`mod@batches`] hands the rest out, in a seeded order. [`noise`] spoils
//! images on purpose, [`augment`] varies them during training, [`digits`] reads
//! a student's own from a photo, [`read_sheet`] those drawn on a network's page.
//!
//! Raw images are u8 `[n, 28, 28]` (0 is background, 255 full ink) and labels
//! u8 `[n]`; what a network eats is f32 in `[0, 1]`, `[n, 784]` or
//! `[n, 28, 28, 1]` (channels last).
//!
//! This storey imports [`crate::display`] and the ground.

pub mod augment;
pub mod batches;
pub mod digits;
mod files;
pub mod idx;
pub(crate) mod images;
pub mod labels;
pub mod mnist;
pub mod noise;
mod orientation;
mod sheet;
pub mod split;

pub use augment::{Augment, Change, Imperfect};
pub use batches::{BatchOrder, Batches, batches, gather};
pub use labels::one_hot;
pub use mnist::{Dataset, Mnist};
pub use sheet::read_sheet;
pub use split::train_test_split;
