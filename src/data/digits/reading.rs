//! What was read: the digits, where they stood, how they were found, and what
//! is to be said of it.

use std::fmt;

use candle_core::{DType, Device, Tensor};

use super::frame::Frame;
use super::ink::Polarity;
use super::plane::Plane;
use super::remark::Remark;
use crate::data::mnist::Dataset;
use crate::display::{display_html, escape};
use crate::{Error, Result};

/// One step of the preparation, as a picture.
#[derive(Clone)]
pub struct Step {
    /// What the picture shows, in French.
    pub name: String,
    /// u8 `[height, width]`, 0 for paper, 255 for ink, at most 400 pixels a side.
    pub image: Tensor,
}

impl Step {
    pub(super) fn new(name: &str, plane: Plane) -> Result<Self> {
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
    /// What was put right, and what is doubtful.
    pub remarks: Vec<Remark>,
    /// The file.
    pub name: String,
}

impl Reading {
    /// The number of digits found.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there is no digit (never the case of what [`read_digits`](super::read_digits) gives).
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

    /// Whether something was found that may make a digit wrong.
    pub fn is_doubtful(&self) -> bool {
        self.remarks.iter().any(|remark| remark.is_doubt())
    }

    /// The doubts, as sentences for whoever looks at the digits.
    pub(super) fn warnings(&self) -> Vec<String> {
        let doubts = self.remarks.iter().filter(|remark| remark.is_doubt());
        doubts.map(|remark| format!("Attention, {}\u{a0}: {remark}.", self.name)).collect()
    }

    /// What a cell shows: how many digits, and what is to be said of them.
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        let remarks =
            self.remarks.iter().map(|remark| format!("<li>{}</li>", escape(&remark.to_string())));
        let remarks = remarks.collect::<String>();
        let list = if remarks.is_empty() { remarks } else { format!("<ul>{remarks}</ul>") };
        display_html(&format!("<p>{}</p>{list}", escape(&text)), &text);
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
        )?;
        if !self.remarks.is_empty() {
            let labels: Vec<&str> = self.remarks.iter().map(|remark| remark.label()).collect();
            write!(f, "\u{a0}; attention\u{a0}: {}", labels.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
