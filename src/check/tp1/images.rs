//! One image, then all of them as the network takes them.

#[cfg(test)]
mod trials;

use candle_core::{DType, Device, Tensor};

use super::super::hints::hints;
use super::super::probe::{alike, close, french, numbers, try_call};
use super::super::{Exercise, Fault, Verdict, fault};
use crate::random::Rng;

pub(super) static IMAGE_600: Exercise = Exercise {
    id: "tp1-image-600",
    points: 1,
    title: "L'image 600",
    hints: &[
        "`mnist.train` contient les images et leurs étiquettes ; `image(i)?` et `label(i)?` rendent celles du rang `i`, à partir de 0.",
        "Affichez `image_600.dims()` : on attend `[28, 28]`, des octets (`u8`).",
    ],
    mistakes: &hints! {
        "rang décalé" => "C'est une image voisine : les rangs commencent à 0, l'image 600 est donc la 601ᵉ, de rang `600`.";
        "ensemble de test" => "C'est l'image 600 de l'ensemble de test ; on veut celle de l'ensemble d'apprentissage, `mnist.train`.";
        "forme" => "C'est une image à deux dimensions qu'on attend. `narrow` garde la dimension des images (il faudrait `squeeze(0)?`), `image(i)?` l'ôte.";
        "transposée" => "Lignes et colonnes sont échangées.";
        "type" => "Gardez l'image telle qu'elle est dans le fichier : des octets (`u8`). La conversion viendra plus loin.";
        "autre image" => "Ce n'est pas l'image de rang 600, ou elle a été changée : `mnist.train.image(600)?` la rend telle qu'elle est dans le fichier.";
        "étiquette" => "L'image est la bonne, l'étiquette non : elle doit être lue au même rang, dans `mnist.train`.";
    },
    #[cfg(test)]
    trials: trials::IMAGE_600,
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
            _ => ("ce n'est pas l'image 600 de l'ensemble d'apprentissage.".into(), "autre image"),
        };
        Err(Fault::new(mistake, found))
    })
}

pub(super) static PREPARER: Exercise = Exercise {
    id: "tp1-preparer",
    points: 3,
    title: "Aplatir et normaliser les images",
    hints: &[
        "Trois opérations à la suite : aplatir à partir de la dimension 1, convertir en `f32`, multiplier par 1/255. L'ordre des deux dernières compte.",
        "Les méthodes : `flatten_from(1)?`, `to_dtype(DType::F32)?`, `affine(facteur, 0.0)?`.",
    ],
    mistakes: &hints! {
        "pas divisé" => "Les pixels vont encore de 0 à 255 : il reste à les ramener entre 0 et 1.";
        "division entière" => "Il ne reste que des 0 (et quelques 1) : la division a été faite entre entiers. Ou bien sur les octets (`u8`) eux-mêmes : convertissez en `f32` d'abord. Ou bien dans `1 / 255`, qui vaut 0 : écrivez `1.0 / 255.0`.";
        "divisé par 256" => "Vous divisez par 256 ; le plus grand octet est 255, et il doit devenir 1.";
        "divisé par le maximum" => "Vous divisez par le maximum de ces images-là : deux lots d'images ne seraient pas à la même échelle. Divisez toujours par 255.";
        "centré" => "Certaines valeurs sont négatives : ici on veut des nombres entre 0 et 1, sans centrage.";
        "lignes et colonnes" => "Dans chaque image, lignes et colonnes ont été échangées.";
        "pas aplati" => "Chaque image doit devenir une ligne de 784 nombres.";
        "tout aplati" => "Toutes les images sont mises bout à bout : la première dimension, celle des images, doit rester. Aplatissez à partir de la dimension 1.";
        "transposé" => "On veut une ligne par image (`[n, 784]`), pas une colonne par image.";
        "type" => "Le réseau calcule en `f32` : vérifiez le type avec `.dtype()`.";
    },
    #[cfg(test)]
    trials: trials::PREPARER,
};

/// Rows of 784 pixels, each image with its lines and columns exchanged.
fn lying(pixels: &[f32]) -> Vec<f32> {
    let place = |k: usize| k / 784 * 784 + k % 28 * 28 + k / 28 % 28;
    (0..pixels.len()).map(|k| pixels[place(k)]).collect()
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
                format!("les valeurs vont de {} à {}, au lieu de 0 à 1.", french(min), french(max));
            if got.iter().zip(&truth).all(|(g, t)| (g - t).abs() < 1e-5) {
                continue;
            }
            let mistake = if got.iter().any(|v| v.is_nan()) {
                "nan"
            } else if close(&got, &scaled(255.0)) {
                "pas divisé"
            } else if got.iter().all(|v| *v == 0.0 || *v == 1.0) {
                "division entière"
            } else if max <= 1.5 / 255.0 {
                "divisé deux fois"
            } else if got.iter().zip(scaled(255.0 / 256.0)).all(|(g, t)| (g - t).abs() < 1e-5) {
                "divisé par 256"
            } else if close(&got, &truth.iter().map(|t| 1.0 - t).collect::<Vec<_>>()) {
                "inversé"
            } else if min < 0.0 {
                "centré"
            } else if close(&got, &lying(&truth)) {
                "lignes et colonnes"
            } else if alike(&got, &truth) == "facteur constant" && max == 1.0 {
                "divisé par le maximum"
            } else {
                alike(&got, &truth)
            };
            return fault(mistake, range);
        }
        Ok("une ligne de 784 nombres `f32` par image, chaque pixel divisé par 255.".into())
    })
}
