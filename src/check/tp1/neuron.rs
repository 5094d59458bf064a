//! The artificial neuron, its activation, a layer of them.

use super::super::probe::{compare, draw, show};
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Fault, Notebook, Verdict};
use crate::random::Rng;

/// One neuron: inputs, weights, bias.
type Input = (Vec<f32>, Vec<f32>, f32);
/// A layer: inputs, one row of weights per neuron, one bias per neuron.
type LayerInput = (Vec<f32>, Vec<Vec<f32>>, Vec<f32>);

fn dot(x: &[f32], w: &[f32]) -> f32 {
    x.iter().zip(w).map(|(x, w)| x * w).sum()
}

pub(super) static NEURONE: Exercise = Exercise {
    id: "tp1-neurone",
    notebook: Notebook::Tp1,
    points: 2,
    title: "Un neurone artificiel",
    hints: &[
        "La formule : chaque entrée est multipliée par son poids, on additionne tous ces produits, puis on ajoute le biais une seule fois.",
        "`zip` parcourt deux tableaux ensemble : `entrees.iter().zip(poids)` donne les couples (entrée, poids). Une boucle `for` sur les indices convient tout autant.",
    ],
    mistakes: &[
        (
            "biais oublié",
            "La somme pondérée est juste, mais il lui manque un terme : que devient `biais` ?",
        ),
        (
            "biais répété",
            "Le biais est ajouté à chaque produit ; il ne doit l'être qu'une fois, après la somme.",
        ),
        ("biais retranché", "Le biais s'ajoute, il ne se retranche pas : vérifiez le signe."),
        (
            "addition au lieu de produit",
            "Entrée et poids sont additionnés ; un poids multiplie son entrée.",
        ),
        (
            "dernière entrée oubliée",
            "La dernière entrée n'est pas comptée : jusqu'où va votre boucle ?",
        ),
        (
            "première entrée oubliée",
            "La première entrée n'est pas comptée : en Rust les indices commencent à 0.",
        ),
        (
            "activation déjà appliquée",
            "Le résultat n'est jamais négatif : la fonction d'activation viendra plus tard, ici on ne veut que la somme.",
        ),
        (
            "nan",
            "Le résultat n'est pas un nombre. La formule ne demande que des produits et des sommes : y a-t-il une division ?",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("iterators", || neurone(|x, w, b| dot(x, w) + b)),
        right("loop", || {
            neurone(|x, w, b| {
                let mut sum = b;
                for i in 0..x.len() {
                    sum += w[i] * x[i];
                }
                sum
            })
        }),
        right("double precision", || {
            neurone(|x, w, b| {
                (f64::from(b) + x.iter().zip(w).map(|(x, w)| f64::from(x * w)).sum::<f64>()) as f32
            })
        }),
        wrong("biais oublié", || neurone(|x, w, _| dot(x, w))),
        wrong("biais répété", || {
            neurone(|x, w, b| x.iter().zip(w).map(|(x, w)| x * w + b).sum())
        }),
        wrong("biais retranché", || neurone(|x, w, b| dot(x, w) - b)),
        wrong("addition au lieu de produit", || {
            neurone(|x, w, b| x.iter().zip(w).map(|(x, w)| x + w).sum::<f32>() + b)
        }),
        wrong("dernière entrée oubliée", || neurone(|x, w, b| dot(&x[..x.len() - 1], w) + b)),
        wrong("première entrée oubliée", || neurone(|x, w, b| dot(&x[1..], &w[1..]) + b)),
        wrong("activation déjà appliquée", || neurone(|x, w, b| (dot(x, w) + b).max(0.0))),
        wrong("nan", || neurone(|_, _, _| f32::NAN)),
        wrong("indice hors limites", || neurone(|x, w, b| x[x.len()] * w[0] + b)),
        wrong("panique", || neurone(|_, _, _| panic!("oups"))),
        wrong("à compléter", || neurone(|_, _, _| todo!("à compléter"))),
    ],
};

/// `neurone(entrees, poids, biais)`: weighted sum plus bias.
pub fn neurone(student: fn(&[f32], &[f32], f32) -> f32) -> Verdict {
    NEURONE.judge(|| {
        let mut rng = Rng::new(1);
        let inputs: Vec<Input> = [2, 3, 5, 4]
            .map(|n| (draw(&mut rng, n), draw(&mut rng, n), 0.25 * n as f32 - 1.1))
            .to_vec();
        compare(
            inputs,
            |(x, w, b)| format!("neurone(&{}, &{}, {b})", show(x), show(w)),
            |(x, w, b)| vec![student(x, w, *b)],
            |(x, w, b)| vec![dot(x, w) + b],
            &[
                ("biais oublié", &|(x, w, _): &Input| vec![dot(x, w)]),
                ("biais répété", &|(x, w, b): &Input| vec![dot(x, w) + b * x.len() as f32]),
                ("biais retranché", &|(x, w, b): &Input| vec![dot(x, w) - b]),
                ("addition au lieu de produit", &|(x, w, b): &Input| {
                    vec![x.iter().sum::<f32>() + w.iter().sum::<f32>() + b]
                }),
                ("dernière entrée oubliée", &|(x, w, b): &Input| {
                    vec![dot(&x[..x.len() - 1], w) + b]
                }),
                ("première entrée oubliée", &|(x, w, b): &Input| {
                    vec![dot(&x[1..], &w[1..]) + b]
                }),
                ("activation déjà appliquée", &|(x, w, b): &Input| {
                    vec![(dot(x, w) + b).max(0.0)]
                }),
            ],
        )?;
        Ok("la somme pondérée est juste sur quatre neurones tirés au hasard, de 2 à 5 entrées."
            .into())
    })
}

pub(super) static ACTIVATIONS: Exercise = Exercise {
    id: "tp1-activations",
    notebook: Notebook::Tp1,
    points: 2,
    title: "Les fonctions d'activation",
    hints: &[
        "ReLU garde les nombres positifs et remplace les autres par 0. La sigmoïde vaut 1/2 en 0, tend vers 0 à gauche et vers 1 à droite.",
        "Comparez vos courbes à ces trois points : ReLU(−2) = 0, ReLU(3) = 3, σ(0) = 0,5.",
    ],
    mistakes: &[
        ("relu identité", "Votre ReLU laisse passer les nombres négatifs."),
        (
            "relu valeur absolue",
            "Votre ReLU change le signe des nombres négatifs ; ils doivent devenir 0.",
        ),
        (
            "relu inversée",
            "Votre ReLU garde les nombres négatifs et efface les positifs : `min` et `max` sont-ils échangés ?",
        ),
        (
            "relu en marche",
            "Votre ReLU répond 0 ou 1 ; pour un nombre positif elle doit rendre ce nombre lui-même.",
        ),
        (
            "relu qui fuit",
            "Votre ReLU laisse une petite pente à gauche (c'est une autre activation, *leaky ReLU*) ; ici elle vaut 0 exactement.",
        ),
        ("sigmoïde retournée", "Votre sigmoïde décroît : vérifiez le signe dans l'exponentielle."),
        ("sigmoïde sans 1", "Votre sigmoïde dépasse 1 : relisez le dénominateur de la formule."),
        (
            "tangente hyperbolique",
            "Votre courbe va de −1 à 1 : c'est tanh. La sigmoïde va de 0 à 1.",
        ),
        (
            "débordement",
            "La formule est juste, mais pour un grand |x| elle donne `inf / inf`. La forme 1 / (1 + e⁻ˣ) n'a pas ce défaut.",
        ),
        (
            "nan",
            "L'une de vos fonctions ne rend pas un nombre : voyez quelle opération peut produire un `NaN`.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("max and exp", || activations(|x| x.max(0.0), |x| 1.0 / (1.0 + (-x).exp()))),
        right("if and tanh", || {
            activations(|x| if x > 0.0 { x } else { 0.0 }, |x| 0.5 * (1.0 + (x / 2.0).tanh()))
        }),
        right("half sum", || activations(|x| (x + x.abs()) / 2.0, |x| (1.0 + (-x).exp()).recip())),
        wrong("relu identité", || activations(|x| x, sigmoid)),
        wrong("relu valeur absolue", || activations(f64::abs, sigmoid)),
        wrong("relu inversée", || activations(|x| x.min(0.0), sigmoid)),
        wrong("relu en marche", || activations(|x| f64::from(x > 0.0), sigmoid)),
        wrong("relu qui fuit", || activations(|x| if x > 0.0 { x } else { 0.01 * x }, sigmoid)),
        wrong("sigmoïde retournée", || activations(relu, |x| 1.0 / (1.0 + x.exp()))),
        wrong("sigmoïde sans 1", || activations(relu, |x| 1.0 / (-x).exp())),
        wrong("tangente hyperbolique", || activations(relu, f64::tanh)),
        wrong("débordement", || activations(relu, |x| x.exp() / (1.0 + x.exp()))),
        wrong("nan", || activations(|_| f64::NAN, sigmoid)),
        wrong("à compléter", || activations(relu, |_| todo!("à compléter"))),
    ],
};

fn relu(x: f64) -> f64 {
    x.max(0.0)
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `relu(x)` and `sigmoide(x)`, half of the points each.
pub fn activations(student_relu: fn(f64) -> f64, student_sigmoid: fn(f64) -> f64) -> Verdict {
    const POINTS: [f64; 7] = [-3.5, -1.25, -0.3, 0.0, 0.4, 1.7, 4.2];
    let one = |name: &'static str, student: fn(f64) -> f64, truth: fn(f64) -> f64, suspects| {
        compare(
            POINTS.to_vec(),
            |x| format!("{name}({x:?})"),
            |x| vec![student(*x) as f32],
            |x| vec![truth(*x) as f32],
            suspects,
        )
    };
    ACTIVATIONS.judge(|| {
        let first = one(
            "relu",
            student_relu,
            relu,
            &[
                ("relu identité", &|x: &f64| vec![*x as f32]),
                ("relu valeur absolue", &|x: &f64| vec![x.abs() as f32]),
                ("relu inversée", &|x: &f64| vec![x.min(0.0) as f32]),
                ("relu en marche", &|x: &f64| vec![f32::from(*x > 0.0)]),
                ("relu en marche", &|x: &f64| vec![f32::from(*x >= 0.0)]),
            ],
        )
        .map_err(|fault| {
            let leaks = fault.mistake == "inconnue"
                && POINTS.iter().all(|&x| x < 0.0 || student_relu(x) == x)
                && student_relu(-3.5) < 0.0;
            if leaks { Fault { mistake: "relu qui fuit", ..fault } } else { fault }
        });
        let second = one(
            "sigmoide",
            student_sigmoid,
            sigmoid,
            &[
                ("sigmoïde retournée", &|x: &f64| vec![sigmoid(-x) as f32]),
                ("sigmoïde sans 1", &|x: &f64| vec![x.exp() as f32]),
                ("tangente hyperbolique", &|x: &f64| vec![x.tanh() as f32]),
            ],
        )
        .and_then(|()| {
            for x in [-1000.0, 1000.0] {
                let got = student_sigmoid(x);
                if (got - sigmoid(x)).abs().is_nan() || (got - sigmoid(x)).abs() > 1e-6 {
                    let found = format!("`sigmoide({x:?})` donne `{got}`.");
                    return Err(Fault::new("débordement", found).worth(0.5));
                }
            }
            Ok(())
        });
        match (first, second) {
            (Ok(()), Ok(())) => Ok("les deux fonctions sont justes de −1000 à 1000.".into()),
            (Err(fault), Ok(())) | (Ok(()), Err(fault)) => Err(fault.worth(0.5)),
            (Err(fault), Err(_)) => Err(fault.worth(0.0)),
        }
    })
}

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
            "poids transposés",
            "Vos poids sont lus en colonnes : `poids[j]` est la ligne du neurone j, elle contient un poids par entrée.",
        ),
        (
            "longueur",
            "La sortie n'a pas un nombre par neurone : combien y a-t-il de lignes dans `poids` ?",
        ),
    ],
    #[cfg(test)]
    trials: &[
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
    ],
};

fn layer(x: &[f32], w: &[Vec<f32>], b: &[f32]) -> Vec<f32> {
    w.iter().zip(b).map(|(w, b)| (dot(x, w) + b).max(0.0)).collect()
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
            |(x, w, _)| format!("couche(&{}, …{}…)", show(x), shape(w)),
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
                ("biais après l'activation", &|(x, w, b): &LayerInput| {
                    w.iter().zip(b).map(|(w, b)| dot(x, w).max(0.0) + b).collect()
                }),
            ],
        )
        .or_else(|fault| transposed(student, fault))?;
        Ok("la couche est juste pour 2, 3 et 4 neurones, avec 2 à 5 entrées.".into())
    })
}

/// Whether the fault is explained by reading the weights by columns, which only a
/// square layer can tell.
fn transposed(student: Layer, fault: Fault) -> Result<(), Fault> {
    let (x, w, b) = ([0.5, 2.0], [vec![1.0, 0.25], vec![3.0, 0.75]], [0.125, 0.5]);
    let columns = [vec![1.0, 3.0], vec![0.25, 0.75]];
    let call = super::super::probe::call("couche", || student(&x, &w, &b));
    match call {
        Ok(got) if got == layer(&x, &columns, &b) => {
            Err(Fault { mistake: "poids transposés", ..fault })
        }
        _ => Err(fault),
    }
}
