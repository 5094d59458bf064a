//! What a training makes small.

use serde::{Deserialize, Serialize};

/// Loss function. Both are the cross-entropy
/// `-Σ_j t_j · ln p_j`; they differ in how the targets are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Loss {
    /// Targets `[n, classes]`, f32: one-hot.
    #[default]
    CategoricalCrossentropy,
    /// Targets `[n]`, integers: the class itself.
    SparseCategoricalCrossentropy,
}
