//! Figures: numbers to pictures.
