//! From IDX files to tensors and shuffled batches.
