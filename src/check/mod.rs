//! Checks of the exercises, and their hints.
