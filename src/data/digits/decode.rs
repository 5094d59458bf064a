//! From a picture file to grey values in `[0, 1]`, 1 being white.
//!
//! Sizes are read and checked before anything is decoded: a small file can
//! announce a picture of many gigabytes. Phones store their photos lying on a
//! side and note it in the file; the note is obeyed.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::plane::Plane;
use crate::{Error, Result};

/// Files above this are refused.
const MAX_BYTES: u64 = 64 << 20;
/// Pictures with more pixels than this are refused.
const MAX_PIXELS: u64 = 64_000_000;
/// Larger pictures are reduced to this side: enough for a row of digits.
const WORKING_SIDE: usize = 1600;
/// Smaller ones are enlarged to this side.
const SMALLEST_SIDE: usize = 112;

/// The grey levels of the picture in the file `path`, as it is: width, height, row after row.
pub(crate) fn picture(path: &Path) -> Result<(usize, usize, Vec<u8>)> {
    let Plane { width, height, values } = read(path)?;
    Ok((width, height, values.into_iter().map(|value| (255.0 * value).round() as u8).collect()))
}

/// The picture in the file `path`.
pub(super) fn read(path: &Path) -> Result<Plane> {
    let name = path.display().to_string();
    let io = |source| Error::Io { path: name.clone(), source };
    let file = File::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    if length > MAX_BYTES {
        let found = format!("{} Mo", length >> 20);
        return Err(Error::bad_file(&name, found, format!("au plus {} Mo", MAX_BYTES >> 20)));
    }
    decode(&name, BufReader::new(file))
}

/// The picture in the bytes of a file; `name` is only for the messages.
pub(super) fn from_bytes(name: &str, bytes: &[u8]) -> Result<Plane> {
    decode(name, Cursor::new(bytes))
}

fn decode(name: &str, mut file: impl BufRead + Seek) -> Result<Plane> {
    let mut head = Vec::new();
    let io = |source| Error::Io { path: name.to_string(), source };
    file.by_ref().take(16).read_to_end(&mut head).map_err(io)?;
    file.rewind().map_err(io)?;
    let format = check_format(name, &head)?;
    let broken = |error: image::ImageError| {
        let found = format!("une image {format:?} illisible ({error})");
        Error::bad_file(
            name,
            found,
            "une image entière\u{a0}; enregistrez-la ou copiez-la de nouveau",
        )
    };
    let mut decoder = ImageReader::with_format(file, format).into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let found = || format!("une image de {width}×{height} pixels");
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        let expected =
            format!("au plus {} millions de pixels\u{a0}; réduisez-la", MAX_PIXELS / 1_000_000);
        return Err(Error::bad_file(name, found(), expected));
    }
    if width < 8 || height < 8 {
        return Err(Error::bad_file(name, found(), "au moins 8×8 pixels"));
    }
    let orientation = decoder.orientation().map_err(broken)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    picture.apply_orientation(orientation);
    Ok(grey(&picture))
}

/// The picture in a size in which strokes have a width and work an end.
pub(super) fn in_working_size(picture: &Plane) -> Plane {
    match picture.side() {
        side if side > WORKING_SIDE => picture.scaled_to(WORKING_SIDE),
        side if side < SMALLEST_SIDE => picture.scaled_to(SMALLEST_SIDE),
        _ => picture.clone(),
    }
}

/// PNG or JPEG, by the first bytes; anything else is named as well as possible.
fn check_format(name: &str, head: &[u8]) -> Result<ImageFormat> {
    let found = match image::guess_format(head) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => return Ok(format),
        Ok(other) => format!("une image {other:?}"),
        Err(_) if head.is_empty() => "un fichier vide".to_string(),
        Err(_) if head.get(4..8) == Some(b"ftyp") => {
            "une photo HEIC ou AVIF (ou une vidéo) de téléphone".to_string()
        }
        Err(_) if head.starts_with(b"%PDF") => "un document PDF".to_string(),
        Err(_) => "un fichier qui n’est pas une image connue".to_string(),
    };
    Err(Error::bad_file(
        name,
        found,
        "une image PNG ou JPEG\u{a0}; exportez-la dans l’un de ces formats",
    ))
}

/// Luminance in `[0, 1]`. What is transparent shows white paper, or a black
/// board when the visible part is light.
fn grey(picture: &DynamicImage) -> Plane {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    if !picture.color().has_alpha() {
        let values = picture.to_luma8().iter().map(|&value| f32::from(value) / 255.0).collect();
        return Plane { width, height, values };
    }
    let pixels = picture.to_luma_alpha8();
    let unit = |value: u8| f32::from(value) / 255.0;
    let (ink, cover) = pixels.pixels().fold((0f64, 0f64), |(ink, cover), pixel| {
        let [luma, alpha] = pixel.0.map(|value| f64::from(unit(value)));
        (ink + luma * alpha, cover + alpha)
    });
    let transparent = cover < 0.995 * (width * height) as f64;
    let paper = if transparent && ink > 0.5 * cover { 0.0 } else { 1.0 };
    let over = |[luma, alpha]: [u8; 2]| paper + unit(alpha) * (unit(luma) - paper);
    Plane { width, height, values: pixels.pixels().map(|pixel| over(pixel.0)).collect() }
}
