//! Activation functions.

use super::super::task::{Task, mistakes};
use super::super::{Exercise, Fault, Verdict};

pub(super) static ACTIVATIONS: Exercise = Exercise {
    id: "tp1-activations",
    points: 2,
    title: "Les fonctions d'activation",
    hints: &[
        "ReLU garde les nombres positifs et remplace les autres par 0. La sigmoïde vaut 1/2 en 0, tend vers 0 à gauche et vers 1 à droite.",
        "Comparez vos courbes à ces trois points : ReLU(−2) = 0, ReLU(3) = 3, σ(0) = 0,5.",
    ],
    mistakes: &(RELU, SIGMOIDE),
    #[cfg(test)]
    trials: trials::ACTIVATIONS,
};

fn relu(x: f64) -> f64 {
    x.max(0.0)
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

const POINTS: [f64; 8] = [-3.5, -1.25, -0.3, 0.0, 0.4, 1.7, 4.2, 8.5];

const RELU: Task<f64, f64> = Task {
    inputs: || POINTS.to_vec(),
    call: |x| format!("relu({x:?})"),
    truth: |x| relu(*x),
    mistakes: mistakes! {
        "relu identité" => "Votre ReLU laisse passer les nombres négatifs.",
            |x| *x;
        "relu valeur absolue" => "Votre ReLU change le signe des nombres négatifs ; ils doivent devenir 0.",
            |x| x.abs();
        "relu inversée" => "Votre ReLU garde les nombres négatifs et efface les positifs : `min` et `max` sont-ils échangés ?",
            |x| x.min(0.0);
        "relu en marche" => "Votre ReLU répond 0 ou 1 ; pour un nombre positif elle doit rendre ce nombre lui-même.",
            |x| f64::from(*x > 0.0),
            |x| f64::from(*x >= 0.0);
        "relu qui fuit" => "Votre ReLU laisse une petite pente à gauche (c'est une autre activation, *leaky ReLU*) ; ici elle vaut 0 exactement.";
    },
    cases: Vec::new,
};

const SIGMOIDE: Task<f64, f64> = Task {
    inputs: || POINTS.to_vec(),
    call: |x| format!("sigmoide({x:?})"),
    truth: |x| sigmoid(*x),
    mistakes: mistakes! {
        "sigmoïde retournée" => "Votre sigmoïde décroît : vérifiez le signe dans l'exponentielle.",
            |x| sigmoid(-x);
        "sigmoïde sans 1" => "Votre sigmoïde dépasse 1 : relisez le dénominateur de la formule.",
            |x| x.exp();
        "tangente hyperbolique" => "Votre courbe va de −1 à 1 : c'est tanh. La sigmoïde va de 0 à 1.",
            |x| x.tanh();
        "moins hors de l'exponentielle" => "`-z.exp()` se lit −(eᶻ), car la méthode passe avant le signe : écrivez `(-z).exp()`.",
            |x| 1.0 / (1.0 - x.exp());
        "dénominateur sans parenthèses" => "`1.0 / 1.0 + e` se lit (1 / 1) + e : mettez tout le dénominateur entre parenthèses.",
            |x| 1.0 + (-x).exp(),
            |x| 1.0 - x.exp();
        "débordement" => "La formule est juste, mais pour un grand |x| elle donne `inf / inf`. La forme 1 / (1 + e⁻ˣ) n'a pas ce défaut.";
        "nan" => "L'une de vos fonctions ne rend pas un nombre : voyez quelle opération peut produire un `NaN`.";
    },
    cases: Vec::new,
};

/// `relu(x)` and `sigmoide(x)`, half of the points each.
pub fn activations(student_relu: fn(f64) -> f64, student_sigmoid: fn(f64) -> f64) -> Verdict {
    ACTIVATIONS.judge(|| {
        let first = RELU.check(|x| student_relu(*x)).map_err(|fault| {
            let leaks = fault.unnamed()
                && POINTS.iter().all(|&x| x < 0.0 || student_relu(x) == x)
                && student_relu(-3.5) < 0.0;
            if leaks { Fault { mistake: "relu qui fuit", ..fault } } else { fault }
        });
        let second = SIGMOIDE.check(|x| student_sigmoid(*x)).and_then(|()| {
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
        wrong("relu qui fuit", || activations(|x| if x > 0.0 { x } else { 0.01 * x }, sigmoid)),
        wrong("sigmoïde retournée", || activations(relu, |x| 1.0 / (1.0 + x.exp()))),
        wrong("sigmoïde sans 1", || activations(relu, |x| 1.0 / (-x).exp())),
        wrong("débordement", || activations(relu, |x| x.exp() / (1.0 + x.exp()))),
        wrong("nan", || activations(|_| f64::NAN, sigmoid)),
        wrong("à compléter", || activations(relu, |_| todo!("à compléter"))),
    ];
}
