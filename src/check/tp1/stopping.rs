//! Early stopping: the rule.

#[cfg(test)]
mod trials;

use super::super::history::{fired, fired_by};
use super::super::probe::list;
use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Verdict};

/// How many epochs training lasts.
fn stop(losses: &[f32], patience: usize) -> usize {
    stop_by(losses, patience, |loss, best| loss < best)
}

/// The same with another idea of what a record is.
fn stop_by(losses: &[f32], patience: usize, record: fn(f32, f32) -> bool) -> usize {
    fired_by(losses, patience, record).unwrap_or(losses.len())
}

type Losses = (Vec<f32>, usize);

pub(super) static ARRET_PRECOCE: Exercise = Exercise {
    id: "tp1-arret-precoce",
    points: 3,
    title: "La règle de l'arrêt anticipé",
    hints: &[
        "Deux variables suffisent : la meilleure perte vue jusqu'ici, et le nombre d'époques écoulées depuis.",
        "À chaque époque : si la perte bat la meilleure, on la retient et le compteur revient à 0 ; sinon le compteur avance, et s'il atteint `patience` on rend le nombre d'époques faites.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::ARRET_PRECOCE,
};

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

static TASK: Task<Losses, usize> = Task {
    inputs: || {
        vec![
            (vec![0.5, 0.4, 0.45, 0.3, 0.35, 0.38, 0.33, 0.29, 0.4, 0.31, 0.3, 0.5, 0.6], 3),
            (vec![0.9, 0.7, 0.8, 0.75, 0.72, 0.6, 0.65, 0.61, 0.59, 0.7, 0.8, 0.9, 0.5], 4),
            (vec![0.3, 0.2, 0.25, 0.22, 0.1, 0.15, 0.2, 0.05], 2),
            (vec![0.8, 0.6, 0.5, 0.4, 0.3], 2),
            // A tie beats no record.
            (vec![0.6, 0.5, 0.5, 0.5, 0.4, 0.3], 2),
            // The first epoch is the best.
            (vec![0.2, 0.4, 0.3, 0.35, 0.5, 0.6], 2),
            // Records by a hair are records.
            (vec![0.5, 0.4999, 0.4998, 0.4997, 0.6, 0.7, 0.3], 2),
            // Losses above 1.
            (vec![2.9, 2.5, 2.7, 2.6, 2.1, 2.2, 2.3, 2.0], 3),
        ]
    },
    call: |(losses, patience)| format!("arret_precoce(&{}, {patience})", list(losses)),
    truth: |(l, p)| stop(l, *p),
    mistakes: mistakes! {
        "jamais d'arrêt" => "Vous allez toujours jusqu'au bout : où la fonction s'arrête-t-elle ?",
            |(l, _)| l.len();
        "patience ignorée" => "Vous arrêtez à la première remontée : il faut attendre `patience` époques sans progrès.",
            |(l, _)| stop(l, 1);
        "compteur jamais remis à zéro" => "Le compteur d'attente doit revenir à 0 à chaque progrès ; le vôtre additionne toutes les époques sans progrès.",
            |(l, p)| never_reset(l, *p);
        "comparé à la précédente" => "Vous comparez chaque perte à la précédente ; un progrès, c'est battre la meilleure depuis le début.",
            |(l, p)| against_previous(l, *p);
        "égalité" => "Une perte égale au record ne le bat pas : seule une perte strictement plus petite remet l'attente à zéro.",
            |(l, p)| stop_by(l, *p, |loss, best| loss <= best);
        "petits progrès ignorés" => "Un record battu de très peu est un record : comparez les pertes elles-mêmes, sans arrondi ni marge.",
            |(l, p)| stop_by(l, *p, |loss, best| loss < best - 1e-3),
            |(l, p)| stop(&l.iter().map(|v| (v * 100.0).trunc()).collect::<Vec<_>>(), *p);
        "premier record à 1" => "Les pertes peuvent dépasser 1 : le premier record est la première perte, ou `f32::INFINITY`.",
            |(l, p)| from_one(l, *p);
        "une époque de trop" => "Vous attendez une époque de trop : on s'arrête dès que l'attente atteint `patience`.",
            |(l, p)| stop(l, p + 1);
        "meilleure époque" => "Vous rendez la meilleure époque ; on demande celle où l'entraînement s'arrête, `patience` époques plus tard.",
            |(l, p)| best_epoch(l, *p),
            |(l, p)| best_epoch(l, *p) - 1;
        "maximum" => "Vous cherchez une perte plus grande : pour une perte, mieux veut dire plus petit.",
            |(l, p)| stop(&l.iter().map(|v| -v).collect::<Vec<_>>(), *p);
        "indice au lieu du nombre" => "Il manque 1 : après l'époque d'indice e, le réseau a fait e + 1 époques.",
            |(l, p)| stop(l, *p) - 1,
            |(l, p)| fired(l, *p).map_or(l.len(), |n| n - 1);
    },
    cases: cases! {
        (vec![0.5, 0.4, 0.3], 2) => "Chaque perte bat le record : on va jusqu'au bout.";
        (vec![0.5, 0.6, 0.4], 1) => "Avec une patience de 1, la première remontée arrête.";
        (vec![0.5, 0.6, 0.7, 0.4], 2) => "Deux époques sans record : on s'arrête après la troisième.";
        (vec![0.5, 0.6, 0.4, 0.5, 0.6, 0.1], 2) => "Un record remet l'attente à zéro.";
    },
};

/// `arret_precoce(pertes, patience)`: number of epochs done when training stops.
pub fn arret_precoce(student: fn(&[f32], usize) -> usize) -> Verdict {
    ARRET_PRECOCE.judge(|| {
        TASK.check(|(losses, patience)| student(losses, *patience))?;
        Ok("la règle s'arrête au bon moment sur huit courbes inconnues, égalités comprises.".into())
    })
}
