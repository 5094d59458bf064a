//! Seeds, images, labels.

use candle_core::{DType, Device, Tensor};

use super::super::probe::{self, call, close, numbers, show, try_call};
#[cfg(test)]
use super::super::registry::{right, wrong};
use super::super::{Exercise, Fault, Notebook, Verdict};
use crate::random::Rng;

pub(super) static POIDS_INITIAUX: Exercise = Exercise {
    id: "tp1-poids-initiaux",
    notebook: Notebook::Tp1,
    points: 2,
    title: "Des poids initiaux reproductibles",
    hints: &[
        "Un seul générateur, créé à partir de la graine, puis n tirages successifs de ce générateur.",
        "`rng.uniform(a, b)` rend un nombre entre `a` et `b` ; ici les poids vont de `-limite` à `limite`.",
    ],
    mistakes: &[
        (
            "graine ignorée",
            "Deux graines différentes donnent les mêmes poids : le paramètre `graine` doit entrer dans `Rng::new`.",
        ),
        (
            "non reproductible",
            "Deux appels avec la même graine donnent des poids différents : tout le hasard doit venir de `Rng::new(graine)`.",
        ),
        (
            "poids tous nuls",
            "Avec des poids tous nuls, tous les neurones d'une couche calculent la même chose et reçoivent le même gradient : ils resteraient jumeaux pour toujours.",
        ),
        (
            "poids tous égaux",
            "Tous les poids sont égaux : le générateur est sans doute recréé à chaque tirage. Créez-le une fois, avant la boucle.",
        ),
        ("jamais négatifs", "Aucun poids n'est négatif : l'intervalle commence à `-limite`."),
        (
            "limite dépassée",
            "Des poids sortent de l'intervalle : vérifiez les bornes données au tirage.",
        ),
        (
            "intervalle trop étroit",
            "Les poids restent loin des bornes : l'intervalle va de `-limite` à `limite`, sans autre facteur.",
        ),
        ("longueur", "La fonction doit rendre exactement `n` poids."),
    ],
    #[cfg(test)]
    trials: &[
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
    ],
};

#[cfg(test)]
fn weights(seed: u64, n: usize, limit: f32) -> Vec<f32> {
    let mut rng = Rng::new(seed);
    (0..n).map(|_| rng.uniform(-limit, limit)).collect()
}

/// `poids_initiaux(graine, n, limite)`: seeded, uniform in `[-limite, limite)`.
pub fn poids_initiaux(student: fn(u64, usize, f32) -> Vec<f32>) -> Verdict {
    POIDS_INITIAUX.judge(|| {
        let (n, limit) = (200, 0.0875);
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
        let range = format!("rend des poids de `{}` à `{}`", probe::short(low), probe::short(high));
        if low == 0.0 && high == 0.0 {
            return fault("poids tous nuls", "ne rend que des zéros".into());
        }
        if low == high {
            return fault("poids tous égaux", format!("rend {n} fois `{}`", probe::short(low)));
        }
        if first != again {
            return fault("non reproductible", "ne rend pas deux fois les mêmes poids".into());
        }
        if first == other {
            return fault("graine ignorée", "rend les mêmes poids avec la graine 12".into());
        }
        if low < -limit * 1.0001 || high > limit * 1.0001 {
            return fault("limite dépassée", range);
        }
        if low >= 0.0 {
            return fault("jamais négatifs", range);
        }
        if high - low < 1.5 * limit {
            return fault("intervalle trop étroit", range);
        }
        Ok("même graine, mêmes poids ; autre graine, autres poids ; tous dans l'intervalle.".into())
    })
}

pub(super) static IMAGE_600: Exercise = Exercise {
    id: "tp1-image-600",
    notebook: Notebook::Tp1,
    points: 1,
    title: "L'image 600",
    hints: &[
        "`mnist.train` contient les images et leurs étiquettes ; `image(i)?` et `label(i)?` rendent celles du rang `i`, à partir de 0.",
        "Affichez `image_600.dims()` : on attend `[28, 28]`, des octets (`u8`).",
    ],
    mistakes: &[
        (
            "rang décalé",
            "C'est une image voisine : les rangs commencent à 0, l'image 600 est donc la 601ᵉ, de rang `600`.",
        ),
        (
            "ensemble de test",
            "C'est l'image 600 de l'ensemble de test ; on veut celle de l'ensemble d'apprentissage, `mnist.train`.",
        ),
        (
            "forme",
            "C'est une image à deux dimensions qu'on attend. `narrow` garde la dimension des images (il faudrait `squeeze(0)?`), `image(i)?` l'ôte.",
        ),
        ("transposée", "Lignes et colonnes sont échangées."),
        (
            "type",
            "Gardez l'image telle qu'elle est dans le fichier : des octets (`u8`). La conversion viendra plus loin.",
        ),
        (
            "étiquette",
            "L'image est la bonne, l'étiquette non : elle doit être lue au même rang, dans `mnist.train`.",
        ),
    ],
    #[cfg(test)]
    trials: &[
        right("image()", || image_600(&tests::image(600), 9)),
        right("index and squeeze", || {
            image_600(&tests::image(600).unsqueeze(0).unwrap().squeeze(0).unwrap(), 9)
        }),
        wrong("rang décalé", || image_600(&tests::image(601), 9)),
        wrong("rang décalé", || image_600(&tests::image(599), 7)),
        wrong("ensemble de test", || image_600(&tests::test_image(600), 6)),
        wrong("forme", || image_600(&tests::image(600).unsqueeze(0).unwrap(), 9)),
        wrong("forme", || image_600(&tests::image(600).flatten_all().unwrap(), 9)),
        wrong("forme", || image_600(&Tensor::zeros(0, DType::U8, &Device::Cpu).unwrap(), 9)),
        wrong("transposée", || image_600(&tests::image(600).t().unwrap(), 9)),
        wrong("type", || image_600(&tests::image(600).to_dtype(DType::F32).unwrap(), 9)),
        wrong("étiquette", || image_600(&tests::image(600), 6)),
    ],
};

/// Sum of the pixels, and the same weighted by position.
fn fingerprint(image: &Tensor) -> Result<(u64, u64), Fault> {
    let pixels = numbers(image)?;
    let plain = pixels.iter().map(|&p| p as u64).sum();
    let weighted = pixels.iter().enumerate().map(|(i, &p)| p as u64 * (i as u64 % 97)).sum();
    Ok((plain, weighted))
}

/// Image 600 of the training set and its label.
pub fn image_600(image: &Tensor, label: u8) -> Verdict {
    IMAGE_600.judge(|| {
        if image.dims() != [28, 28] {
            let found =
                format!("`image_600` a la forme `{:?}` au lieu de `[28, 28]`.", image.dims());
            return Err(Fault::new("forme", found));
        }
        if image.dtype() != DType::U8 {
            let found = format!("`image_600` est de type `{:?}` au lieu de `U8`.", image.dtype());
            return Err(Fault::new("type", found));
        }
        let (found, mistake) = match fingerprint(image)? {
            (15734, 706_703) if label == 9 => {
                return Ok("28 × 28 octets, et l'étiquette est 9 : c'est bien elle.".into());
            }
            (15734, 706_703) => (format!("`etiquette_600` vaut {label}."), "étiquette"),
            (15734, 671_907) => ("l'image est transposée.".into(), "transposée"),
            (21607, _) => ("c'est l'image 599.".into(), "rang décalé"),
            (18573, _) => ("c'est l'image 601.".into(), "rang décalé"),
            (20704, _) => ("ce n'est pas une image d'apprentissage.".into(), "ensemble de test"),
            _ => ("ce n'est pas l'image 600 de l'ensemble d'apprentissage.".into(), "inconnue"),
        };
        Err(Fault::new(mistake, found))
    })
}

pub(super) static PREPARER: Exercise = Exercise {
    id: "tp1-preparer",
    notebook: Notebook::Tp1,
    points: 3,
    title: "Aplatir et normaliser les images",
    hints: &[
        "Trois opérations à la suite : aplatir à partir de la dimension 1, convertir en `f32`, multiplier par 1/255. L'ordre des deux dernières compte.",
        "Les méthodes : `flatten_from(1)?`, `to_dtype(DType::F32)?`, `affine(facteur, 0.0)?`.",
    ],
    mistakes: &[
        ("pas divisé", "Les pixels vont encore de 0 à 255 : il reste à les ramener entre 0 et 1."),
        (
            "divisé deux fois",
            "Les pixels ne dépassent pas 1/255 : la division a été faite deux fois.",
        ),
        (
            "division entière",
            "Il ne reste que des 0 et quelques 1 : la division a été faite sur des entiers (`u8`). Convertissez en `f32` avant de diviser.",
        ),
        (
            "divisé par 256",
            "Vous divisez par 256 ; le plus grand octet est 255, et il doit devenir 1.",
        ),
        (
            "divisé par le maximum",
            "Vous divisez par le maximum de ces images-là : deux lots d'images ne seraient pas à la même échelle. Divisez toujours par 255.",
        ),
        (
            "centré",
            "Certaines valeurs sont négatives : ici on veut des nombres entre 0 et 1, sans centrage.",
        ),
        ("inversé", "Le noir et le blanc sont échangés : 0 doit rester 0."),
        ("pas aplati", "Chaque image doit devenir une ligne de 784 nombres."),
        (
            "tout aplati",
            "Toutes les images sont mises bout à bout : la première dimension, celle des images, doit rester. Aplatissez à partir de la dimension 1.",
        ),
        ("transposé", "On veut une ligne par image (`[n, 784]`), pas une colonne par image."),
        ("type", "Le réseau calcule en `f32` : vérifiez le type avec `.dtype()`."),
    ],
    #[cfg(test)]
    trials: &[
        right("affine", || preparer(prepared)),
        right("division then reshape", || {
            preparer(|x| {
                let n = x.dim(0)?;
                Ok((x.to_dtype(DType::F32)? / 255.0)?.reshape((n, 784))?)
            })
        }),
        wrong("pas divisé", || preparer(|x| Ok(x.flatten_from(1)?.to_dtype(DType::F32)?))),
        wrong("divisé deux fois", || preparer(|x| Ok((prepared(x)? / 255.0)?))),
        wrong("division entière", || {
            preparer(|x| {
                let pixels: Vec<u8> = x.flatten_all()?.to_vec1()?;
                let pixels: Vec<f32> = pixels.iter().map(|p| f32::from(p / 255)).collect();
                Ok(Tensor::from_vec(pixels, (x.dim(0)?, 784), &Device::Cpu)?)
            })
        }),
        wrong("divisé par 256", || {
            preparer(|x| Ok((x.flatten_from(1)?.to_dtype(DType::F32)? / 256.0)?))
        }),
        wrong("divisé par le maximum", || {
            preparer(|x| {
                let x = x.flatten_from(1)?.to_dtype(DType::F32)?;
                let max = x.flatten_all()?.max(0)?.to_scalar::<f32>()?;
                Ok((x / f64::from(max))?)
            })
        }),
        wrong("centré", || preparer(|x| Ok((prepared(x)? - 0.5)?))),
        wrong("inversé", || preparer(|x| Ok(prepared(x)?.affine(-1.0, 1.0)?))),
        wrong("pas aplati", || preparer(|x| Ok((x.to_dtype(DType::F32)? / 255.0)?))),
        wrong("tout aplati", || preparer(|x| Ok(prepared(x)?.flatten_all()?))),
        wrong("transposé", || preparer(|x| Ok(prepared(x)?.t()?))),
        wrong("type", || preparer(|x| Ok((x.flatten_from(1)?.to_dtype(DType::F64)? / 255.0)?))),
        wrong("erreur", || {
            preparer(|x| Ok(x.flatten_from(1)?.affine(1.0 / 255.0, 0.0)?.matmul(x)?))
        }),
        wrong("nan", || preparer(|x| Ok((prepared(x)? * f64::NAN)?))),
        wrong("à compléter", || preparer(|_| todo!("à compléter"))),
    ],
};

#[cfg(test)]
fn prepared(images: &Tensor) -> crate::Result<Tensor> {
    Ok(images.flatten_from(1)?.to_dtype(DType::F32)?.affine(1.0 / 255.0, 0.0)?)
}

/// `preparer(images)`: u8 `[n, 28, 28]` to f32 `[n, 784]` in `[0, 1]`.
pub fn preparer(student: fn(&Tensor) -> crate::Result<Tensor>) -> Verdict {
    PREPARER.judge(|| {
        let mut rng = Rng::new(6);
        // No pixel above 250 in the second batch: a division by the maximum shows.
        for (n, top) in [(3, 256), (5, 251)] {
            let pixels: Vec<u8> = (0..n * 784).map(|_| rng.below(top) as u8).collect();
            let truth: Vec<f32> = pixels.iter().map(|&p| f32::from(p) / 255.0).collect();
            let images = Tensor::from_vec(pixels, (n, 28, 28), &Device::Cpu)?;
            let what = format!("preparer(images de forme [{n}, 28, 28])");
            let x = try_call(&what, || student(&images))?;
            let fault = |mistake, found: String| Err(Fault::new(mistake, found));
            let found =
                format!("{n} images deviennent un tenseur `{:?}`, `{:?}`", x.dims(), x.dtype());
            match x.dims() {
                [rows, 784] if *rows == n => {}
                [784, columns] if *columns == n => return fault("transposé", format!("{found}.")),
                [all] if *all == n * 784 => return fault("tout aplati", format!("{found}.")),
                _ => return fault("pas aplati", format!("{found} ; on attend `[{n}, 784]`.")),
            }
            if x.dtype() != DType::F32 {
                return fault("type", format!("{found} ; on attend `F32`."));
            }
            let got = numbers(&x)?;
            let scaled = |factor: f32| truth.iter().map(|t| t * factor).collect::<Vec<_>>();
            let max = got.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let min = got.iter().copied().fold(f32::INFINITY, f32::min);
            let range =
                format!("les valeurs vont de `{}` à `{}`.", probe::short(min), probe::short(max));
            if got.iter().zip(&truth).all(|(g, t)| (g - t).abs() < 1e-5) {
                continue;
            }
            let mistake = if got.iter().any(|v| v.is_nan()) {
                "nan"
            } else if close(&got, &scaled(255.0)) {
                "pas divisé"
            } else if max <= 1.5 / 255.0 {
                "divisé deux fois"
            } else if got.iter().all(|v| *v == 0.0 || *v == 1.0) {
                "division entière"
            } else if got.iter().zip(scaled(255.0 / 256.0)).all(|(g, t)| (g - t).abs() < 1e-5) {
                "divisé par 256"
            } else if close(&got, &truth.iter().map(|t| 1.0 - t).collect::<Vec<_>>()) {
                "inversé"
            } else if min < 0.0 {
                "centré"
            } else if max == 1.0 {
                "divisé par le maximum"
            } else {
                "inconnue"
            };
            return fault(mistake, range);
        }
        Ok("une ligne de 784 nombres `f32` par image, chaque pixel divisé par 255.".into())
    })
}

pub(super) static UN_PARMI_N: Exercise = Exercise {
    id: "tp1-un-parmi-n",
    notebook: Notebook::Tp1,
    points: 2,
    title: "Le codage « un parmi n »",
    hints: &[
        "Une ligne par étiquette, `classes` colonnes par ligne : partez d'une ligne de zéros et mettez un seul 1.",
        "`vec![0.0; classes]` fait la ligne de zéros ; l'étiquette, convertie par `usize::from`, dit où mettre le 1.",
    ],
    mistakes: &[
        ("décalé", "Le 1 est dans une colonne voisine : la classe 0 occupe la colonne 0."),
        ("transposé", "Vos lignes sont des classes ; on veut une ligne par étiquette."),
        ("inversé", "Les 0 et les 1 sont échangés : un seul 1 par ligne."),
        (
            "étiquette au lieu de 1",
            "Vous écrivez le numéro de la classe dans sa colonne ; c'est un 1 qu'il faut.",
        ),
        (
            "nombre de colonnes",
            "Chaque ligne doit avoir `classes` colonnes, même si certaines classes n'apparaissent pas parmi ces étiquettes.",
        ),
        (
            "1 qui restent",
            "Certaines lignes ont plusieurs 1 : repartez d'une ligne de zéros à chaque étiquette.",
        ),
        ("zéros", "Il n'y a que des zéros : où est mis le 1 ?"),
        ("longueur", "On attend une ligne par étiquette."),
    ],
    #[cfg(test)]
    trials: &[
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
        wrong("nan", || un_parmi_n(|labels, classes| vec![vec![f32::NAN; classes]; labels.len()])),
        wrong("à compléter", || un_parmi_n(|_, _| todo!("à compléter"))),
    ],
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
            } else if rows.iter().any(|row| ones(row) > 1) {
                "1 qui restent"
            } else if rows.iter().all(|row| ones(row) == 1) {
                "décalé"
            } else {
                "inconnue"
            };
            let shown: Vec<String> = rows.iter().take(3).map(|row| show(row)).collect();
            let found = format!(
                "`{what}` donne {} ligne(s) de {columns} colonne(s) : `{}`.",
                rows.len(),
                shown.join(" ")
            );
            return Err(Fault::new(mistake, found));
        }
        Ok("une ligne par étiquette, un seul 1, dans la bonne colonne.".into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Mnist;
    use std::sync::OnceLock;

    fn mnist() -> &'static Mnist {
        static MNIST: OnceLock<Mnist> = OnceLock::new();
        MNIST.get_or_init(|| Mnist::load().unwrap())
    }

    pub fn image(i: usize) -> Tensor {
        mnist().train.image(i).unwrap()
    }

    pub fn test_image(i: usize) -> Tensor {
        mnist().test.image(i).unwrap()
    }
}
