//! A figure: one SVG, its title, and what it shows in words.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::palette::{PAPER, RULE};
use super::svg::{Canvas, Style, text_width};
use crate::display::{Bundle, display, escape};
use crate::french::typography;
use crate::{Error, Result, file};

/// Free space around a figure's content.
const MARGIN: f64 = 12.0;
/// Height of a title line.
const TITLE: f64 = 26.0;
/// Size of its letters.
const TITLE_SIZE: f64 = 15.0;

/// A picture that a cell shows and that can be kept in a file.
///
/// It is one SVG without scripts or outside references, on a white panel of its
/// own, with a title and a description for those who do not see it.
#[derive(Clone)]
pub struct Figure {
    body: String,
    width: f64,
    height: f64,
    title: String,
    alt: String,
}

impl Figure {
    /// A figure around the drawing `body`, `width × height`, under its title.
    /// `alt` says in words what there is to see. A drawing narrower than its title
    /// stands in the middle below it.
    pub(crate) fn new(title: &str, alt: &str, drawn: f64, height: f64, drawing: Canvas) -> Self {
        let width = drawn.max(text_width(title, TITLE_SIZE));
        let left = MARGIN + (width - drawn) / 2.0;
        let top = if title.is_empty() { MARGIN } else { MARGIN + TITLE };
        let mut canvas = Canvas::default();
        if !title.is_empty() {
            let place = (MARGIN + width / 2.0, MARGIN + 15.0);
            canvas.text(place, title, Style::size(TITLE_SIZE).bold().middle());
        }
        canvas.raw(&format!(r#"<g transform="translate({left} {top})">"#));
        canvas.raw(&drawing.into_body());
        canvas.raw("</g>");
        Self {
            body: canvas.into_body(),
            width: width + 2.0 * MARGIN,
            height: height + top + MARGIN,
            title: typography(title),
            alt: typography(alt),
        }
    }

    /// A figure of the same size that has nothing to show yet, and says why.
    pub(crate) fn blank(&self, sentence: &str) -> Self {
        let mut canvas = Canvas::default();
        let place = (self.width / 2.0, self.height / 2.0);
        canvas.text(place, &typography(sentence), Style::size(TITLE_SIZE).middle());
        let (title, alt) = (String::new(), typography(sentence));
        Self { body: canvas.into_body(), title, alt, ..*self }
    }

    /// The title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What the figure shows, in words.
    pub fn alt(&self) -> &str {
        &self.alt
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// The figure as a complete SVG document. Each call gives its elements ids
    /// of their own, so that a page may hold it several times.
    pub fn svg(&self) -> String {
        static COPIES: AtomicU64 = AtomicU64::new(0);
        let copy = COPIES.fetch_add(1, Ordering::Relaxed);
        self.svg_with_id(&format!("fig-{:016x}-{copy}", fnv1a(self.body.as_bytes())))
    }

    /// The figure with ids made from `id`.
    pub(crate) fn svg_with_id(&self, id: &str) -> String {
        let (width, height) = (self.width, self.height);
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w:.0}" height="{h:.0}" "#,
                r#"viewBox="0 0 {w:.2} {h:.2}" role="img" aria-labelledby="{id}-t {id}-d" "#,
                r#"style="max-width:100%;height:auto"><title id="{id}-t">{title}</title>"#,
                r#"<desc id="{id}-d">{alt}</desc><rect x="0.5" y="0.5" width="{rw:.2}" "#,
                r#"height="{rh:.2}" rx="6" fill="{paper}" stroke="{rule}"/>{body}</svg>"#
            ),
            w = width,
            h = height,
            rw = width - 1.0,
            rh = height - 1.0,
            id = id,
            title = escape(&self.title),
            alt = escape(&self.alt),
            paper = PAPER.hex(),
            rule = RULE.hex(),
            body = self.body,
        )
    }

    /// The figure as a fragment of HTML.
    pub fn html(&self) -> String {
        format!("<div>{}</div>", self.svg())
    }

    /// Several figures as one, row by row, `columns` in a row, under a common
    /// title (which may be empty).
    ///
    /// In a plain kernel a cell shows one figure only: this is how it shows several.
    ///
    /// # Errors
    /// Without any figure, or with zero columns.
    pub fn compose(title: &str, figures: &[Figure], columns: usize) -> Result<Figure> {
        if figures.is_empty() {
            return Err(Error::parameter("figures", "une liste vide", "au moins une figure"));
        }
        if columns == 0 {
            return Err(Error::parameter("columns", 0, "au moins une colonne"));
        }
        let (mut canvas, mut width, mut y) = (Canvas::default(), 0f64, 0.0);
        for row in figures.chunks(columns) {
            let (mut x, mut height) = (0.0, 0f64);
            for figure in row {
                let (w, h) = figure.size();
                canvas.raw(&format!(
                    r#"<g transform="translate({x:.2} {y:.2})">{}</g>"#,
                    figure.body
                ));
                x += w;
                height = height.max(h);
            }
            width = width.max(x);
            y += height;
        }
        let parts: Vec<String> =
            figures.iter().map(|f| format!("{} : {}", f.title, f.alt)).collect();
        Ok(Self::new(title, &parts.join(" "), width, y, canvas))
    }

    /// Writes the figure to `path`, making its folder where needed: an SVG document
    /// for `.svg`, a page for `.html`.
    ///
    /// # Errors
    /// When the name has another extension, or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        let text = match extension.to_ascii_lowercase().as_str() {
            "svg" => self.svg_with_id("fig"),
            "html" | "htm" => format!(
                "<!doctype html>\n<html lang=\"fr\">\n<meta charset=\"utf-8\">\n\
                 <title>{}</title>\n{}\n</html>\n",
                escape(&self.title),
                self.svg_with_id("fig")
            ),
            _ => {
                return Err(Error::parameter(
                    "path",
                    format!("« {name} »"),
                    "un nom de fichier en .svg ou en .html",
                ));
            }
        };
        file::write(path, text.as_bytes())
    }

    /// Shows the figure below the cell (evcxr calls it on the last expression).
    pub fn evcxr_display(&self) {
        display(&self.bundle());
    }

    /// The figure as HTML with its description as the plain form.
    pub fn bundle(&self) -> Bundle {
        Bundle::html(self.html(), format!("{self:?}"))
    }
}

impl fmt::Debug for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Figure « {} » : {}", self.title, self.alt)
    }
}

/// An error for a figure of nothing.
pub(crate) fn nothing_to_show(name: &str, needed: &str) -> Error {
    Error::parameter(name, "vide", needed)
}

/// A figure's content as a number (FNV-1a), the start of its ids.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3))
}
