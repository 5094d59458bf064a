//! Layers and the sequential network.
