//! One-hot labels.

use super::super::hints::hints;
use super::super::probe::{call, show};
use super::super::{Exercise, Fault, Verdict};
use crate::french::plural;

pub(super) static UN_PARMI_N: Exercise = Exercise {
    id: "tp1-un-parmi-n",
    points: 2,
    title: "Le codage « un parmi n »",
    hints: &[
        "Une ligne par étiquette, `classes` colonnes par ligne : partez d'une ligne de zéros et mettez un seul 1.",
        "`vec![0.0; classes]` fait la ligne de zéros ; l'étiquette, convertie par `usize::from`, dit où mettre le 1.",
    ],
    mistakes: &hints! {
        "rang au lieu de l'étiquette" => "Le 1 est mis selon le rang de l'étiquette dans la liste ; c'est l'étiquette elle-même qui donne la colonne.";
        "décalé" => "Le 1 n'est pas dans la colonne de l'étiquette : la classe 0 occupe la colonne 0, la classe 1 la colonne 1…";
        "transposé" => "Vos lignes sont des classes ; on veut une ligne par étiquette.";
        "inversé" => "Les 0 et les 1 sont échangés : un seul 1 par ligne.";
        "étiquette au lieu de 1" => "Vous écrivez le numéro de la classe dans sa colonne ; c'est un 1 qu'il faut.";
        "autre valeur" => "La colonne est la bonne, le nombre non : c'est un 1 qu'il faut y mettre.";
        "nombre de colonnes" => "Chaque ligne doit avoir `classes` colonnes, même si certaines classes n'apparaissent pas parmi ces étiquettes.";
        "1 qui restent" => "Certaines lignes ont plusieurs 1 : repartez d'une ligne de zéros à chaque étiquette.";
        "plusieurs 1" => "Certaines lignes ont plusieurs 1 : il en faut un seul, dans la colonne de l'étiquette (`==`, et non `<=`).";
        "colonne fixe" => "Le 1 est toujours dans la même colonne : elle doit dépendre de l'étiquette.";
        "zéros" => "Il n'y a que des zéros : où est mis le 1 ?";
        "longueur" => "On attend une ligne par étiquette.";
    },
    #[cfg(test)]
    trials: trials::UN_PARMI_N,
};

fn coded(labels: &[u8], classes: usize) -> Vec<Vec<f32>> {
    let row = |label: &u8| {
        let mut row = vec![0.0; classes];
        row[usize::from(*label)] = 1.0;
        row
    };
    labels.iter().map(row).collect()
}

/// `un_parmi_n(etiquettes, classes)`: one row per label, a single 1.
pub fn un_parmi_n(student: fn(&[u8], usize) -> Vec<Vec<f32>>) -> Verdict {
    UN_PARMI_N.judge(|| {
        let inputs: [(&[u8], usize); 3] = [(&[3, 1, 0], 4), (&[2, 0, 5, 2, 6], 7), (&[4, 0, 3], 6)];
        for (labels, classes) in inputs {
            let what = format!("un_parmi_n(&{labels:?}, {classes})");
            let rows = call(&what, || student(labels, classes))?;
            let truth = coded(labels, classes);
            if rows == truth {
                continue;
            }
            let columns = rows.first().map_or(0, Vec::len);
            let flat: Vec<f32> = rows.concat();
            let good: Vec<f32> = truth.concat();
            let ones = |row: &Vec<f32>| row.iter().filter(|v| **v == 1.0).count();
            let same = rows.len() == truth.len() && rows.iter().all(|row| row.len() == classes);
            let mistake = if rows.len() == classes && columns == labels.len() && classes != columns
            {
                "transposé"
            } else if rows.len() != labels.len() {
                "longueur"
            } else if !same {
                "nombre de colonnes"
            } else if flat.iter().any(|v| v.is_nan()) {
                "nan"
            } else if flat.iter().all(|v| *v == 0.0) {
                "zéros"
            } else if flat.iter().zip(&good).all(|(f, g)| *f == 1.0 - g) {
                "inversé"
            } else if rows
                .iter()
                .zip(labels)
                .all(|(row, label)| row[usize::from(*label)] == f32::from(*label))
            {
                "étiquette au lieu de 1"
            } else if flat.iter().zip(&good).all(|(f, g)| (*f == 0.0) == (*g == 0.0)) {
                "autre valeur"
            } else if rows.iter().any(|row| ones(row) > 1) {
                let kept = |i: usize| labels[..=i].iter().all(|l| rows[i][usize::from(*l)] == 1.0);
                if (0..labels.len()).all(kept) { "1 qui restent" } else { "plusieurs 1" }
            } else if rows.iter().enumerate().all(|(i, row)| row[i % classes] == 1.0) {
                "rang au lieu de l'étiquette"
            } else if rows.iter().all(|row| ones(row) == 1 && *row == rows[0]) {
                "colonne fixe"
            } else if rows.iter().all(|row| ones(row) == 1) {
                "décalé"
            } else {
                "inconnue"
            };
            let shown: Vec<String> = rows.iter().take(3).map(|row| show(row)).collect();
            let found = format!(
                "`{what}` donne {} de {} : `{}`.",
                plural(rows.len(), "ligne"),
                plural(columns, "colonne"),
                shown.join(" ")
            );
            return Err(Fault::new(mistake, found));
        }
        Ok("une ligne par étiquette, un seul 1, dans la bonne colonne.".into())
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};

    pub(super) const UN_PARMI_N: &[Trial] = &[
        wrong("plusieurs 1", || {
            un_parmi_n(|labels, classes| {
                let row = |l: &u8| {
                    (0..classes).map(|c| f32::from(u8::from(c <= usize::from(*l)))).collect()
                };
                labels.iter().map(row).collect()
            })
        }),
        wrong("colonne fixe", || {
            un_parmi_n(|labels, classes| coded(&vec![0; labels.len()], classes))
        }),
        wrong("autre valeur", || {
            un_parmi_n(|labels, classes| {
                let twice = |row: Vec<f32>| row.into_iter().map(|v| -2.0 * v + 0.0).collect();
                coded(labels, classes).into_iter().map(twice).collect()
            })
        }),
        right("ones put into a table of zeros", || {
            un_parmi_n(|labels, classes| {
                let mut rows = vec![vec![0.0; classes]; labels.len()];
                for (i, label) in labels.iter().enumerate() {
                    rows[i][*label as usize] = 1.0;
                }
                rows
            })
        }),
        right("number by number", || {
            un_parmi_n(|labels, classes| {
                let mut rows = Vec::with_capacity(labels.len());
                for label in labels {
                    let mut row = Vec::new();
                    for class in 0..classes as u8 {
                        row.push(f32::from(u8::from(class == *label)));
                    }
                    rows.push(row);
                }
                rows
            })
        }),
        right("map", || un_parmi_n(coded)),
        right("comparison", || {
            un_parmi_n(|labels, classes| {
                let row = |label: &u8| {
                    (0..classes).map(|c| if c == usize::from(*label) { 1.0 } else { 0.0 }).collect()
                };
                labels.iter().map(row).collect()
            })
        }),
        wrong("décalé", || {
            un_parmi_n(|labels, classes| {
                let shifted: Vec<u8> =
                    labels.iter().map(|l| (l + classes as u8 - 1) % classes as u8).collect();
                coded(&shifted, classes)
            })
        }),
        wrong("transposé", || {
            un_parmi_n(|labels, classes| {
                let rows = coded(labels, classes);
                (0..classes).map(|c| rows.iter().map(|row| row[c]).collect()).collect()
            })
        }),
        wrong("inversé", || {
            un_parmi_n(|labels, classes| {
                coded(labels, classes)
                    .iter()
                    .map(|row| row.iter().map(|v| 1.0 - v).collect())
                    .collect()
            })
        }),
        wrong("étiquette au lieu de 1", || {
            un_parmi_n(|labels, classes| {
                let mut rows = coded(labels, classes);
                for (row, &label) in rows.iter_mut().zip(labels) {
                    row[usize::from(label)] = f32::from(label);
                }
                rows
            })
        }),
        wrong("nombre de colonnes", || {
            un_parmi_n(|labels, _| coded(labels, 1 + usize::from(*labels.iter().max().unwrap())))
        }),
        wrong("1 qui restent", || {
            un_parmi_n(|labels, classes| {
                let mut row = vec![0.0; classes];
                let mut rows = Vec::new();
                for &label in labels {
                    row[usize::from(label)] = 1.0;
                    rows.push(row.clone());
                }
                rows
            })
        }),
        wrong("zéros", || un_parmi_n(|labels, classes| vec![vec![0.0; classes]; labels.len()])),
        wrong("longueur", || un_parmi_n(|_, _| Vec::new())),
        wrong("longueur", || un_parmi_n(|labels, classes| coded(&labels[..1], classes))),
        wrong("indice hors limites", || {
            un_parmi_n(|labels, classes| {
                labels
                    .iter()
                    .map(|&label| {
                        let mut row = vec![0.0; classes];
                        row[usize::from(label) + 1] = 1.0;
                        row
                    })
                    .collect()
            })
        }),
        wrong("rang au lieu de l'étiquette", || {
            un_parmi_n(|labels, classes| {
                let ranks: Vec<u8> = (0..labels.len() as u8).collect();
                coded(&ranks, classes)
            })
        }),
        wrong("nan", || un_parmi_n(|labels, classes| vec![vec![f32::NAN; classes]; labels.len()])),
        wrong("à compléter", || un_parmi_n(|_, _| todo!("à compléter"))),
    ];
}
