//! Where the windows of a convolution or a pooling fall on an image.
//!
//! Window `(i, j)` covers rows `s·i - top … s·i - top + kh` and likewise for the
//! columns; what lies outside the image counts as zero for a convolution.

use crate::{Error, Result};

/// What happens at the border of the image, as in Keras.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Padding {
    /// Windows stay inside the image: the output is smaller than the input.
    #[default]
    Valid,
    /// The image is surrounded with zeros: with stride 1 the output is as large
    /// as the input, with stride `s` it has `⌈input / s⌉` rows.
    Same,
}

/// The windows of one operation, checked once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Height, width and channels of an input image.
    pub input: [usize; 3],
    /// Height and width of a window.
    pub size: [usize; 2],
    /// Rows and columns from one window to the next.
    pub stride: [usize; 2],
    /// Rows of zeros above the image and columns of zeros on its left.
    pub before: [usize; 2],
    /// Rows and columns of windows.
    pub output: [usize; 2],
}

impl Windows {
    /// The windows of `size` that fit an image of shape `input`: `[h, w, c]`.
    ///
    /// # Errors
    /// A size or stride of zero, an empty image, or a window larger than the
    /// (unpadded) image.
    pub fn new(
        place: &str,
        input: [usize; 3],
        size: [usize; 2],
        stride: [usize; 2],
        padding: Padding,
    ) -> Result<Self> {
        if input.contains(&0) {
            return Err(Error::shape(place, input, "une image d'au moins un pixel et un canal"));
        }
        for (name, pair) in [("taille", size), ("pas", stride)] {
            if pair.contains(&0) {
                let found = format!("{}×{}", pair[0], pair[1]);
                return Err(Error::parameter(format!("{place} : {name}"), found, "au moins 1×1"));
            }
        }
        let mut output = [0; 2];
        let mut before = [0; 2];
        for axis in 0..2 {
            let (n, k, s) = (input[axis], size[axis], stride[axis]);
            match padding {
                Padding::Valid if k > n => return Err(Error::window(place, size, input)),
                Padding::Valid => output[axis] = (n - k) / s + 1,
                Padding::Same => {
                    output[axis] = n.div_ceil(s);
                    before[axis] = ((output[axis] - 1) * s + k).saturating_sub(n) / 2;
                }
            }
        }
        Ok(Self { input, size, stride, before, output })
    }

    /// Number of windows on one image.
    pub fn count(&self) -> usize {
        self.output[0] * self.output[1]
    }

    /// Number of values in one image.
    pub fn input_len(&self) -> usize {
        self.input.iter().product()
    }

    /// The input coordinate under offset `a` of window `i` along `axis` (0 for
    /// rows, 1 for columns), or `None` outside the image.
    pub fn at(&self, axis: usize, i: usize, a: usize) -> Option<usize> {
        let position = (i * self.stride[axis] + a).checked_sub(self.before[axis])?;
        (position < self.input[axis]).then_some(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_keras() {
        let windows = |n, k, s, padding| {
            let w = Windows::new("test", [n, n, 1], [k, k], [s, s], padding).unwrap();
            (w.output[0], w.before[0])
        };
        assert_eq!(windows(28, 3, 1, Padding::Valid), (26, 0));
        assert_eq!(windows(13, 2, 2, Padding::Valid), (6, 0));
        assert_eq!(windows(28, 5, 1, Padding::Same), (28, 2));
        // An odd total of zeros puts the extra one at the end, as TensorFlow does.
        assert_eq!(windows(28, 3, 2, Padding::Same), (14, 0));
        assert_eq!(windows(5, 4, 1, Padding::Same), (5, 1));
        assert_eq!(windows(4, 1, 3, Padding::Same), (2, 0));
    }

    #[test]
    fn impossible_windows_are_explained() {
        let error =
            Windows::new("couche « C3 »", [4, 4, 16], [5, 5], [1, 1], Padding::Valid).unwrap_err();
        assert_eq!(
            error.to_string(),
            "couche « C3 » : fenêtre 5\u{a0}×\u{a0}5 sur une entrée 4\u{a0}×\u{a0}4\u{a0}×\u{a0}16 ; il faut une entrée d’au moins \
             5\u{a0}×\u{a0}5 (réduisez le noyau ou le pooling qui précède, ou prenez `Padding::Same`)"
        );
        let error = Windows::new("C1", [4, 4, 1], [2, 2], [0, 1], Padding::Same).unwrap_err();
        assert!(error.to_string().contains("pas = 0\u{a0}×\u{a0}1"), "{error}");
    }
}
