//! Do the images stand as MNIST's digits do?
//!
//! EMNIST's files hold theirs with rows and columns exchanged; under MNIST's names
//! they load without an error, and a good network then guesses. The mean image of
//! each class, in squares of 4×4 pixels, is compared with MNIST's own
//! ([`DIGITS`]) by their correlation
//!
//! `r = Σ (a − ā)(b − b̄) / √(Σ (a − ā)² · Σ (b − b̄)²)`
//!
//! as it is and in the seven other positions of a square. A remark is made only
//! where another position, or the negative, is much like MNIST and the one found
//! much less: 30 images of MNIST never come near it, nor do clothes, which look
//! like digits in no position.

use candle_core::Tensor;

use super::batches::gather;
use crate::french::typography;

/// Squares along a side of the mean images.
const SQUARES: usize = 7;
const PIXELS: usize = 4;
const SIDE: usize = SQUARES * PIXELS;
/// Images looked at, spread over the whole set.
const LOOKED_AT: usize = 2000;
/// Fewer say nothing of their mean.
const LEAST: usize = 30;
/// From here on the means are much like MNIST's.
const LIKE: f32 = 0.75;
/// By how much another position must be more like them.
const MARGIN: f32 = 0.1;

type Mean = [f32; SQUARES * SQUARES];

/// One of the eight positions of a square, and its name in a sentence.
struct Position {
    transposed: bool,
    /// Rows, columns from the last to the first, after that.
    mirrored: [bool; 2],
    french: &'static str,
}

const POSITIONS: [Position; 7] = [
    turned(true, [false, false], "couchées : lignes et colonnes échangées, comme dans EMNIST"),
    turned(true, [false, true], "tournées d’un quart de tour"),
    turned(true, [true, false], "tournées d’un quart de tour"),
    turned(true, [true, true], "couchées et tête en bas"),
    turned(false, [true, true], "tête en bas"),
    turned(false, [false, true], "en miroir : la gauche à droite"),
    turned(false, [true, false], "en miroir : le haut en bas"),
];

const fn turned(transposed: bool, mirrored: [bool; 2], french: &'static str) -> Position {
    Position { transposed, mirrored, french }
}

impl Position {
    fn of(&self, mean: &Mean) -> Mean {
        std::array::from_fn(|k| {
            let place = [k / SQUARES, k % SQUARES];
            let [mut row, mut column] = place;
            if self.mirrored[0] {
                row = SQUARES - 1 - row;
            }
            if self.mirrored[1] {
                column = SQUARES - 1 - column;
            }
            if self.transposed {
                (row, column) = (column, row);
            }
            mean[row * SQUARES + column]
        })
    }
}

/// A sentence where the images u8 `[n, 28, 28]` of the set `name`, labelled by u8
/// `[n]`, are digits that do not stand as MNIST's.
pub(super) fn remark(name: &str, images: &Tensor, labels: &Tensor) -> Option<String> {
    let means = means(images, labels)?;
    let likeness = |position: Option<&Position>| {
        let pairs = means.iter().flat_map(|(class, mean)| {
            let mean = position.map_or(*mean, |position| position.of(mean));
            mean.into_iter().zip(DIGITS[*class].iter().map(|v| f32::from(*v)))
        });
        correlation(&pairs.collect::<Vec<_>>())
    };
    let upright = likeness(None);
    if upright < -LIKE {
        return Some(typography(&format!(
            "Attention, {name} : ces chiffres sont noirs sur fond clair, ceux de MNIST blancs sur \
             fond noir ; un réseau qui connaît les uns se trompe sur les autres (les rendre \
             semblables : `255 - image`)."
        )));
    }
    let best = POSITIONS.iter().map(|position| (likeness(Some(position)), position));
    let (most, position) = best.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (most > LIKE && most > upright + MARGIN).then(|| {
        let cure = match position.transposed && position.mirrored == [false; 2] {
            true => {
                " (les redresser : `images.transpose(1, 2)?.contiguous()?`, puis `Dataset::new`)"
            }
            false => "",
        };
        typography(&format!(
            "Attention, {name} : ces chiffres sont des images {} ; un réseau qui connaît ceux de \
             MNIST s’y trompe{cure}.",
            position.french
        ))
    })
}

/// The mean image of each digit that is there; `None` where they are too few.
fn means(images: &Tensor, labels: &Tensor) -> Option<Vec<(usize, Mean)>> {
    let len = labels.elem_count();
    let step = len.div_ceil(LOOKED_AT).max(1);
    let some: Vec<u32> = (0..len).step_by(step).map(|i| i as u32).collect();
    let images = gather(images, &some).ok()?.flatten_all().ok()?.to_vec1::<u8>().ok()?;
    let labels = gather(labels, &some).ok()?.to_vec1::<u8>().ok()?;
    let mut sums = [([0f32; SQUARES * SQUARES], 0usize); 10];
    for (image, label) in images.chunks_exact(SIDE * SIDE).zip(labels) {
        let Some((sum, count)) = sums.get_mut(usize::from(label)) else { continue };
        *count += 1;
        for (k, pixel) in image.iter().enumerate() {
            let (row, column) = (k / SIDE / PIXELS, k % SIDE / PIXELS);
            sum[row * SQUARES + column] += f32::from(*pixel);
        }
    }
    let seen: usize = sums.iter().map(|(_, count)| count).sum();
    let mean = |(class, (sum, count)): (usize, (Mean, usize))| {
        (count > 0).then(|| (class, sum.map(|v| v / (count * PIXELS * PIXELS) as f32)))
    };
    (seen >= LEAST).then(|| sums.into_iter().enumerate().filter_map(mean).collect())
}

/// The correlation of the pairs; 0 where one side is always the same.
fn correlation(pairs: &[(f32, f32)]) -> f32 {
    let n = pairs.len() as f32;
    let (a, b) = pairs.iter().fold((0.0, 0.0), |(a, b), pair| (a + pair.0, b + pair.1));
    let centred = pairs.iter().map(|pair| (pair.0 - a / n, pair.1 - b / n));
    let [ab, aa, bb] =
        centred.fold([0.0; 3], |[ab, aa, bb], (a, b)| [ab + a * b, aa + a * a, bb + b * b]);
    if aa * bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

/// The mean image of each digit of MNIST, in squares of 4×4 pixels.
#[rustfmt::skip]
const DIGITS: [[u8; SQUARES * SQUARES]; 10] = [
    [  0,   0,   0,   1,   1,   0,   0,
       0,   2,  36, 122, 134,  41,   0,
       0,  20, 128, 120, 108, 118,   4,
       0,  70, 128,  19,  48, 128,   8,
       0, 103,  98,  33, 115,  88,   3,
       0,  54, 158, 155,  95,  15,   0,
       0,   1,   6,   7,   1,   0,   0,],
    [  0,   0,   0,   0,   0,   0,   0,
       0,   0,   4,  63,  72,  13,   0,
       0,   0,   3, 113,  79,   3,   0,
       0,   0,   4, 167,  27,   0,   0,
       0,   0,  34, 155,  10,   0,   0,
       0,   6,  67, 101,  16,   1,   0,
       0,   0,   4,   5,   1,   0,   0,],
    [  0,   0,   4,  11,   6,   1,   0,
       0,  13,  80, 136, 113,  23,   0,
       0,  14,  42,  53, 117,  37,   0,
       0,   8,  41,  94, 117,  23,   2,
       1,  60, 140, 167, 121,  57,   9,
       1,  50, 115,  87,  69,  42,   4,
       0,   0,   1,   1,   1,   0,   0,],
    [  0,   0,   1,   2,   1,   0,   0,
       0,  19,  88, 136, 101,  17,   0,
       1,  15,  42,  97, 127,  22,   0,
       0,   4,  70, 157, 127,  19,   0,
       2,  19,  24,  35, 121,  44,   0,
       3,  50, 120, 140, 105,  16,   0,
       0,   4,  16,  18,   4,   0,   0,],
    [  0,   0,   0,   0,   0,   0,   0,
       0,   5,  26,  25,  43,  33,   2,
       0,  20, 100,  49, 110,  43,   1,
       0,  51, 155, 101, 162,  33,   1,
       0,  27,  77, 127, 114,  17,   0,
       0,   1,  20,  76,  59,   8,   0,
       0,   0,   5,  13,   9,   1,   0,],
    [  0,   0,   0,   0,   1,   0,   0,
       0,   3,  34,  83,  90,  59,  10,
       0,  11, 101, 112,  65,  38,   9,
       0,  16, 121, 119,  75,  14,   0,
       0,  24,  37,  57,  97,  31,   1,
       0,  32, 109, 125,  85,  15,   0,
       0,   1,  13,  17,   5,   0,   0,],
    [  0,   0,   5,  20,  24,   5,   0,
       0,   2,  32,  99,  65,   9,   0,
       0,   7,  82,  95,  25,  12,   0,
       0,  19, 133, 107, 125,  68,   4,
       0,  22, 156, 141, 138,  65,   2,
       0,   4,  62, 115,  62,   7,   0,
       0,   0,   0,   0,   0,   0,   0,],
    [  0,   0,   0,   0,   0,   0,   0,
       0,   7,  24,  34,  30,   8,   0,
       4,  52, 132, 135, 166,  49,   0,
       1,  20,  33,  38, 146,  22,   0,
       0,   3,  14, 109,  92,   6,   0,
       0,   2,  42, 116,  34,   1,   0,
       0,   5,  39,  51,  14,   1,   0,],
    [  0,   0,   0,   0,   0,   0,   0,
       0,   3,  39, 113, 112,  38,   2,
       0,  14, 105,  97, 118,  67,   5,
       0,   7,  82, 178, 113,  17,   1,
       0,  11, 107, 131,  80,  14,   0,
       0,  22, 123, 138,  80,  11,   0,
       0,   1,  17,  24,   6,   0,   0,],
    [  0,   0,   0,   0,   0,   0,   0,
       0,   1,  16,  67,  54,   7,   0,
       0,  17, 119, 101, 133,  31,   0,
       0,  35, 125, 111, 161,  18,   0,
       0,   9,  51, 105, 102,   7,   0,
       0,   1,  22,  90,  58,   7,   0,
       0,   1,  19,  36,  22,   4,   0,],
];

#[cfg(test)]
#[path = "orientation_tests.rs"]
mod tests;
