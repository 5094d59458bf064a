//! A layer of neurons.

use super::super::probe::{call, compare, draw, list};
use super::super::simple::simplest;
use super::super::{Exercise, Fault, Notebook, Verdict};
use super::neuron::dot;
use crate::random::Rng;

/// A layer: inputs, one row of weights per neuron, one bias per neuron.
type LayerInput = (Vec<f32>, Vec<Vec<f32>>, Vec<f32>);

pub(super) static COUCHE: Exercise = Exercise {
    id: "tp1-couche",
    notebook: Notebook::Tp1,
    points: 2,
    title: "Une couche de neurones",
    hints: &[
        "Une couche, c'est `neurone` appelé une fois par ligne de `poids`, toujours avec les mêmes entrées, puis l'activation.",
        "La sortie a autant de nombres qu'il y a de neurones (`poids.len()`), et le neurone j prend `poids[j]` et `biais[j]`.",
    ],
    mistakes: &[
        ("activation oubliée", "Les sommes sont justes ; il reste à passer chacune dans ReLU."),
        (
            "biais oubliés",
            "Les biais n'entrent pas dans le calcul : chaque neurone a le sien, `biais[j]`.",
        ),
        (
            "premier biais partout",
            "Tous les neurones reçoivent le premier biais ; chacun a le sien, `biais[j]`.",
        ),
        (
            "activation avant la somme",
            "ReLU est appliquée à chaque produit ; elle ne vient qu'une fois, sur la somme complète du neurone.",
        ),
        (
            "biais après l'activation",
            "Le biais fait partie de la somme : il s'ajoute avant ReLU, pas après.",
        ),
        (
            "première ligne partout",
            "Tous les neurones reçoivent les mêmes poids, ceux de la première ligne ; chacun a les siens, `poids[j]`.",
        ),
        (
            "autre activation",
            "Les sommes passent dans une autre activation que ReLU : `z.max(0.0)`.",
        ),
        (
            "poids transposés",
            "Vos poids sont lus en colonnes : `poids[j]` est la ligne du neurone j, elle contient un poids par entrée.",
        ),
        (
            "longueur",
            "La sortie n'a pas un nombre par neurone : combien y a-t-il de lignes dans `poids` ?",
        ),
    ],
    #[cfg(test)]
    trials: trials::COUCHE,
};

fn layer(x: &[f32], w: &[Vec<f32>], b: &[f32]) -> Vec<f32> {
    w.iter().zip(b).map(|(w, b)| (dot(x, w) + b).max(0.0)).collect()
}

/// Each neuron's sum, passed through an activation.
fn sums((x, w, b): &LayerInput, activation: fn(f32) -> f32) -> Vec<f32> {
    w.iter().zip(b).map(|(w, b)| activation(dot(x, w) + b)).collect()
}

/// A layer: inputs, one row of weights per neuron, biases.
type Layer = fn(&[f32], &[Vec<f32>], &[f32]) -> Vec<f32>;

/// `couche(entrees, poids, biais)`: one neuron per row of weights, then ReLU.
pub fn couche(student: Layer) -> Verdict {
    COUCHE.judge(|| {
        let mut rng = Rng::new(3);
        // (neurons, inputs): the square ones tell a transposition from a wrong length.
        let inputs: Vec<LayerInput> = [(4, 2), (3, 3), (4, 4), (2, 5)]
            .map(|(n, m)| {
                let rows = (0..n).map(|_| draw(&mut rng, m)).collect();
                (draw(&mut rng, m), rows, draw(&mut rng, n))
            })
            .to_vec();
        let shape = |w: &Vec<Vec<f32>>| format!("{} neurones", w.len());
        compare(
            inputs,
            |(x, w, _)| format!("couche(&{}, …{}…)", list(x), shape(w)),
            |(x, w, b)| student(x, w, b),
            |(x, w, b)| layer(x, w, b),
            &[
                ("activation oubliée", &|(x, w, b): &LayerInput| {
                    w.iter().zip(b).map(|(w, b)| dot(x, w) + b).collect()
                }),
                ("biais oubliés", &|(x, w, _): &LayerInput| {
                    w.iter().map(|w| dot(x, w).max(0.0)).collect()
                }),
                ("premier biais partout", &|(x, w, b): &LayerInput| {
                    w.iter().map(|w| (dot(x, w) + b[0]).max(0.0)).collect()
                }),
                ("activation avant la somme", &|(x, w, b): &LayerInput| {
                    let products =
                        |w: &[f32]| x.iter().zip(w).map(|(x, w)| (x * w).max(0.0)).sum::<f32>();
                    w.iter().zip(b).map(|(w, b)| (products(w) + b).max(0.0)).collect()
                }),
                ("première ligne partout", &|(x, w, b): &LayerInput| {
                    b.iter().map(|b| (dot(x, &w[0]) + b).max(0.0)).collect()
                }),
                ("autre activation", &|input: &LayerInput| sums(input, |z| z.min(0.0))),
                ("autre activation", &|input: &LayerInput| sums(input, |z| z.abs())),
                ("autre activation", &|input: &LayerInput| sums(input, |z| z.tanh())),
                ("autre activation", &|input: &LayerInput| {
                    sums(input, |z| 1.0 / (1.0 + (-z).exp()))
                }),
                ("biais après l'activation", &|(x, w, b): &LayerInput| {
                    w.iter().zip(b).map(|(w, b)| dot(x, w).max(0.0) + b).collect()
                }),
            ],
        )
        .or_else(|fault| transposed(student, fault))
        .map_err(|fault| {
            let one = |x: f32, w: f32, b: f32| (vec![x], vec![vec![w]], vec![b]);
            let cases = [
                (one(3.0, 2.0, 1.0), "Un neurone d'une entrée : son produit, plus son biais."),
                (one(3.0, -2.0, 1.0), "Une somme négative devient 0."),
                (one(0.0, 2.0, 1.0), "Sans entrée, il ne reste que le biais."),
                (
                    (vec![1.0, 2.0], vec![vec![1.0, 10.0], vec![3.0, 0.0]], vec![0.0, 5.0]),
                    "Deux neurones : chacun a sa ligne de poids et son biais, et lit toutes les entrées.",
                ),
            ];
            let what = |(x, w, b): &LayerInput| format!("couche(&{}, &{w:?}, &{})", list(x), list(b));
            simplest(fault, what, |(x, w, b)| student(x, w, b), |(x, w, b)| layer(x, w, b), &cases)
        })?;
        Ok("la couche est juste pour 2, 3 et 4 neurones, avec 2 à 5 entrées.".into())
    })
}

/// Whether the fault is explained by reading the weights by columns, which only a
/// square layer can tell.
fn transposed(student: Layer, fault: Fault) -> Result<(), Fault> {
    let (x, w, b) = ([0.5, 2.0], [vec![1.0, 0.25], vec![3.0, 0.75]], [0.125, 0.5]);
    let columns = [vec![1.0, 3.0], vec![0.25, 0.75]];
    let call = call("couche", || student(&x, &w, &b));
    match call {
        Ok(got) if got == layer(&x, &columns, &b) => {
            Err(Fault { mistake: "poids transposés", ..fault })
        }
        _ => Err(fault),
    }
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const COUCHE: &[Trial] = &[
        wrong("première ligne partout", || {
            couche(|x, w, b| b.iter().map(|b| (dot(x, &w[0]) + b).max(0.0)).collect())
        }),
        wrong("autre activation", || {
            couche(|x, w, b| w.iter().zip(b).map(|(w, b)| (dot(x, w) + b).tanh()).collect())
        }),
        wrong("autre activation", || {
            couche(|x, w, b| w.iter().zip(b).map(|(w, b)| (dot(x, w) + b).min(0.0)).collect())
        }),
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
        wrong("activation oubliée", || {
            couche(|x, w, b| w.iter().zip(b).map(|(w, b)| dot(x, w) + b).collect())
        }),
        wrong("biais oubliés", || {
            couche(|x, w, _| w.iter().map(|w| dot(x, w).max(0.0)).collect())
        }),
        wrong("premier biais partout", || {
            couche(|x, w, b| w.iter().map(|w| (dot(x, w) + b[0]).max(0.0)).collect())
        }),
        wrong("activation avant la somme", || {
            couche(|x, w, b| {
                let products =
                    |w: &[f32]| x.iter().zip(w).map(|(x, w)| (x * w).max(0.0)).sum::<f32>();
                w.iter().zip(b).map(|(w, b)| (products(w) + b).max(0.0)).collect()
            })
        }),
        wrong("biais après l'activation", || {
            couche(|x, w, b| w.iter().zip(b).map(|(w, b)| dot(x, w).max(0.0) + b).collect())
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
    ];
}
