//! From predictions to confusion matrix and report.
