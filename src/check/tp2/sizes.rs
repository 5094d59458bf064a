//! Sizes of the maps, numbers of parameters.

use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Verdict};

pub(super) static TAILLE: Exercise = Exercise {
    id: "tp2-taille",
    points: 2,
    title: "La taille de la sortie",
    hints: &[
        "Avec la bordure, l'image a n + 2p pixels ; la fenêtre en occupe k : il lui reste n + 2p − k pixels pour avancer, de s en s.",
        "Le nombre de pas possibles est la division entière de n + 2p − k par s ; à quoi s'ajoute la place de départ.",
    ],
    mistakes: &SIZE,
    #[cfg(test)]
    trials: trials::TAILLE,
};

/// Size of the image, of the kernel, of the frame, and stride.
type Sizes = (usize, usize, usize, usize);

static SIZE: Task<Sizes, usize> = Task {
    inputs: || {
        vec![
            (28, 3, 0, 1),
            (28, 5, 2, 1),
            (28, 3, 1, 2),
            (13, 5, 0, 3),
            (32, 4, 1, 4),
            (5, 5, 0, 1),
            (9, 2, 3, 2),
        ]
    },
    call: |(n, k, p, s)| format!("taille_sortie({n}, {k}, {p}, {s})"),
    truth: |(n, k, p, s)| (n + 2 * p - k) / s + 1,
    mistakes: mistakes! {
        "plus un" => "Il manque la place de départ : 3 pas, cela fait 4 places.",
            |(n, k, p, s)| (n + 2 * p - k) / s;
        "bordure d'un seul côté" => "La bordure est des deux côtés : elle ajoute 2p pixels, pas p.",
            |(n, k, p, s)| (n + p - k) / s + 1;
        "pas ignoré" => "Le pas `s` n'intervient pas dans votre réponse.",
            |(n, k, p, _)| n + 2 * p - k + 1;
        "bordure ignorée" => "La bordure `p` n'intervient pas dans votre réponse.",
            |(n, k, _, s)| (n - k) / s + 1;
        "arrondi par excès" => "Un pas qui ferait sortir la fenêtre ne compte pas : la division s'arrondit vers le bas, c'est celle des entiers.",
            |(n, k, p, s)| (n + 2 * p - k).div_ceil(*s) + 1;
        "plus un dans la division" => "Le 1 est la place de départ : il s'ajoute après la division, hors des parenthèses.",
            |(n, k, p, s)| (n + 2 * p - k + 1) / s;
        "division sans parenthèses" => "Sans parenthèses, `n + 2 * p - k / s` ne divise que k : c'est tout n + 2p − k qui se divise par s.",
            |(n, k, p, s)| n + 2 * p - k / s + 1;
        "noyau compté à moitié" => "La fenêtre occupe k pixels, et non k / 2.",
            |(n, k, p, s)| (n + 2 * p - k / 2) / s + 1;
        "division avant la soustraction" => "Divisez la place qui reste à parcourir, n + 2p − k, et non n seulement.",
            |(n, k, p, s)| ((n + 2 * p) / s + 1).saturating_sub(*k);
        "valeur fixe" => "La réponse ne dépend pas des arguments.";
    },
    cases: cases! {
        (5, 5, 0, 1) => "Un noyau aussi grand que l'image n'a qu'une place.";
        (6, 5, 0, 1) => "Une case de plus que le noyau : deux places.";
        (5, 5, 1, 1) => "Une case de bordure de chaque côté : trois places.";
        (7, 5, 0, 2) => "Deux cases de plus, de deux en deux : deux places.";
    },
};

/// `taille_sortie(n, k, p, s)`.
pub fn taille(student: fn(usize, usize, usize, usize) -> usize) -> Verdict {
    TAILLE.judge(|| {
        let student = |&(n, k, p, s): &Sizes| student(n, k, p, s);
        SIZE.varies(student, [(28, 3, 0, 1), (13, 5, 0, 3)])?;
        SIZE.check(student)?;
        Ok("la formule est juste avec et sans bordure, quel que soit le pas.".into())
    })
}

pub(super) static PARAMETRES: Exercise = Exercise {
    id: "tp2-parametres",
    points: 2,
    title: "Compter les paramètres d'une convolution",
    hints: &[
        "Un filtre regarde une fenêtre k×k sur **tous** les canaux d'entrée, et il a un biais.",
        "Pour un filtre : k × k × canaux poids, plus 1 biais. Il y a `filtres` filtres.",
    ],
    mistakes: &COUNT,
    #[cfg(test)]
    trials: trials::PARAMETRES,
};

/// Size of the kernel, channels, filters.
type Kernel = (usize, usize, usize);

static COUNT: Task<Kernel, usize> = Task {
    inputs: || vec![(5, 1, 6), (5, 6, 16), (3, 32, 64), (1, 3, 2), (7, 2, 5)],
    call: |(k, c, f)| format!("parametres_conv({k}, {c}, {f})"),
    truth: |(k, c, f)| (k * k * c + 1) * f,
    mistakes: mistakes! {
        "biais oubliés" => "Les poids y sont, les biais non : chaque filtre en a un.",
            |(k, c, f)| k * k * c * f;
        "canaux oubliés" => "Chaque filtre a une fenêtre k×k **par canal d'entrée** : multipliez par `canaux`.",
            |(k, _, f)| (k * k + 1) * f;
        "un seul biais" => "Vous comptez un seul biais pour toute la couche ; chaque filtre a le sien.",
            |(k, c, f)| k * k * c * f + 1;
        "noyau à une dimension" => "La fenêtre fait k × k cases, pas k.",
            |(k, c, f)| (k * c + 1) * f;
        "un biais par canal" => "Vous comptez un biais par canal d'entrée de chaque filtre ; un filtre n'a qu'un biais.",
            |(k, c, f)| (k * k + 1) * c * f;
        "biais par entrée" => "Vous comptez un biais par canal d'entrée ; c'est un biais par filtre.",
            |(k, c, f)| k * k * c * f + c;
        "canaux additionnés" => "Une fenêtre porte k × k poids pour chaque canal : multipliez, n'additionnez pas.",
            |(k, c, f)| (k * k + c + 1) * f;
        "valeur fixe" => "La réponse ne dépend pas des arguments.";
    },
    cases: cases! {
        (1, 1, 1) => "Un filtre d'une case : un poids et un biais.";
        (3, 1, 1) => "Un filtre 3 × 3 : neuf poids et un biais.";
        (1, 3, 1) => "Un filtre d'une case sur trois canaux : trois poids et un biais.";
        (1, 1, 3) => "Trois filtres d'une case : chacun un poids et un biais.";
        (2, 3, 2) => "Deux filtres 2 × 2 sur trois canaux : chacun douze poids et un biais.";
    },
};

/// `parametres_conv(k, canaux, filtres)`.
pub fn parametres(student: fn(usize, usize, usize) -> usize) -> Verdict {
    PARAMETRES.judge(|| {
        let student = |&(k, c, f): &Kernel| student(k, c, f);
        COUNT.varies(student, [(5, 1, 6), (5, 6, 16)])?;
        COUNT.check(student)?;
        let (c1, c3) = (student(&(5, 1, 6)), student(&(5, 6, 16)));
        Ok(format!("la formule est juste ; pour C1 elle donne {c1} paramètres, pour C3 {c3}."))
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const TAILLE: &[Trial] = &[
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
        wrong("valeur fixe", || taille(|_, _, _, _| 26)),
        wrong("division par zéro", || taille(|n, k, p, s| n + 2 * p - k / s.saturating_sub(s))),
        wrong("à compléter", || taille(|_, _, _, _| todo!("à compléter"))),
        wrong("plus un", || taille(|n, k, p, s| (0..=n + p + p - k).step_by(s).count() - 1)),
        wrong("bordure ignorée", || taille(|n, k, _, s| (0..=n - k).step_by(s).count())),
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
        wrong("valeur fixe", || parametres(|_, _, _| 156)),
        wrong("à compléter", || parametres(|_, _, _| todo!("à compléter"))),
        wrong("biais oubliés", || parametres(|k, c, f| (0..c * f).map(|_| k.pow(2)).sum())),
    ];
}
