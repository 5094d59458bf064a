//! Precision and recall of a class.

use super::super::task::{Task, mistakes};
use super::super::{Exercise, Fault, Verdict};

pub(super) static PRECISION_RAPPEL: Exercise = Exercise {
    id: "tp2-precision-rappel",
    points: 2,
    title: "Précision et rappel d'une classe",
    hints: &[
        "Trois nombres suffisent : la case de la diagonale, la somme de la colonne `classe` (tout ce qui a été prédit ainsi), la somme de la ligne `classe` (tout ce qui l'est vraiment).",
        "La colonne : `matrice.iter().map(|ligne| ligne[classe]).sum::<u32>()`. Convertissez en `f32` avant de diviser, et rendez 0 si le diviseur est nul.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::PRECISION_RAPPEL,
};

type Matrix = Vec<Vec<u32>>;

/// Sum of the column and of the row of a class.
fn sums(m: &[Vec<u32>], c: usize) -> (u32, u32) {
    (m.iter().map(|row| row[c]).sum(), m[c].iter().sum())
}

fn ratio(a: u32, b: u32) -> f32 {
    if b == 0 { 0.0 } else { a as f32 / b as f32 }
}

/// `rule` of what was found of a class, with the sum of its column, then of its row.
fn each(m: &[Vec<u32>], c: usize, rule: fn(u32, u32) -> f32) -> (f32, f32) {
    let (column, row) = sums(m, c);
    (rule(m[c][c], column), rule(m[c][c], row))
}

fn scores(m: &[Vec<u32>], c: usize) -> (f32, f32) {
    each(m, c, ratio)
}

fn overall(m: &[Vec<u32>], _: usize) -> (f32, f32) {
    let right = (0..m.len()).map(|i| m[i][i]).sum();
    let all = m.iter().flatten().sum();
    (ratio(right, all), ratio(right, all))
}

fn over_total(m: &[Vec<u32>], c: usize) -> (f32, f32) {
    let all = m.iter().flatten().sum();
    (ratio(m[c][c], all), ratio(m[c][c], all))
}

static TASK: Task<(Matrix, usize), (f32, f32)> = Task {
    inputs: || {
        let matrix = vec![vec![50, 3, 7], vec![1, 40, 4], vec![0, 12, 33]];
        (0..3).map(|class| (matrix.clone(), class)).collect()
    },
    call: |(m, c)| format!("precision_rappel(&{m:?}, {c})"),
    truth: |(m, c)| scores(m, *c),
    mistakes: mistakes! {
        "échangés" => "Les deux nombres sont échangés : la précision divise par la colonne (les prédictions), le rappel par la ligne (la réalité).",
            |(m, c)| (scores(m, *c).1, scores(m, *c).0);
        "division entière" => "Vos réponses sont 0 ou 1 : convertissez en `f32` **avant** de diviser.",
            |(m, c)| each(m, *c, |found, sum| (found / sum) as f32);
        "taux de réussite" => "Vous rendez le taux de réussite de toutes les classes ensemble : ici il s'agit d'une seule classe.",
            |(m, c)| overall(m, *c);
        "total au diviseur" => "Vous divisez par le nombre total d'images ; divisez par une colonne, puis par une ligne.",
            |(m, c)| over_total(m, *c);
        "diagonale oubliée" => "Le diviseur contient aussi les réussites : la somme va sur toute la colonne (ou toute la ligne), diagonale comprise.",
            |(m, c)| each(m, *c, |found, sum| ratio(found, sum - found));
        "division oubliée" => "La division manque : les réussites de la classe se divisent par la somme d'une colonne, puis d'une ligne.",
            |(m, c)| each(m, *c, |found, _| found as f32),
            |(m, c)| each(m, *c, |_, sum| sum as f32);
        "multipliés" => "Vous multipliez les réussites par la somme : il faut les diviser par elle.",
            |(m, c)| each(m, *c, |found, sum| (found * sum) as f32);
        "deux fois la précision" => "Les deux nombres sont divisés par la colonne : le rappel se divise par la ligne.",
            |(m, c)| (scores(m, *c).0, scores(m, *c).0);
        "deux fois le rappel" => "Les deux nombres sont divisés par la ligne : la précision se divise par la colonne.",
            |(m, c)| (scores(m, *c).1, scores(m, *c).1);
        "classe jamais vue" => "Quand une classe n'est jamais prédite (ou jamais présente), le diviseur est nul : la convention est de rendre 0, pas `NaN`.";
    },
    cases: Vec::new,
};

/// `precision_rappel(matrice, classe)`.
pub fn precision_rappel(student: fn(&[Vec<u32>], usize) -> (f32, f32)) -> Verdict {
    PRECISION_RAPPEL.judge(|| {
        TASK.check(|(m, c)| student(m, *c))?;
        let never = || vec![(vec![vec![5, 0], vec![3, 0]], 1), (vec![vec![0, 0], vec![2, 6]], 0)];
        let never = Task { inputs: never, mistakes: &[], ..TASK };
        never.check(|(m, c)| student(m, *c)).map_err(|fault| {
            match fault.mistake == "nan" || fault.unnamed() {
                true => Fault { mistake: "classe jamais vue", ..fault }.worth(0.75),
                false => fault,
            }
        })?;
        Ok("justes pour chaque classe, y compris une classe jamais prédite ou jamais présente."
            .into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const PRECISION_RAPPEL: &[Trial] = &[
        wrong("soustraction sous zéro", || {
            precision_rappel(|m, c| {
                let (column, row) = sums(m, c);
                ((m[c][c] - column) as f32, (m[c][c] - row) as f32)
            })
        }),
        right("what is no number becomes 0", || {
            precision_rappel(|m, c| {
                let (mut column, mut row) = (0.0, 0.0);
                for (line, count) in m.iter().zip(&m[c]) {
                    column += line[c] as f32;
                    row += *count as f32;
                }
                let found = m[c][c] as f32;
                let share = |sum: f32| if (found / sum).is_nan() { 0.0 } else { found / sum };
                (share(column), share(row))
            })
        }),
        right("false positives and negatives, in double precision", || {
            precision_rappel(|m, c| {
                let others = || (0..m.len()).filter(|i| *i != c);
                let found = f64::from(m[c][c]);
                let wrong: f64 = others().map(|i| f64::from(m[i][c])).sum();
                let missed: f64 = others().map(|j| f64::from(m[c][j])).sum();
                let share = |other: f64| if found == 0.0 { 0.0 } else { found / (found + other) };
                (share(wrong) as f32, share(missed) as f32)
            })
        }),
        right("iterators", || precision_rappel(scores)),
        right("loops", || {
            precision_rappel(|m, c| {
                let (mut column, mut row) = (0, 0);
                for (i, line) in m.iter().enumerate() {
                    column += line[c];
                    row += m[c][i];
                }
                let tp = m[c][c] as f32;
                (tp / column.max(1) as f32, tp / row.max(1) as f32)
            })
        }),
        wrong("division entière", || {
            precision_rappel(|m, c| {
                let (column, row) = sums(m, c);
                ((m[c][c] / column.max(1)) as f32, (m[c][c] / row.max(1)) as f32)
            })
        }),
        wrong("classe jamais vue", || {
            precision_rappel(|m, c| {
                let (column, row) = sums(m, c);
                (m[c][c] as f32 / column as f32, m[c][c] as f32 / row as f32)
            })
        }),
        wrong("indice hors limites", || precision_rappel(|m, _| scores(m, m.len()))),
        wrong("à compléter", || precision_rappel(|_, _| todo!("à compléter"))),
    ];
}
