//! Numbers known before any training: parameters, first loss.

use super::super::hints::hints;
use super::super::probe::short;
use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Fault, Verdict};

pub(super) static PARAMETRES: Exercise = Exercise {
    id: "tp1-parametres",
    points: 1,
    title: "Compter les paramètres",
    hints: &[
        "Chaque neurone a un poids par entrée, plus un biais.",
        "Comptez à la main une couche de 2 neurones à 3 entrées : 2 × (3 + 1) = 8 paramètres.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::PARAMETRES,
};

static TASK: Task<(usize, usize), usize> = Task {
    inputs: || vec![(3, 2), (20, 7), (5, 9), (784, 10)],
    call: |(n, m)| format!("parametres({n}, {m})"),
    truth: |(n, m)| (n + 1) * m,
    mistakes: mistakes! {
        "biais oubliés" => "Les poids y sont, les biais non : chaque neurone en a un.",
            |(n, m)| n * m;
        "un seul biais" => "Vous comptez un seul biais pour toute la couche ; chaque neurone a le sien.",
            |(n, m)| n * m + 1;
        "un biais par entrée" => "Vous comptez un biais par entrée ; c'est un biais par neurone.",
            |(n, m)| n * m + n;
        "somme" => "Vous additionnez entrées et neurones ; chaque entrée est reliée à chaque neurone, cela fait un produit.",
            |(n, m)| n + m;
        "biais des deux côtés" => "Vous ajoutez 1 aux entrées et aux neurones : seul le biais, vu comme une entrée qui vaut toujours 1, s'ajoute.",
            |(n, m)| (n + 1) * (m + 1);
        "valeur fixe" => "La réponse ne dépend pas des arguments : servez-vous de `entrees` et `neurones`.";
    },
    cases: cases! {
        (1, 1) => "Un neurone d'une entrée a un poids et un biais.";
        (3, 1) => "Un neurone de trois entrées a trois poids et un biais.";
        (1, 3) => "Trois neurones d'une entrée ont chacun un poids et un biais.";
        (2, 2) => "Deux neurones de deux entrées ont chacun deux poids et un biais.";
    },
};

/// `parametres(entrees, neurones)` of a dense layer.
pub fn parametres(student: fn(usize, usize) -> usize) -> Verdict {
    PARAMETRES.judge(|| {
        let student = |(n, m): &(usize, usize)| student(*n, *m);
        TASK.varies(student, [(3, 2), (20, 7)])?;
        TASK.check(student)?;
        let total = student(&(784, 784)) + student(&(784, 10));
        Ok(format!(
            "la formule est juste ; pour le réseau 784-784-10 elle donne {total} paramètres."
        ))
    })
}

pub(super) static PERTE_ATTENDUE: Exercise = Exercise {
    id: "tp1-perte-attendue",
    points: 1,
    title: "La perte d'un réseau qui ne sait rien",
    hints: &[
        "Un réseau qui ne sait rien donne 1/10 à chaque chiffre. Quelle est alors l'entropie croisée ?",
        "−ln(1/10) s'écrit aussi ln 10. En Rust : `10f32.ln()`.",
    ],
    mistakes: &hints! {
        "probabilité" => "C'est la probabilité de chaque classe ; la perte est l'opposé de son logarithme.";
        "précision" => "C'est la part d'erreurs ; la perte se calcule avec un logarithme.";
        "signe" => "La valeur est juste au signe près : une perte est positive.";
        "logarithme décimal" => "C'est le logarithme décimal ; il faut le logarithme népérien, `ln`.";
        "logarithme binaire" => "C'est le logarithme binaire ; il faut le logarithme népérien, `ln`.";
        "somme des classes" => "Vous additionnez sur les dix classes ; une seule compte, la vraie.";
        "zéro" => "Une perte nulle serait celle d'un réseau sûr de lui et toujours juste : celui-ci donne 1/10 à la bonne classe.";
        "autre nombre de classes" => "C'est le logarithme d'un autre nombre de classes (`2f32.ln()` est l'exemple de l'énoncé) : il y a dix chiffres.";
        "produit par la probabilité" => "Vous multipliez le logarithme par la probabilité : la perte est −ln p, sans facteur.";
        "nombre de classes" => "C'est le nombre de classes, ou le pourcentage de réussite ; la perte en est le logarithme.";
        "nan" => "Ce n'est pas un nombre : le logarithme d'un nombre négatif n'existe pas.";
    },
    #[cfg(test)]
    trials: trials::PERTE_ATTENDUE,
};

/// The loss of a network that gives each of ten classes the same probability.
pub fn perte_attendue(value: f32) -> Verdict {
    PERTE_ATTENDUE.judge(|| {
        let truth = 10f32.ln();
        let near = |x: f32| (value - x).abs() < 0.006;
        if near(truth) {
            return Ok(
                "`ln 10` ≈ 2,303 : une perte bien plus grande au départ trahirait une erreur."
                    .into(),
            );
        }
        let mistake = match () {
            () if value.is_nan() => "nan",
            () if near(-truth) => "signe",
            () if near(0.0) => "zéro",
            () if near(0.1) => "probabilité",
            () if (2..=30).any(|classes| near((classes as f32).ln())) => "autre nombre de classes",
            () if near(0.1 * truth) || near(-0.1 * truth) => "produit par la probabilité",
            () if near(10.0) => "nombre de classes",
            () if near(0.9) => "précision",
            () if near(1.0) => "logarithme décimal",
            () if near(10f32.log2()) => "logarithme binaire",
            () if near(10.0 * truth) => "somme des classes",
            () => "inconnue",
        };
        Err(Fault::new(mistake, format!("`perte_attendue` vaut `{}`.", short(value))))
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const PARAMETRES: &[Trial] = &[
        wrong("cas simple", || parametres(|n, m| n * n + m)),
        wrong("cas simple", || parametres(|n, m| 2 * n * m)),
        wrong("cas simple", || parametres(|n, m| (n + 1) * m + 1)),
        right("neuron by neuron", || parametres(|n, m| (0..m).map(|_| n + 1).sum())),
        right("weights, then biases", || {
            parametres(|n, m| {
                let (weights, biases) = (n * m, m);
                weights + biases
            })
        }),
        right("factored", || parametres(|n, m| (n + 1) * m)),
        right("expanded", || parametres(|n, m| n * m + m)),
        wrong("valeur fixe", || parametres(|_, _| 623_290)),
        wrong("division par zéro", || parametres(|n, m| n / m.saturating_sub(9999))),
        wrong("à compléter", || parametres(|_, _| todo!("à compléter"))),
        wrong("biais oubliés", || parametres(|n, m| (0..m).map(|_| n).sum())),
    ];

    pub(super) const PERTE_ATTENDUE: &[Trial] = &[
        wrong("zéro", || perte_attendue(0.0)),
        wrong("autre nombre de classes", || perte_attendue(9f32.ln())),
        wrong("autre nombre de classes", || perte_attendue(2f32.ln())),
        wrong("produit par la probabilité", || perte_attendue(0.1 * 10f32.ln())),
        wrong("nombre de classes", || perte_attendue(10.0)),
        right("in double precision", || perte_attendue(-(1.0f64 / 10.0).ln() as f32)),
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
    ];
}
