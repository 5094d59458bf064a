//! Initial weights.
//!
//! A layer whose weights all start equal learns one feature only; too large
//! ones saturate it, too small ones starve the layers before it. The usual
//! remedy draws them at random with a variance that depends on the number of
//! inputs (`fan_in`) and outputs (`fan_out`):
//!
//! | name | law |
//! |------|-----|
//! | Glorot uniform (default, as in Keras) | `U(-l, l)`, `l = √(6 / (fan_in + fan_out))` (Glorot and Bengio, 2010) |
//! | He normal | `N(0, √(2 / fan_in))` (He et al., 2015) |
//! | random normal | `N(0, 0.05)` whatever the layer, as Keras's `random_normal` |

use serde::{Deserialize, Serialize};

use crate::random::Rng;

/// Law of the initial kernels; biases start at zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initializer {
    /// Uniform, Keras's default.
    #[default]
    GlorotUniform,
    /// Normal, suited to relu.
    HeNormal,
    /// Normal, with the same deviation for every layer: to see what the others
    /// are good for.
    RandomNormal,
    /// All zero: to see why it does not work.
    Zeros,
}

impl Initializer {
    /// Draws `len` weights.
    pub fn draw(self, len: usize, fan_in: usize, fan_out: usize, rng: &mut Rng) -> Vec<f32> {
        match self {
            Self::GlorotUniform => {
                let limit = (6.0 / (fan_in + fan_out) as f32).sqrt();
                (0..len).map(|_| rng.uniform(-limit, limit)).collect()
            }
            Self::HeNormal => {
                let deviation = (2.0 / fan_in as f32).sqrt();
                (0..len).map(|_| deviation * rng.normal()).collect()
            }
            Self::RandomNormal => (0..len).map(|_| 0.05 * rng.normal()).collect(),
            Self::Zeros => vec![0.0; len],
        }
    }
}
