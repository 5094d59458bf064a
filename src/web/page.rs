//! A network as a page on which one draws.
//!
//! `network → safetensors → base64, in a page with the modules that run it`

use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use candle_core::DType;

use super::bundle;
use crate::data::Mnist;
use crate::display::{display_html, escape};
use crate::french::{count, number, plural, typography};
use crate::nn::{LayerSpec, Model};
use crate::ops::activation::Activation;
use crate::{Error, Result, file};

const TEMPLATE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
/// How many test images the 16-bit weights are compared on.
const COMPARED: usize = 1000;

/// How a network becomes a page.
///
/// ```no_run
/// use mnist_tp::prelude::*;
/// # let modele = Model::load("modele.safetensors")?;
/// modele.page("chiffres.html")?;
/// // Half as large, for a phone far from any network:
/// Page { half: true, ..Page::default() }.write(&modele, "petite.html")?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The weights in 16 bits in place of 32. The page is nearly half as large; each
    /// weight is rounded to three significant digits, and [`WebPage`] tells what that
    /// changes on test images.
    pub half: bool,
    /// What the page calls the network; its own name unless told.
    pub title: Option<String>,
}

/// A page that was written. A cell shows it ready to be drawn on.
#[derive(Clone)]
pub struct WebPage {
    /// The file.
    pub path: PathBuf,
    /// Its content.
    pub html: String,
    /// What 16-bit weights change, where the page has such.
    pub rounding: Option<Rounding>,
}

/// What 16-bit weights change in a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rounding {
    /// How many test images were compared.
    pub images: usize,
    /// How many of them are now read as another digit.
    pub changed: usize,
    /// The largest difference between two probabilities.
    pub difference: f32,
}

impl Model {
    /// Writes a page on which one draws a digit and this network reads it: one file that
    /// any browser opens from the disk, on a computer or a phone, without a network.
    /// [`Page`] has more choices.
    ///
    /// # Errors
    /// As [`Page::write`].
    pub fn page(&self, path: impl AsRef<Path>) -> Result<WebPage> {
        Page::default().write_to(self, path.as_ref())
    }
}

impl Page {
    /// Writes the page of `model` into the file `path`.
    ///
    /// # Errors
    /// When the network does not read images of 28×28 pixels, does not end with ten
    /// probabilities, or holds a weight that is no number (or too large for 16 bits);
    /// when the file cannot be written: a former one stays as it was.
    pub fn write(&self, model: &Model, path: impl AsRef<Path>) -> Result<WebPage> {
        self.write_to(model, path.as_ref())
    }

    fn write_to(&self, model: &Model, path: &Path) -> Result<WebPage> {
        let html = self.html(model)?;
        let rounding = if self.half { rounding(model)? } else { None };
        file::write(path, html.as_bytes())?;
        Ok(WebPage { path: path.to_owned(), html, rounding })
    }

    /// The text of the page.
    ///
    /// # Errors
    /// As [`Page::write`], but for the file.
    pub fn html(&self, model: &Model) -> Result<String> {
        check(model)?;
        let dtype = if self.half { DType::F16 } else { DType::F32 };
        check_weights(model, dtype)?;
        let title = self.title.as_deref().unwrap_or(model.name());
        let layers = plural(model.layers().len(), "couche");
        let weights = plural(model.trainable_count(), "paramètre");
        let network = base64::engine::general_purpose::STANDARD.encode(model.to_bytes(dtype)?);
        Ok(filled(&[
            ("titre", &escape(title)),
            (
                "detail",
                &format!("Il a {layers} et {weights}\u{a0}; tout se calcule ici, hors ligne."),
            ),
            ("style", STYLE.trim_end()),
            ("reseau", &network),
            ("script", bundle::script().trim_end()),
        ]))
    }
}

/// The template with its marks `{{name}}` replaced, each once, in one passage: what is
/// put in is not looked at again.
fn filled(values: &[(&str, &str)]) -> String {
    let mut page = String::new();
    for (i, piece) in TEMPLATE.split("{{").enumerate() {
        match piece.split_once("}}").filter(|_| i > 0) {
            Some((name, rest)) => {
                let value = values.iter().find(|(known, _)| *known == name);
                page.push_str(value.map_or("", |(_, value)| value));
                page.push_str(rest);
            }
            None => page.push_str(piece),
        }
    }
    page
}

/// Whether the network reads what is drawn, and answers with ten probabilities.
fn check(model: &Model) -> Result<()> {
    let place = |what: &str| format!("page du réseau « {} » : {what}", model.name());
    let shape = model.input_shape();
    if !matches!(shape, [784] | [28, 28] | [28, 28, 1]) {
        let expected = "[28, 28, 1] ou [784], un dessin de 28×28 points d'une seule couleur";
        return Err(Error::shape(place("entrée"), shape, expected));
    }
    let layers = model.layers();
    let output = layers.last().map_or(shape, |layer| layer.output_shape());
    if output != [10] {
        let expected = "[10], une probabilité par chiffre (finissez par `.dense(\"…\", 10, Activation::Softmax)`)";
        return Err(Error::shape(place("sortie"), output, expected));
    }
    // What comes after it changes no value.
    let silent = |spec: &LayerSpec| {
        matches!(spec, LayerSpec::Flatten | LayerSpec::Reshape { .. } | LayerSpec::Dropout { .. })
    };
    let last = layers.iter().rev().find(|layer| !silent(layer.spec()));
    let activation = last.map_or(Activation::Linear, |layer| layer.activation());
    if !matches!(activation, Activation::Softmax | Activation::Linear) {
        let expected = "softmax en dernière couche (ou linear) : la page montre des probabilités";
        return Err(Error::parameter(place("activation"), activation, expected));
    }
    Ok(())
}

/// Whether every value is a number that `dtype` can hold.
fn check_weights(model: &Model, dtype: DType) -> Result<()> {
    for (name, values) in model.named_values()? {
        let values: Vec<f32> = values.flatten_all()?.to_vec1()?;
        let name = || format!("page du réseau « {} » : poids « {name} »", model.name());
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            let expected = "des nombres finis (l'entraînement a divergé : reprenez-le avec un taux d'apprentissage plus petit)";
            return Err(Error::parameter(name(), value, expected));
        }
        // The largest number that 16 bits hold.
        if let Some(value) = values.iter().find(|v| dtype == DType::F16 && v.abs() > 65_504.0) {
            return Err(Error::parameter(
                name(),
                value,
                "au plus 65504 en 16 bits (`half: false`)",
            ));
        }
    }
    Ok(())
}

/// What 16-bit weights change on the first test images; `None` where there are none.
fn rounding(model: &Model) -> Result<Option<Rounding>> {
    let Ok(mnist) = Mnist::load() else { return Ok(None) };
    let images = mnist.test.slice(..mnist.test.len().min(COMPARED))?;
    let shape = [&[images.len()], model.input_shape()].concat();
    let x = images.to_f32()?.reshape(shape)?;
    let (exact, rounded) = (model.predict(&x)?, model.rounded(DType::F16)?.predict(&x)?);
    let (before, after) = (exact.to_vec2::<f32>()?, rounded.to_vec2::<f32>()?);
    let best = |row: &[f32]| (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b]));
    let rows = || before.iter().zip(&after);
    let changed = rows().filter(|(before, after)| best(before) != best(after)).count();
    let pairs = rows().flat_map(|(before, after)| before.iter().zip(after));
    let difference = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    Ok(Some(Rounding { images: images.len(), changed, difference }))
}

impl WebPage {
    /// The page as part of another one: a frame from which it can reach nothing.
    fn frame(&self) -> String {
        // Within an attribute in quotes, nothing else ends or changes the text.
        let inner = self.html.replace('&', "&amp;").replace('"', "&quot;");
        format!(
            "<iframe title=\"Dessinez un chiffre\" sandbox=\"allow-scripts allow-downloads\" \
             style=\"width:100%;height:46rem;border:1px solid #8888;border-radius:6px\" \
             srcdoc=\"{inner}\"></iframe>"
        )
    }

    /// What a cell shows: the page itself, in a frame, and where its file is.
    pub fn evcxr_display(&self) {
        let text = self.to_string();
        display_html(&format!("{}<p>{}</p>", self.frame(), escape(&text)), &text);
    }
}

impl fmt::Display for WebPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = count(self.html.len().div_ceil(1000));
        let path = self.path.display();
        let text = format!("page « {path} » : {size} ko, à ouvrir dans un navigateur");
        f.write_str(&typography(&text))?;
        if let Some(Rounding { images, changed, difference }) = self.rounding {
            let text = format!(
                "\npoids en 16 bits : sur {} de test, {} par rapport aux poids exacts ; probabilités à {} près",
                plural(images, "image"),
                match changed {
                    0 => "aucune lecture ne change".to_owned(),
                    1 => "1 lecture change".to_owned(),
                    more => format!("{more} lectures changent"),
                },
                number(f64::from(difference), 4),
            );
            f.write_str(&typography(&text))?;
        }
        Ok(())
    }
}

impl fmt::Debug for WebPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
