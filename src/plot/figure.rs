//! A figure: one SVG, its title, and what it shows in words.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::palette::{PAPER, RULE};
use super::svg::{Canvas, Style, text_width};
use crate::display::theme::{CLASS, SCHEME};
use crate::display::{Bundle, display, escape};
use crate::french::typography;
use crate::{Error, Result, file};

/// Free space around a figure's content.
const MARGIN: f64 = 12.0;
/// Height of a title line.
const TITLE: f64 = 26.0;
/// Size of its letters.
const TITLE_SIZE: f64 = 15.0;
/// Widest row of several figures: beyond, a notebook shows letters of 12 as 9.
const PAGE: f64 = 1120.0;

/// A picture that a cell shows and that can be kept in a file.
///
/// It is one SVG without scripts or outside references, on a panel of its own that
/// is light or dark as the page is, with a title and a description for those who do
/// not see it. A file opened alone follows the reader's system.
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
                r#"class="{class}" style="max-width:100%;height:auto;isolation:isolate">"#,
                r#"<title id="{id}-t">{title}</title><desc id="{id}-d">{alt}</desc>{scheme}"#,
                r#"<rect width="{w:.2}" height="{h:.2}" rx="6" {rule}/><rect x="1" y="1" "#,
                r#"width="{iw:.2}" height="{ih:.2}" rx="5" {paper}/>{body}</svg>"#
            ),
            w = width,
            h = height,
            iw = width - 2.0,
            ih = height - 2.0,
            id = id,
            class = CLASS,
            scheme = SCHEME,
            title = escape(&self.title),
            alt = escape(&self.alt),
            paper = PAPER.svg("fill"),
            rule = RULE.svg("fill"),
            body = self.body,
        )
    }

    /// The figure as a fragment of HTML.
    pub fn html(&self) -> String {
        format!("<div>{}</div>", self.svg())
    }

    /// Several figures as one, row by row, `columns` in a row at most, under a common
    /// title (which may be empty). Rows that would be wider than a page, where a
    /// notebook makes their letters too small to read, have fewer columns.
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
        Ok(Self::under(title, (Canvas::default(), 0.0), figures, columns))
    }

    /// The same below a drawing of the given height, such as a common legend.
    pub(crate) fn under(
        title: &str,
        (mut canvas, mut y): (Canvas, f64),
        figures: &[Figure],
        columns: usize,
    ) -> Figure {
        let row_width = |row: &[Figure]| row.iter().map(|f| f.width).sum::<f64>();
        let fits = |columns: &usize| figures.chunks(*columns).all(|row| row_width(row) <= PAGE);
        let columns = (2..=columns.min(figures.len())).rev().find(fits).unwrap_or(1);
        let mut width = 0f64;
        for row in figures.chunks(columns) {
            let (mut x, mut height) = (0.0, 0f64);
            for figure in row {
                canvas.raw(&format!(
                    r#"<g transform="translate({x:.2} {y:.2})">{}</g>"#,
                    figure.body
                ));
                x += figure.width;
                height = height.max(figure.height);
            }
            width = width.max(x);
            y += height;
        }
        let words = |f: &Figure| match f.title.as_str() {
            "" => f.alt.clone(),
            title => format!("{title} : {}", f.alt),
        };
        let parts: Vec<String> = figures.iter().map(words).collect();
        Self::new(title, &parts.join(" "), width, y, canvas)
    }

    /// Writes the figure to `path`, making its folder where needed: an SVG document
    /// for `.svg`, a page for `.html`.
    ///
    /// # Errors
    /// When the name has another extension, or the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write(path.as_ref())
    }

    fn write(&self, path: &Path) -> Result<()> {
        let name = path.display().to_string();
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        let text = match extension.to_ascii_lowercase().as_str() {
            "svg" => self.svg_with_id("fig"),
            "html" | "htm" => format!(
                "<!doctype html>\n<html lang=\"fr\">\n<meta charset=\"utf-8\">\n\
                 <meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n{}\n</html>\n",
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
