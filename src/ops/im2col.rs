//! Convolution as a product of matrices: each window of the image becomes a row.
//!
//! `columns[(n, i, j), (a, b, c)] = x[n, s·i + a − top, s·j + b − left, c]`, zero
//! outside the image. The convolution is then `columns · kernel`, its gradients
//! `columnsᵀ · dy` and `dy · kernelᵀ`, the latter put back by [`col2im`].

use super::window::Windows;

/// Number of values of one row of the columns.
pub(crate) fn row_len(windows: &Windows) -> usize {
    windows.size[0] * windows.size[1] * windows.input[2]
}

/// Copies the windows of whole images `x` into `columns`.
pub(crate) fn im2col(windows: &Windows, x: &[f32], columns: &mut [f32]) {
    let [height, width, channels] = windows.input;
    let row = windows.size[1] * channels;
    let images = x.chunks_exact(height * width * channels);
    for (x, columns) in images.zip(columns.chunks_exact_mut(windows.count() * row_len(windows))) {
        let mut rows = columns.chunks_exact_mut(row);
        for i in 0..windows.output[0] {
            for j in 0..windows.output[1] {
                let (start, end, skip) = span(windows, j);
                for a in 0..windows.size[0] {
                    let Some(to) = rows.next() else { return };
                    match windows.at(0, i, a) {
                        Some(y) => {
                            let from = &x[y * width * channels..][start..end];
                            to[..skip].fill(0.0);
                            to[skip..skip + from.len()].copy_from_slice(from);
                            to[skip + from.len()..].fill(0.0);
                        }
                        None => to.fill(0.0),
                    }
                }
            }
        }
    }
}

/// Adds each row of `columns` back to the pixels it came from; overwrites `dx`.
pub(crate) fn col2im(windows: &Windows, columns: &[f32], dx: &mut [f32]) {
    let [height, width, channels] = windows.input;
    let row = windows.size[1] * channels;
    dx.fill(0.0);
    let images = dx.chunks_exact_mut(height * width * channels);
    for (dx, columns) in images.zip(columns.chunks_exact(windows.count() * row_len(windows))) {
        let mut rows = columns.chunks_exact(row);
        for i in 0..windows.output[0] {
            for j in 0..windows.output[1] {
                let (start, end, skip) = span(windows, j);
                for a in 0..windows.size[0] {
                    let Some(from) = rows.next() else { return };
                    if let Some(y) = windows.at(0, i, a) {
                        let to = &mut dx[y * width * channels..][start..end];
                        to.iter_mut().zip(&from[skip..]).for_each(|(to, from)| *to += from);
                    }
                }
            }
        }
    }
}

/// The part of an image row that window column `j` sees (start and end), and
/// how many values of the window lie before it, all in values.
fn span(windows: &Windows, j: usize) -> (usize, usize, usize) {
    let [_, width, channels] = windows.input;
    let first = j * windows.stride[1];
    let left = windows.before[1];
    let start = first.saturating_sub(left).min(width);
    let end = (first + windows.size[1]).saturating_sub(left).clamp(start, width);
    (start * channels, end * channels, left.saturating_sub(first) * channels)
}
