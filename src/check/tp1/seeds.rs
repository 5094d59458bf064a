//! Seeded initial weights.

use std::collections::HashSet;

use super::super::hints::hints;
use super::super::probe::{call, short};
use super::super::{Exercise, Fault, Verdict};

pub(super) static POIDS_INITIAUX: Exercise = Exercise {
    id: "tp1-poids-initiaux",
    points: 2,
    title: "Des poids initiaux reproductibles",
    hints: &[
        "Un seul générateur, créé à partir de la graine, puis n tirages successifs de ce générateur.",
        "`rng.uniform(a, b)` rend un nombre entre `a` et `b` ; ici les poids vont de `-limite` à `limite`.",
    ],
    mistakes: &hints! {
        "graine ignorée" => "Deux graines différentes donnent les mêmes poids : le paramètre `graine` doit entrer dans `Rng::new`.";
        "non reproductible" => "Deux appels avec la même graine donnent des poids différents : tout le hasard doit venir de `Rng::new(graine)`.";
        "poids tous nuls" => "Avec des poids tous nuls, tous les neurones d'une couche calculent la même chose et reçoivent le même gradient : ils resteraient jumeaux pour toujours.";
        "poids tous égaux" => "Tous les poids sont égaux : ou bien un seul tirage est recopié (`vec![x; n]`), ou bien le générateur est recréé à chaque tirage. Il faut un générateur, créé une fois avant la boucle, et n tirages.";
        "graines voisines" => "Deux graines différentes donnent en partie les mêmes poids : vous créez un générateur par poids (`graine + i`, `graine * i`…). Il en faut un seul, avant la boucle.";
        "jamais négatifs" => "Aucun poids n'est négatif : l'intervalle commence à `-limite`.";
        "jamais positifs" => "Aucun poids n'est positif : l'intervalle finit à `limite`.";
        "limite dépassée" => "Des poids sortent de l'intervalle : vérifiez les bornes données au tirage.";
        "intervalle trop étroit" => "Les poids restent loin des bornes : l'intervalle va de `-limite` à `limite`, sans autre facteur.";
        "tirages recopiés" => "Le même tirage sert plusieurs fois : appelez `rng.uniform` pour chacun des `n` poids.";
        "loi non uniforme" => "Les poids ne sont pas répartis également entre les bornes : `rng.uniform(-limite, limite)` suffit, sans rien d'autre.";
        "longueur" => "La fonction doit rendre exactement `n` poids.";
    },
    #[cfg(test)]
    trials: trials::POIDS_INITIAUX,
};

/// `poids_initiaux(graine, n, limite)`: seeded, uniform in `[-limite, limite)`.
pub fn poids_initiaux(student: fn(u64, usize, f32) -> Vec<f32>) -> Verdict {
    POIDS_INITIAUX.judge(|| {
        let (n, limit) = (4_000, 0.0875);
        let draw = |seed| {
            let what = format!("poids_initiaux({seed}, {n}, {limit})");
            call(&what, || student(seed, n, limit)).map(|weights| (what, weights))
        };
        let ((what, first), (_, again), (_, other)) = (draw(11)?, draw(11)?, draw(12)?);
        let fault = |mistake, text: String| Err(Fault::new(mistake, format!("`{what}` {text}.")));
        if first.len() != n {
            return fault("longueur", format!("rend {} poids au lieu de {n}", first.len()));
        }
        if first.iter().any(|w| !w.is_finite()) {
            return fault("nan", "rend des `NaN` ou des infinis".into());
        }
        let low = first.iter().copied().fold(f32::INFINITY, f32::min);
        let high = first.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let range = format!("rend des poids de `{}` à `{}`", short(low), short(high));
        if low == 0.0 && high == 0.0 {
            return fault("poids tous nuls", "ne rend que des zéros".into());
        }
        if low == high {
            return fault("poids tous égaux", format!("rend {n} fois `{}`", short(low)));
        }
        if first != again {
            return fault("non reproductible", "ne rend pas deux fois les mêmes poids".into());
        }
        if first == other {
            return fault("graine ignorée", "rend les mêmes poids avec la graine 12".into());
        }
        let others: HashSet<u32> = other.iter().map(|w| w.to_bits()).collect();
        let mine: HashSet<u32> = first.iter().map(|w| w.to_bits()).collect();
        let shared = mine.intersection(&others).count();
        if shared > n / 20 {
            let found = format!("partage {shared} de ses {n} poids avec la graine 12");
            return fault("graines voisines", found);
        }
        if low < -limit * 1.0001 || high > limit * 1.0001 {
            return fault("limite dépassée", range);
        }
        if low >= 0.0 {
            return fault("jamais négatifs", range);
        }
        if high <= 0.0 {
            return fault("jamais positifs", range);
        }
        if high - low < 1.5 * limit {
            return fault("intervalle trop étroit", range);
        }
        // A quarter of the draws in each quarter of the interval.
        for quarter in 0..4 {
            let from = limit * (quarter as f32 / 2.0 - 1.0);
            let inside = |w: &&f32| (from..from + limit / 2.0).contains(*w);
            let share = first.iter().filter(inside).count() as f32 / n as f32;
            if (share - 0.25).abs() > 0.04 {
                let (low, high) = (short(from), short(from + limit / 2.0));
                let percent = (100.0 * share).round();
                let found =
                    format!("met {percent} % des poids entre `{low}` et `{high}`, au lieu de 25 %");
                return fault("loi non uniforme", found);
            }
        }
        if mine.len() < n - n / 100 {
            let found = format!("rend {n} poids, dont {} différents", mine.len());
            return fault("tirages recopiés", found);
        }
        Ok("même graine, mêmes poids ; autre graine, autres poids ; tous dans l'intervalle.".into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};
    use crate::random::Rng;

    pub(super) const POIDS_INITIAUX: &[Trial] = &[
        wrong("jamais positifs", || {
            poids_initiaux(|seed, n, limit| {
                weights(seed, n, limit).iter().map(|w| -w.abs()).collect()
            })
        }),
        wrong("loi non uniforme", || {
            poids_initiaux(|seed, n, limit| {
                let mut rng = Rng::new(seed);
                (0..n).map(|_| (limit * rng.normal()).clamp(-limit, limit)).collect()
            })
        }),
        wrong("tirages recopiés", || {
            poids_initiaux(|seed, n, limit| {
                weights(seed, n.div_ceil(2), limit).iter().flat_map(|w| [*w; 2]).take(n).collect()
            })
        }),
        wrong("tirages recopiés", || {
            poids_initiaux(|seed, n, limit| weights(seed, n / 2, limit).repeat(2))
        }),
        wrong("loi non uniforme", || {
            poids_initiaux(|seed, n, limit| {
                let mut rng = Rng::new(seed);
                (0..n)
                    .map(|_| rng.uniform(-limit, limit) / 2.0 + rng.uniform(-limit, limit) / 2.0)
                    .collect()
            })
        }),
        wrong("graines voisines", || {
            poids_initiaux(|seed, n, limit| {
                (0..n as u64).map(|i| weights(seed ^ i, 1, limit)[0]).collect()
            })
        }),
        right("uniform", || poids_initiaux(weights)),
        right("rescaled", || {
            poids_initiaux(|seed, n, limit| {
                let mut rng = Rng::stream(seed, 3);
                (0..n).map(|_| (2.0 * rng.uniform(0.0, 1.0) - 1.0) * limit).collect()
            })
        }),
        wrong("graine ignorée", || poids_initiaux(|_, n, limit| weights(42, n, limit))),
        wrong("non reproductible", || {
            poids_initiaux(|_, n, limit| {
                use std::sync::atomic::{AtomicU64, Ordering};
                static CALLS: AtomicU64 = AtomicU64::new(0);
                weights(CALLS.fetch_add(1, Ordering::Relaxed), n, limit)
            })
        }),
        wrong("poids tous nuls", || poids_initiaux(|_, n, _| vec![0.0; n])),
        wrong("poids tous égaux", || {
            poids_initiaux(|seed, n, limit| (0..n).map(|_| weights(seed, 1, limit)[0]).collect())
        }),
        wrong("poids tous égaux", || {
            poids_initiaux(|seed, n, limit| vec![weights(seed, 1, limit)[0]; n])
        }),
        wrong("graines voisines", || {
            poids_initiaux(|seed, n, limit| {
                (0..n as u64).map(|i| weights(seed + i, 1, limit)[0]).collect()
            })
        }),
        right("loop", || {
            poids_initiaux(|seed, n, limit| {
                let (mut rng, mut all) = (Rng::new(seed), Vec::new());
                while all.len() < n {
                    all.push(rng.uniform(-limit, limit));
                }
                all
            })
        }),
        right("half width", || {
            poids_initiaux(|seed, n, limit| {
                weights(seed, n, 1.0).into_iter().map(|w| w * limit).collect()
            })
        }),
        wrong("jamais négatifs", || {
            poids_initiaux(|seed, n, limit| {
                weights(seed, n, limit).iter().map(|w| w.abs()).collect()
            })
        }),
        wrong("limite dépassée", || poids_initiaux(|seed, n, _| weights(seed, n, 1.0))),
        wrong("limite dépassée", || {
            poids_initiaux(|seed, n, limit| {
                let mut rng = Rng::new(seed);
                (0..n).map(|_| limit * rng.normal()).collect()
            })
        }),
        wrong("intervalle trop étroit", || {
            poids_initiaux(|seed, n, limit| weights(seed, n, limit / 2.0))
        }),
        wrong("longueur", || poids_initiaux(|_, _, _| Vec::new())),
        wrong("longueur", || poids_initiaux(|seed, n, limit| weights(seed, n + 1, limit))),
        wrong("nan", || poids_initiaux(|_, n, _| vec![f32::NAN; n])),
        wrong("à compléter", || poids_initiaux(|_, _, _| todo!("à compléter"))),
    ];

    fn weights(seed: u64, n: usize, limit: f32) -> Vec<f32> {
        let mut rng = Rng::new(seed);
        (0..n).map(|_| rng.uniform(-limit, limit)).collect()
    }
}
