//! The places of the outputs of a convolution: their order, and those of several
//! images that follow each other.

/// In which order the outputs of an image are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Row by row.
    Rows,
    /// The four outputs of each 2×2 pooling window together; a last odd row or
    /// column is left out.
    Windows,
}

/// Places on one sheet, then on those that follow it in memory.
pub(super) fn repeat(places: &[u32], images: usize, sheet_len: usize) -> Vec<u32> {
    let starts = (0..images).map(|image| (image * sheet_len) as u32);
    starts.flat_map(|start| places.iter().map(move |place| place + start)).collect()
}
