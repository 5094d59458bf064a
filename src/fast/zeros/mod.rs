//! Products that are spared because a factor is zero: digits are mostly black
//! (`sparse`, `seen`), and of each pooling window one output alone receives a
//! gradient (`winners`).

pub(crate) mod seen;
pub(crate) mod sparse;
pub(crate) mod winners;
