//! The network's structure and its number of parameters.

use super::super::probe::{call, compare, numbers, short, try_call};
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Fault, Notebook, Verdict};
use crate::Result;
use crate::nn::{LayerSpec, Model};
use crate::ops::activation::Activation;
#[cfg(test)]
use crate::{
    nn::{Initializer, Sequential},
    ops::optimizer::{Adam, Sgd},
    train::Loss,
};

pub(super) static PARAMETRES: Exercise = Exercise {
    id: "tp1-parametres",
    notebook: Notebook::Tp1,
    points: 1,
    title: "Compter les paramètres",
    hints: &[
        "Chaque neurone a un poids par entrée, plus un biais.",
        "Comptez à la main une couche de 2 neurones à 3 entrées : 2 × (3 + 1) = 8 paramètres.",
    ],
    mistakes: &[
        ("biais oubliés", "Les poids y sont, les biais non : chaque neurone en a un."),
        (
            "un seul biais",
            "Vous comptez un seul biais pour toute la couche ; chaque neurone a le sien.",
        ),
        ("un biais par entrée", "Vous comptez un biais par entrée ; c'est un biais par neurone."),
        (
            "somme",
            "Vous additionnez entrées et neurones ; chaque entrée est reliée à chaque neurone, cela fait un produit.",
        ),
        (
            "biais des deux côtés",
            "Vous ajoutez 1 aux entrées et aux neurones : seul le biais, vu comme une entrée qui vaut toujours 1, s'ajoute.",
        ),
        (
            "valeur fixe",
            "La réponse ne dépend pas des arguments : servez-vous de `entrees` et `neurones`.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("factored", || parametres(|n, m| (n + 1) * m)),
        right("expanded", || parametres(|n, m| n * m + m)),
        wrong("biais oubliés", || parametres(|n, m| n * m)),
        wrong("un seul biais", || parametres(|n, m| n * m + 1)),
        wrong("un biais par entrée", || parametres(|n, m| n * m + n)),
        wrong("somme", || parametres(|n, m| n + m)),
        wrong("biais des deux côtés", || parametres(|n, m| (n + 1) * (m + 1))),
        wrong("valeur fixe", || parametres(|_, _| 623_290)),
        wrong("panique", || parametres(|n, m| n / m.saturating_sub(9999))),
        wrong("à compléter", || parametres(|_, _| todo!("à compléter"))),
    ],
};

/// `parametres(entrees, neurones)` of a dense layer.
pub fn parametres(student: fn(usize, usize) -> usize) -> Verdict {
    PARAMETRES.judge(|| {
        type Pair = (usize, usize);
        let one = |n: usize| vec![n as f32];
        let mut seen = Vec::new();
        for (n, m) in [(3, 2), (20, 7)] {
            seen.push(call(&format!("parametres({n}, {m})"), || student(n, m))?);
        }
        if seen[0] == seen[1] {
            let found = format!("`parametres(3, 2)` et `parametres(20, 7)` donnent {}.", seen[0]);
            return Err(Fault::new("valeur fixe", found));
        }
        compare(
            vec![(3, 2), (20, 7), (5, 9), (784, 10)],
            |(n, m)| format!("parametres({n}, {m})"),
            |(n, m)| one(student(*n, *m)),
            |(n, m)| one((n + 1) * m),
            &[
                ("biais oubliés", &|(n, m): &Pair| one(n * m)),
                ("un seul biais", &|(n, m): &Pair| one(n * m + 1)),
                ("un biais par entrée", &|(n, m): &Pair| one(n * m + n)),
                ("somme", &|(n, m): &Pair| one(n + m)),
                ("biais des deux côtés", &|(n, m): &Pair| one((n + 1) * (m + 1))),
            ],
        )?;
        let total = student(784, 784) + student(784, 10);
        Ok(format!(
            "la formule est juste ; pour le réseau 784-784-10 elle donne {total} paramètres."
        ))
    })
}

pub(super) static PERTE_ATTENDUE: Exercise = Exercise {
    id: "tp1-perte-attendue",
    notebook: Notebook::Tp1,
    points: 1,
    title: "La perte d'un réseau qui ne sait rien",
    hints: &[
        "Un réseau qui ne sait rien donne 1/10 à chaque chiffre. Quelle est alors l'entropie croisée ?",
        "−ln(1/10) s'écrit aussi ln 10. En Rust : `10f32.ln()`.",
    ],
    mistakes: &[
        (
            "probabilité",
            "C'est la probabilité de chaque classe ; la perte est l'opposé de son logarithme.",
        ),
        ("précision", "C'est la part d'erreurs ; la perte se calcule avec un logarithme."),
        ("signe", "La valeur est juste au signe près : une perte est positive."),
        (
            "logarithme décimal",
            "C'est le logarithme décimal ; il faut le logarithme népérien, `ln`.",
        ),
        (
            "logarithme binaire",
            "C'est le logarithme binaire ; il faut le logarithme népérien, `ln`.",
        ),
        ("somme des classes", "Vous additionnez sur les dix classes ; une seule compte, la vraie."),
        ("nan", "Ce n'est pas un nombre : le logarithme d'un nombre négatif n'existe pas."),
    ],
    #[cfg(test)]
    trials: &[
        right("ln 10", || perte_attendue(10f32.ln())),
        right("-ln 0.1", || perte_attendue(-(0.1f32.ln()))),
        right("rounded", || perte_attendue(2.303)),
        wrong("probabilité", || perte_attendue(0.1)),
        wrong("précision", || perte_attendue(0.9)),
        wrong("signe", || perte_attendue(0.1f32.ln())),
        wrong("logarithme décimal", || perte_attendue(10f32.log10())),
        wrong("logarithme binaire", || perte_attendue(10f32.log2())),
        wrong("somme des classes", || perte_attendue(10.0 * 10f32.ln())),
        wrong("nan", || perte_attendue((-0.1f32).ln())),
    ],
};

/// The loss of a network that gives each of ten classes the same probability.
pub fn perte_attendue(value: f32) -> Verdict {
    PERTE_ATTENDUE.judge(|| {
        let truth = 10f32.ln();
        let near = |x: f32| (value - x).abs() < 0.006;
        if near(truth) {
            return Ok(
                "ln 10 ≈ 2,303 : une perte bien plus grande au départ trahirait une erreur.".into(),
            );
        }
        let mistake = match () {
            () if value.is_nan() => "nan",
            () if near(-truth) => "signe",
            () if near(0.1) => "probabilité",
            () if near(0.9) => "précision",
            () if near(1.0) => "logarithme décimal",
            () if near(10f32.log2()) => "logarithme binaire",
            () if near(10.0 * truth) => "somme des classes",
            () => "inconnue",
        };
        Err(Fault::new(mistake, format!("`perte_attendue` vaut `{}`.", short(value))))
    })
}

/// The dense layers of a network: width and activation, whether the activation
/// is the layer's own or a layer of its own after it.
fn dense_layers(model: &Model) -> Result<Vec<(usize, Activation)>, Fault> {
    let mut layers: Vec<(usize, Activation)> = Vec::new();
    for layer in model.layers() {
        match (layer.spec(), layers.last_mut()) {
            (LayerSpec::Dense { units, activation }, _) => layers.push((*units, *activation)),
            (LayerSpec::Activation { activation }, Some((_, last)))
                if *last == Activation::Linear =>
            {
                *last = *activation;
            }
            (LayerSpec::Flatten, _) => {}
            (other, _) => {
                let found = format!("la couche « {} » est de type {}.", layer.name(), other.kind());
                return Err(Fault::new("couche inattendue", found));
            }
        }
    }
    Ok(layers)
}

fn widths(layers: &[(usize, Activation)]) -> Vec<usize> {
    layers.iter().map(|(units, _)| *units).collect()
}

/// The network as a student would write it: `784 → 128 relu → 10 softmax`.
fn describe(model: &Model, layers: &[(usize, Activation)]) -> String {
    let inputs: usize = model.input_shape().iter().product();
    let mut text = format!("{inputs}");
    for (units, activation) in layers {
        text += &format!(" → {units} {activation:?}");
    }
    text
}

/// Activations and compilation, the same for any dense classifier.
fn check_dense(model: &Model, layers: &[(usize, Activation)]) -> Result<(), Fault> {
    let fault = |mistake| {
        Err(Fault::new(mistake, format!("votre réseau : `{}`.", describe(model, layers))))
    };
    let Some(((_, output), hidden)) = layers.split_last() else {
        return fault("aucune couche");
    };
    match output {
        Activation::Softmax => {}
        Activation::Linear => return fault("softmax oublié"),
        _ => return fault("activation de sortie"),
    }
    for (_, activation) in hidden {
        match activation {
            Activation::Relu => {}
            Activation::Linear => return fault("relu oubliée"),
            Activation::Softmax => return fault("softmax partout"),
            _ => return fault("activation cachée"),
        }
    }
    for layer in model.layers() {
        if let Some(kernel) = layer.kernel()
            && numbers(kernel)?.iter().all(|w| *w == 0.0)
        {
            let found = format!("tous les poids de la couche « {} » sont nuls.", layer.name());
            return Err(Fault::new("poids nuls", found));
        }
    }
    if model.training().is_err() {
        return fault("pas compilé");
    }
    Ok(())
}

pub(super) static RESEAU: Exercise = Exercise {
    id: "tp1-reseau",
    notebook: Notebook::Tp1,
    points: 3,
    title: "Le réseau 784-784-10",
    hints: &[
        "Deux appels à `.dense(nom, largeur, activation)` : la couche cachée avec `Activation::Relu`, la sortie avec `Activation::Softmax`, puis `.compile(…)?`.",
        "`modele.summary()` montre ce que vous avez construit : deux lignes, 623 290 paramètres.",
    ],
    mistakes: &[
        (
            "entrée",
            "Une image aplatie a 28 × 28 nombres : c'est le deuxième argument de `Sequential::new`.",
        ),
        (
            "couche manquante",
            "Il y a une seule couche : il en faut deux, la cachée puis la sortie.",
        ),
        (
            "couche en trop",
            "L'entrée n'est pas une couche : après `Sequential::new(…, 784)`, il ne reste que la couche cachée et la sortie.",
        ),
        ("largeur cachée", "La couche cachée doit avoir 784 neurones."),
        ("largeur de sortie", "La sortie a un neurone par classe : combien y a-t-il de chiffres ?"),
        ("couches échangées", "Les deux couches sont dans l'ordre inverse."),
        (
            "softmax oublié",
            "Sans softmax la sortie n'est pas faite de probabilités : c'est l'activation de la dernière couche.",
        ),
        (
            "relu oubliée",
            "La couche cachée n'a pas d'activation : deux couches linéaires de suite n'en valent qu'une.",
        ),
        ("softmax partout", "Softmax ne convient qu'à la sortie ; la couche cachée prend ReLU."),
        ("activation cachée", "L'activation de la couche cachée doit être ReLU."),
        (
            "activation de sortie",
            "Pour choisir une classe parmi dix, l'activation de sortie est softmax.",
        ),
        (
            "couche inattendue",
            "Ce réseau n'a que des couches denses ; les autres viendront plus tard.",
        ),
        (
            "poids nuls",
            "Partis de zéro, tous les neurones resteraient identiques : gardez l'initialisation par défaut.",
        ),
        (
            "pas compilé",
            "Il reste à choisir l'optimiseur et la perte : `.compile(…)?` au lieu de `.build()?`.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("relu and softmax", || {
            reseau(&compiled(two(784, Activation::Relu, 10, Activation::Softmax)))
        }),
        right("activations apart", || {
            let plain = Sequential::new("a", 784).dense("cachée", 784, Activation::Linear);
            let plain =
                plain.activation("relu", Activation::Relu).dense("s", 10, Activation::Softmax);
            reseau(&plain.compile(Sgd::default(), Loss::SparseCategoricalCrossentropy).unwrap())
        }),
        wrong("entrée", || {
            let model = Sequential::new("a", 28).dense("C1", 784, Activation::Relu);
            reseau(&compiled(model.dense("C2", 10, Activation::Softmax)))
        }),
        wrong("couche manquante", || {
            reseau(&compiled(Sequential::new("a", 784).dense("C1", 10, Activation::Softmax)))
        }),
        wrong("couche en trop", || {
            let model = Sequential::new("a", 784).dense("C0", 784, Activation::Relu);
            let model = model.dense("C1", 784, Activation::Relu);
            reseau(&compiled(model.dense("C2", 10, Activation::Softmax)))
        }),
        wrong("largeur cachée", || {
            reseau(&compiled(two(128, Activation::Relu, 10, Activation::Softmax)))
        }),
        wrong("largeur de sortie", || {
            reseau(&compiled(two(784, Activation::Relu, 1, Activation::Softmax)))
        }),
        wrong("couches échangées", || {
            reseau(&compiled(two(10, Activation::Relu, 784, Activation::Softmax)))
        }),
        wrong("softmax oublié", || {
            reseau(&compiled(two(784, Activation::Relu, 10, Activation::Linear)))
        }),
        wrong("relu oubliée", || {
            reseau(&compiled(two(784, Activation::Linear, 10, Activation::Softmax)))
        }),
        wrong("softmax partout", || {
            reseau(&compiled(two(784, Activation::Softmax, 10, Activation::Softmax)))
        }),
        wrong("activation cachée", || {
            reseau(&compiled(two(784, Activation::Sigmoid, 10, Activation::Softmax)))
        }),
        wrong("activation de sortie", || {
            reseau(&two(784, Activation::Relu, 10, Activation::Sigmoid).build().unwrap())
        }),
        wrong("couche inattendue", || {
            let model =
                Sequential::new("a", 784).dense("C1", 784, Activation::Relu).dropout("d", 0.5);
            reseau(&compiled(model.dense("C2", 10, Activation::Softmax)))
        }),
        wrong("poids nuls", || {
            let model = two(784, Activation::Relu, 10, Activation::Softmax);
            reseau(&compiled(model.initializer(Initializer::Zeros)))
        }),
        wrong("pas compilé", || {
            reseau(&two(784, Activation::Relu, 10, Activation::Softmax).build().unwrap())
        }),
    ],
};

#[cfg(test)]
fn two(hidden: usize, first: Activation, output: usize, last: Activation) -> Sequential {
    Sequential::new("essai", 784).dense("C1", hidden, first).dense("C2", output, last)
}

#[cfg(test)]
fn compiled(network: Sequential) -> Model {
    network.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap()
}

/// The network 784-784-10, compiled.
pub fn reseau(model: &Model) -> Verdict {
    RESEAU.judge(|| {
        let layers = dense_layers(model)?;
        let fault = |mistake| {
            Err(Fault::new(mistake, format!("votre réseau : `{}`.", describe(model, &layers))))
        };
        if model.input_shape().iter().product::<usize>() != 784 {
            return fault("entrée");
        }
        match widths(&layers)[..] {
            [784, 10] => {}
            [10, 784] => return fault("couches échangées"),
            [_, 10] => return fault("largeur cachée"),
            [_, _] => return fault("largeur de sortie"),
            [] | [_] => return fault("couche manquante"),
            _ => return fault("couche en trop"),
        }
        check_dense(model, &layers)?;
        Ok(format!("784 → 784 ReLU → 10 softmax, compilé, {} paramètres.", model.trainable_count()))
    })
}

pub(super) static CONSTRUIRE: Exercise = Exercise {
    id: "tp1-construire",
    notebook: Notebook::Tp1,
    points: 3,
    title: "Construire un réseau à partir de ses largeurs",
    hints: &[
        "La première largeur est celle de l'entrée, la dernière celle de la sortie ; la boucle ajoute les couches entre les deux, une par tour.",
        "Chaque `.dense(…)` rend un nouveau `Sequential` : dans la boucle, écrivez `reseau = reseau.dense(…);`. Pour les noms, `format!(\"C{i}\")`.",
    ],
    mistakes: &[
        (
            "entrée comptée comme une couche",
            "La première largeur est celle de l'entrée : elle va dans `Sequential::new`, pas dans une couche dense.",
        ),
        ("sortie manquante", "La dernière largeur n'a pas donné de couche : c'est la sortie."),
        (
            "couches cachées manquantes",
            "Il manque des couches cachées : la boucle les parcourt-elle toutes ?",
        ),
        ("ordre inverse", "Les couches sont dans l'ordre inverse des largeurs."),
        ("largeurs ignorées", "Le réseau construit ne dépend pas de `largeurs`."),
        ("entrée", "La taille de l'entrée doit être la première largeur."),
        ("softmax oublié", "La dernière couche doit finir par softmax."),
        ("relu oubliée", "Les couches cachées doivent avoir ReLU pour activation."),
        (
            "softmax partout",
            "Seule la dernière couche prend softmax ; les couches cachées prennent ReLU.",
        ),
        ("activation cachée", "L'activation des couches cachées doit être ReLU."),
        (
            "activation de sortie",
            "La dernière couche prend softmax, pas l'activation des couches cachées.",
        ),
        ("pas compilé", "Il reste à compiler le réseau : `.compile(…)` au lieu de `.build()`."),
    ],
    #[cfg(test)]
    trials: &[
        right("loop", || {
            construire(|w| chain(&w[1..], w[0], Activation::Relu, Activation::Softmax))
        }),
        right("fold", || {
            construire(|w| {
                let last = w.len() - 1;
                let network = (1..w.len()).fold(Sequential::new("b", w[0]), |network, i| {
                    let activation = if i == last { Activation::Softmax } else { Activation::Relu };
                    network.dense(format!("couche {i}"), w[i], activation)
                });
                network.compile(Sgd::default(), Loss::SparseCategoricalCrossentropy)
            })
        }),
        wrong("entrée comptée comme une couche", || {
            construire(|w| chain(w, w[0], Activation::Relu, Activation::Softmax))
        }),
        wrong("sortie manquante", || {
            construire(|w| chain(&w[1..w.len() - 1], w[0], Activation::Relu, Activation::Softmax))
        }),
        wrong("couches cachées manquantes", || {
            construire(|w| {
                chain(&[w[1], w[w.len() - 1]], w[0], Activation::Relu, Activation::Softmax)
            })
        }),
        wrong("ordre inverse", || {
            construire(|w| {
                let back: Vec<usize> = w[1..].iter().rev().copied().collect();
                chain(&back, w[0], Activation::Relu, Activation::Softmax)
            })
        }),
        wrong("largeurs ignorées", || {
            construire(|_| chain(&[784, 10], 784, Activation::Relu, Activation::Softmax))
        }),
        wrong("entrée", || {
            construire(|w| chain(&w[1..], 784, Activation::Relu, Activation::Softmax))
        }),
        wrong("softmax oublié", || {
            construire(|w| chain(&w[1..], w[0], Activation::Relu, Activation::Linear))
        }),
        wrong("relu oubliée", || {
            construire(|w| chain(&w[1..], w[0], Activation::Linear, Activation::Softmax))
        }),
        wrong("softmax partout", || {
            construire(|w| chain(&w[1..], w[0], Activation::Softmax, Activation::Softmax))
        }),
        wrong("activation cachée", || {
            construire(|w| chain(&w[1..], w[0], Activation::Tanh, Activation::Softmax))
        }),
        wrong("activation de sortie", || {
            construire(|w| {
                let mut network = Sequential::new("a", w[0]);
                for (i, units) in w[1..].iter().enumerate() {
                    network = network.dense(format!("C{i}"), *units, Activation::Relu);
                }
                network.build()
            })
        }),
        wrong("pas compilé", || {
            construire(|w| {
                let model = chain(&w[1..], w[0], Activation::Relu, Activation::Softmax)?;
                model.architecture().clone().build()
            })
        }),
        wrong("erreur", || {
            construire(|w| {
                let network = Sequential::new("a", w[0]).dense("C", w[1], Activation::Relu);
                network.dense("C", 3, Activation::Softmax).build()
            })
        }),
        wrong("indice hors limites", || {
            construire(|w| chain(&[w[w.len()]], w[0], Activation::Relu, Activation::Softmax))
        }),
        wrong("à compléter", || construire(|_| todo!("à compléter"))),
    ],
};

#[cfg(test)]
fn chain(widths: &[usize], input: usize, hidden: Activation, last: Activation) -> Result<Model> {
    let mut network = Sequential::new("essai", input);
    for (i, units) in widths.iter().enumerate() {
        let activation = if i + 1 == widths.len() { last } else { hidden };
        network = network.dense(format!("C{i}"), *units, activation);
    }
    network.compile(Adam::default(), Loss::CategoricalCrossentropy)
}

/// `construire(largeurs)`: a compiled dense classifier.
pub fn construire(student: fn(&[usize]) -> Result<Model>) -> Verdict {
    CONSTRUIRE.judge(|| {
        let tried: [&[usize]; 3] = [&[20, 7, 3], &[12, 9, 8, 6, 4], &[30, 5]];
        for wanted in tried {
            let what = format!("construire(&{wanted:?})");
            let model = try_call(&what, || student(wanted))?;
            let layers = dense_layers(&model)?;
            let got = widths(&layers);
            let fault = |mistake| {
                let found = format!("`{what}` donne `{}`.", describe(&model, &layers));
                Err(Fault::new(mistake, found))
            };
            let (input, rest) = (wanted[0], &wanted[1..]);
            let reversed: Vec<usize> = rest.iter().rev().copied().collect();
            match () {
                () if got == wanted => return fault("entrée comptée comme une couche"),
                () if got != rest && got == reversed => return fault("ordre inverse"),
                () if got == rest[..rest.len() - 1] => return fault("sortie manquante"),
                () if got.len() < rest.len() && got.last() == rest.last() => {
                    return fault("couches cachées manquantes");
                }
                () if got != rest => {
                    let other = try_call("construire(&[11, 6, 2])", || student(&[11, 6, 2]))?;
                    let same = widths(&dense_layers(&other)?) == got;
                    return fault(if same { "largeurs ignorées" } else { "inconnue" });
                }
                () if model.input_shape().iter().product::<usize>() != input => {
                    return fault("entrée");
                }
                () => check_dense(&model, &layers)?,
            }
        }
        Ok("trois réseaux inconnus sont bien construits : largeurs, activations, compilation."
            .into())
    })
}
