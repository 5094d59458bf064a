//! A student's own digits: from a scan or a phone photo to images like MNIST's.
//!
//! `file → grey → background removed → ink → strokes → digits → 20×20 in 28×28`
//!
//! A network knows only what it was shown. MNIST's digits are white on black,
//! 20 pixels high, centred by their mass, drawn with a stroke of 2 to 4 pixels;
//! a photo is none of that. Nearly all of the difference between "99 % on the
//! test set" and "wrong on my own digits" lies in this preparation, so every
//! step of it can be looked at ([`Reading::steps`]).
//!
//! Digits that touch each other are not separated.

mod decode;
mod folder;
mod ink;
mod normalize;
mod plane;
mod segment;

use std::fmt;
use std::path::Path;

use candle_core::{DType, Device, Tensor};

use super::mnist::{Dataset, SIDE};
use crate::display::{display_html, escape};
use crate::nombre;
use crate::{Error, Result};
pub(crate) use decode::picture;
pub use folder::{read_folder, sample_digits};
pub use ink::Polarity;
use plane::Plane;
pub use segment::Frame;

/// How to read digits from a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DigitReader {
    /// Whether strokes are dark or light.
    pub polarity: Polarity,
    /// Straightens leaning digits. MNIST itself is not straightened.
    pub deskew: bool,
}

/// The digits of a PNG or JPEG picture, from left to right, row after row.
///
/// ```no_run
/// use mnist_tp::prelude::*;
/// let reading = read_digits("mes_chiffres.jpg")?;
/// let x = reading.to_f32()?; // [n, 28, 28, 1]
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// As [`DigitReader::read`].
pub fn read_digits(path: impl AsRef<Path>) -> Result<Reading> {
    DigitReader::default().read(path)
}

impl DigitReader {
    /// The digits of a PNG or JPEG picture, from left to right, row after row.
    ///
    /// # Errors
    /// When the file is not such a picture, is too large, or shows no digit.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Reading> {
        let path = path.as_ref();
        self.read_plane(&path.display().to_string(), &decode::read(path)?)
    }

    /// The same from the bytes of a file; `name` stands in the messages.
    ///
    /// # Errors
    /// When the bytes are not such a picture, are too many, or show no digit.
    pub fn read_bytes(&self, name: &str, bytes: &[u8]) -> Result<Reading> {
        self.read_plane(name, &decode::from_bytes(name, bytes)?)
    }

    fn read_plane(&self, name: &str, grey: &Plane) -> Result<Reading> {
        let polarity = match self.polarity {
            Polarity::Auto => ink::polarity(grey),
            given => given,
        };
        let dark = match polarity {
            Polarity::LightOnDark => grey.map(|value| 1.0 - value),
            _ => grey.clone(),
        };
        let found = ink::extract(&dark);
        let segments = segment::segment(&found.smooth, found.threshold);
        let mut digits = Vec::new();
        for group in &segments.groups {
            let crop = isolate(&found.ink, &segments, group);
            if let Some(digit) = normalize::normalize(&crop, self.deskew) {
                digits.push((group.frame, crop, digit));
            }
        }
        if digits.is_empty() {
            let contrast = nombre(100.0 * found.contrast, 1);
            return Err(Error::bad_file(
                name,
                format!("une page blanche (contraste le plus fort\u{a0}: {contrast}\u{a0}%)"),
                format!(
                    "un chiffre dont l’encre se détache d’au moins {:.0}\u{a0}%\u{a0}; prenez un \
                     stylo plus foncé, plus de lumière, ou approchez-vous",
                    100.0 * ink::MIN_CONTRAST
                ),
            ));
        }
        let first = &digits[0];
        let kept = segments.mask(&found.smooth);
        let steps = [
            ("image en gris", grey.map(|value| 1.0 - value)),
            ("fond estimé", found.background.map(|value| 1.0 - value)),
            ("encre", found.ink.map(|value| value / found.contrast.max(1e-3))),
            ("traits retenus", kept),
            ("premier chiffre", first.1.map(|value| value / found.contrast.max(1e-3))),
            ("trait de la bonne largeur", first.2.fine.clone()),
            ("image 28×28", first.2.image.clone()),
        ];
        let steps = steps.into_iter().map(|(name, plane)| Step::new(name, plane));
        let pixels = digits.iter().flat_map(|(_, _, digit)| {
            digit.image.values.iter().map(|value| (value * 255.0).round() as u8)
        });
        let images = Tensor::from_vec(
            pixels.collect::<Vec<u8>>(),
            (digits.len(), SIDE, SIDE),
            &Device::Cpu,
        )?;
        Ok(Reading {
            images,
            frames: digits.iter().map(|(frame, ..)| *frame).collect(),
            polarity,
            steps: steps.collect::<Result<_>>()?,
            name: name.to_string(),
        })
    }
}

/// The ink of one digit alone, in its rectangle and two pixels around.
fn isolate(ink: &Plane, segments: &segment::Segments, group: &segment::Group) -> Plane {
    const MARGIN: usize = 2;
    let frame = group.frame;
    let (width, height) = (frame.width() + 2 * MARGIN, frame.height() + 2 * MARGIN);
    let pixel = |x: usize, y: usize| {
        let x = (frame.left + x).checked_sub(MARGIN).filter(|&x| x < ink.width)?;
        let y = (frame.top + y).checked_sub(MARGIN).filter(|&y| y < ink.height)?;
        Some((x, y))
    };
    let own = Plane::from_fn(width, height, |x, y| {
        let label = pixel(x, y).map_or(0, |(x, y)| segments.labels[y * ink.width + x]);
        f32::from(group.labels.contains(&label))
    });
    let near = own.dilated(MARGIN / 2);
    Plane::from_fn(width, height, |x, y| {
        pixel(x, y).map_or(0.0, |(x_source, y_source)| near.at(x, y) * ink.at(x_source, y_source))
    })
}

/// One step of the preparation, as a picture.
#[derive(Clone)]
pub struct Step {
    /// What the picture shows, in French.
    pub name: String,
    /// u8 `[height, width]`, 0 for paper, 255 for ink, at most 400 pixels a side.
    pub image: Tensor,
}

impl Step {
    fn new(name: &str, plane: Plane) -> Result<Self> {
        let plane = if plane.side() > 400 { plane.scaled_to(400) } else { plane };
        Ok(Self { name: name.to_string(), image: plane.map(|v| v.clamp(0.0, 1.0)).to_tensor()? })
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\u{a0}: u8 {:?}", self.name, self.image.dims())
    }
}

/// The digits found in a picture, and how.
#[derive(Clone)]
pub struct Reading {
    /// u8 `[n, 28, 28]`, 0 for the background, as in MNIST.
    pub images: Tensor,
    /// Where each digit stands in the picture (as reduced for the work).
    pub frames: Vec<Frame>,
    /// Whether strokes were dark or light.
    pub polarity: Polarity,
    /// The preparation, step by step.
    pub steps: Vec<Step>,
    /// The file.
    pub name: String,
}

impl Reading {
    /// The number of digits found.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there is no digit (never the case of what [`read_digits`] gives).
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// The images as a network takes them: f32 in `[0, 1]`, `[n, 28, 28, 1]`.
    ///
    /// # Errors
    /// Only when the field `images` was given a tensor of fewer than three axes.
    pub fn to_f32(&self) -> Result<Tensor> {
        let scaled = self.images.to_dtype(DType::F32)?.affine(1.0 / 255.0, 0.0)?;
        Ok(scaled.unsqueeze(3)?)
    }

    /// The images with their true `labels`, in reading order.
    ///
    /// # Errors
    /// When there is not one label per digit found.
    pub fn with_labels(&self, labels: &[u8]) -> Result<Dataset> {
        if labels.len() != self.len() {
            let expected = format!("{}, un par chiffre trouvé dans {}", self.len(), self.name);
            return Err(Error::parameter("nombre d’étiquettes", labels.len(), expected));
        }
        Dataset::new(self.name.clone(), self.images.clone(), Tensor::new(labels, &Device::Cpu)?)
    }

    /// What a cell shows: how many digits, and where.
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        display_html(&format!("<p>{}</p>", escape(&text)), &text);
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.len() > 1 { "s" } else { "" };
        let strokes = match self.polarity {
            Polarity::LightOnDark => "clairs sur fond sombre",
            _ => "sombres sur fond clair",
        };
        let dims = self.images.dims();
        write!(
            f,
            "{}\u{a0}: images u8 {dims:?}, {} chiffre{plural}, traits {strokes}",
            self.name,
            self.len()
        )
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
