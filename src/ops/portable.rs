//! The operations written with candle's own, for tensors that are not on the CPU.
//!
//! Each is its formula and nothing more (that of an activation stands beside it): candle derives the gradients, on any
//! device. A convolution and a pooling see the image through [`views`], one for
//! each place in the window: `views[a, b][n, i, j, c] = x[n, s·i + a − top, s·j +
//! b − left, c]`. The convolution is then the sum of the views' products with the
//! kernel, and the pooling the largest or the mean of the views. The largest is
//! gathered by its number, so that its whole gradient goes to it (candle's own
//! pooling shares it differently); unlike on the CPU a NaN need not win.
//!
//! Far slower on the CPU than what is beside it, hence only used elsewhere; the
//! tests use it here, and hold the two together.

use candle_core::{Result, Tensor};

use crate::fast::convolve::window::Windows;

#[cfg(test)]
mod tests;

/// `−Σ_j t_j · ln softmax(z)_j` of each row.
pub(super) fn cross_entropy(z: &Tensor, t: &Tensor) -> Result<Tensor> {
    let z = z.broadcast_sub(&z.max_keepdim(1)?.detach())?;
    let log_sum = z.exp()?.sum_keepdim(1)?.log()?;
    (t * log_sum.broadcast_sub(&z)?)?.sum(1)
}

/// The images `x`: `[n, h·w·c]`, seen from each place of the window: `[n, h', w', c]` each.
fn views(windows: &Windows, x: &Tensor) -> Result<Vec<Tensor>> {
    let Windows { input: [height, width, channels], size, stride, before, output } = *windows;
    let mut x = x.reshape(((), height, width, channels))?;
    for axis in 0..2 {
        let needed = (output[axis] - 1) * stride[axis] + size[axis];
        let after = needed.saturating_sub(before[axis] + windows.input[axis]);
        x = x.pad_with_zeros(axis + 1, before[axis], after)?;
    }
    let along = |x: &Tensor, axis: usize, first: usize| {
        let places = (0..output[axis]).map(|i| (first + i * stride[axis]) as u32);
        let places = Tensor::from_vec(places.collect(), output[axis], x.device())?;
        x.index_select(&places, axis + 1)
    };
    let mut views = Vec::new();
    for a in 0..size[0] {
        let rows = along(&x, 0, a)?;
        for b in 0..size[1] {
            views.push(along(&rows, 1, b)?);
        }
    }
    Ok(views)
}

/// Convolution with `kernel`: `[kh, kw, c, filters]`, before its activation:
/// `[n, h', w', filters]`.
pub(super) fn conv2d(
    windows: &Windows,
    x: &Tensor,
    kernel: &Tensor,
    bias: &Tensor,
) -> Result<Tensor> {
    let (n, channels, filters) = (x.dim(0)?, windows.input[2], bias.elem_count());
    let kernel = kernel.reshape(((), channels, filters))?;
    let mut sum = bias.reshape((1, filters))?;
    for (tap, view) in views(windows, x)?.iter().enumerate() {
        let product = view.reshape(((), channels))?.matmul(&kernel.get(tap)?)?;
        sum = product.broadcast_add(&sum)?;
    }
    sum.reshape((n, windows.output[0], windows.output[1], filters))
}

/// Max pooling: `[n, h', w', c]`.
pub(super) fn max_pool2d(windows: &Windows, x: &Tensor) -> Result<Tensor> {
    let views = Tensor::stack(&views(windows, x)?, 0)?;
    let winner = views.detach().argmax_keepdim(0)?;
    views.gather(&winner, 0)?.squeeze(0)
}

/// Average pooling: `[n, h', w', c]`.
pub(super) fn avg_pool2d(windows: &Windows, x: &Tensor) -> Result<Tensor> {
    Tensor::stack(&views(windows, x)?, 0)?.mean(0)
}

/// `gamma · (x − mean) / √(variance + ε) + beta` for rows `x`: `[m, features]`.
pub(super) fn normalize(
    x: &Tensor,
    [mean, variance]: [&Tensor; 2],
    epsilon: f32,
    [gamma, beta]: [&Tensor; 2],
) -> Result<Tensor> {
    let deviation = (variance + f64::from(epsilon))?.sqrt()?;
    let x = x.broadcast_sub(mean)?.broadcast_div(&deviation)?;
    x.broadcast_mul(gamma)?.broadcast_add(beta)
}
