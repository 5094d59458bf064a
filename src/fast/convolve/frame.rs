//! An image laid on a larger sheet of zeros.

/// Where the pixels of an image go: `(i, j)` to row `top + s·i`, column
/// `left + s·j` of a sheet of `rows` × `columns` pixels; the rest is zero, and
/// what falls outside is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Height, width and channels of the image.
    pub(crate) image: [usize; 3],
    /// Rows and columns of the sheet.
    pub(crate) sheet: [usize; 2],
    /// Where the first pixel goes.
    pub(crate) first: [usize; 2],
    /// From one pixel to the next.
    pub(crate) stride: [usize; 2],
}

impl Frame {
    /// Number of values of the sheet.
    pub(crate) fn len(&self) -> usize {
        self.sheet[0] * self.sheet[1] * self.image[2]
    }

    /// Whether the sheet is the image itself.
    pub(crate) fn is_image(&self) -> bool {
        self.first == [0, 0] && self.stride == [1, 1] && self.sheet == self.image[..2]
    }

    /// Number of values that [`on_sheets`](Self::on_sheets) writes.
    pub(crate) fn sheets_len(&self, images: usize) -> usize {
        if self.is_image() { 0 } else { images * self.len() }
    }

    /// Images with the zeros around them: themselves if they need none, else in
    /// `sheets`.
    pub(crate) fn on_sheets<'a>(&self, images: &'a [f32], sheets: &'a mut [f32]) -> &'a [f32] {
        if self.is_image() {
            images
        } else {
            self.lay(images, sheets);
            sheets
        }
    }

    /// Lays images on their sheets.
    pub(crate) fn lay(&self, images: &[f32], sheets: &mut [f32]) {
        if self.is_image() {
            return sheets.copy_from_slice(images);
        }
        let image_len = self.image.iter().product();
        for (image, sheet) in
            images.chunks_exact(image_len).zip(sheets.chunks_exact_mut(self.len()))
        {
            // Only what lies between the runs is filled with zeros.
            let mut end = 0;
            self.each_run(|from, to, len| {
                sheet[end..to].fill(0.0);
                sheet[to..to + len].copy_from_slice(&image[from..from + len]);
                end = to + len;
            });
            sheet[end..].fill(0.0);
        }
    }

    /// Takes an image back from its sheet; pixels that are not on it become zero.
    pub(crate) fn lift(&self, sheet: &[f32], image: &mut [f32]) {
        if self.is_image() {
            return image.copy_from_slice(&sheet[..self.len()]);
        }
        image.fill(0.0);
        self.each_run(|at, from, len| {
            image[at..at + len].copy_from_slice(&sheet[from..from + len]);
        });
    }

    /// Calls `copy(image position, sheet position, length)` for each run of values, in
    /// the order of both.
    fn each_run(&self, mut copy: impl FnMut(usize, usize, usize)) {
        let [height, width, channels] = self.image;
        let fits = |axis: usize, n: usize| {
            let room = self.sheet[axis].saturating_sub(self.first[axis]);
            n.min(room.div_ceil(self.stride[axis]))
        };
        let (rows, columns) = (fits(0, height), fits(1, width));
        for i in 0..rows {
            let row = self.first[0] + i * self.stride[0];
            let from = i * width * channels;
            let to = (row * self.sheet[1] + self.first[1]) * channels;
            if self.stride[1] == 1 {
                copy(from, to, columns * channels);
            } else {
                for j in 0..columns {
                    copy(from + j * channels, to + j * self.stride[1] * channels, channels);
                }
            }
        }
    }
}
