//! Trainings: what their histories tell, when they stop, what is saved.

use super::super::probe::{call, close, compare, numbers, short, show};
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Fault, Finding, Notebook, Verdict};
use crate::nn::Model;
use crate::random::Rng;
use crate::train::History;
#[cfg(test)]
use crate::{nn::Sequential, ops::activation::Activation, ops::optimizer::Adam, train::Loss};
use candle_core::{Device, Tensor};

/// Number of epochs that the notebook asks for.
const EPOCHS: usize = 15;

/// Most epochs that a training stopped early may last.
const LONGEST: usize = 20;

/// A loss that training from the initial state cannot have in its first epoch.
const ALREADY_TRAINED: f32 = 0.1;

/// Checks that hold for any training from the initial state.
fn check_run(name: &str, history: &History, epochs: usize) -> Result<(), Fault> {
    let fault = |mistake, found: String| Err(Fault::new(mistake, format!("`{name}` {found}.")));
    let (Some(&first), Some(&last)) = (history.loss.first(), history.loss.last()) else {
        return fault("vide", "ne contient aucune époque".into());
    };
    let final_accuracy = history.accuracy.last().copied().unwrap_or(0.0);
    if history.loss.iter().chain(&history.accuracy).any(|v| !v.is_finite()) {
        return fault("nan", "contient des `NaN` ou des infinis".into());
    }
    if history.epochs() != epochs {
        return fault(
            "époques",
            format!("compte {} époque(s) au lieu de {epochs}", history.epochs()),
        );
    }
    if first < ALREADY_TRAINED {
        let found = format!(
            "commence par une perte de `{}`, celle d'un réseau déjà entraîné",
            short(first)
        );
        return fault("état non remis", found);
    }
    if final_accuracy < 0.5 {
        let found = format!("finit à une précision de `{}` seulement", short(final_accuracy));
        return fault("n'apprend pas", found);
    }
    if first > 1.0 {
        return fault("pixels", format!("commence par une perte moyenne de `{}`", short(first)));
    }
    if last >= first {
        let found = format!("a une perte qui va de `{}` à `{}`", short(first), short(last));
        return fault("perte qui monte", found);
    }
    Ok(())
}

/// A history as training writes it: exponential descent, validation apart.
#[cfg(test)]
fn made(epochs: usize, first: f32, validation: Option<f32>) -> History {
    let loss: Vec<f32> = (0..epochs).map(|e| first * (-0.3 * e as f32).exp()).collect();
    let accuracy: Vec<f32> = loss.iter().map(|l| 1.0 - 0.3 * l).collect();
    let (val_loss, val_accuracy) = match validation {
        Some(best) => (
            (0..epochs).map(|e| best + 0.02 * (e as f32 - 4.0).abs()).collect(),
            (0..epochs).map(|e| 0.98 - 0.002 * (e as f32 - 6.0).abs()).collect(),
        ),
        None => Default::default(),
    };
    let seconds = (0..epochs).map(|e| 0.5 + 0.01 * e as f64 + f64::from(first)).collect();
    History { name: "essai".into(), loss, accuracy, val_loss, val_accuracy, seconds }
}

const RUN_MISTAKES: [(&str, &str); 6] = [
    ("vide", "L'historique est vide : `fit` a-t-il été appelé, avec au moins une époque ?"),
    (
        "nan",
        "La perte n'est plus un nombre : le taux d'apprentissage est trop grand, ou les données contiennent des `NaN`.",
    ),
    (
        "état non remis",
        "Le réseau avait déjà appris : remettez-le d'abord dans son état initial avec `set_state`.",
    ),
    (
        "n'apprend pas",
        "Le réseau n'apprend presque pas : vérifiez que `x` et `y` sont bien ceux de l'apprentissage, dans le même ordre.",
    ),
    (
        "pixels",
        "Une perte pareille à la première époque fait penser à des pixels non divisés par 255.",
    ),
    ("perte qui monte", "La perte ne descend pas : le taux d'apprentissage est-il trop grand ?"),
];

pub(super) static ENTRAINEMENT: Exercise = Exercise {
    id: "tp1-entrainement",
    notebook: Notebook::Tp1,
    points: 2,
    title: "Le premier entraînement",
    hints: &[
        "`modele.fit(&x_train, &y_train, Fit { epochs: …, batch_size: …, ..Fit::default() })?` rend l'historique.",
        "Regardez la ligne de chaque époque : la perte doit descendre, la précision monter au-dessus de 99 %.",
    ],
    mistakes: &[
        RUN_MISTAKES[0],
        RUN_MISTAKES[1],
        RUN_MISTAKES[2],
        RUN_MISTAKES[3],
        RUN_MISTAKES[4],
        RUN_MISTAKES[5],
        (
            "époques",
            "Le nombre d'époques n'est pas celui demandé : c'est le champ `epochs` de `Fit`.",
        ),
        (
            "trop lent",
            "Le réseau apprend, mais trop peu : taille de lot, optimiseur et taux sont-ils ceux demandés ?",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("alone", || entrainement(&made(15, 0.25, None))),
        right("with validation", || entrainement(&made(15, 0.4, Some(0.07)))),
        wrong("vide", || entrainement(&History::default())),
        wrong("époques", || entrainement(&made(5, 0.25, None))),
        wrong("époques", || entrainement(&made(1, 0.25, None))),
        wrong("état non remis", || entrainement(&made(15, 0.01, None))),
        wrong("n'apprend pas", || {
            let flat = History { accuracy: vec![0.1; 15], ..made(15, 2.3, None) };
            entrainement(&flat)
        }),
        wrong("pixels", || entrainement(&made(15, 3.0, None))),
        wrong("perte qui monte", || {
            let mut up = made(15, 0.25, None);
            up.loss.reverse();
            up.loss.iter_mut().for_each(|l| *l += 0.1);
            entrainement(&up)
        }),
        wrong("trop lent", || {
            let slow = History { accuracy: vec![0.9; 15], ..made(15, 0.9, None) };
            entrainement(&slow)
        }),
        wrong("nan", || entrainement(&History { loss: vec![f32::NAN; 15], ..made(15, 0.3, None) })),
    ],
};

/// The first training: 15 epochs.
pub fn entrainement(history: &History) -> Verdict {
    ENTRAINEMENT.judge(|| {
        check_run("historique", history, EPOCHS)?;
        let accuracy = history.accuracy.last().copied().unwrap_or(0.0);
        if accuracy < 0.98 {
            let found = format!("la précision d'apprentissage finit à `{}`.", short(accuracy));
            return Err(Fault::new("trop lent", found));
        }
        Ok(format!(
            "15 époques, la perte descend de {} à {}.",
            french(history.loss[0]),
            french(history.loss[EPOCHS - 1])
        ))
    })
}

fn french(value: f32) -> String {
    short(value).replace('.', ",")
}

pub(super) static RELANCE: Exercise = Exercise {
    id: "tp1-relance",
    notebook: Notebook::Tp1,
    points: 2,
    title: "Recommencer à l'identique",
    hints: &[
        "Pour obtenir exactement les mêmes nombres il faut repartir des mêmes poids et revoir les images dans le même ordre.",
        "Deux lignes : `modele.set_state(&etat_initial)?;` puis le même appel à `fit`, avec la même graine `seed`.",
    ],
    mistakes: &[
        (
            "état non remis",
            "Le second essai part d'un réseau déjà entraîné (sa première perte est bien plus petite) : il faut d'abord remettre l'état initial.",
        ),
        (
            "autre graine",
            "Les deux essais se ressemblent sans être égaux : même départ, mais pas le même ordre des images. La graine `seed` est-elle la même ?",
        ),
        (
            "copie",
            "Les deux historiques ont jusqu'aux mêmes durées : c'est une copie. Refaites vraiment l'entraînement.",
        ),
        ("époques", "Les deux essais n'ont pas le même nombre d'époques."),
        ("vide", "Un des historiques est vide : `fit` a-t-il été appelé ?"),
        ("nan", "Un historique contient des `NaN` : le taux d'apprentissage est-il trop grand ?"),
    ],
    #[cfg(test)]
    trials: &[
        right("same numbers", || relance(&made(2, 0.25, None), &later(made(2, 0.25, None)))),
        right("with validation", || {
            relance(&made(3, 0.25, Some(0.1)), &later(made(3, 0.25, Some(0.1))))
        }),
        wrong("état non remis", || relance(&made(2, 0.25, None), &made(2, 0.08, None))),
        wrong("autre graine", || relance(&made(2, 0.25, None), &made(2, 0.2503, None))),
        wrong("copie", || relance(&made(2, 0.25, None), &made(2, 0.25, None))),
        wrong("époques", || relance(&made(2, 0.25, None), &later(made(3, 0.25, None)))),
        wrong("vide", || relance(&made(2, 0.25, None), &History::default())),
        wrong("nan", || {
            let broken = History { loss: vec![f32::NAN; 2], ..made(2, 0.25, None) };
            relance(&made(2, 0.25, None), &broken)
        }),
    ],
};

#[cfg(test)]
fn later(history: History) -> History {
    let seconds = history.seconds.iter().map(|s| s * 1.01).collect();
    History { seconds, ..history }
}

/// The same training twice gives the same numbers, bit for bit.
pub fn relance(first: &History, second: &History) -> Verdict {
    RELANCE.judge(|| {
        let fault = |mistake, found: String| Err(Fault::new(mistake, found));
        if first.loss.is_empty() || second.loss.is_empty() {
            return fault("vide", "un des deux historiques ne contient aucune époque.".into());
        }
        if first.loss.iter().chain(&second.loss).any(|v| !v.is_finite()) {
            return fault("nan", "une des pertes n'est pas un nombre.".into());
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
        if first.loss != second.loss {
            let trained = second.loss[0] < 0.7 * first.loss[0];
            return fault(if trained { "état non remis" } else { "autre graine" }, found);
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

pub(super) static VALIDATION: Exercise = Exercise {
    id: "tp1-validation",
    notebook: Notebook::Tp1,
    points: 2,
    title: "Mettre des images de côté",
    hints: &[
        "Remettez l'état initial, puis le même `fit` avec un champ de plus : `validation: Validation::Split(0.2)`.",
        "Avec 20 % de côté, il reste 48 000 images pour apprendre et 12 000 pour valider ; l'ensemble de test ne sert pas ici.",
    ],
    mistakes: &[
        RUN_MISTAKES[0],
        RUN_MISTAKES[1],
        RUN_MISTAKES[2],
        RUN_MISTAKES[3],
        RUN_MISTAKES[4],
        RUN_MISTAKES[5],
        ("époques", "Gardez 15 époques, pour voir le surapprentissage s'installer."),
        (
            "sans validation",
            "L'historique n'a pas de mesures de validation : c'est le champ `validation` de `Fit`.",
        ),
        (
            "validation sur l'apprentissage",
            "La perte de validation suit celle d'apprentissage jusqu'au bout : vous validez sur les images mêmes qui servent à apprendre. Mettez-en d'autres de côté.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("split", || validation(&made(15, 0.25, Some(0.07)))),
        right("other split", || validation(&made(15, 0.3, Some(0.09)))),
        wrong("sans validation", || validation(&made(15, 0.25, None))),
        wrong("époques", || validation(&made(3, 0.25, Some(0.07)))),
        wrong("état non remis", || validation(&made(15, 0.01, Some(0.07)))),
        wrong("vide", || validation(&History::default())),
        wrong("n'apprend pas", || {
            validation(&History { accuracy: vec![0.11; 15], ..made(15, 0.5, Some(2.3)) })
        }),
        wrong("pixels", || validation(&made(15, 4.0, Some(0.5)))),
        wrong("perte qui monte", || {
            validation(&History { loss: vec![0.3; 15], ..made(15, 0.3, Some(0.1)) })
        }),
        wrong("validation sur l'apprentissage", || {
            let run = made(15, 0.25, Some(0.07));
            let seen = run.loss.iter().map(|l| l * 0.9).collect();
            validation(&History { val_loss: seen, val_accuracy: run.accuracy.clone(), ..run })
        }),
        wrong("nan", || {
            validation(&History { loss: vec![f32::INFINITY; 15], ..made(15, 0.3, None) })
        }),
    ],
};

/// The training with a validation split: 15 epochs from the initial state.
pub fn validation(history: &History) -> Verdict {
    VALIDATION.judge(|| {
        check_run("historique_val", history, EPOCHS)?;
        if history.val_loss.len() != history.epochs() {
            return Err(Fault::new("sans validation", "`historique_val.val_loss` est vide."));
        }
        let (loss, val) = (history.loss[EPOCHS - 1], history.val_loss[EPOCHS - 1]);
        if val < 1.5 * loss {
            let found = format!("à la dernière époque : perte `{}`, perte de validation `{}`.", short(loss), short(val));
            return Err(Fault::new("validation sur l'apprentissage", found));
        }
        Ok(format!(
            "à la fin, perte d'apprentissage {}, de validation {} : l'écart est le surapprentissage.",
            french(loss),
            french(val)
        ))
    })
}

/// After how many epochs training stops when it bears `patience` epochs without a
/// value lower than the best; `None` when it never does.
fn fired(values: &[f32], patience: usize) -> Option<usize> {
    let (mut best, mut waited) = (f32::INFINITY, 0);
    for (epoch, &value) in values.iter().enumerate() {
        if value < best {
            (best, waited) = (value, 0);
        } else {
            waited += 1;
            if waited >= patience {
                return Some(epoch + 1);
            }
        }
    }
    None
}

/// How many epochs training lasts.
fn stop(losses: &[f32], patience: usize) -> usize {
    fired(losses, patience).unwrap_or(losses.len())
}

type Losses = (Vec<f32>, usize);

pub(super) static ARRET_PRECOCE: Exercise = Exercise {
    id: "tp1-arret-precoce",
    notebook: Notebook::Tp1,
    points: 3,
    title: "La règle de l'arrêt anticipé",
    hints: &[
        "Deux variables suffisent : la meilleure perte vue jusqu'ici, et le nombre d'époques écoulées depuis.",
        "À chaque époque : si la perte bat la meilleure, on la retient et le compteur revient à 0 ; sinon le compteur avance, et s'il atteint `patience` on rend le nombre d'époques faites.",
    ],
    mistakes: &[
        (
            "patience ignorée",
            "Vous arrêtez à la première remontée : il faut attendre `patience` époques sans progrès.",
        ),
        (
            "compteur jamais remis à zéro",
            "Le compteur d'attente doit revenir à 0 à chaque progrès ; le vôtre additionne toutes les époques sans progrès.",
        ),
        (
            "comparé à la précédente",
            "Vous comparez chaque perte à la précédente ; un progrès, c'est battre la meilleure depuis le début.",
        ),
        (
            "indice au lieu du nombre",
            "Il manque 1 : après l'époque d'indice e, le réseau a fait e + 1 époques.",
        ),
        (
            "une époque de trop",
            "Vous attendez une époque de trop : on s'arrête dès que l'attente atteint `patience`.",
        ),
        (
            "meilleure époque",
            "Vous rendez la meilleure époque ; on demande celle où l'entraînement s'arrête, `patience` époques plus tard.",
        ),
        ("jamais d'arrêt", "Vous allez toujours jusqu'au bout : où la fonction s'arrête-t-elle ?"),
        (
            "maximum",
            "Vous cherchez une perte plus grande : pour une perte, mieux veut dire plus petit.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("counter", || arret_precoce(stop)),
        right("best epoch", || {
            arret_precoce(|losses, patience| {
                let mut best = 0;
                for epoch in 0..losses.len() {
                    if losses[epoch] < losses[best] {
                        best = epoch;
                    }
                    if epoch - best >= patience {
                        return epoch + 1;
                    }
                }
                losses.len()
            })
        }),
        wrong("patience ignorée", || arret_precoce(|losses, _| stop(losses, 1))),
        wrong("compteur jamais remis à zéro", || arret_precoce(never_reset)),
        wrong("comparé à la précédente", || arret_precoce(against_previous)),
        wrong("indice au lieu du nombre", || {
            arret_precoce(|losses, patience| {
                fired(losses, patience).map_or(losses.len(), |n| n - 1)
            })
        }),
        wrong("indice au lieu du nombre", || arret_precoce(|l, patience| stop(l, patience) - 1)),
        wrong("une époque de trop", || {
            arret_precoce(|losses, patience| stop(losses, patience + 1))
        }),
        wrong("meilleure époque", || arret_precoce(best_epoch)),
        wrong("meilleure époque", || {
            arret_precoce(|losses, patience| best_epoch(losses, patience) - 1)
        }),
        wrong("jamais d'arrêt", || arret_precoce(|losses, _| losses.len())),
        wrong("maximum", || {
            arret_precoce(|losses, patience| {
                stop(&losses.iter().map(|l| -l).collect::<Vec<_>>(), patience)
            })
        }),
        wrong("indice hors limites", || arret_precoce(|losses, _| losses[losses.len()] as usize)),
        wrong("à compléter", || arret_precoce(|_, _| todo!("à compléter"))),
    ],
};

fn never_reset(losses: &[f32], patience: usize) -> usize {
    let (mut best, mut waited) = (f32::INFINITY, 0);
    for (epoch, &loss) in losses.iter().enumerate() {
        if loss < best {
            best = loss;
        } else {
            waited += 1;
            if waited >= patience {
                return epoch + 1;
            }
        }
    }
    losses.len()
}

fn against_previous(losses: &[f32], patience: usize) -> usize {
    let mut waited = 0;
    for epoch in 1..losses.len() {
        waited = if losses[epoch] < losses[epoch - 1] { 0 } else { waited + 1 };
        if waited >= patience {
            return epoch + 1;
        }
    }
    losses.len()
}

/// The best epoch (from 1) before training stops.
fn best_epoch(losses: &[f32], patience: usize) -> usize {
    let seen = &losses[..stop(losses, patience)];
    1 + (1..seen.len()).fold(0, |best, e| if seen[e] < seen[best] { e } else { best })
}

/// `arret_precoce(pertes, patience)`: number of epochs done when training stops.
pub fn arret_precoce(student: fn(&[f32], usize) -> usize) -> Verdict {
    ARRET_PRECOCE.judge(|| {
        let one = |n: usize| vec![n as f32];
        let inputs: Vec<Losses> = vec![
            (vec![0.5, 0.4, 0.45, 0.3, 0.35, 0.38, 0.33, 0.29, 0.4, 0.31, 0.3, 0.5, 0.6], 3),
            (vec![0.9, 0.7, 0.8, 0.75, 0.72, 0.6, 0.65, 0.61, 0.59, 0.7, 0.8, 0.9, 0.5], 4),
            (vec![0.3, 0.2, 0.25, 0.22, 0.1, 0.15, 0.2, 0.05], 2),
            (vec![0.8, 0.6, 0.5, 0.4, 0.3], 2),
        ];
        compare(
            inputs,
            |(losses, patience)| format!("arret_precoce(&{}, {patience})", show(losses)),
            |(losses, patience)| one(student(losses, *patience)),
            |(losses, patience)| one(stop(losses, *patience)),
            &[
                ("jamais d'arrêt", &|(l, _): &Losses| one(l.len())),
                ("patience ignorée", &|(l, _): &Losses| one(stop(l, 1))),
                ("compteur jamais remis à zéro", &|(l, p): &Losses| one(never_reset(l, *p))),
                ("comparé à la précédente", &|(l, p): &Losses| one(against_previous(l, *p))),
                ("une époque de trop", &|(l, p): &Losses| one(stop(l, p + 1))),
                ("meilleure époque", &|(l, p): &Losses| one(best_epoch(l, *p))),
                ("meilleure époque", &|(l, p): &Losses| one(best_epoch(l, *p) - 1)),
                ("maximum", &|(l, p): &Losses| {
                    one(stop(&l.iter().map(|v| -v).collect::<Vec<_>>(), *p))
                }),
                ("indice au lieu du nombre", &|(l, p): &Losses| one(stop(l, *p) - 1)),
                ("indice au lieu du nombre", &|(l, p): &Losses| {
                    one(fired(l, *p).map_or(l.len(), |n| n - 1))
                }),
            ],
        )?;
        Ok("la règle s'arrête au bon moment sur quatre courbes inconnues.".into())
    })
}

pub(super) static ARRETS: Exercise = Exercise {
    id: "tp1-arrets",
    notebook: Notebook::Tp1,
    points: 2,
    title: "L'arrêt anticipé à l'œuvre",
    hints: &[
        "Chaque entraînement repart de l'état initial, avec `callbacks: vec![EarlyStopping { monitor: …, patience: 3, ..EarlyStopping::default() }.into()]`.",
        "Les mesures surveillées : `Monitor::ValAccuracy` pour le premier, `Monitor::ValLoss` pour le second ; et une validation, sans laquelle elles n'existent pas.",
    ],
    mistakes: &[
        ("vide", "Un des historiques est vide : `fit` a-t-il été appelé ?"),
        (
            "sans validation",
            "Sans données de validation il n'y a rien à surveiller : ajoutez `validation: Validation::Split(0.2)`.",
        ),
        (
            "état non remis",
            "Un des entraînements part d'un réseau déjà entraîné : `set_state` avant chacun des deux.",
        ),
        (
            "pas d'arrêt",
            "L'entraînement a continué alors que la mesure ne progressait plus depuis longtemps : le rappel (*callback*) est-il bien dans `callbacks` ?",
        ),
        ("patience", "L'arrêt ne correspond pas à une patience de 3 époques."),
        (
            "mesures échangées",
            "Les deux mesures semblent échangées : la première surveille la précision, la seconde la perte.",
        ),
        ("même mesure", "Les deux entraînements ont surveillé la même mesure."),
        ("nan", "Un historique contient des `NaN`."),
    ],
    #[cfg(test)]
    trials: &[
        right("typical", || arrets(&run(10), &run(8))),
        right("never stopped", || {
            let steady = |epochs| History {
                val_loss: (0..epochs).map(|e| 0.2 / (1.0 + e as f32)).collect(),
                val_accuracy: (0..epochs).map(|e| 0.9 + 0.004 * e as f32).collect(),
                ..run(epochs)
            };
            arrets(&steady(20), &steady(20))
        }),
        wrong("vide", || arrets(&History::default(), &run(8))),
        wrong("sans validation", || arrets(&made(10, 0.25, None), &run(8))),
        wrong("état non remis", || arrets(&run(10), &History { loss: vec![0.01; 8], ..run(8) })),
        wrong("pas d'arrêt", || arrets(&run(20), &run(20))),
        wrong("patience", || arrets(&run(12), &run(10))),
        wrong("patience", || arrets(&run(8), &run(6))),
        wrong("mesures échangées", || arrets(&run(8), &run(10))),
        wrong("même mesure", || arrets(&run(10), &run(10))),
        wrong("même mesure", || arrets(&run(8), &run(8))),
        wrong("nan", || arrets(&run(10), &History { val_loss: vec![f32::NAN; 8], ..run(8) })),
    ],
};

/// Validation loss best at epoch 5, accuracy at epoch 7: patience 3 stops at 8 and 10.
#[cfg(test)]
fn run(epochs: usize) -> History {
    made(epochs, 0.25, Some(0.07))
}

/// Trainings stopped early on validation accuracy and on validation loss, patience 3.
pub fn arrets(on_accuracy: &History, on_loss: &History) -> Verdict {
    const PATIENCE: usize = 3;
    let by_accuracy =
        |h: &History| fired(&h.val_accuracy.iter().map(|a| -a).collect::<Vec<_>>(), PATIENCE);
    let by_loss = |h: &History| fired(&h.val_loss, PATIENCE);
    ARRETS.judge(|| -> Finding {
        for (name, h) in [("arret_precision", on_accuracy), ("arret_perte", on_loss)] {
            let fault = |mistake, text: &str| Err(Fault::new(mistake, format!("`{name}` {text}.")));
            let n = h.epochs();
            if n == 0 {
                return fault("vide", "ne contient aucune époque");
            }
            if h.val_loss.len() != n || h.val_accuracy.len() != n {
                return fault("sans validation", "n'a pas de mesures de validation");
            }
            if h.loss.iter().chain(&h.val_loss).chain(&h.val_accuracy).any(|v| !v.is_finite()) {
                return fault("nan", "contient des `NaN`");
            }
            if h.loss[0] < ALREADY_TRAINED {
                return fault("état non remis", "part d'un réseau déjà entraîné");
            }
        }
        let (n, m) = (on_accuracy.epochs(), on_loss.epochs());
        // Without a reason to stop, training goes on to the last epoch allowed.
        let ends = |fired: Option<usize>| fired.unwrap_or(LONGEST);
        let (good, fine) = (ends(by_accuracy(on_accuracy)) == n, ends(by_loss(on_loss)) == m);
        if good && fine {
            return Ok(format!(
                "arrêt après {n} époques sur la précision, après {m} sur la perte."
            ));
        }
        let found = format!("`arret_precision` dure {n} époques, `arret_perte` {m}.");
        let (cross, back) = (by_loss(on_accuracy) == Some(n), by_accuracy(on_loss) == Some(m));
        let late = |fired: Option<usize>, n: usize| fired.is_some_and(|fired| n >= fired + 5);
        let mistake = match () {
            () if !good && !fine && cross && back => "mesures échangées",
            () if (good && !fine && back) || (fine && !good && cross) => "même mesure",
            () if late(by_accuracy(on_accuracy), n) || late(by_loss(on_loss), m) => "pas d'arrêt",
            () => "patience",
        };
        Err(Fault::new(mistake, found).worth(if good || fine { 0.5 } else { 0.0 }))
    })
}

pub(super) static SAUVEGARDE: Exercise = Exercise {
    id: "tp1-sauvegarde",
    notebook: Notebook::Tp1,
    points: 1,
    title: "Enregistrer et relire le réseau",
    hints: &[
        "Deux lignes : `modele.save(chemin)?` écrit structure et poids dans un seul fichier, `Model::load(chemin)?` rend un nouveau réseau.",
        "Les deux réseaux doivent donner exactement les mêmes probabilités sur n'importe quelle image.",
    ],
    mistakes: &[
        (
            "même réseau",
            "C'est le même réseau sous deux noms (`clone` partage les poids) : relisez-le depuis le fichier.",
        ),
        (
            "autre architecture",
            "Le réseau relu n'a pas la même structure : est-ce le bon fichier ?",
        ),
        (
            "poids différents",
            "Même structure, autres poids : ce réseau n'a pas été relu du fichier, ou le fichier date d'avant l'entraînement.",
        ),
        (
            "une partie des poids",
            "Certaines couches sont identiques, d'autres non : tous les poids doivent revenir.",
        ),
        ("poids nuls", "Le réseau relu n'a que des poids nuls."),
        ("nan", "Le réseau rend des `NaN` : était-il sain avant l'enregistrement ?"),
    ],
    #[cfg(test)]
    trials: &[
        right("through a file", || {
            let folder = tempfile::tempdir().unwrap();
            let (model, path) = (tiny(1), folder.path().join("essai.safetensors"));
            model.save(&path).unwrap();
            sauvegarde(&model, &Model::load(&path).unwrap())
        }),
        right("through the state", || {
            let (model, mut copy) = (tiny(1), tiny(2));
            copy.set_state(&model.state().unwrap()).unwrap();
            sauvegarde(&model, &copy)
        }),
        wrong("même réseau", || {
            let model = tiny(1);
            sauvegarde(&model, &model.clone())
        }),
        wrong("autre architecture", || {
            let other = Sequential::new("b", 12).dense("C1", 9, Activation::Relu);
            let other = other.dense("C2", 4, Activation::Softmax);
            let other = other.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap();
            sauvegarde(&tiny(1), &other)
        }),
        wrong("poids différents", || sauvegarde(&tiny(1), &tiny(2))),
        wrong("une partie des poids", || {
            let (model, copy) = (tiny(1), tiny(2));
            let (from, to) = (model.vars(), copy.vars());
            to[0].set(from[0].as_tensor()).unwrap();
            sauvegarde(&model, &copy)
        }),
        wrong("poids nuls", || {
            let copy = tiny(2);
            for var in copy.vars() {
                var.set(&var.as_tensor().zeros_like().unwrap()).unwrap();
            }
            sauvegarde(&tiny(1), &copy)
        }),
        wrong("nan", || {
            let copy = tiny(1);
            for var in copy.vars() {
                var.set(&(var.as_tensor() * f64::NAN).unwrap()).unwrap();
            }
            sauvegarde(&copy, &tiny(1))
        }),
    ],
};

#[cfg(test)]
fn tiny(seed: u64) -> Model {
    let network = Sequential::new("a", 12).seed(seed).dense("C1", 8, Activation::Relu);
    let network = network.dense("C2", 4, Activation::Softmax);
    network.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap()
}

/// The network read back equals the one saved.
pub fn sauvegarde(model: &Model, read: &Model) -> Verdict {
    SAUVEGARDE.judge(|| {
        let fault = |mistake, found: &str| Err(Fault::new(mistake, found));
        let shapes =
            |m: &Model| -> Vec<Vec<usize>> { m.vars().iter().map(|v| v.dims().to_vec()).collect() };
        if shapes(model) != shapes(read) || model.input_shape() != read.input_shape() {
            return fault("autre architecture", "les deux réseaux n'ont pas les mêmes couches.");
        }
        let (kept, reread) = (model.vars(), read.vars());
        if kept.iter().zip(&reread).any(|(a, b)| a.as_tensor().id() == b.as_tensor().id()) {
            return fault("même réseau", "les deux réseaux partagent leurs poids.");
        }
        let mut rng = Rng::new(12);
        let pixels: usize = model.input_shape().iter().product();
        let x: Vec<f32> = (0..4 * pixels).map(|_| rng.uniform(0.0, 1.0)).collect();
        let x = Tensor::from_vec(x, [&[4], model.input_shape()].concat(), &Device::Cpu)?;
        let predict = |m: &Model| -> Result<Vec<f32>, Fault> {
            numbers(&call("predict", || m.predict(&x))??)
        };
        let (before, after) = (predict(model)?, predict(read)?);
        if before.iter().chain(&after).any(|p| p.is_nan()) {
            return fault("nan", "les prédictions contiennent des `NaN`.");
        }
        let mut same = Vec::new();
        for (a, b) in kept.iter().zip(&reread) {
            let (a, b) = (numbers(a.as_tensor())?, numbers(b.as_tensor())?);
            if a.iter().any(|v| *v != 0.0) {
                same.push((close(&a, &b), b.iter().all(|v| *v == 0.0)));
            }
        }
        if close(&before, &after) && same.iter().all(|(equal, _)| *equal) {
            return Ok("le réseau relu donne exactement les mêmes probabilités.".into());
        }
        let mistake = match () {
            () if same.iter().all(|(_, zero)| *zero) => "poids nuls",
            () if same.iter().any(|(equal, _)| *equal) => "une partie des poids",
            () => "poids différents",
        };
        fault(mistake, "les deux réseaux ne donnent pas les mêmes probabilités.")
    })
}
