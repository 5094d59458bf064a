//! The few SVG elements that figures are made of.

use std::fmt::Write as _;
use std::io::Cursor;

use base64::Engine as _;
use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};

use super::palette::{Color, INK};
use crate::display::escape;
use crate::french::typography;

/// A rough width of `text` in pixels: fonts are the reader's, so it can only
/// be an estimate, on the large side.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    0.58 * size * text.chars().count() as f64
}

/// Where a text hangs on its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub size: f64,
    pub color: Color,
    pub bold: bool,
    pub anchor: Anchor,
}

impl Style {
    /// Regular text of `size` pixels, starting at its point.
    pub fn size(size: f64) -> Self {
        Self { size, color: INK, bold: false, anchor: Anchor::Start }
    }

    pub fn color(self, color: Color) -> Self {
        Self { color, ..self }
    }

    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub fn middle(self) -> Self {
        Self { anchor: Anchor::Middle, ..self }
    }

    pub fn end(self) -> Self {
        Self { anchor: Anchor::End, ..self }
    }
}

/// The inside of an SVG under construction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Canvas {
    body: String,
}

impl Canvas {
    /// What was drawn.
    pub fn into_body(self) -> String {
        self.body
    }

    /// Adds ready-made SVG.
    pub fn raw(&mut self, svg: &str) {
        self.body.push_str(svg);
    }

    /// A filled rectangle; `tip` is what the pointer shows over it.
    pub fn rect(&mut self, (x, y, w, h): (f64, f64, f64, f64), fill: Color, tip: Option<&str>) {
        let _ = write!(
            self.body,
            r#"<rect x="{x:.2}" y="{y:.2}" width="{w:.2}" height="{h:.2}" {}"#,
            fill.svg("fill")
        );
        match tip {
            Some(tip) => {
                let _ = write!(self.body, "><title>{}</title></rect>", escape(tip));
            }
            None => self.body.push_str("/>"),
        }
    }

    /// The outline of a rectangle.
    pub fn frame(&mut self, (x, y, w, h): (f64, f64, f64, f64), stroke: Color, width: f64) {
        let _ = write!(
            self.body,
            r#"<rect x="{x:.2}" y="{y:.2}" width="{w:.2}" height="{h:.2}" fill="none" stroke-width="{width}" {}/>"#,
            stroke.svg("stroke")
        );
    }

    /// A straight line, dashed when `dash` is not empty.
    pub fn line(
        &mut self,
        (x0, y0): (f64, f64),
        (x1, y1): (f64, f64),
        stroke: Color,
        width: f64,
        dash: &str,
    ) {
        let _ = write!(
            self.body,
            r#"<line x1="{x0:.2}" y1="{y0:.2}" x2="{x1:.2}" y2="{y1:.2}" stroke-width="{width}" {}"#,
            stroke.svg("stroke")
        );
        if !dash.is_empty() {
            let _ = write!(self.body, r#" stroke-dasharray="{dash}""#);
        }
        self.body.push_str("/>");
    }

    /// One line of text whose baseline is at `(x, y)`.
    pub fn text(&mut self, (x, y): (f64, f64), text: &str, style: Style) {
        self.text_with(&format!(r#"x="{x:.2}" y="{y:.2}""#), text, style);
    }

    /// One line of text turned to be read from bottom to top.
    pub fn text_up(&mut self, (x, y): (f64, f64), text: &str, style: Style) {
        let place = format!(r#"transform="translate({x:.2} {y:.2}) rotate(-90)""#);
        self.text_with(&place, text, style);
    }

    fn text_with(&mut self, place: &str, text: &str, style: Style) {
        let _ = write!(
            self.body,
            r#"<text {place} font-family="sans-serif" font-size="{}" {}"#,
            style.size,
            style.color.svg("fill")
        );
        if style.bold {
            self.body.push_str(r#" font-weight="bold""#);
        }
        match style.anchor {
            Anchor::Start => {}
            Anchor::Middle => self.body.push_str(r#" text-anchor="middle""#),
            Anchor::End => self.body.push_str(r#" text-anchor="end""#),
        }
        let _ = write!(self.body, ">{}</text>", escape(&typography(text)));
    }

    /// A disc; `hollow` ones are drawn as a circle.
    pub fn disc(&mut self, (x, y): (f64, f64), radius: f64, color: Color, hollow: bool) {
        let paint = match hollow {
            true => format!(r#"fill="none" {}"#, color.svg("stroke")),
            false => color.svg("fill"),
        };
        let _ = write!(self.body, r#"<circle cx="{x:.2}" cy="{y:.2}" r="{radius}" {paint}/>"#);
    }

    /// A filled polygon.
    pub fn polygon(&mut self, corners: &[(f64, f64)], color: Color) {
        let corners: Vec<String> = corners.iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect();
        let (points, paint) = (corners.join(" "), color.svg("fill"));
        let _ = write!(self.body, r#"<polygon points="{points}" {paint}/>"#);
    }

    /// An image of `columns` pixels a row, enlarged into a rectangle with its
    /// pixels left square; one that is `inverted` is subtracted from what it
    /// covers: ink on white paper, light on black.
    pub fn image(
        &mut self,
        (x, y, w, h): (f64, f64, f64, f64),
        (pixels, kind): (&[u8], ExtendedColorType),
        columns: usize,
        inverted: bool,
    ) {
        let blend = if inverted { ";mix-blend-mode:difference" } else { "" };
        let _ = write!(
            self.body,
            r#"<image x="{x:.2}" y="{y:.2}" width="{w:.2}" height="{h:.2}" preserveAspectRatio="none" style="image-rendering:pixelated{blend}" href="{}"/>"#,
            png_uri(pixels, kind, columns)
        );
    }
}

/// Pixels in whole rows as a `data:` address.
fn png_uri(pixels: &[u8], kind: ExtendedColorType, columns: usize) -> String {
    let channels = usize::from(kind.channel_count());
    let rows = (pixels.len() / channels).checked_div(columns).unwrap_or(0);
    let mut png = Cursor::new(Vec::new());
    let written = PngEncoder::new(&mut png).write_image(pixels, columns as u32, rows as u32, kind);
    if written.is_err() {
        // Beyond what PNG can hold: a place left empty.
        return String::new();
    }
    format!(
        "data:image/png;base64,{}",
        base64::engine::general_purpose::STANDARD.encode(png.into_inner())
    )
}
