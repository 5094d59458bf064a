//! The IDX format of the MNIST files: a header, then the bytes.
//!
//! `00 00 type rank | size₁ … size_rank (u32, big-endian) | values, row by row`
//!
//! Type `08` is u8, the only one MNIST uses; images have rank 3 (magic number
//! 2051), labels rank 1 (2049). Files come plain or gzip-compressed and are
//! told apart by their first bytes, not by their name. Nothing in a file is
//! believed before it is checked: a header that announces 16 TB allocates
//! nothing.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::path::Path;

use candle_core::{Device, Tensor};
use flate2::{Compression, bufread::MultiGzDecoder, write::GzEncoder};

use crate::{Error, Result, file};

/// Files and contents above this are refused (MNIST's largest is 47 MB).
const MAX_BYTES: usize = 1 << 30;
/// How gzip-compressed files begin.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// gzip cannot compress more than this many times.
const MAX_GZIP_RATIO: usize = 1032;

/// What an IDX file may be asked to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Grey images, rank 3: `[n, rows, columns]`.
    Images,
    /// Class numbers, rank 1: `[n]`.
    Labels,
}

impl Kind {
    fn rank(self) -> usize {
        match self {
            Kind::Images => 3,
            Kind::Labels => 1,
        }
    }

    fn magic(self) -> u32 {
        0x0800 + self.rank() as u32
    }

    fn french(self) -> &'static str {
        match self {
            Kind::Images => "des images",
            Kind::Labels => "des étiquettes",
        }
    }
}

/// The sizes and the bytes of an IDX file; `data.len()` is the product of `shape`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idx {
    /// `[n, rows, columns]` or `[n]`.
    pub shape: Vec<usize>,
    /// The values, row by row.
    pub data: Vec<u8>,
}

impl Idx {
    /// The same as a u8 tensor.
    ///
    /// # Errors
    /// When `data` has not as many values as `shape` says.
    pub fn into_tensor(self) -> Result<Tensor> {
        Ok(Tensor::from_vec(self.data, self.shape, &Device::Cpu)?)
    }
}

/// Reads an IDX file, gzip-compressed or not.
///
/// # Errors
/// Naming the file, what it holds and what was expected, when it is
/// missing, of another kind, truncated, corrupted, or followed by extra bytes.
pub fn read(path: &Path, kind: Kind) -> Result<Idx> {
    let name = path.display().to_string();
    let io = |source| Error::Io { path: name.clone(), source };
    let file = File::open(path).map_err(io)?;
    let metadata = file.metadata().map_err(io)?;
    if metadata.is_dir() {
        return Err(super::files::is_folder(path));
    }
    let length = metadata.len();
    if length > MAX_BYTES as u64 {
        return Err(Error::bad_file(
            &name,
            format!("{length} octets"),
            "un fichier IDX de moins de 1 Go",
        ));
    }
    // A pipe or a device, which may have no end, is read as far as its header says.
    let mut reader = BufReader::new(file.take(MAX_BYTES as u64));
    let mut start = Vec::new();
    reader.by_ref().take(2).read_to_end(&mut start).map_err(io)?;
    let gzip = start == GZIP;
    decode_either(&name, Cursor::new(start).chain(reader), gzip, length as usize, kind)
}

/// Reads the content of an IDX file; `name` is only for the messages.
///
/// # Errors
/// As [`read`], missing files apart.
pub fn parse(name: &str, bytes: &[u8], kind: Kind) -> Result<Idx> {
    decode_either(name, bytes, bytes.starts_with(&GZIP), bytes.len(), kind)
}

/// `length` is that of the file, where it is known.
fn decode_either(
    name: &str,
    mut reader: impl BufRead,
    gzip: bool,
    length: usize,
    kind: Kind,
) -> Result<Idx> {
    if gzip {
        let most = length.saturating_mul(MAX_GZIP_RATIO);
        decode(name, &mut MultiGzDecoder::new(reader), most, kind)
    } else {
        decode(name, &mut reader, length, kind)
    }
}

/// Memory is asked for no more than `most` bytes before they are read.
fn decode(name: &str, reader: &mut dyn Read, most: usize, kind: Kind) -> Result<Idx> {
    let magic = read_u32(name, reader, "un nombre magique sur 4 octets")?;
    check_magic(name, magic, kind)?;
    let mut shape = Vec::with_capacity(kind.rank());
    for axis in 0..kind.rank() {
        let what = format!("la taille n°\u{a0}{} de l’en-tête", axis + 1);
        shape.push(read_u32(name, reader, &what)? as usize);
    }
    let expected = shape
        .iter()
        .try_fold(1usize, |product, &size| product.checked_mul(size))
        .filter(|&product| product <= MAX_BYTES)
        .ok_or_else(|| {
            Error::bad_file(name, format!("un en-tête qui annonce {shape:?}"), "moins de 1 Go")
        })?;
    let mut data = Vec::with_capacity(expected.min(most));
    let read = reader.take(expected as u64).read_to_end(&mut data);
    if read.is_err() || data.len() < expected {
        let found = format!("{} octets lisibles (fichier tronqué ou abîmé)", data.len());
        return Err(Error::bad_file(name, found, format!("{expected} octets, pour {shape:?}")));
    }
    // Reading to the very end also makes gzip check its sum.
    match reader.read(&mut [0]) {
        Ok(0) => Ok(Idx { shape, data }),
        Ok(_) => Err(Error::bad_file(
            name,
            "des octets en trop après les données",
            format!("{expected} octets exactement, pour {shape:?}"),
        )),
        Err(error) => Err(Error::bad_file(
            name,
            format!("un fichier gzip abîmé ({error})"),
            "une somme de contrôle juste\u{a0}; copiez ou téléchargez-le de nouveau",
        )),
    }
}

fn check_magic(name: &str, magic: u32, kind: Kind) -> Result<()> {
    if magic == kind.magic() {
        return Ok(());
    }
    let found = match magic {
        2051 => "des images (nombre magique 2051)".to_string(),
        2049 => "des étiquettes (nombre magique 2049)".to_string(),
        _ if magic >> 16 == 0 && (0x08..=0x0e).contains(&(magic >> 8)) => format!(
            "un tableau IDX de type 0x{:02x} et de rang {} (nombre magique {magic})",
            magic >> 8,
            magic & 0xff
        ),
        _ if let Some(known) = file::foreign(&magic.to_be_bytes()) => known.to_string(),
        _ => format!("le nombre magique 0x{magic:08x}, qui n’est pas celui d’un fichier IDX"),
    };
    let swapped = if matches!(magic, 2049 | 2051) {
        "\u{a0}; les fichiers d’images et d’étiquettes sont-ils échangés\u{202f}?"
    } else {
        ""
    };
    let expected = format!("{} (nombre magique {}){swapped}", kind.french(), kind.magic());
    Err(Error::bad_file(name, found, expected))
}

fn read_u32(name: &str, reader: &mut dyn Read, what: &str) -> Result<u32> {
    let mut bytes = [0; 4];
    match reader.read_exact(&mut bytes) {
        Ok(()) => Ok(u32::from_be_bytes(bytes)),
        Err(error) => {
            let found = if error.kind() == std::io::ErrorKind::UnexpectedEof {
                "un fichier tronqué".to_string()
            } else {
                format!("un fichier gzip abîmé ({error})")
            };
            Err(Error::bad_file(name, found, what))
        }
    }
}

/// Writes an IDX file, gzip-compressed when `path` ends in `.gz`; an
/// interruption leaves no half file under `path`.
///
/// # Errors
/// When `shape` is neither `[n]` nor `[n, rows, columns]` or has not as many values
/// as `data`, a size does not fit in 32 bits, or the file cannot be written.
pub fn write(path: &Path, shape: &[usize], data: &[u8]) -> Result<()> {
    let name = path.display().to_string();
    if !matches!(shape.len(), 1 | 3) || shape.iter().product::<usize>() != data.len() {
        return Err(Error::shape(&name, shape, format!("[n] ou [n, h, l] pour {}", data.len())));
    }
    let mut bytes = vec![0, 0, 8, shape.len() as u8];
    for &size in shape {
        let size = u32::try_from(size)
            .map_err(|_| Error::parameter("taille", size, "moins de 2³² par dimension"))?;
        bytes.extend(size.to_be_bytes());
    }
    bytes.extend(data);
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        let packed = gzip.write_all(&bytes).and_then(|()| gzip.finish());
        bytes = packed.map_err(|source| Error::Io { path: name, source })?;
    }
    file::write(path, &bytes)
}

#[cfg(test)]
#[path = "idx_tests.rs"]
mod tests;
