//! The formula as loops, to read first and to test against.

use super::Conv2d;

/// `y` for the images `x`.
pub fn forward(conv: &Conv2d, x: &[f32], kernel: &[f32], bias: &[f32]) -> Vec<f32> {
    let filters = bias.len();
    let mut y = Vec::new();
    for_each_window(conv, x, |window| {
        for (o, bias) in bias.iter().enumerate() {
            let products = window.iter().map(|&(at, k)| x[at] * kernel[k * filters + o]);
            y.push(bias + products.sum::<f32>());
        }
    });
    conv.activation.forward(&mut y, filters);
    y
}

/// `(dx, dkernel, dbias)` for the gradient `dy` of the output `y`.
pub fn backward(
    conv: &Conv2d,
    x: &[f32],
    kernel: &[f32],
    y: &[f32],
    dy: &[f32],
) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let filters = conv.filters;
    let mut gradients = (vec![0.0; x.len()], vec![0.0; kernel.len()], vec![0.0; filters]);
    let (dx, dkernel, dbias) = (&mut gradients.0, &mut gradients.1, &mut gradients.2);
    let mut dz = dy.to_vec();
    conv.activation.backward(y, &mut dz, filters);
    let mut dz = dz.iter();
    for_each_window(conv, x, |window| {
        for (o, dz) in dz.by_ref().take(filters).enumerate() {
            dbias[o] += dz;
            for &(at, k) in window {
                dx[at] += dz * kernel[k * filters + o];
                dkernel[k * filters + o] += dz * x[at];
            }
        }
    });
    gradients
}

/// Calls `visit` for each output position with the pixels that its window
/// covers: their place in `x` and their place `(a, b, c)` in the kernel.
fn for_each_window(conv: &Conv2d, x: &[f32], mut visit: impl FnMut(&[(usize, usize)])) {
    let windows = &conv.windows;
    let [height, width, channels] = windows.input;
    for image in 0..x.len() / windows.input_len() {
        for i in 0..windows.output[0] {
            for j in 0..windows.output[1] {
                let mut window = Vec::new();
                for a in 0..windows.size[0] {
                    for b in 0..windows.size[1] {
                        if let (Some(row), Some(column)) =
                            (windows.at(0, i, a), windows.at(1, j, b))
                        {
                            for c in 0..channels {
                                let pixel = (image * height + row) * width + column;
                                let tap = a * windows.size[1] + b;
                                window.push((pixel * channels + c, tap * channels + c));
                            }
                        }
                    }
                }
                visit(&window);
            }
        }
    }
}
