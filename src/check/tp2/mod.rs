//! Checks of TP2 (convolutional network), one function per exercise, in the
//! order of the notebook.

mod convolution;
mod inside;
mod layout;
mod measure;
mod network;
mod sizes;
mod training;

use super::probe::call;
use super::registry::Exercise;
use super::{Fault, probe};

pub use convolution::{convolution, filtre, max_pooling};
pub use inside::{carte, saillance};
pub use layout::{noyaux, preparer};
pub use measure::{precision_rappel, sous_bruit};
pub use network::{cnn, lenet};
pub use sizes::{entourer, parametres, taille};
pub use training::{defi, entrainement_cnn, entrainement_lenet};

/// The exercises of TP2, in the order of the notebook.
pub(super) static EXERCISES: &[&Exercise] = &[
    &convolution::CONVOLUTION,
    &convolution::FILTRE,
    &layout::NOYAUX,
    &sizes::ENTOURER,
    &sizes::TAILLE,
    &convolution::MAX_POOLING,
    &layout::PREPARER,
    &sizes::PARAMETRES,
    &network::LENET,
    &training::ENTRAINEMENT_LENET,
    &measure::PRECISION_RAPPEL,
    &inside::CARTE,
    &inside::SAILLANCE,
    &network::CNN,
    &training::ENTRAINEMENT_CNN,
    &measure::SOUS_BRUIT,
    &training::DEFI,
];

/// An image or a kernel as rows of numbers, the way the notebook writes it.
type Rows = Vec<Vec<f32>>;

/// Height and width of rows; the width of ragged rows is that of the first.
fn size(rows: &[Vec<f32>]) -> (usize, usize) {
    (rows.len(), rows.first().map_or(0, Vec::len))
}

/// Rows drawn at random, `h` by `w`.
fn random_rows(rng: &mut crate::random::Rng, h: usize, w: usize) -> Rows {
    (0..h).map(|_| probe::draw(rng, w)).collect()
}

/// Rows made from a function of row and column.
fn rows(h: usize, w: usize, value: impl Fn(usize, usize) -> f32) -> Rows {
    (0..h).map(|i| (0..w).map(|j| value(i, j)).collect()).collect()
}

fn same(got: &[Vec<f32>], want: &[Vec<f32>]) -> bool {
    got.len() == want.len() && got.iter().zip(want).all(|(g, w)| probe::close(g, w))
}

/// A known mistake and what it answers.
type Suspect<'a, I> = (&'static str, &'a dyn Fn(&I) -> Rows);

/// Compares a function that gives an image with what it must compute, and names
/// the mistake when one of the `suspects` explains all answers.
fn compare_rows<I>(
    inputs: &[I],
    what: impl Fn(&I) -> String,
    student: impl Fn(&I) -> Rows,
    truth: impl Fn(&I) -> Rows,
    suspects: &[Suspect<'_, I>],
) -> Result<(), Fault> {
    let mut got = Vec::with_capacity(inputs.len());
    for input in inputs {
        got.push(call(&what(input), || student(input))?);
    }
    let Some(at) = (0..inputs.len()).find(|&i| !same(&got[i], &truth(&inputs[i]))) else {
        return Ok(());
    };
    let (answer, want) = (&got[at], truth(&inputs[at]));
    let (h, w) = size(answer);
    let explained = suspects
        .iter()
        .find(|(_, wrong)| inputs.iter().zip(&got).all(|(input, g)| same(g, &wrong(input))))
        .map(|(mistake, _)| *mistake);
    let shape = (h, w) != size(&want) || answer.iter().any(|row| row.len() != w);
    let (mistake, found) = if shape {
        let (eh, ew) = size(&want);
        (explained.unwrap_or("forme"), format!("donne {h}×{w} nombres au lieu de {eh}×{ew}"))
    } else {
        let (i, j) = (0..h * w)
            .map(|k| (k / w, k % w))
            .find(|&(i, j)| !probe::close(&[answer[i][j]], &[want[i][j]]))
            .unwrap_or_default();
        let nan = answer.iter().flatten().any(|v| v.is_nan());
        let default = if nan { "nan" } else { "inconnue" };
        let value = probe::short(answer[i][j]);
        (explained.unwrap_or(default), format!("donne `{value}` en ligne {i}, colonne {j}"))
    };
    Err(Fault::new(mistake, format!("`{}` {found}.", what(&inputs[at]))))
}
