//! The same training twice.

use super::super::hints::hints;
use super::super::{Exercise, Verdict, fault};
use crate::french::count;
use crate::train::{History, Params};

pub(super) static RELANCE: Exercise = Exercise {
    id: "tp1-relance",
    points: 2,
    title: "Recommencer à l'identique",
    hints: &[
        "Pour obtenir exactement les mêmes nombres il faut repartir des mêmes poids et revoir les images dans le même ordre.",
        "Deux lignes : `modele.set_state(&etat_initial)?;` puis le même appel à `fit`, avec la même graine `seed`.",
    ],
    mistakes: &hints! {
        "état non remis" => "Le second essai part d'un réseau déjà entraîné (sa première perte est bien plus petite) : il faut d'abord remettre l'état initial.";
        "autre graine" => "Les deux essais se ressemblent sans être égaux : même départ, mais pas le même ordre des images. La graine `seed` est-elle la même ?";
        "taille de lot" => "Les deux essais n'ont pas la même taille de lot (`batch_size`) : ce ne sont pas les mêmes pas.";
        "autres images" => "Les deux essais n'ont pas appris sur les mêmes images : `x_train` et `y_train`, tous les deux entiers.";
        "autre départ" => "Mêmes réglages, mais d'autres nombres : le second essai ne part pas des mêmes poids. Remettez `etat_initial` juste avant `fit`.";
        "copie" => "Les deux historiques ont jusqu'aux mêmes durées : c'est une copie. Refaites vraiment l'entraînement.";
        "époques" => "Les deux essais n'ont pas le même nombre d'époques.";
        "vide" => "Un des historiques est vide : `fit` a-t-il été appelé ?";
        "nan" => "Un historique contient des `NaN` : le taux d'apprentissage est-il trop grand ?";
    },
    #[cfg(test)]
    trials: trials::RELANCE,
};

/// The same training twice gives the same numbers, bit for bit.
pub fn relance(first: &History, second: &History) -> Verdict {
    RELANCE.judge(|| {
        if first.loss.is_empty() || second.loss.is_empty() {
            return fault("vide", "un des deux historiques ne contient aucune époque.");
        }
        if first.loss.iter().chain(&second.loss).any(|v| !v.is_finite()) {
            return fault("nan", "une des pertes n'est pas un nombre.");
        }
        if first.epochs() != second.epochs() {
            let found =
                format!("{} époques d'un côté, {} de l'autre.", first.epochs(), second.epochs());
            return fault("époques", found);
        }
        let found = format!(
            "pertes du premier : `{}` ; du second : `{}`.",
            exact(&first.loss),
            exact(&second.loss)
        );
        if let (Some(a), Some(b)) = (&first.params, &second.params) {
            let differ = |what: &str, a: String, b: String| format!("{what} : {a}, puis {b}.");
            if a.data != b.data {
                let images = |p: &Params| count(p.data.map_or(0, |data| data.images));
                return fault("autres images", differ("images", images(a), images(b)));
            }
            if a.batch_size != b.batch_size {
                let (a, b) = (count(a.batch_size), count(b.batch_size));
                return fault("taille de lot", differ("taille des lots", a, b));
            }
            if a.shuffle && !b.shuffle {
                return fault("sans mélange", "le second essai est fait avec `shuffle: false`.");
            }
            if a.seed != b.seed {
                let (a, b) = (a.seed.to_string(), b.seed.to_string());
                return fault("autre graine", differ("graines", a, b));
            }
        }
        if first.loss != second.loss {
            let known = first.params.is_some() && second.params.is_some();
            let trained = second.loss[0] < 0.7 * first.loss[0];
            let mistake = match (trained, known) {
                (true, _) => "état non remis",
                (false, true) => "autre départ",
                (false, false) => "autre graine",
            };
            return fault(mistake, found);
        }
        if first.seconds == second.seconds {
            return fault("copie", found);
        }
        Ok("les deux entraînements donnent les mêmes nombres, jusqu'au dernier bit.".into())
    })
}

fn exact(values: &[f32]) -> String {
    let shown: Vec<String> = values.iter().take(3).map(|v| format!("{v:.6}")).collect();
    format!("[{}{}]", shown.join(", "), if values.len() > 3 { ", …" } else { "" })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::astray::{seen, trained};
    use crate::check::registry::{Trial, right, wrong};
    use crate::check::tp1::training::made;

    pub(super) const RELANCE: &[Trial] = &[
        right("same numbers", || relance(&made(2, 0.25, None), &later(made(2, 0.25, None)))),
        right("with validation", || {
            relance(&made(3, 0.25, Some(0.1)), &later(made(3, 0.25, Some(0.1))))
        }),
        wrong("état non remis", || relance(&made(2, 0.25, None), &made(2, 0.08, None))),
        wrong("autre graine", || relance(&made(2, 0.25, None), &made(2, 0.2503, None))),
        right("as `fit` leaves them", || {
            let first = trained(made(2, 0.25, None), |_| {});
            relance(&first, &later(first.clone()))
        }),
        right("one epoch", || relance(&made(1, 0.25, None), &later(made(1, 0.25, None)))),
        wrong("autre graine", || {
            let (a, b) = (made(2, 0.25, None), made(2, 0.2503, None));
            relance(&trained(a, |p| p.seed = 7), &trained(b, |p| p.seed = 8))
        }),
        wrong("taille de lot", || {
            let (a, b) = (made(2, 0.25, None), made(2, 0.24, None));
            relance(&trained(a, |_| {}), &trained(b, |p| p.batch_size = 64))
        }),
        wrong("autres images", || {
            let (a, b) = (made(2, 0.25, None), made(2, 0.24, None));
            relance(&trained(a, |_| {}), &trained(b, |p| p.data = Some(seen(500, 1))))
        }),
        wrong("sans mélange", || {
            let (a, b) = (made(2, 0.25, None), made(2, 0.24, None));
            relance(&trained(a, |_| {}), &trained(b, |p| p.shuffle = false))
        }),
        wrong("autre départ", || {
            let (a, b) = (made(2, 0.25, None), made(2, 0.24, None));
            relance(&trained(a, |_| {}), &trained(b, |_| {}))
        }),
        wrong("copie", || relance(&made(2, 0.25, None), &made(2, 0.25, None))),
        wrong("époques", || relance(&made(2, 0.25, None), &later(made(3, 0.25, None)))),
        wrong("vide", || relance(&made(2, 0.25, None), &History::default())),
        wrong("nan", || {
            let broken = History { loss: vec![f32::NAN; 2], ..made(2, 0.25, None) };
            relance(&made(2, 0.25, None), &broken)
        }),
    ];

    fn later(history: History) -> History {
        let seconds = history.seconds.iter().map(|s| s * 1.01).collect();
        History { seconds, ..history }
    }
}
