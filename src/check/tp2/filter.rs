//! A filter to invent.

use super::super::hints::hints;
use super::super::probe::short;
use super::super::{Exercise, Verdict, fault};
use super::rows::{convolve, rows, size};

pub(super) static FILTRE: Exercise = Exercise {
    id: "tp2-filtre",
    points: 2,
    title: "Inventer un filtre",
    hints: &[
        "Le filtre doit comparer le bas et le haut de la fenêtre : des poids positifs là où l'on attend de l'encre, négatifs là où l'on attend du papier.",
        "Trois lignes de trois nombres : la première négative, la dernière positive, et la somme des neuf nombres égale à 0.",
    ],
    mistakes: &hints! {
        "forme" => "Un noyau 3×3 a trois lignes de trois nombres.";
        "nul" => "Un noyau de zéros ne répond à rien : choisissez des poids positifs et négatifs.";
        "zone uniforme" => "Ce filtre répond aussi à une zone toute noire, sans bord : la somme de ses neuf poids doit être nulle.";
        "bord vertical" => "Ce filtre répond aux bords verticaux : il compare la gauche et la droite. Tournez-le d'un quart de tour.";
        "signe" => "Ce filtre répond au bord inférieur d'un trait (encre au-dessus, papier dessous). Changez tous les signes.";
        "oblique" => "Ce filtre répond aussi aux bords verticaux : les trois nombres d'une même ligne devraient être équilibrés entre gauche et droite.";
        "deux sens" => "Ce filtre ne distingue pas le haut du bas d'un trait : le retourner de haut en bas devrait changer son signe.";
    },
    #[cfg(test)]
    trials: trials::FILTRE,
};

/// A 3×3 kernel that answers to the upper edge of a horizontal stroke.
pub fn filtre(kernel: &[Vec<f32>]) -> Verdict {
    FILTRE.judge(|| {
        if size(kernel) != (3, 3) || kernel.iter().any(|row| row.len() != 3) {
            let (h, w) = size(kernel);
            return fault("forme", format!("le noyau a {h}×{w} nombres au lieu de 3×3."));
        }
        if kernel.iter().flatten().any(|w| !w.is_finite()) {
            return fault("nan", "un des poids n'est pas un nombre.");
        }
        let total: f32 = kernel.iter().flatten().map(|w| w.abs()).sum();
        if total == 0.0 {
            return fault("nul", "tous les poids sont nuls.");
        }
        // Both places of an edge in the window, paper above and ink below.
        let edge = |ink: &dyn Fn(usize, usize) -> bool| {
            convolve(&rows(3, 3, |i, j| f32::from(ink(i, j))), kernel)[0][0]
        };
        let flat = edge(&|_, _| true);
        let upper = edge(&|i, _| i >= 1) + edge(&|i, _| i >= 2);
        let lower = edge(&|i, _| i < 1) + edge(&|i, _| i < 2);
        let side = edge(&|_, j| j >= 1) + edge(&|_, j| j >= 2);
        let small = 1e-3 * total;
        let found = format!(
            "réponse au bord supérieur : `{}`, au bord inférieur : `{}`, à un bord vertical : `{}`, à une zone toute noire : `{}`.",
            short(upper),
            short(lower),
            short(side),
            short(flat)
        );
        match () {
            () if flat.abs() > small => fault("zone uniforme", found),
            () if side.abs() > upper.abs() + small => fault("bord vertical", found),
            () if side.abs() > small => fault("oblique", found),
            () if upper < -small => fault("signe", found),
            () if upper < small => fault("deux sens", found),
            () => Ok("le bord supérieur d'un trait l'excite, une zone unie ou un bord vertical le laisse indifférent.".into()),
        }
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};
    use crate::check::tp2::rows::Rows;

    pub(super) const FILTRE: &[Trial] = &[
        wrong("forme", || filtre(&[vec![-1.0; 3], vec![0.0; 3], vec![0.0; 3], vec![1.0; 3]])),
        wrong("deux sens", || filtre(&kernel([-1., -1., -1., 2., 2., 2., -1., -1., -1.]))),
        right("Scharr", || filtre(&kernel([-3., -10., -3., 0., 0., 0., 3., 10., 3.]))),
        right("two rows", || filtre(&kernel([-0.25, -0.5, -0.25, 0.25, 0.5, 0.25, 0., 0., 0.]))),
        right("Prewitt", || filtre(&kernel([-1., -1., -1., 0., 0., 0., 1., 1., 1.]))),
        right("Sobel", || filtre(&kernel([-1., -2., -1., 0., 0., 0., 1., 2., 1.]))),
        right("one column", || filtre(&kernel([0., -0.5, 0., 0., 0., 0., 0., 0.5, 0.]))),
        wrong("forme", || filtre(&[vec![-1.0, 0.0, 1.0]])),
        wrong("nul", || filtre(&kernel([0.0; 9]))),
        wrong("zone uniforme", || filtre(&kernel([1.0 / 9.0; 9]))),
        wrong("zone uniforme", || filtre(&kernel([0., 0., 0., 0., 0., 0., 1., 1., 1.]))),
        wrong("bord vertical", || filtre(&kernel([-1., 0., 1., -1., 0., 1., -1., 0., 1.]))),
        wrong("signe", || filtre(&kernel([1., 1., 1., 0., 0., 0., -1., -1., -1.]))),
        wrong("oblique", || filtre(&kernel([-2., -1., 0., -1., 0., 1., 0., 1., 2.]))),
        wrong("deux sens", || filtre(&kernel([0., -1., 0., -1., 4., -1., 0., -1., 0.]))),
        wrong("nan", || filtre(&kernel([f32::NAN; 9]))),
    ];

    fn kernel(values: [f32; 9]) -> Rows {
        values.chunks(3).map(<[f32]>::to_vec).collect()
    }
}
