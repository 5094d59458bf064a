//! Values between pixels, and an image turned by an angle.

#[cfg(test)]
mod trials;

use super::super::hints::hints;
use super::super::probe::{call, close, draw, short};
use super::super::task::{Task, cases, mistakes};
use super::super::{Exercise, Fault, Finding, Verdict};
use super::turned::{
    Rows, around, at, between, blend, likeness, middle, mix, thrown, transposed, turned,
};
use crate::random::Rng;

/// `interpoler(image, x, y)`: the value at column `x` and row `y`.
type Between = fn(&[Vec<f32>], f32, f32) -> f32;

/// `tourner(image, degres)`.
type Turn = fn(&[Vec<f32>], f32) -> Rows;

pub(super) static INTERPOLER: Exercise = Exercise {
    id: "tp4-interpoler",
    points: 2,
    title: "Lire entre les pixels",
    hints: &[
        "Le pixel en haut à gauche est à la colonne `x.floor()` et à la ligne `y.floor()` ; `u` et `v` sont ce qui dépasse.",
        "Le poids du pixel de gauche est `1.0 - u`, celui de droite `u` ; de même `1.0 - v` en haut et `v` en bas. Chacun des quatre pixels est multiplié par ses deux poids.",
    ],
    mistakes: &TASK,
    #[cfg(test)]
    trials: trials::INTERPOLER,
};

fn image(rng: &mut Rng, side: usize) -> Rows {
    (0..side).map(|_| draw(rng, side).into_iter().map(f32::abs).collect()).collect()
}

/// Image, column and row.
type Input = (Rows, f32, f32);

/// The image of the simplest cases.
fn small() -> Rows {
    vec![vec![1.0, 2.0], vec![3.0, 5.0]]
}

static TASK: Task<Input, f32> = Task {
    inputs: || {
        let mut rng = Rng::new(41);
        let places = [
            (1.0, 2.0),
            (1.25, 0.5),
            (0.75, 1.25),
            (2.5, 1.75),
            (2.25, 2.75),
            (-0.25, 1.5),
            (3.5, -0.75),
        ];
        places.map(|(x, y)| (image(&mut rng, 4), x, y)).to_vec()
    },
    call: |(_, x, y)| format!("interpoler(image, {x}, {y})"),
    truth: |(image, x, y)| between(image, *x, *y),
    mistakes: mistakes! {
        "plus proche voisin" => "C'est la valeur du pixel le plus proche : il faut mélanger les **quatre** pixels autour du point.",
            |(m, x, y)| at(m, y.round(), x.round()),
            |(m, x, y)| at(m, y.floor(), x.floor());
        "lignes et colonnes" => "`x` compte les colonnes et `y` les lignes : le premier indice d'une image est la ligne, donc `y`.",
            |(m, x, y)| between(m, *y, *x);
        "poids échangés" => "Les poids sont échangés : quand le point est tout près du pixel de gauche (`u` presque nul), c'est celui-ci qui doit compter.",
            |(m, x, y)| mix(m, *x, *y, |u, v| (1.0 - u, 1.0 - v));
        "une direction" => "Vous n'interpolez que dans une direction : il faut mélanger horizontalement **et** verticalement.",
            |(m, x, y)| mix(m, *x, *y, |u, _| (u, 0.0)),
            |(m, x, y)| mix(m, *x, *y, |_, v| (0.0, v));
        "u et v échangés" => "`u` vient de `x` et mélange la gauche et la droite, `v` vient de `y` et mélange le haut et le bas : les vôtres sont échangés.",
            |(m, x, y)| mix(m, *x, *y, |u, v| (v, u));
        "moyenne" => "C'est la moyenne des quatre pixels : leurs poids doivent dépendre de la place du point.",
            |(m, x, y)| mix(m, *x, *y, |_, _| (0.5, 0.5));
        "arrondi vers zéro" => "Pour un point juste hors de l'image (`x` ou `y` négatif), `as i32` arrondit vers zéro : arrondissez d'abord vers le bas avec `floor()`.",
            |(m, x, y)| blend(m, x.trunc(), y.trunc(), x - x.trunc(), y - y.trunc());
    },
    cases: cases! {
        (small(), 0.0, 0.0) => "Avec `image = [[1, 2], [3, 5]]`, le point est sur le premier pixel.";
        (small(), 1.0, 0.0) => "Avec `image = [[1, 2], [3, 5]]`, `x` est la colonne : le point est sur le pixel de droite.";
        (small(), 0.0, 1.0) => "Avec `image = [[1, 2], [3, 5]]`, `y` est la ligne : le point est sur le pixel du bas.";
        (small(), 0.25, 0.0) => "Avec `image = [[1, 2], [3, 5]]`, aux trois quarts 1, pour un quart 2.";
        (small(), 0.0, 0.25) => "Avec `image = [[1, 2], [3, 5]]`, aux trois quarts 1, pour un quart 3.";
        (small(), 0.5, 0.5) => "Avec `image = [[1, 2], [3, 5]]`, les quatre pixels comptent autant.";
        (small(), 0.25, 0.75) => "Avec `image = [[1, 2], [3, 5]]`, la ligne du bas compte pour trois quarts.";
        (small(), -0.25, 0.0) => "Avec `image = [[1, 2], [3, 5]]`, le papier, à gauche, vaut 0 et compte pour un quart.";
    },
};

/// `interpoler(image, x, y)`.
pub fn interpoler(student: Between) -> Verdict {
    INTERPOLER.judge(|| {
        TASK.check(|(m, x, y)| student(m, *x, *y))?;
        Ok("les quatre pixels voisins sont mélangés selon leur distance, et l'extérieur vaut 0."
            .into())
    })
}

pub(super) static TOURNER: Exercise = Exercise {
    id: "tp4-tourner",
    points: 3,
    title: "Tourner une image",
    hints: &[
        "Pour chaque pixel de **l'image tournée**, calculez d'où il vient dans l'image de départ, puis lisez-y la valeur avec `interpoler`.",
        "Avec `c` le centre, `dx = j - c` et `dy = i - c` : la source est à la colonne `c + cos·dx - sin·dy` et à la ligne `c + sin·dx + cos·dy`.",
    ],
    mistakes: &hints! {
        "degrés" => "`cos` et `sin` attendent des radians : `degres.to_radians()`.";
        "sens inverse" => "L'image tourne dans l'autre sens : dans les deux formules, vérifiez le signe devant le sinus.";
        "coin" => "L'image tourne autour de son coin supérieur gauche : retranchez d'abord le centre aux coordonnées, et rajoutez-le à la fin.";
        "centre" => "Le centre n'est pas le bon : les colonnes vont de 0 à `n - 1`, leur milieu est `(n - 1) / 2`, en nombres à virgule.";
        "bord oublié" => "Une ligne ou une colonne du bord est restée vide : les deux boucles vont de 0 à `image.len()`, exclu.";
        "transposée" => "Lignes et colonnes sont échangées : `resultat[i][j]` est le pixel de la ligne `i`.";
        "trous" => "Vous envoyez chaque pixel de départ vers sa place d'arrivée : il reste des trous. Faites l'inverse, pour chaque pixel d'arrivée.";
        "angle nul" => "Tournée de 0°, une image ne change pas : cos vaut 1 et sin vaut 0, donc la source du pixel (i, j) est (i, j). Avec `dx = j - c` et `dy = i - c`, la colonne doit redonner `c + dx` et la ligne `c + dy`.";
        "quart de tour" => "Juste à 0°, faux à 90°, où cos vaut 0 et sin vaut 1 : ce sont les termes en sinus, ou le centre `c`. La colonne de la source est `c - dy`, sa ligne `c + dx`.";
        "angle quelconque" => "Juste à 0° et à 90°, faux entre les deux : l'angle en radians, les quatre termes (deux pour la colonne, deux pour la ligne) et le centre y sont-ils ?";
        "taille" => "L'image tournée a la taille de l'image de départ.";
    },
    #[cfg(test)]
    trials: trials::TOURNER,
};

/// Whether all agrees but for a border that is empty.
fn but_a_border(got: &[Vec<f32>], want: &[Vec<f32>]) -> bool {
    let last = got.len().saturating_sub(1);
    let border = |i: usize, j: usize| i == 0 || j == 0 || i == last || j == last;
    let mut cells = (0..got.len()).flat_map(|i| (0..got.len()).map(move |j| (i, j)));
    cells.all(|(i, j)| close(&[got[i][j]], &[want[i][j]]) || border(i, j) && got[i][j] == 0.0)
}

/// `tourner(image, degres)`, counterclockwise as seen.
pub fn tourner(student: Turn) -> Verdict {
    TOURNER.judge(|| -> Finding {
        let mut rng = Rng::new(42);
        for (side, degrees) in [(9, 0.0), (9, 90.0), (12, 30.0), (28, -17.0)] {
            let image = image(&mut rng, side);
            let what = format!("tourner(image {side}×{side}, {degrees})");
            let got = call(&what, || student(&image, degrees))?;
            if got.len() != side || got.iter().any(|row| row.len() != side) {
                let width = got.first().map_or(0, Vec::len);
                let found = format!("`{what}` rend une image {}×{width}.", got.len());
                return Err(Fault::new("taille", found));
            }
            let want = turned(&image, degrees);
            if likeness(&got, &want) > 0.98 {
                continue;
            }
            let centred = |c: f32| around(&image, degrees.to_radians(), c);
            let n = side as f32;
            let suspects: [(&str, Rows); 9] = [
                ("degrés", around(&image, degrees, middle(&image))),
                ("sens inverse", turned(&image, -degrees)),
                ("coin", centred(0.0)),
                ("centre", centred(n / 2.0)),
                ("centre", centred((n + 1.0) / 2.0)),
                ("centre", centred((n / 2.0).floor())),
                ("centre", centred(n - 1.0)),
                ("transposée", transposed(&want)),
                ("trous", thrown(&image, degrees)),
            ];
            let suspect = suspects.iter().find(|(_, wrong)| likeness(&got, wrong) > 0.98);
            let mistake = match suspect {
                Some((mistake, _)) => mistake,
                None if got.iter().flatten().any(|v| v.is_nan()) => "nan",
                None if but_a_border(&got, &want) => "bord oublié",
                None if degrees == 0.0 => "angle nul",
                None if degrees == 90.0 => "quart de tour",
                None => "angle quelconque",
            };
            let (i, j) = (0..side * side)
                .map(|k| (k / side, k % side))
                .find(|&(i, j)| !close(&[got[i][j]], &[want[i][j]]))
                .unwrap_or_default();
            let found = format!(
                "`{what}` met `{}` en ligne {i}, colonne {j}, au lieu de `{}`.",
                short(got[i][j]),
                short(want[i][j])
            );
            return Err(Fault::new(mistake, found));
        }
        Ok("l'image tourne autour de son centre, dans le bon sens, sans trous.".into())
    })
}
