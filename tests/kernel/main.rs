//! Real kernels, driven cell by cell. Two tests at a time: while one waits for a
//! compiler, the other's cells run.

#[path = "../common/mod.rs"]
mod common;
mod score;
mod traps;
