//! Activation functions.

use super::super::probe::compare;
use super::super::{Exercise, Fault, Notebook, Verdict};

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
        (
            "moins hors de l'exponentielle",
            "`-z.exp()` se lit −(eᶻ), car la méthode passe avant le signe : écrivez `(-z).exp()`.",
        ),
        (
            "dénominateur sans parenthèses",
            "`1.0 / 1.0 + e` se lit (1 / 1) + e : mettez tout le dénominateur entre parenthèses.",
        ),
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
    trials: trials::ACTIVATIONS,
};

fn relu(x: f64) -> f64 {
    x.max(0.0)
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `relu(x)` and `sigmoide(x)`, half of the points each.
pub fn activations(student_relu: fn(f64) -> f64, student_sigmoid: fn(f64) -> f64) -> Verdict {
    const POINTS: [f64; 8] = [-3.5, -1.25, -0.3, 0.0, 0.4, 1.7, 4.2, 8.5];
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
            let leaks = fault.unnamed()
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
                ("moins hors de l'exponentielle", &|x: &f64| vec![(1.0 / (1.0 - x.exp())) as f32]),
                ("dénominateur sans parenthèses", &|x: &f64| vec![(1.0 + (-x).exp()) as f32]),
                ("dénominateur sans parenthèses", &|x: &f64| vec![(1.0 - x.exp()) as f32]),
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

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const ACTIVATIONS: &[Trial] = &[
        wrong("moins hors de l'exponentielle", || activations(relu, |x| 1.0 / (1.0 + -x.exp()))),
        wrong("dénominateur sans parenthèses", || activations(relu, |x| 1.0 + (-x).exp())),
        wrong("dénominateur sans parenthèses", || activations(relu, |x| 1.0 - x.exp())),
        wrong("cas particulier", || activations(|x| x.clamp(0.0, 6.0), sigmoid)),
        right("a match, and two forms of one sigmoid", || {
            activations(
                |x| match x {
                    x if x <= 0.0 => 0.0,
                    x => x,
                },
                |x| if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) },
            )
        }),
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
    ];
}
