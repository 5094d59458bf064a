//! How images and kernels lie in a tensor: channels last.

#[cfg(test)]
mod trials;

use candle_core::{DType, Device, Tensor};

use super::super::hints::hints;
use super::super::probe::{alike, close, numbers, short, try_call};
use super::super::{Exercise, Fault, Verdict};
use super::rows::{Rows, random_rows, transpose};
use crate::Result;
use crate::random::Rng;

pub(super) static NOYAUX: Exercise = Exercise {
    id: "tp2-noyaux",
    points: 3,
    title: "Des noyaux au tenseur",
    hints: &[
        "Rangez les nombres dans l'ordre des dimensions : la ligne varie le moins vite, puis la colonne, puis le filtre.",
        "Trois boucles emboîtées, ligne, colonne, noyau, qui ajoutent `noyau[ligne][colonne]` à un `Vec<f32>` ; puis `Tensor::from_vec(valeurs, (3, 3, 1, noyaux.len()), &Device::Cpu)?`.",
    ],
    mistakes: &hints! {
        "filtres d'abord" => "Les filtres sont en première dimension (c'est l'ordre de PyTorch) ; ici ils viennent en dernier : `[3, 3, 1, n]`.";
        "ordre des valeurs" => "La forme est juste, mais les nombres ont été rangés noyau après noyau : d'une case à la suivante, c'est le filtre qui doit changer d'abord.";
        "transposés" => "Lignes et colonnes des noyaux sont échangées.";
        "canal oublié" => "Il manque la dimension des canaux d'entrée : nos images n'en ont qu'un, mais il se compte : `[3, 3, 1, n]`.";
        "un seul filtre" => "Il n'y a qu'un filtre dans votre tenseur : parcourez tous les noyaux.";
        "type" => "Les images sont en `F32` ; les noyaux doivent l'être aussi.";
        "forme" => "La forme attendue est `[3, 3, 1, n]` : lignes, colonnes, canaux d'entrée, filtres.";
    },
    #[cfg(test)]
    trials: trials::NOYAUX,
};

fn tensor(kernels: &[Rows]) -> Result<Tensor> {
    let mut values = Vec::new();
    for row in 0..3 {
        for column in 0..3 {
            values.extend(kernels.iter().map(|kernel| kernel[row][column]));
        }
    }
    Ok(Tensor::from_vec(values, (3, 3, 1, kernels.len()), &Device::Cpu)?)
}

/// `noyaux_en_tenseur(noyaux)`: 3×3 kernels as a tensor `[3, 3, 1, n]`.
pub fn noyaux(student: fn(&[Rows]) -> Result<Tensor>) -> Verdict {
    NOYAUX.judge(|| {
        let mut rng = Rng::new(24);
        for n in [4, 2] {
            let kernels: Vec<Rows> = (0..n).map(|_| random_rows(&mut rng, 3, 3)).collect();
            let what = format!("noyaux_en_tenseur({n} noyaux)");
            let got = try_call(&what, || student(&kernels))?;
            let fault =
                |mistake, found: String| Err(Fault::new(mistake, format!("`{what}` {found}.")));
            let shape = format!("a la forme `{:?}` au lieu de `[3, 3, 1, {n}]`", got.dims());
            match got.dims() {
                [3, 3, 1, m] if *m == n => {}
                [3, 3, 1, 1] | [3, 3] => return fault("un seul filtre", shape),
                [3, 3, _] => return fault("canal oublié", shape),
                [m, ..] if *m == n => return fault("filtres d'abord", shape),
                _ => return fault("forme", shape),
            }
            if got.dtype() != DType::F32 {
                return fault("type", format!("est de type `{:?}` au lieu de `F32`", got.dtype()));
            }
            let (values, want) = (numbers(&got)?, numbers(&tensor(&kernels)?)?);
            if close(&values, &want) {
                continue;
            }
            let flat: Vec<f32> = kernels.iter().flatten().flatten().copied().collect();
            let turned: Vec<Rows> = kernels.iter().map(|k| transpose(k)).collect();
            let mistake = match () {
                () if values.iter().any(|v| v.is_nan()) => "nan",
                () if close(&values, &flat) => "ordre des valeurs",
                () if close(&values, &numbers(&tensor(&turned)?)?) => "transposés",
                () => alike(&values, &want),
            };
            let k = (0..values.len()).find(|&k| !close(&[values[k]], &[want[k]])).unwrap_or(0);
            let place = format!("[{}, {}, 0, {}]", k / n / 3, k / n % 3, k % n);
            let (got, want) = (short(values[k]), short(want[k]));
            return fault(mistake, format!("vaut `{got}` en `{place}` au lieu de `{want}`"));
        }
        Ok("forme `[3, 3, 1, n]`, chaque nombre à sa place, avec 2 et avec 4 filtres.".into())
    })
}

pub(super) static PREPARER: Exercise = Exercise {
    id: "tp2-preparer",
    points: 2,
    title: "Préparer les images pour une convolution",
    hints: &[
        "Comme au TP 1, sans aplatir : convertir, multiplier par 1/255, puis ajouter à la fin une dimension de taille 1 pour le canal.",
        "`unsqueeze(3)?` ajoute une dimension en quatrième place ; `affine(1.0 / 255.0, 0.0)?` divise par 255.",
    ],
    mistakes: &hints! {
        "canal oublié" => "Il manque le canal : une image grise a un canal, et la forme attendue est `[n, 28, 28, 1]`.";
        "canal d'abord" => "Le canal est avant les lignes (l'ordre de PyTorch et de candle) ; ici il vient en dernier : `[n, 28, 28, 1]`.";
        "aplati" => "Les images sont aplaties, comme pour un réseau dense : une convolution a besoin des lignes et des colonnes.";
        "pas divisé" => "Les pixels vont encore de 0 à 255 : ramenez-les entre 0 et 1.";
        "division entière" => "Il ne reste que des 0 et quelques 1 : convertissez en `F32` avant de diviser.";
        "lignes et colonnes" => "Les images sont couchées : lignes et colonnes ont été échangées.";
        "type" => "Le réseau calcule en `f32` : vérifiez le type avec `.dtype()`.";
        "forme" => "La forme attendue est `[n, 28, 28, 1]`.";
    },
    #[cfg(test)]
    trials: trials::PREPARER,
};

fn prepared(x: &Tensor) -> Result<Tensor> {
    Ok(x.to_dtype(DType::F32)?.affine(1.0 / 255.0, 0.0)?.unsqueeze(3)?)
}

/// `preparer(images)`: u8 `[n, 28, 28]` → f32 `[n, 28, 28, 1]` in `[0, 1]`.
pub fn preparer(student: fn(&Tensor) -> Result<Tensor>) -> Verdict {
    PREPARER.judge(|| {
        let mut rng = Rng::new(25);
        for n in [3, 5] {
            let mut pixels: Vec<u8> = (0..n * 784).map(|_| rng.below(255) as u8).collect();
            pixels[40] = 255;
            let images = Tensor::from_vec(pixels, (n, 28, 28), &Device::Cpu)?;
            check_prepared(student, &images)?;
        }
        Ok("forme `[n, 28, 28, 1]`, type `F32`, pixels de 0 à 1, à leur place.".into())
    })
}

/// The images as the network takes them.
fn check_prepared(
    student: fn(&Tensor) -> Result<Tensor>,
    images: &Tensor,
) -> std::result::Result<(), Fault> {
    let n = images.dim(0)?;
    let what = format!("preparer(images de forme [{n}, 28, 28])");
    let got = try_call(&what, || student(images))?;
    let fault = |mistake, found: String| Err(Fault::new(mistake, format!("`{what}` {found}.")));
    let shape = format!("a la forme `{:?}` au lieu de `[{n}, 28, 28, 1]`", got.dims());
    match got.dims() {
        [m, 28, 28, 1] if *m == n => {}
        [m, 28, 28] if *m == n => return fault("canal oublié", shape),
        [m, 1, 28, 28] if *m == n => return fault("canal d'abord", shape),
        [m, 784] | [m, 784, 1] if *m == n => return fault("aplati", shape),
        _ => return fault("forme", shape),
    }
    if got.dtype() != DType::F32 {
        return fault("type", format!("est de type `{:?}` au lieu de `F32`", got.dtype()));
    }
    let (values, want) = (numbers(&got)?, numbers(&prepared(images)?)?);
    if close(&values, &want) {
        return Ok(());
    }
    let is = |f: &dyn Fn(f32) -> f32| {
        values.iter().zip(&want).all(|(v, w)| (v - f(*w)).abs() <= 1e-5 * (1.0 + v.abs()))
    };
    let lying = numbers(&prepared(images)?.transpose(1, 2)?)?;
    let max = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mistake = match () {
        () if values.iter().any(|v| v.is_nan()) => "nan",
        () if is(&|w| w * 255.0) => "pas divisé",
        () if values.iter().all(|v| *v == 0.0) => "division entière",
        () if is(&|w| w / 255.0) => "divisé deux fois",
        () if is(&|w| 1.0 - w) => "inversé",
        () if close(&values, &lying) => "lignes et colonnes",
        () if values.iter().all(|v| *v == 0.0 || *v == 1.0) => "division entière",
        () => alike(&values, &want),
    };
    fault(mistake, format!("a un maximum de `{}`", short(max)))
}
