//! The only door to Jupyter: displays, progress, panic messages.
