//! Sizes of the maps, numbers of parameters.

use super::super::probe::{call, compare};
use super::super::simple::simplest;
use super::super::{Exercise, Fault, Notebook, Verdict};

pub(super) static TAILLE: Exercise = Exercise {
    id: "tp2-taille",
    notebook: Notebook::Tp2,
    points: 2,
    title: "La taille de la sortie",
    hints: &[
        "Avec la bordure, l'image a n + 2p pixels ; la fenêtre en occupe k : il lui reste n + 2p − k pixels pour avancer, de s en s.",
        "Le nombre de pas possibles est la division entière de n + 2p − k par s ; à quoi s'ajoute la place de départ.",
    ],
    mistakes: &[
        ("plus un", "Il manque la place de départ : 3 pas, cela fait 4 places."),
        ("bordure d'un seul côté", "La bordure est des deux côtés : elle ajoute 2p pixels, pas p."),
        ("pas ignoré", "Le pas `s` n'intervient pas dans votre réponse."),
        ("bordure ignorée", "La bordure `p` n'intervient pas dans votre réponse."),
        (
            "arrondi par excès",
            "Un pas qui ferait sortir la fenêtre ne compte pas : la division s'arrondit vers le bas, c'est celle des entiers.",
        ),
        ("noyau compté à moitié", "La fenêtre occupe k pixels, et non k / 2."),
        (
            "division avant la soustraction",
            "Divisez la place qui reste à parcourir, n + 2p − k, et non n seulement.",
        ),
        (
            "plus un dans la division",
            "Le 1 est la place de départ : il s'ajoute après la division, hors des parenthèses.",
        ),
        (
            "division sans parenthèses",
            "Sans parenthèses, `n + 2 * p - k / s` ne divise que k : c'est tout n + 2p − k qui se divise par s.",
        ),
        ("valeur fixe", "La réponse ne dépend pas des arguments."),
    ],
    #[cfg(test)]
    trials: trials::TAILLE,
};

/// Size of the image, of the kernel, of the frame, and stride.
type Sizes = (usize, usize, usize, usize);

/// `taille_sortie(n, k, p, s)`.
pub fn taille(student: fn(usize, usize, usize, usize) -> usize) -> Verdict {
    TAILLE.judge(|| {
        let inputs: Vec<Sizes> = vec![
            (28, 3, 0, 1),
            (28, 5, 2, 1),
            (28, 3, 1, 2),
            (13, 5, 0, 3),
            (32, 4, 1, 4),
            (5, 5, 0, 1),
            (9, 2, 3, 2),
        ];
        let one = |v: usize| vec![v as f32];
        let what = |(n, k, p, s): &Sizes| format!("taille_sortie({n}, {k}, {p}, {s})");
        let first = call(&what(&inputs[0]), || student(28, 3, 0, 1))?;
        if first == call(&what(&inputs[3]), || student(13, 5, 0, 3))? {
            let found =
                format!("`{}` et `{}` donnent {first}.", what(&inputs[0]), what(&inputs[3]));
            return Err(Fault::new("valeur fixe", found));
        }
        compare(
            inputs,
            what,
            |&(n, k, p, s)| one(student(n, k, p, s)),
            |&(n, k, p, s)| one((n + 2 * p - k) / s + 1),
            &[
                ("plus un", &|&(n, k, p, s): &Sizes| one((n + 2 * p - k) / s)),
                ("bordure d'un seul côté", &|&(n, k, p, s): &Sizes| one((n + p - k) / s + 1)),
                ("pas ignoré", &|&(n, k, p, _): &Sizes| one(n + 2 * p - k + 1)),
                ("bordure ignorée", &|&(n, k, _, s): &Sizes| one((n - k) / s + 1)),
                ("arrondi par excès", &|&(n, k, p, s): &Sizes| {
                    one((n + 2 * p - k).div_ceil(s) + 1)
                }),
                ("plus un dans la division", &|&(n, k, p, s): &Sizes| one((n + 2 * p - k + 1) / s)),
                ("division sans parenthèses", &|&(n, k, p, s): &Sizes| one(n + 2 * p - k / s + 1)),
                ("noyau compté à moitié", &|&(n, k, p, s): &Sizes| {
                    one((n + 2 * p - k / 2) / s + 1)
                }),
                ("division avant la soustraction", &|&(n, k, p, s): &Sizes| {
                    one(((n + 2 * p) / s + 1).saturating_sub(k))
                }),
            ],
        )
        .map_err(|fault| {
            let cases = [
                ((5, 5, 0, 1), "Un noyau aussi grand que l'image n'a qu'une place."),
                ((6, 5, 0, 1), "Une case de plus que le noyau : deux places."),
                ((5, 5, 1, 1), "Une case de bordure de chaque côté : trois places."),
                ((7, 5, 0, 2), "Deux cases de plus, de deux en deux : deux places."),
            ];
            let answer = |&(n, k, p, s): &Sizes| one(student(n, k, p, s));
            simplest(fault, what, answer, |&(n, k, p, s)| one((n + 2 * p - k) / s + 1), &cases)
        })?;
        Ok("la formule est juste avec et sans bordure, quel que soit le pas.".into())
    })
}

pub(super) static PARAMETRES: Exercise = Exercise {
    id: "tp2-parametres",
    notebook: Notebook::Tp2,
    points: 2,
    title: "Compter les paramètres d'une convolution",
    hints: &[
        "Un filtre regarde une fenêtre k×k sur **tous** les canaux d'entrée, et il a un biais.",
        "Pour un filtre : k × k × canaux poids, plus 1 biais. Il y a `filtres` filtres.",
    ],
    mistakes: &[
        ("biais oubliés", "Les poids y sont, les biais non : chaque filtre en a un."),
        (
            "canaux oubliés",
            "Chaque filtre a une fenêtre k×k **par canal d'entrée** : multipliez par `canaux`.",
        ),
        (
            "un seul biais",
            "Vous comptez un seul biais pour toute la couche ; chaque filtre a le sien.",
        ),
        ("noyau à une dimension", "La fenêtre fait k × k cases, pas k."),
        (
            "un biais par canal",
            "Vous comptez un biais par canal d'entrée de chaque filtre ; un filtre n'a qu'un biais.",
        ),
        (
            "biais par entrée",
            "Vous comptez un biais par canal d'entrée ; c'est un biais par filtre.",
        ),
        (
            "canaux additionnés",
            "Une fenêtre porte k × k poids pour chaque canal : multipliez, n'additionnez pas.",
        ),
        ("valeur fixe", "La réponse ne dépend pas des arguments."),
    ],
    #[cfg(test)]
    trials: trials::PARAMETRES,
};

/// Size of the kernel, channels, filters.
type Kernel = (usize, usize, usize);

/// `parametres_conv(k, canaux, filtres)`.
pub fn parametres(student: fn(usize, usize, usize) -> usize) -> Verdict {
    PARAMETRES.judge(|| {
        let inputs: Vec<Kernel> = vec![(5, 1, 6), (5, 6, 16), (3, 32, 64), (1, 3, 2), (7, 2, 5)];
        let one = |v: usize| vec![v as f32];
        let what = |(k, c, f): &Kernel| format!("parametres_conv({k}, {c}, {f})");
        let first = call(&what(&inputs[0]), || student(5, 1, 6))?;
        if first == call(&what(&inputs[1]), || student(5, 6, 16))? {
            let found =
                format!("`{}` et `{}` donnent {first}.", what(&inputs[0]), what(&inputs[1]));
            return Err(Fault::new("valeur fixe", found));
        }
        compare(
            inputs,
            what,
            |&(k, c, f)| one(student(k, c, f)),
            |&(k, c, f)| one((k * k * c + 1) * f),
            &[
                ("biais oubliés", &|&(k, c, f): &Kernel| one(k * k * c * f)),
                ("canaux oubliés", &|&(k, _, f): &Kernel| one((k * k + 1) * f)),
                ("un seul biais", &|&(k, c, f): &Kernel| one(k * k * c * f + 1)),
                ("noyau à une dimension", &|&(k, c, f): &Kernel| one((k * c + 1) * f)),
                ("un biais par canal", &|&(k, c, f): &Kernel| one((k * k + 1) * c * f)),
                ("biais par entrée", &|&(k, c, f): &Kernel| one(k * k * c * f + c)),
                ("canaux additionnés", &|&(k, c, f): &Kernel| one((k * k + c + 1) * f)),
            ],
        )
        .map_err(|fault| {
            let cases = [
                ((1, 1, 1), "Un filtre d'une case : un poids et un biais."),
                ((3, 1, 1), "Un filtre 3 × 3 : neuf poids et un biais."),
                ((1, 3, 1), "Un filtre d'une case sur trois canaux : trois poids et un biais."),
                ((1, 1, 3), "Trois filtres d'une case : chacun un poids et un biais."),
                (
                    (2, 3, 2),
                    "Deux filtres 2 × 2 sur trois canaux : chacun douze poids et un biais.",
                ),
            ];
            let answer = |&(k, c, f): &Kernel| one(student(k, c, f));
            simplest(fault, what, answer, |&(k, c, f)| one((k * k * c + 1) * f), &cases)
        })?;
        let (c1, c3) = (student(5, 1, 6), student(5, 6, 16));
        Ok(format!("la formule est juste ; pour C1 elle donne {c1} paramètres, pour C3 {c3}."))
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const TAILLE: &[Trial] = &[
        wrong("plus un dans la division", || taille(|n, k, p, s| (n + 2 * p - k + 1) / s)),
        wrong("division sans parenthèses", || taille(|n, k, p, s| n + 2 * p - k / s + 1)),
        right("places counted", || taille(|n, k, p, s| (0..=n + p + p - k).step_by(s).count())),
        right("formula", || taille(|n, k, p, s| (n + 2 * p - k) / s + 1)),
        right("walk", || {
            taille(|n, k, p, s| {
                let mut count = 0;
                let mut place = 0;
                while place + k <= n + 2 * p {
                    count += 1;
                    place += s;
                }
                count
            })
        }),
        right("shifted division", || taille(|n, k, p, s| (n + 2 * p + s - k) / s)),
        wrong("plus un", || taille(|n, k, p, s| (n + 2 * p - k) / s)),
        wrong("bordure d'un seul côté", || taille(|n, k, p, s| (n + p - k) / s + 1)),
        wrong("pas ignoré", || taille(|n, k, p, _| n + 2 * p - k + 1)),
        wrong("bordure ignorée", || taille(|n, k, _, s| (n - k) / s + 1)),
        wrong("arrondi par excès", || taille(|n, k, p, s| (n + 2 * p - k).div_ceil(s) + 1)),
        wrong("noyau compté à moitié", || taille(|n, k, p, s| (n + 2 * p - k / 2) / s + 1)),
        wrong("division avant la soustraction", || {
            taille(|n, k, p, s| ((n + 2 * p) / s + 1).saturating_sub(k))
        }),
        wrong("valeur fixe", || taille(|_, _, _, _| 26)),
        wrong("division par zéro", || taille(|n, k, p, s| n + 2 * p - k / s.saturating_sub(s))),
        wrong("à compléter", || taille(|_, _, _, _| todo!("à compléter"))),
    ];

    pub(super) const PARAMETRES: &[Trial] = &[
        wrong("cas simple", || parametres(|k, c, f| k * k * c + f)),
        wrong("cas simple", || parametres(|k, c, f| (k * k * c + f) * f)),
        right("filter by filter", || {
            parametres(|k, c, f| {
                let mut count = 0;
                for _ in 0..f {
                    count += k * k * c + 1;
                }
                count
            })
        }),
        right("channel by channel", || {
            parametres(|k, c, f| (0..c).map(|_| k * k * f).sum::<usize>() + f)
        }),
        right("factored", || parametres(|k, c, f| (k * k * c + 1) * f)),
        right("expanded", || parametres(|k, c, f| k.pow(2) * c * f + f)),
        wrong("biais oubliés", || parametres(|k, c, f| k * k * c * f)),
        wrong("canaux oubliés", || parametres(|k, _, f| (k * k + 1) * f)),
        wrong("un seul biais", || parametres(|k, c, f| k * k * c * f + 1)),
        wrong("noyau à une dimension", || parametres(|k, c, f| (k * c + 1) * f)),
        wrong("un biais par canal", || parametres(|k, c, f| (k * k + 1) * c * f)),
        wrong("biais par entrée", || parametres(|k, c, f| k * k * c * f + c)),
        wrong("canaux additionnés", || parametres(|k, c, f| (k * k + c + 1) * f)),
        wrong("valeur fixe", || parametres(|_, _, _| 156)),
        wrong("à compléter", || parametres(|_, _, _| todo!("à compléter"))),
    ];
}
