//! The definitions as loops, to read and to test against.

use crate::fast::convolve::window::Windows;

/// Max pooling of the images `x`: the outputs and, for each, the index in
/// `x` of the winner (to which the gradient goes).
pub fn max(windows: &Windows, x: &[f32]) -> (Vec<f32>, Vec<usize>) {
    let mut y = Vec::new();
    let mut winners = Vec::new();
    for_each_window(windows, x.len(), |window| {
        let mut best = window[0];
        for &at in window {
            if x[at] > x[best] || (x[at].is_nan() && !x[best].is_nan()) {
                best = at;
            }
        }
        y.push(x[best]);
        winners.push(best);
    });
    (y, winners)
}

/// Average pooling of the images `x`.
pub fn average(windows: &Windows, x: &[f32]) -> Vec<f32> {
    let mut y = Vec::new();
    for_each_window(windows, x.len(), |window| {
        y.push(window.iter().map(|&at| x[at]).sum::<f32>() / window.len() as f32);
    });
    y
}

/// Calls `visit` for each output value with the indices that its window covers.
fn for_each_window(windows: &Windows, len: usize, mut visit: impl FnMut(&[usize])) {
    let [height, width, channels] = windows.input;
    for image in 0..len / windows.input_len() {
        for i in 0..windows.output[0] {
            for j in 0..windows.output[1] {
                for c in 0..channels {
                    let mut window = Vec::new();
                    for a in 0..windows.size[0] {
                        for b in 0..windows.size[1] {
                            let row = i * windows.stride[0] + a;
                            let column = j * windows.stride[1] + b;
                            let pixel = (image * height + row) * width + column;
                            window.push(pixel * channels + c);
                        }
                    }
                    visit(&window);
                }
            }
        }
    }
}
