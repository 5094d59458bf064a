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
//! Frames, squared paper and ruled lines are taken away first; a digit in several
//! strokes is put together, touching digits are cut apart. What may have gone
//! wrong is said ([`Reading::remarks`]): a wrong digit is never read in silence.

mod components;
mod contact;
mod decode;
mod folder;
mod frame;
mod group;
mod ink;
mod lines;
mod mnist_form;
mod normalize;
mod plane;
mod printed;
mod reading;
mod remark;
mod segment;
mod touching;

use std::path::Path;

use candle_core::{Device, Tensor};

use super::mnist::SIDE;
use crate::nombre;
use crate::{Error, Result};
pub(crate) use decode::picture;
pub use folder::{read_folder, sample_digits};
pub use frame::Frame;
pub use ink::Polarity;
use plane::Plane;
pub use reading::{Reading, Step};
pub use remark::Remark;

/// How to read digits from a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DigitReader {
    /// Whether strokes are dark or light.
    pub polarity: Polarity,
    /// Straightens leaning digits. MNIST itself is not straightened.
    pub deskew: bool,
}

/// The digits of a PNG or JPEG picture, from left to right, row after row; a
/// line is printed for everything about them that is doubtful.
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
    read_aloud(path.as_ref())
}

/// What [`read_digits`] reads and prints.
fn read_aloud(path: &Path) -> Result<Reading> {
    let reading = DigitReader::default().read_file(path)?;
    reading.warnings().iter().for_each(|line| println!("{line}"));
    Ok(reading)
}

impl DigitReader {
    /// The digits of a PNG or JPEG picture, from left to right, row after row.
    ///
    /// # Errors
    /// When the file is not such a picture, is too large, or shows no digit.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Reading> {
        self.read_file(path.as_ref())
    }

    fn read_file(&self, path: &Path) -> Result<Reading> {
        self.read_plane(&path.display().to_string(), &decode::read(path)?)
    }

    /// The same from the bytes of a file; `name` stands in the messages.
    ///
    /// # Errors
    /// When the bytes are not such a picture, are too many, or show no digit.
    pub fn read_bytes(&self, name: &str, bytes: &[u8]) -> Result<Reading> {
        self.read_plane(name, &decode::from_bytes(name, bytes)?)
    }

    fn read_plane(&self, name: &str, picture: &Plane) -> Result<Reading> {
        if let Some(reading) = self.as_mnist(name, picture)? {
            return Ok(reading);
        }
        let grey = &decode::in_working_size(picture);
        let polarity = match self.polarity {
            Polarity::Auto => ink::polarity(grey),
            given => given,
        };
        let dark = match polarity {
            Polarity::LightOnDark => grey.map(|value| 1.0 - value),
            _ => grey.clone(),
        };
        let mut found = ink::extract(&dark);
        let all_ink = found.ink.map(|value| value / found.contrast.max(1e-3));
        let mut remarks = printed::remove(&mut found);
        let removed = !remarks.is_empty();
        // A picture of MNIST's size shows one digit, whatever its strokes.
        let single = (picture.width, picture.height) == (SIDE, SIDE);
        let segments = segment::segment(&found.smooth, found.threshold, single);
        remarks.extend(&segments.remarks);
        let mut digits = Vec::new();
        for group in &segments.groups {
            let crop = isolate(&found.ink, &segments, group);
            if let Some(digit) = normalize::normalize(&crop, self.deskew) {
                digits.push((group.frame, crop, digit));
            }
        }
        let Some((_, first, digit)) = digits.first() else {
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
        };
        let strong = |plane: &Plane| plane.map(|value| value / found.contrast.max(1e-3));
        let mut steps = vec![
            ("image en gris", grey.map(|value| 1.0 - value)),
            ("fond estimé", found.background.map(|value| 1.0 - value)),
            ("encre", all_ink),
        ];
        if removed {
            steps.push(("encre sans l’imprimé", strong(&found.ink)));
        }
        steps.extend([
            ("traits retenus", segments.mask(&found.smooth)),
            ("premier chiffre", strong(first)),
            ("trait de la bonne largeur", digit.fine.clone()),
            ("image 28×28", digit.image.clone()),
        ]);
        let images = digits.iter().map(|(_, _, digit)| &digit.image);
        let frames = digits.iter().map(|(frame, ..)| *frame).collect();
        reading(name, images, frames, polarity, steps, remarks)
    }

    /// The picture itself, if it is one of MNIST's form.
    fn as_mnist(&self, name: &str, picture: &Plane) -> Result<Option<Reading>> {
        let wanted = |inverted: bool| match self.polarity {
            Polarity::Auto => true,
            Polarity::DarkOnLight => inverted,
            Polarity::LightOnDark => !inverted,
        };
        let Some((image, inverted)) =
            mnist_form::as_mnist(picture).filter(|(_, inverted)| wanted(*inverted) && !self.deskew)
        else {
            return Ok(None);
        };
        let polarity = if inverted { Polarity::DarkOnLight } else { Polarity::LightOnDark };
        let frame = Frame { left: 0, top: 0, right: SIDE, bottom: SIDE };
        let steps = vec![("image 28×28", image.clone())];
        let remarks = vec![Remark::AsMnist];
        reading(name, [&image].into_iter(), vec![frame], polarity, steps, remarks).map(Some)
    }
}

/// Puts together what was read; each image is 28×28, ink in `[0, 1]`.
fn reading<'a>(
    name: &str,
    images: impl Iterator<Item = &'a Plane>,
    frames: Vec<Frame>,
    polarity: Polarity,
    steps: Vec<(&str, Plane)>,
    mut remarks: Vec<Remark>,
) -> Result<Reading> {
    let pixels = images.flat_map(|image| image.values.iter().map(|v| (v * 255.0).round() as u8));
    let pixels: Vec<u8> = pixels.collect();
    let images = Tensor::from_vec(pixels, (frames.len(), SIDE, SIDE), &Device::Cpu)?;
    let steps = steps.into_iter().map(|(name, plane)| Step::new(name, plane));
    let steps = steps.collect::<Result<_>>()?;
    remarks.sort();
    remarks.dedup();
    Ok(Reading { images, frames, polarity, steps, remarks, name: name.to_string() })
}

/// The ink of one digit alone, in its rectangle and two pixels around.
fn isolate(ink: &Plane, segments: &segment::Segments, group: &components::Group) -> Plane {
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

#[cfg(test)]
mod tests;
