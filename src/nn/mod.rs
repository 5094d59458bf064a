//! Layers and the sequential network.
//!
//! A network is described ([`Sequential`]: names, kinds, shapes), then built
//! ([`Model`]: weights drawn from the seed). The arithmetic of each layer is an
//! operation of [`crate::ops`]; training is in [`crate::train`].
//!
//! This storey imports [`crate::ops`] and what is below it.

mod build;
mod file;
mod initializer;
mod layer;
mod loss;
mod model;
mod realize;
mod sequential;
mod spec;
mod state;
mod state_file;
mod summary;

pub use initializer::Initializer;
pub use layer::{Layer, Param};
pub use loss::Loss;
pub(crate) use model::Memory;
pub use model::Model;
pub use sequential::{InputShape, NamedSpec, Sequential};
pub use spec::LayerSpec;
pub use state::State;
pub use summary::{Summary, SummaryRow};
