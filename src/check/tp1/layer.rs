//! A layer of neurons.

use super::super::probe::{call, draw, list};
use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Fault, Verdict};
use super::neuron::dot;
use crate::random::Rng;

/// A layer: inputs, one row of weights per neuron, one bias per neuron.
type Input = (Vec<f32>, Vec<Vec<f32>>, Vec<f32>);

pub(super) static COUCHE: Exercise = Exercise {
    id: "tp1-couche",
    points: 2,
    title: "Une couche de neurones",
    hints: &[
        "Une couche, c'est `neurone` appelé une fois par ligne de `poids`, toujours avec les mêmes entrées, puis l'activation.",
        "La sortie a autant de nombres qu'il y a de neurones (`poids.len()`), et le neurone j prend `poids[j]` et `biais[j]`.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::COUCHE,
};

fn layer(x: &[f32], w: &[Vec<f32>], b: &[f32]) -> Vec<f32> {
    w.iter().zip(b).map(|(w, b)| (dot(x, w) + b).max(0.0)).collect()
}

/// Each neuron's sum, passed through an activation.
fn sums((x, w, b): &Input, activation: fn(f32) -> f32) -> Vec<f32> {
    w.iter().zip(b).map(|(w, b)| activation(dot(x, w) + b)).collect()
}

/// A layer: inputs, one row of weights per neuron, biases.
type Layer = fn(&[f32], &[Vec<f32>], &[f32]) -> Vec<f32>;

static TASK: Task<Input, Vec<f32>> = Task {
    inputs: || {
        let mut rng = Rng::new(3);
        // (neurons, inputs): the square ones tell a transposition from a wrong length.
        let layer = |(n, m)| {
            let rows = (0..n).map(|_| draw(&mut rng, m)).collect();
            (draw(&mut rng, m), rows, draw(&mut rng, n))
        };
        [(4, 2), (3, 3), (4, 4), (2, 5)].map(layer).to_vec()
    },
    call: |(x, w, b)| match w.len() * x.len() {
        0..=4 => format!("couche(&{}, &{w:?}, &{})", list(x), list(b)),
        _ => format!("couche(&{}, …{} neurones…)", list(x), w.len()),
    },
    truth: |(x, w, b)| layer(x, w, b),
    mistakes: mistakes! {
        "activation oubliée" => "Les sommes sont justes ; il reste à passer chacune dans ReLU.",
            |(x, w, b)| w.iter().zip(b).map(|(w, b)| dot(x, w) + b).collect();
        "biais oubliés" => "Les biais n'entrent pas dans le calcul : chaque neurone a le sien, `biais[j]`.",
            |(x, w, _)| w.iter().map(|w| dot(x, w).max(0.0)).collect();
        "premier biais partout" => "Tous les neurones reçoivent le premier biais ; chacun a le sien, `biais[j]`.",
            |(x, w, b)| w.iter().map(|w| (dot(x, w) + b[0]).max(0.0)).collect();
        "activation avant la somme" => "ReLU est appliquée à chaque produit ; elle ne vient qu'une fois, sur la somme complète du neurone.",
            |(x, w, b)| {
                let products =
                    |w: &[f32]| x.iter().zip(w).map(|(x, w)| (x * w).max(0.0)).sum::<f32>();
                w.iter().zip(b).map(|(w, b)| (products(w) + b).max(0.0)).collect()
            };
        "première ligne partout" => "Tous les neurones reçoivent les mêmes poids, ceux de la première ligne ; chacun a les siens, `poids[j]`.",
            |(x, w, b)| b.iter().map(|b| (dot(x, &w[0]) + b).max(0.0)).collect();
        "autre activation" => "Les sommes passent dans une autre activation que ReLU : `z.max(0.0)`.",
            |input| sums(input, |z| z.min(0.0)),
            |input| sums(input, |z| z.abs()),
            |input| sums(input, |z| z.tanh()),
            |input| sums(input, |z| 1.0 / (1.0 + (-z).exp()));
        "biais après l'activation" => "Le biais fait partie de la somme : il s'ajoute avant ReLU, pas après.",
            |(x, w, b)| w.iter().zip(b).map(|(w, b)| dot(x, w).max(0.0) + b).collect();
        "poids transposés" => "Vos poids sont lus en colonnes : `poids[j]` est la ligne du neurone j, elle contient un poids par entrée.";
        "longueur" => "La sortie n'a pas un nombre par neurone : combien y a-t-il de lignes dans `poids` ?";
    },
    cases: cases! {
        (vec![3.0], vec![vec![2.0]], vec![1.0]) => "Un neurone d'une entrée : son produit, plus son biais.";
        (vec![3.0], vec![vec![-2.0]], vec![1.0]) => "Une somme négative devient 0.";
        (vec![0.0], vec![vec![2.0]], vec![1.0]) => "Sans entrée, il ne reste que le biais.";
        (vec![1.0, 2.0], vec![vec![1.0, 10.0], vec![3.0, 0.0]], vec![0.0, 5.0]) => "Deux neurones : chacun a sa ligne de poids et son biais, et lit toutes les entrées.";
    },
};

/// `couche(entrees, poids, biais)`: one neuron per row of weights, then ReLU.
pub fn couche(student: Layer) -> Verdict {
    COUCHE.judge(|| {
        TASK.check(|(x, w, b)| student(x, w, b)).map_err(|fault| transposed(student, fault))?;
        Ok("la couche est juste pour 2, 3 et 4 neurones, avec 2 à 5 entrées.".into())
    })
}

/// `fault`, unless reading the weights by columns explains it, which only a square
/// layer can tell.
fn transposed(student: Layer, fault: Fault) -> Fault {
    let (x, w, b) = ([0.5, 2.0], [vec![1.0, 0.25], vec![3.0, 0.75]], [0.125, 0.5]);
    let columns = [vec![1.0, 3.0], vec![0.25, 0.75]];
    match call("couche", || student(&x, &w, &b)) {
        Ok(got) if got == layer(&x, &columns, &b) => {
            Fault { mistake: "poids transposés", ..fault }
        }
        _ => fault,
    }
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const COUCHE: &[Trial] = &[
        wrong("cas simple", || {
            couche(|x, w, b| w.iter().zip(b).map(|(w, b)| (dot(x, w) - b).max(0.0)).collect())
        }),
        right("sums from the biases on", || {
            couche(|x, w, b| {
                let mut out = b.to_vec();
                for (z, row) in out.iter_mut().zip(w) {
                    for (x, w) in x.iter().zip(row) {
                        *z += x * w;
                    }
                    if *z < 0.0 {
                        *z = 0.0;
                    }
                }
                out
            })
        }),
        right("fold", || {
            couche(|x, w, b| {
                let sum = |(j, row): (usize, &Vec<f32>)| {
                    row.iter().zip(x).fold(b[j], |sum, (w, x)| w.mul_add(*x, sum))
                };
                w.iter().enumerate().map(sum).map(|z| f32::max(0.0, z)).collect()
            })
        }),
        right("iterators", || couche(layer)),
        right("loops", || {
            couche(|x, w, b| {
                let mut out = Vec::new();
                for j in 0..w.len() {
                    let mut sum = b[j];
                    for i in 0..x.len() {
                        sum += x[i] * w[j][i];
                    }
                    out.push(if sum > 0.0 { sum } else { 0.0 });
                }
                out
            })
        }),
        wrong("poids transposés", || {
            couche(|x, w, b| {
                let column =
                    |j: usize| w.iter().zip(x).map(|(w, x)| w[j % w.len()] * x).sum::<f32>();
                (0..w.len()).map(|j| (column(j) + b[j]).max(0.0)).collect()
            })
        }),
        wrong("longueur", || couche(|x, _, _| x.to_vec())),
        wrong("longueur", || couche(|_, _, _| Vec::new())),
        wrong("nan", || couche(|_, w, _| vec![f32::NAN; w.len()])),
        wrong("à compléter", || couche(|_, _, _| todo!("à compléter"))),
        wrong("premier biais partout", || {
            couche(|x, w, b| {
                let mut out = vec![b[0]; w.len()];
                for (z, row) in out.iter_mut().zip(w) {
                    for (x, w) in x.iter().zip(row) {
                        *z += x * w;
                    }
                    *z = z.max(0.0);
                }
                out
            })
        }),
    ];
}
