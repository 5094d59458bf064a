//! Two trainings that stop by themselves.

use super::super::hints::hints;
use super::super::history::{Asked, fired, stopping};
use super::super::{Exercise, Fault, Finding, Verdict};
use super::training::check_named;
use crate::train::{History, Monitor, Stopping};

/// Most epochs that a training stopped early may last.
const LONGEST: usize = 20;

pub(super) static ARRETS: Exercise = Exercise {
    id: "tp1-arrets",
    points: 2,
    title: "L'arrêt anticipé à l'œuvre",
    hints: &[
        "Chaque entraînement repart de l'état initial, avec `callbacks: vec![EarlyStopping { monitor: …, patience: 3, ..EarlyStopping::default() }.into()]`.",
        "Les mesures surveillées : `Monitor::ValAccuracy` pour le premier, `Monitor::ValLoss` pour le second ; et une validation, sans laquelle elles n'existent pas.",
    ],
    mistakes: &hints! {
        "vide" => "Un des historiques est vide : `fit` a-t-il été appelé ?";
        "sans validation" => "Sans données de validation il n'y a rien à surveiller : ajoutez `validation: Validation::Split(0.2)`.";
        "état non remis" => "Un des entraînements part d'un réseau déjà entraîné : `set_state` avant chacun des deux.";
        "pas d'arrêt" => "L'entraînement a continué alors que la mesure ne progressait plus depuis longtemps : le rappel (*callback*) est-il bien dans `callbacks` ?";
        "patience" => "L'arrêt ne correspond pas à une patience de 3 époques.";
        "mesures échangées" => "Les deux mesures semblent échangées : la première surveille la précision, la seconde la perte.";
        "même mesure" => "Les deux entraînements ont surveillé la même mesure.";
        "nan" => "Un historique contient des `NaN`.";
    },
    #[cfg(test)]
    trials: trials::ARRETS,
};

/// Epochs without progress that are borne.
const PATIENCE: usize = 3;

/// What was ready to stop both trainings, against what was asked for; nothing where an
/// older version of the library did not note it.
fn stops(histories: [&History; 2]) -> Result<(), Fault> {
    let noted = histories.map(|history| history.params.as_ref().and_then(stopping));
    let [Some(first), Some(second)] = noted else { return Ok(()) };
    let (Some(first), Some(second)) = (first, second) else {
        let name = if first.is_none() { "arret_precision" } else { "arret_perte" };
        let found = format!("aucun `EarlyStopping` ne surveillait `{name}`.");
        return Err(Fault::new("sans arrêt", found));
    };
    let asked = [Monitor::ValAccuracy, Monitor::ValLoss]
        .map(|monitor| Stopping { monitor, patience: PATIENCE });
    let right = [first == asked[0], second == asked[1]];
    let [one, other] = [first, second].map(|stopping| stopping.monitor);
    let mistake = match () {
        () if right == [true, true] => return Ok(()),
        () if one == other => "même mesure",
        () if [one, other] == [Monitor::ValLoss, Monitor::ValAccuracy] => "mesures échangées",
        () if [one, other] == [Monitor::ValAccuracy, Monitor::ValLoss] => "patience",
        () => "mesure surveillée",
    };
    let found = format!(
        "`arret_precision` surveille {}, `arret_perte` {}, avec une patience de {} et de {}.",
        one.name(),
        other.name(),
        first.patience,
        second.patience
    );
    Err(Fault::new(mistake, found).worth(if right.contains(&true) { 0.5 } else { 0.0 }))
}

/// Trainings stopped early on validation accuracy and on validation loss, patience 3.
pub fn arrets(on_accuracy: &History, on_loss: &History) -> Verdict {
    let by_accuracy =
        |h: &History| fired(&h.val_accuracy.iter().map(|a| -a).collect::<Vec<_>>(), PATIENCE);
    let by_loss = |h: &History| fired(&h.val_loss, PATIENCE);
    ARRETS.judge(|| -> Finding {
        for (name, h) in [("arret_precision", on_accuracy), ("arret_perte", on_loss)] {
            check_named(name, h, &Asked { epochs: Some(LONGEST), ..Asked::MNIST })?;
        }
        stops([on_accuracy, on_loss])?;
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

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::astray::{ASTRAY, ASTRAY_JUDGED, astray, trained};
    use crate::check::registry::{Trial, right, wrong, wrong_each};
    use crate::check::tp1::training::made;

    pub(super) const ARRETS: &[Trial] = &[
        right("typical", || arrets(&run(10), &run(8))),
        right("never stopped", || {
            let steady = |epochs| History {
                val_loss: (0..epochs).map(|e| 0.2 / (1.0 + e as f32)).collect(),
                val_accuracy: (0..epochs).map(|e| 0.9 + 0.004 * e as f32).collect(),
                ..run(epochs)
            };
            arrets(&steady(20), &steady(20))
        }),
        right("as `fit` leaves them", || noted(ACCURACY, LOSS)),
        right("another seed", || arrets(&asked(run(10), 3, ACCURACY), &asked(run(8), 3, LOSS))),
        wrong("sans arrêt", || noted(ACCURACY, None)),
        wrong("sans arrêt", || noted(None, LOSS)),
        wrong("même mesure", || noted(LOSS, LOSS)),
        wrong("mesures échangées", || noted(LOSS, ACCURACY)),
        wrong("mesure surveillée", || noted(stopped(Monitor::Accuracy, 3), LOSS)),
        wrong("patience", || noted(ACCURACY, stopped(Monitor::ValLoss, 5))),
        wrong("époques", || {
            arrets(&asked(run(10), 0, ACCURACY), &trained(run(8), |p| p.epochs = 10))
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
        wrong_each(ASTRAY, |mistake| arrets(&run(10), &astray(run(8), mistake))),
        wrong_each(ASTRAY_JUDGED, |mistake| arrets(&run(10), &astray(run(8), mistake))),
    ];

    const ACCURACY: Option<Stopping> = stopped(Monitor::ValAccuracy, 3);
    const LOSS: Option<Stopping> = stopped(Monitor::ValLoss, 3);

    const fn stopped(monitor: Monitor, patience: usize) -> Option<Stopping> {
        Some(Stopping { monitor, patience })
    }

    /// As `fit` leaves it, asked for twenty epochs.
    fn asked(history: History, seed: u64, stopping: Option<Stopping>) -> History {
        trained(history, |params| {
            (params.epochs, params.seed) = (LONGEST, seed);
            (params.callbacks, params.stopping) = (stopping.is_some(), stopping);
        })
    }

    /// Trainings of the right lengths, by what was ready to stop them.
    fn noted(first: Option<Stopping>, second: Option<Stopping>) -> Verdict {
        arrets(&asked(run(10), 0, first), &asked(run(8), 0, second))
    }

    /// Validation loss best at epoch 5, accuracy at epoch 7: patience 3 stops at 8 and 10.
    fn run(epochs: usize) -> History {
        made(epochs, 0.25, Some(0.07))
    }
}
