//! One step of a gated recurrent unit by hand.

use super::super::probe::{draw, show};
use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Verdict};
use crate::random::Rng;

/// `memoire(entree, rappel, h)`.
type Cell = fn([f32; 3], [f32; 3], f32) -> f32;

/// What the input and the memory say to the gates z, r and the candidate; the memory.
type Input = ([f32; 3], [f32; 3], f32);

pub(super) static MEMOIRE: Exercise = Exercise {
    id: "tp4-memoire",
    points: 2,
    title: "Un pas de GRU",
    hints: &[
        "Quatre lignes : la porte `z`, la porte `r`, le candidat `n`, puis le mélange des deux mémoires.",
        "`let z = sigmoide(entree[0] + rappel[0]);`, de même pour `r` avec l'indice 1 ; `let n = (entree[2] + r * rappel[2]).tanh();` ; enfin `z * h + (1.0 - z) * n`.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::MEMOIRE,
};

fn sigmoid(v: f32) -> f32 {
    1.0 / (1.0 + (-v).exp())
}

fn z(x: [f32; 3], g: [f32; 3]) -> f32 {
    sigmoid(x[0] + g[0])
}

fn r(x: [f32; 3], g: [f32; 3]) -> f32 {
    sigmoid(x[1] + g[1])
}

fn n(x: [f32; 3], g: [f32; 3], r: f32) -> f32 {
    (x[2] + r * g[2]).tanh()
}

fn blend(z: f32, h: f32, n: f32) -> f32 {
    z * h + (1.0 - z) * n
}

/// The right answer.
fn step(x: [f32; 3], g: [f32; 3], h: f32) -> f32 {
    blend(z(x, g), h, n(x, g, r(x, g)))
}

static TASK: Task<Input, f32> = Task {
    inputs: || {
        let mut rng = Rng::new(44);
        let mut three = || -> [f32; 3] {
            let values = draw(&mut rng, 3);
            [3.0 * values[0], 3.0 * values[1], 2.0 * values[2]]
        };
        [0.0, 0.8, -0.6, 0.3, -0.9].map(|h| (three(), three(), h)).to_vec()
    },
    call: |(x, g, h)| format!("memoire({}, {}, {h})", show(x), show(g)),
    truth: |(x, g, h)| step(*x, *g, *h),
    mistakes: mistakes! {
        "portes inversées" => "La porte `z` est la part de l'ancienne mémoire que l'on **garde** : `z` multiplie `h`, et `1 - z` le candidat.",
            |&(x, g, h)| blend(1.0 - z(x, g), h, n(x, g, r(x, g)));
        "r oublié" => "La porte `r` ne sert à rien dans votre formule : elle multiplie ce que la mémoire dit au candidat.",
            |&(x, g, h)| blend(z(x, g), h, n(x, g, 1.0));
        "r trop large" => "La porte `r` ne multiplie que la part qui vient de la mémoire, `rappel[2]` ; l'entrée passe entière.",
            |&(x, g, h)| blend(z(x, g), h, (r(x, g) * (x[2] + g[2])).tanh());
        "sigmoïde pour le candidat" => "Le candidat passe par une tangente hyperbolique, `.tanh()` : il peut être négatif.",
            |&(x, g, h)| blend(z(x, g), h, sigmoid(x[2] + r(x, g) * g[2]));
        "tanh pour les portes" => "Les portes passent par la sigmoïde : ce sont des parts, entre 0 et 1.",
            |&(x, g, h)| blend((x[0] + g[0]).tanh(), h, n(x, g, (x[1] + g[1]).tanh()));
        "z et r échangés" => "`entree[0]` et `rappel[0]` sont pour `z`, les suivants pour `r`.",
            |&(x, g, h)| blend(r(x, g), h, n(x, g, z(x, g)));
        "mémoire oubliée" => "Vous rendez le candidat seul : il faut le mélanger à l'ancienne mémoire.",
            |&(x, g, _)| n(x, g, r(x, g));
    },
    cases: cases! {
        ([0.0; 3], [0.0; 3], 0.8) => "Tout est nul : z vaut 1/2, le candidat 0, et il reste la moitié de h.";
        ([20.0, 0.0, 0.5], [0.0; 3], 0.8) => "z est presque 1 (`entree[0]` est grand) : la mémoire h est gardée.";
        ([0.0, 0.0, 0.5], [20.0, 0.0, 0.0], 0.8) => "z est presque 1 (`rappel[0]` est grand) : la mémoire h est gardée.";
        ([-20.0, 0.0, 0.5], [0.0; 3], 0.8) => "z est presque 0, sans rappel : le candidat est tanh(`entree[2]`).";
        ([-20.0, 20.0, 0.0], [0.0, 0.0, 0.5], 0.8) => "z presque 0, r presque 1 (`entree[1]`) : le candidat est tanh(`rappel[2]`).";
        ([-20.0, 0.0, 0.0], [0.0, 20.0, 0.5], 0.8) => "z presque 0, r presque 1 (`rappel[1]`) : le candidat est tanh(`rappel[2]`).";
        ([-20.0, -20.0, 0.3], [0.0, 0.0, 0.5], 0.8) => "z et r presque 0 : le candidat est tanh(`entree[2]`).";
        ([-20.0, 0.0, 0.3], [0.0, 0.0, 0.5], 0.8) => "z presque 0, r vaut 1/2 : le candidat est tanh(0,3 + 0,5 / 2).";
    },
};

/// `memoire(entree, rappel, h)`.
pub fn memoire(student: Cell) -> Verdict {
    MEMOIRE.judge(|| {
        TASK.check(|(x, g, h)| student(*x, *g, *h))?;
        Ok("les deux portes, le candidat et le mélange sont ceux d'un GRU.".into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const MEMOIRE: &[Trial] = &[
        wrong("cas simple", || memoire(|x, g, h| z(x, g) * h + n(x, g, r(x, g)))),
        wrong("cas simple", || memoire(|x, g, h| blend(sigmoid(x[0]), h, n(x, g, r(x, g))))),
        wrong("indice hors limites", || memoire(|x, g, h| blend(z(x, g), h, x.to_vec()[3]))),
        right("weights of both memories", || {
            memoire(|x, g, h| {
                let gate = |k: usize| 1.0 / (1.0 + (-(x[k] + g[k])).exp());
                let (kept, shown) = (gate(0), gate(1));
                let candidate = f32::tanh(x[2] + g[2] * shown);
                (kept * h + candidate) - kept * candidate
            })
        }),
        right("in double precision", || {
            memoire(|x, g, h| {
                let [a, b, c]: [f64; 3] = std::array::from_fn(|k| f64::from(x[k]));
                let [d, e, f]: [f64; 3] = std::array::from_fn(|k| f64::from(g[k]));
                let sigmoid = |v: f64| v.exp() / (v.exp() + 1.0);
                let (z, n) = (sigmoid(a + d), (c + sigmoid(b + e) * f).tanh());
                (z * f64::from(h) + (1.0 - z) * n) as f32
            })
        }),
        right("formula", || memoire(step)),
        right("as a step towards the candidate", || {
            memoire(|x, g, h| {
                let sigmoid = |v: f32| 0.5 + 0.5 * (0.5 * v).tanh();
                let n = (x[2] + sigmoid(x[1] + g[1]) * g[2]).tanh();
                h + (1.0 - sigmoid(x[0] + g[0])) * (n - h)
            })
        }),
        wrong("nan", || memoire(|_, _, _| f32::NAN)),
        wrong("à compléter", || memoire(|_, _, _| todo!("à compléter"))),
        wrong("portes inversées", || {
            memoire(|x, g, h| {
                let gate = |k: usize| 1.0 / (1.0 + (-(x[k] + g[k])).exp());
                h + gate(0) * ((x[2] + gate(1) * g[2]).tanh() - h)
            })
        }),
    ];
}
