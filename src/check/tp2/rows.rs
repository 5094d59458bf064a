//! Images and kernels as rows of numbers, as the notebook writes them.

use super::super::Fault;
use super::super::likeness::likeness;
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
    let want: Vec<Rows> = inputs.iter().map(&truth).collect();
    let wrong = (0..inputs.len()).filter(|&i| !same(&got[i], &want[i]));
    let area = |i: usize| want[i].len() * size(&want[i]).1;
    let Some(at) = wrong.min_by_key(|&i| area(i)) else {
        return Ok(());
    };
    let (answer, expected) = (&got[at], &want[at]);
    let ((h, w), (eh, ew)) = (size(answer), size(expected));
    let explains = |(_, wrong): &&Suspect<'_, I>| {
        inputs.iter().zip(&got).all(|(input, g)| same(g, &wrong(input)))
    };
    let mut named: Vec<&'static str> = suspects.iter().filter(explains).map(|(m, _)| *m).collect();
    named.dedup();
    let ragged = answer.iter().any(|row| row.len() != w);
    let (default, found) = if ragged {
        (
            "forme",
            format!("rend des lignes de longueurs différentes, au lieu de {eh} × {ew} nombres"),
        )
    } else if (h, w) != (eh, ew) {
        ("forme", format!("rend {h} × {w} nombres au lieu de {eh} × {ew}"))
    } else {
        let flat = |all: &[Rows]| all.iter().map(|rows| rows.concat()).collect::<Vec<_>>();
        let shapes = got.iter().zip(&want).all(|(g, w)| size(g) == size(w));
        let like = if shapes { likeness(&flat(&got), &flat(&want)) } else { None };
        let nan = answer.iter().flatten().any(|v| v.is_nan());
        let (i, j) = (0..h * w)
            .map(|k| (k / w, k % w))
            .find(|&(i, j)| !probe::close(&[answer[i][j]], &[expected[i][j]]))
            .unwrap_or_default();
        let (value, right) = (probe::short(answer[i][j]), probe::short(expected[i][j]));
        let more = match like.as_ref() {
            Some((_, Some(measured))) if named.is_empty() => format!(" ({measured})"),
            _ => String::new(),
        };
        let key = if nan { "nan" } else { like.as_ref().map_or("inconnue", |(key, _)| key) };
        (key, format!("donne `{value}` en ligne {i}, colonne {j}, au lieu de `{right}`{more}"))
    };
    let mistake = named.first().copied().unwrap_or(default);
    let others = named.iter().skip(1).copied().filter(|other| *other != mistake).collect();
    let call = what(&inputs[at]);
    let deeper = format!("Regardez `{call}` : votre code {found}.");
    Err(Fault { others, ..Fault::new(mistake, format!("`{call}` {found}.")) }.deeper(deeper))
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
