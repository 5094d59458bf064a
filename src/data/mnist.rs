//! MNIST: 60,000 + 10,000 handwritten digits of 28×28 grey pixels.
//!
//! `images[i, row, column] ∈ 0..=255`, `labels[i] ∈ 0..=9`
//!
//! The files come with the project, in `data/mnist`, so that nothing has to be
//! downloaded in class. Any folder with the same four files does as well,
//! Fashion-MNIST for one.

use std::fmt;
use std::ops::{Bound, RangeBounds};
use std::path::Path;

use candle_core::{DType, IndexOp, Tensor};

use super::batches::gather;
use super::files::{find, set_name};
use super::idx::{self, Idx, Kind};
use super::orientation;
use crate::display::{display_html, escape};
use crate::{Error, Result, file, protocol};

/// The side of an image, in pixels.
pub const SIDE: usize = 28;

/// Images and the class of each.
#[derive(Clone)]
pub struct Dataset {
    /// u8 `[n, 28, 28]`, 0 for the background.
    pub images: Tensor,
    /// u8 `[n]`.
    pub labels: Tensor,
    /// What figures and displays call this set.
    pub name: String,
}

impl Dataset {
    /// What to say of images that do not stand as MNIST's.
    fn remark(&self) -> Option<String> {
        orientation::remark(&self.name, &self.images, &self.labels)
    }

    /// A set of `images` u8 `[n, 28, 28]` with their `labels` u8 `[n]`.
    ///
    /// # Errors
    /// When a shape or a type is another one, or there is not one label per image.
    pub fn new(name: impl Into<String>, images: Tensor, labels: Tensor) -> Result<Self> {
        Self::checked(name.into(), images, labels)
    }

    fn checked(name: String, images: Tensor, labels: Tensor) -> Result<Self> {
        if images.rank() != 3 || images.dims()[1..] != [SIDE, SIDE] || images.dtype() != DType::U8 {
            let (dtype, dims) = (images.dtype().as_str(), images.dims());
            let found = format_args!("{dtype} {dims:?}");
            return Err(Error::shape(format!("images de {name}"), found, "u8 [n, 28, 28]"));
        }
        if labels.dims() != [images.dims()[0]] || labels.dtype() != DType::U8 {
            let (dtype, dims) = (labels.dtype().as_str(), labels.dims());
            let found = format_args!("{dtype} {dims:?}");
            let expected = format!("u8 [{}], une par image", images.dims()[0]);
            return Err(Error::shape(format!("étiquettes de {name}"), found, expected));
        }
        Ok(Self { images, labels, name })
    }

    /// The number of images.
    pub fn len(&self) -> usize {
        self.images.dims().first().copied().unwrap_or(0)
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `i`-th image, u8 `[28, 28]`.
    ///
    /// # Errors
    /// When there is no `i`-th image.
    pub fn image(&self, i: usize) -> Result<Tensor> {
        self.check(i)?;
        Ok(self.images.i(i)?)
    }

    /// The label of the `i`-th image.
    ///
    /// # Errors
    /// When there is no `i`-th image.
    pub fn label(&self, i: usize) -> Result<u8> {
        self.check(i)?;
        Ok(self.labels.i(i)?.to_scalar()?)
    }

    /// The images `indices`, in that order.
    ///
    /// # Errors
    /// When there is no image of one of the indices.
    pub fn select(&self, indices: &[u32]) -> Result<Self> {
        let (images, labels) = (gather(&self.images, indices)?, gather(&self.labels, indices)?);
        Self::new(self.name.clone(), images, labels)
    }

    /// The images of a range of indices such as `0..100` or `59_000..`.
    ///
    /// # Errors
    /// When the range ends before it starts, or after the last image.
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Result<Self> {
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&last) => last.saturating_add(1),
            Bound::Excluded(&end) => end,
            Bound::Unbounded => self.len(),
        };
        self.part(start, end)
    }

    fn part(&self, start: usize, end: usize) -> Result<Self> {
        if start > end || end > self.len() {
            let expected = format!("un intervalle croissant dans 0..{}", self.len());
            return Err(Error::parameter("intervalle", format!("{start}..{end}"), expected));
        }
        let cut = |t: &Tensor| t.narrow(0, start, end - start);
        Self::new(self.name.clone(), cut(&self.images)?, cut(&self.labels)?)
    }

    /// The images as a network takes them: f32 in `[0, 1]`, `[n, 28, 28, 1]`.
    ///
    /// # Errors
    /// Only when the field `images` was given a tensor of fewer than three axes.
    pub fn to_f32(&self) -> Result<Tensor> {
        let scaled = self.images.to_dtype(DType::F32)?.affine(1.0 / 255.0, 0.0)?;
        Ok(scaled.unsqueeze(3)?)
    }

    /// How many images each class has, from class 0 to the highest one present.
    ///
    /// # Errors
    /// Only when the field `labels` was given another tensor, not u8 `[n]`.
    pub fn counts(&self) -> Result<Vec<usize>> {
        let labels = self.labels.to_vec1::<u8>()?;
        let mut counts = vec![0; labels.iter().max().map_or(0, |&highest| highest as usize + 1)];
        labels.iter().for_each(|&label| counts[label as usize] += 1);
        Ok(counts)
    }

    /// What a cell shows: the shapes and the number of images per class.
    pub fn evcxr_display(&self) {
        show(&[self], &self.to_string());
    }

    fn check(&self, i: usize) -> Result<()> {
        if i < self.len() {
            return Ok(());
        }
        let expected = format!("un indice inférieur à {} ({})", self.len(), self.name);
        Err(Error::parameter("image n°", i, expected))
    }
}

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |t: &Tensor| format!("{} {:?}", t.dtype().as_str(), t.dims());
        let (images, labels) = (part(&self.images), part(&self.labels));
        write!(f, "{}\u{a0}: images {images}, étiquettes {labels}", self.name)?;
        self.remark().map_or(Ok(()), |remark| write!(f, "\n{remark}"))
    }
}

impl fmt::Debug for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The two parts of MNIST: one to learn from, one to be judged on.
#[derive(Clone)]
pub struct Mnist {
    /// 60,000 images to learn from.
    pub train: Dataset,
    /// 10,000 images the network must not see before the end.
    pub test: Dataset,
}

impl Mnist {
    /// The digits that come with the project, or the folder that the
    /// environment variable `MNIST_TP_DATA` names.
    ///
    /// # Errors
    /// As [`Mnist::load_dir`].
    pub fn load() -> Result<Self> {
        match protocol::path(protocol::DATA) {
            Some(folder) => Self::load_dir(folder),
            None => Self::load_dir(file::of_checkout("data/mnist")),
        }
    }

    /// Four files in IDX form from a folder, gzip-compressed or not, under
    /// their usual names (`train-images-idx3-ubyte.gz`, …). Where the images are
    /// digits that do not stand as MNIST's (EMNIST's lie on their side), a printed
    /// sentence says so.
    ///
    /// # Errors
    /// Naming the file, when one is missing, damaged, of another kind,
    /// or when images and labels are not equally many.
    pub fn load_dir(folder: impl AsRef<Path>) -> Result<Self> {
        Self::read(folder.as_ref())
    }

    fn read(folder: &Path) -> Result<Self> {
        let (train, test) =
            rayon::join(|| load_part(folder, "train"), || load_part(folder, "t10k"));
        let mnist = Self { train: train?, test: test? };
        mnist.remarks().for_each(|remark| println!("{remark}"));
        Ok(mnist)
    }

    /// What is odd about the images, in sentences: digits that lie on their side.
    fn remarks(&self) -> impl Iterator<Item = String> {
        [&self.train, &self.test].into_iter().filter_map(Dataset::remark)
    }

    /// What a cell shows: the shapes and the number of images per class.
    pub fn evcxr_display(&self) {
        show(&[&self.train, &self.test], &self.to_string());
    }
}

impl fmt::Display for Mnist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.train, self.test)
    }
}

impl fmt::Debug for Mnist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn load_part(folder: &Path, part: &str) -> Result<Dataset> {
    let images_path = find(folder, &format!("{part}-images"), "idx3-ubyte")?;
    let labels_path = find(folder, &format!("{part}-labels"), "idx1-ubyte")?;
    let (images, labels) = rayon::join(
        || idx::read(&images_path, Kind::Images),
        || idx::read(&labels_path, Kind::Labels),
    );
    let (images, labels) = (images?, labels?);
    if images.shape[1..] != [SIDE, SIDE] {
        let found = format!("des images de {}×{} pixels", images.shape[1], images.shape[2]);
        return Err(Error::bad_file(&images_path, found, format!("{SIDE}×{SIDE} pixels")));
    }
    if images.shape[0] != labels.shape[0] {
        let found = format!("{} étiquettes", labels.shape[0]);
        let expected = format!(
            "{}, une par image de «\u{a0}{}\u{a0}»",
            images.shape[0],
            images_path.display()
        );
        return Err(Error::bad_file(&labels_path, found, expected));
    }
    let part = if part == "train" { "entraînement" } else { "test" };
    let name = format!("{}, {part}", set_name(folder));
    Dataset::new(name, Idx::into_tensor(images)?, Idx::into_tensor(labels)?)
}

/// One table for the notebook, the plain text for everything else.
fn show(sets: &[&Dataset], plain: &str) {
    let mut rows = String::new();
    for set in sets {
        let part = |t: &Tensor| format!("{} {:?}", t.dtype().as_str(), t.dims());
        let counts = set.counts().unwrap_or_default();
        let counts: Vec<String> = counts
            .iter()
            .enumerate()
            .map(|(class, n)| format!("{class}\u{a0}:\u{a0}{n}"))
            .collect();
        rows.push_str(&format!(
            "<tr><th scope=\"row\" style=\"text-align:left\">{}</th><td>{}</td><td>{}</td>\
             <td style=\"text-align:left\">{}</td></tr>",
            escape(&set.name),
            part(&set.images),
            part(&set.labels),
            counts.join(", ")
        ));
    }
    let remarks: String = sets
        .iter()
        .filter_map(|set| set.remark())
        .map(|remark| format!("<p>{}</p>", escape(&remark)))
        .collect();
    let html = format!(
        "<table><thead><tr><th></th><th>images</th><th>étiquettes</th>\
         <th style=\"text-align:left\">images par classe</th></tr></thead><tbody>{rows}</tbody></table>\
         {remarks}"
    );
    display_html(&html, plain);
}

#[cfg(test)]
#[path = "mnist_tests.rs"]
mod tests;
