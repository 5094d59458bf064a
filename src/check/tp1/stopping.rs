//! Early stopping: the rule, then two trainings that follow it.

use super::super::history::Asked;
#[cfg(test)]
use super::super::history::{ASTRAY_JUDGED, astray, trained};
use super::super::probe::{compare, show};
#[cfg(test)]
use super::super::registry::{right, with_trials, wrong, wrong_each};
use super::super::{Exercise, Fault, Finding, Notebook, Verdict};
use super::training::ALREADY_TRAINED;
#[cfg(test)]
use super::training::made;
use crate::train::History;

/// Most epochs that a training stopped early may last.
const LONGEST: usize = 20;

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
            "égalité",
            "Une perte égale au record ne le bat pas : seule une perte strictement plus petite remet l'attente à zéro.",
        ),
        (
            "premier record à 1",
            "Les pertes peuvent dépasser 1 : le premier record est la première perte, ou `f32::INFINITY`.",
        ),
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
        right("by prefixes", || {
            arret_precoce(|losses, patience| {
                let least = |l: &[f32]| l.iter().copied().fold(f32::INFINITY, f32::min);
                let over = |n: &usize| {
                    *n > patience && least(&losses[..n - patience]) <= least(&losses[n - patience..*n])
                };
                (1..=losses.len()).find(over).unwrap_or(losses.len())
            })
        }),
        wrong("égalité", || arret_precoce(ties)),
        wrong("premier record à 1", || arret_precoce(from_one)),
        wrong("indice hors limites", || arret_precoce(|losses, _| losses[losses.len()] as usize)),
        wrong("à compléter", || arret_precoce(|_, _| todo!("à compléter"))),
    ],
};

/// A tie beats the record.
fn ties(losses: &[f32], patience: usize) -> usize {
    let (mut best, mut waited) = (f32::INFINITY, 0);
    for (epoch, &loss) in losses.iter().enumerate() {
        (best, waited) = if loss <= best { (loss, 0) } else { (best, waited + 1) };
        if waited >= patience {
            return epoch + 1;
        }
    }
    losses.len()
}

/// The first record is 1.
fn from_one(losses: &[f32], patience: usize) -> usize {
    let capped: Vec<f32> = std::iter::once(1.0).chain(losses.iter().copied()).collect();
    match fired(&capped, patience) {
        Some(epoch) => epoch - 1,
        None => losses.len(),
    }
}

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
            // A tie beats no record.
            (vec![0.6, 0.5, 0.5, 0.5, 0.4, 0.3], 2),
            // Losses above 1.
            (vec![2.9, 2.5, 2.7, 2.6, 2.1, 2.2, 2.3, 2.0], 3),
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
                ("égalité", &|(l, p): &Losses| one(ties(l, *p))),
                ("premier record à 1", &|(l, p): &Losses| one(from_one(l, *p))),
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
        Ok("la règle s'arrête au bon moment sur six courbes inconnues, égalités comprises.".into())
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
    trials: &with_trials::<_, _, 25>(
        [
        right("typical", || arrets(&run(10), &run(8))),
        right("never stopped", || {
            let steady = |epochs| History {
                val_loss: (0..epochs).map(|e| 0.2 / (1.0 + e as f32)).collect(),
                val_accuracy: (0..epochs).map(|e| 0.9 + 0.004 * e as f32).collect(),
                ..run(epochs)
            };
            arrets(&steady(20), &steady(20))
        }),
        right("as `fit` leaves them", || {
            arrets(&trained(run(10), |_| {}), &trained(run(8), |_| {}))
        }),
        right("another seed", || {
            arrets(&trained(run(10), |p| p.seed = 3), &trained(run(8), |p| p.seed = 3))
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
        wrong_each(ASTRAY_JUDGED, |mistake| arrets(&run(10), &astray(run(8), mistake))),
    ),
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
            Asked::MNIST.check(h)?;
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
