//! Images and kernels as rows of numbers, as the notebook writes them.

use super::super::Fault;
use super::super::probe::{self, call};
use crate::random::Rng;

/// An image or a kernel as rows of numbers, the way the notebook writes it.
pub(super) type Rows = Vec<Vec<f32>>;

/// Height and width of rows; the width of ragged rows is that of the first.
pub(super) fn size(rows: &[Vec<f32>]) -> (usize, usize) {
    (rows.len(), rows.first().map_or(0, Vec::len))
}

/// Rows drawn at random, `h` by `w`.
pub(super) fn random_rows(rng: &mut Rng, h: usize, w: usize) -> Rows {
    (0..h).map(|_| probe::draw(rng, w)).collect()
}

/// Rows made from a function of row and column.
pub(super) fn rows(h: usize, w: usize, value: impl Fn(usize, usize) -> f32) -> Rows {
    (0..h).map(|i| (0..w).map(|j| value(i, j)).collect()).collect()
}

fn same(got: &[Vec<f32>], want: &[Vec<f32>]) -> bool {
    got.len() == want.len() && got.iter().zip(want).all(|(g, w)| probe::close(g, w))
}

/// A known mistake and what it answers.
pub(super) type Suspect<'a, I> = (&'static str, &'a dyn Fn(&I) -> Rows);

/// Compares a function that gives an image with what it must compute, and names
/// the mistake when one of the `suspects` explains all answers.
pub(super) fn compare_rows<I>(
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

/// The sums over every window that stays inside.
pub(super) fn convolve(x: &[Vec<f32>], k: &[Vec<f32>]) -> Rows {
    let ((h, w), (kh, kw)) = (size(x), size(k));
    rows((h + 1).saturating_sub(kh), (w + 1).saturating_sub(kw), |i, j| {
        (0..kh).flat_map(|a| (0..kw).map(move |b| x[i + a][j + b] * k[a][b])).sum()
    })
}

/// Rows and columns exchanged.
pub(super) fn transpose(x: &[Vec<f32>]) -> Rows {
    let (h, w) = size(x);
    rows(w, h, |i, j| x[j][i])
}

/// `p` zeros on each side.
pub(super) fn framed(x: &[Vec<f32>], p: usize) -> Rows {
    let (h, w) = size(x);
    rows(h + 2 * p, w + 2 * p, |i, j| {
        if (p..h + p).contains(&i) && (p..w + p).contains(&j) { x[i - p][j - p] } else { 0.0 }
    })
}

/// A function of each number.
pub(super) fn map(x: Rows, f: impl Fn(f32) -> f32) -> Rows {
    x.into_iter().map(|row| row.into_iter().map(&f).collect()).collect()
}
