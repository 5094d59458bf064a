//! What the history of the deep network's training tells.

use super::super::hints::hints;
use super::super::history::{Asked, Judges};
use super::super::probe::french;
use super::super::{Exercise, Finding, Verdict, fault};
use crate::french::plural;
use crate::notebook::Taille;
use crate::train::History;

/// Validation accuracy on the mix that the full size must reach in one epoch.
const NEEDED: f32 = 0.97;

pub(super) static ENTRAINEMENT: Exercise = Exercise {
    id: "tp4-entrainement",
    points: 2,
    title: "Entraîner sur le mélange",
    hints: &[
        "Un seul appel à `profond.fit`, avec les champs de `Fit` que donne l'énoncé.",
        "`Fit { epochs: epoques, batch_size: 64, validation: Validation::Data(&x_val, &y_val), augment: melange.clone(), resume: reprise(\"profond\"), ..Fit::default() }`.",
    ],
    mistakes: &hints! {
        "nan" => "La perte n'est plus un nombre : les pixels sont-ils entre 0 et 1, le taux d'apprentissage est-il celui de l'énoncé ?";
        "autre réseau" => "L'historique n'est pas celui du réseau « profond » : donnez celui que `profond.fit` a rendu.";
        "sans validation" => "Il n'y a pas de mesures de validation : c'est le champ `validation`, ici `Validation::Data(&x_val, &y_val)`.";
        "n'apprend pas" => "La perte ne descend pas : `x_appr` et `y_appr` vont-ils ensemble ?";
        "sans mélange" => "La précision d'apprentissage est excellente, celle de validation bien plus basse : le champ `augment` a-t-il reçu le mélange ?";
        "époques" => "Le nombre d'époques n'est pas celui de l'énoncé : `epochs: epoques`.";
        "part de validation" => "La validation se fait sur le mélange préparé plus haut, `Validation::Data(&x_val, &y_val)` : une part de `x_appr` ne serait pas altérée.";
        "nombre d'images" => "Ce ne sont pas toutes les images d'apprentissage : donnez `x_appr` et `y_appr` entiers à `fit`.";
        "pas assez précis" => "Le réseau apprend, mais trop peu : nombre d'époques et taille de lot sont-ils ceux de l'énoncé ?";
    },
    #[cfg(test)]
    trials: trials::ENTRAINEMENT,
};

/// Epochs that the notebook asks for, at its full size.
const EPOCHS: usize = 3;

/// Images that the network learns from.
fn images(quick: bool) -> usize {
    if quick { 2_000 - 300 } else { 60_000 - 3_000 }
}

fn check(history: &History, quick: bool) -> Finding {
    let asked = Asked {
        images: Some(images(quick)),
        batch_size: Some(64),
        judges: Judges::Others,
        adam: false,
        augmented: true,
        name: Some("profond"),
        // A part of the notebook may have been made at the other size.
        lasts: history.params.as_ref().map(|_| if quick { 1 } else { EPOCHS }),
        first_loss: None,
        accuracy: 0.0,
        ..Asked::MNIST
    };
    asked.check(history)?;
    // The best epoch's: at this rate an epoch may fall back, and the next part mends it.
    let accuracy = history.val_accuracy.iter().copied().fold(0.0, f32::max);
    let (first, last) = (history.loss[0], history.loss[history.epochs() - 1]);
    let learnt = history.accuracy.last().copied().unwrap_or(0.0);
    if history.epochs() > 1 && last > 0.95 * first && last > 0.5 {
        let found = format!("la perte va de {} à {}.", french(first), french(last));
        return fault("n'apprend pas", found);
    }
    let percent = |share: f32| french(100.0 * share);
    if !quick && accuracy < NEEDED {
        let found = format!(
            "précision d'apprentissage {} %, de validation {} %.",
            percent(learnt),
            percent(accuracy)
        );
        let mistake = if learnt > accuracy + 0.03 { "sans mélange" } else { "pas assez précis" };
        return fault(mistake, found);
    }
    Ok(format!(
        "{} sur le mélange, précision de validation {} %.",
        plural(history.epochs(), "époque"),
        percent(accuracy)
    ))
}

/// The deep network's training on the balanced mix; what it must reach depends on
/// the notebook's [`Taille`].
pub fn entrainement(history: &History) -> Verdict {
    ENTRAINEMENT.judge(|| check(history, Taille::du_tp().quick))
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::astray::{seen, test_set, trained};
    use crate::check::registry::{Trial, right, wrong};
    use crate::train::{Params, Validated};

    pub(super) const ENTRAINEMENT: &[Trial] = &[
        right("full", || judged(&made(&[0.4, 0.15, 0.1], &[0.05, 0.04, 0.03], 0.98), false)),
        right("quick", || judged(&made(&[1.6, 1.1], &[2.2, 1.9], 0.4), true)),
        right("as `fit` leaves it", || judged(&mixed(|_| {}), false)),
        right("a last epoch that falls back", || {
            let history = mixed(|_| {});
            judged(&History { val_accuracy: vec![0.971, 0.978, 0.964], ..history }, false)
        }),
        right("another seed", || judged(&mixed(|p| p.seed = 3), false)),
        wrong("taille de lot", || judged(&mixed(|p| p.batch_size = 32), false)),
        wrong("époques", || {
            let long = made(&[0.4, 0.15, 0.1, 0.1, 0.1], &[0.05; 5], 0.98);
            judged(&History { params: mixed(|_| {}).params, ..long }, false)
        }),
        wrong("part de validation", || {
            judged(&mixed(|p| p.validated = Some(Validated::Split(0.2))), false)
        }),
        wrong("validé sur le test", || {
            let validated = Validated::Data { seen: test_set(), shared: 0 };
            judged(&mixed(|p| p.validated = Some(validated)), false)
        }),
        wrong("nombre d'images", || judged(&mixed(|p| p.data = Some(seen(500, 1))), false)),
        wrong("appris sur le test", || judged(&mixed(|p| p.data = Some(test_set())), false)),
        wrong("sans altérations", || judged(&mixed(|p| p.augmented = false), false)),
        wrong("vide", || judged(&History { name: "profond".into(), ..History::default() }, false)),
        wrong("nan", || judged(&made(&[0.4, f32::NAN], &[0.1, 0.1], 0.9), false)),
        wrong("autre réseau", || {
            judged(&History { name: "cnn".into(), ..made(&[0.4, 0.1], &[0.1, 0.1], 0.98) }, false)
        }),
        wrong("sans validation", || {
            judged(&History { val_accuracy: vec![], ..made(&[0.4, 0.1], &[0.1, 0.1], 0.98) }, false)
        }),
        wrong("n'apprend pas", || judged(&made(&[2.3, 2.31], &[2.3, 2.3], 0.1), true)),
        wrong("sans mélange", || {
            let history = made(&[0.2, 0.05], &[0.3, 0.3], 0.91);
            judged(&History { accuracy: vec![0.95, 0.985], ..history }, false)
        }),
        wrong("pas assez précis", || judged(&made(&[0.9, 0.6], &[0.5, 0.4], 0.93), false)),
    ];

    fn made(loss: &[f32], val_loss: &[f32], accuracy: f32) -> History {
        History {
            name: "profond".into(),
            loss: loss.to_vec(),
            accuracy: vec![accuracy - 0.02; loss.len()],
            val_loss: val_loss.to_vec(),
            val_accuracy: vec![accuracy; val_loss.len()],
            seconds: vec![1.0; loss.len()],
            ..History::default()
        }
    }

    /// A history as the notebook's training leaves it.
    fn mixed(change: impl FnOnce(&mut Params)) -> History {
        trained(made(&[0.4, 0.15, 0.1], &[0.05, 0.04, 0.03], 0.98), |params| {
            params.batch_size = 64;
            params.augmented = true;
            params.data = Some(seen(images(false), 5));
            params.validated = Some(Validated::Data { seen: seen(3_000, 4), shared: 0 });
            change(params);
        })
    }

    fn judged(history: &History, quick: bool) -> Verdict {
        super::ENTRAINEMENT.judge(|| check(history, quick))
    }
}
