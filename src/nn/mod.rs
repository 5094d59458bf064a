//! Layers and the sequential network.
//!
//! A network is described ([`Sequential`]: names, kinds, shapes), then built
//! ([`Model`]: weights drawn from the seed). The arithmetic of each layer is an
//! operation of [`crate::ops`]; training is in [`crate::train`].
//!
//! This storey imports [`crate::ops`] and what is below it.

mod build;
#[cfg(test)]
mod damage_tests;
mod file;
mod foreign;
mod initializer;
mod layer;
mod limits;
mod loss;
mod model;
mod origin;
mod realize;
mod seal;
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
