//! The three-part test set.

#[cfg(test)]
mod trials;

use candle_core::{DType, Device, Tensor};

use super::super::hints::hints;
use super::super::probe::{close, numbers, try_call};
use super::super::{Exercise, Finding, Verdict, fault};
use crate::Result;
use crate::data::{Augment, Imperfect, one_hot};

/// `trois_parties(x, y, imparfait, transforme)`.
type Parts = fn(&Tensor, &Tensor, &Imperfect, &Augment) -> Result<(Tensor, Tensor)>;

pub(super) static TROIS_PARTIES: Exercise = Exercise {
    id: "tp4-trois-parties",
    points: 2,
    title: "Un ensemble de test en trois parties",
    hints: &[
        "Deux altérations de `x` (`imparfait.apply(x, 1)?`, `transforme.apply(x, 2)?`), puis `Tensor::cat(&[…], 0)?` met les images bout à bout.",
        "Les étiquettes ne changent pas : `Tensor::cat(&[y, y, y], 0)?`. La fonction finit par `Ok((images, etiquettes))`.",
    ],
    mistakes: &hints! {
        "ordre" => "Les parties y sont, mais pas dans l'ordre : d'abord les images nettes, puis les imparfaites, puis les transformées.";
        "nettes altérées" => "La première partie n'est pas faite des images nettes : `x` lui-même, sans changement.";
        "nettes deux fois" => "Une des deux dernières parties est faite des images nettes, sans altération : l'une passe par `imparfait.apply(…)?`, l'autre par `transforme.apply(…)?`.";
        "couple inversé" => "Les étiquettes sont à la place des images : la fonction finit par `Ok((images, etiquettes))`.";
        "partie manquante" => "Il faut trois parties : trois fois autant d'images que dans `x`.";
        "altérations cumulées" => "Les deux altérations sont appliquées l'une sur l'autre : chacune part de `x`.";
        "même altération" => "Les deux dernières parties subissent la même altération : l'une `imparfait`, l'autre `transforme`.";
        "argument ignoré" => "Les altérations sont celles que la fonction reçoit, `imparfait` et `transforme`, quels que soient leurs réglages : n'en créez pas d'autres.";
        "étiquettes" => "Il faut une étiquette par image : celles de `y`, trois fois de suite.";
        "étiquettes dans le désordre" => "Les étiquettes ne sont plus en face de leurs images : toutes celles de `y`, puis de nouveau toutes, puis encore une fois.";
        "axe" => "Les images doivent se suivre le long du premier axe : `Tensor::cat(…, 0)?`, pas `stack`, ni un autre axe.";
    },
    #[cfg(test)]
    trials: trials::TROIS_PARTIES,
};

/// Number of images of the trial.
const N: usize = 6;

/// What a part looks like: clean images are those of the trial, the imperfect
/// ones have lost ink, the transformed ones have noise on the paper.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Clean,
    Small,
    Noisy,
    Both,
}

fn kind(part: &[f32], clean: &[f32]) -> Kind {
    if part == clean {
        return Kind::Clean;
    }
    let ink = |images: &[f32]| images.iter().filter(|v| **v > 0.6).count();
    let grey = part.iter().filter(|v| **v > 0.0 && **v < 0.3).count();
    let (small, noisy) = (2 * ink(part) < ink(clean), 3 * grey > part.len());
    match (small, noisy) {
        (true, true) => Kind::Both,
        (true, false) => Kind::Small,
        _ => Kind::Noisy,
    }
}

/// `trois_parties(x, y, imparfait, transforme)`.
pub fn trois_parties(student: Parts) -> Verdict {
    TROIS_PARTIES.judge(|| -> Finding {
        // A large digit: a square of ink, lighter from image to image.
        let pixel = |k: usize| {
            let (i, j, image) = (k / 28 % 28, k % 28, k / 784);
            let inside = (6..22).contains(&i) && (6..22).contains(&j);
            if inside { 1.0 - image as f32 / 20.0 } else { 0.0 }
        };
        let clean: Vec<f32> = (0..N * 784).map(pixel).collect();
        let x = Tensor::from_vec(clean.clone(), (N, 28, 28, 1), &Device::Cpu)?;
        let labels = Tensor::from_vec(vec![3u8, 1, 4, 1, 5, 9], N, &Device::Cpu)?;
        let y = one_hot(&labels, 10)?;
        let small = Imperfect { shrink: 1.0, thickness: 0.0, canvas: 56 };
        let noisy = Augment { noise: 0.15, ..Augment::none() };
        let what = "trois_parties(x, y, imparfait, transforme)";
        let (images, answers) = try_call(what, || student(&x, &y, &small, &noisy))?;
        let found = format!(
            "pour {N} images, `{what}` rend des images `{:?}` et des étiquettes `{:?}`.",
            images.dims(),
            answers.dims()
        );
        let total = images.elem_count();
        if images.dims().get(1..) != Some(&[28, 28, 1]) && total == 3 * clean.len() {
            return fault("axe", found);
        }
        if images.dims() == [3 * N, 10] && answers.dims() == [3 * N, 28, 28, 1] {
            return fault("couple inversé", found);
        }
        if images.dims() != [3 * N, 28, 28, 1] {
            return fault("partie manquante", found);
        }
        let values = numbers(&images)?;
        let kinds: Vec<Kind> = values.chunks(clean.len()).map(|part| kind(part, &clean)).collect();
        let described = "les trois parties ne sont pas celles de l'énoncé.";
        match kinds[..] {
            [Kind::Clean, Kind::Small, Kind::Noisy] => {}
            [_, Kind::Both, _] | [_, _, Kind::Both] => {
                return fault("altérations cumulées", described);
            }
            [Kind::Clean, a, b] if a == b && a != Kind::Clean => {
                return fault("même altération", described);
            }
            _ if kinds.iter().filter(|kind| **kind == Kind::Clean).count() > 1 => {
                return fault("nettes deux fois", described);
            }
            _ if kinds.contains(&Kind::Clean) => return fault("ordre", described),
            _ => return fault("nettes altérées", described),
        }
        // Settings without chance: whoever takes others shows.
        let (still, none) = (Imperfect { canvas: 28, ..small }, Augment::none());
        let (images, _) = try_call(what, || student(&x, &y, &still, &none))?;
        let certain = [x.clone(), still.apply(&x, 1)?, none.apply(&x, 2)?];
        let (same, certain) = (numbers(&images)?, numbers(&Tensor::cat(&certain, 0)?)?);
        if !close(&same, &certain) {
            let found =
                "avec d'autres réglages, les images altérées ne sont pas celles qu'ils font.";
            return fault("argument ignoré", found);
        }
        if answers.dims() != [3 * N, 10] {
            return fault("étiquettes", found);
        }
        let want = numbers(&y.to_dtype(DType::F32)?)?.repeat(3);
        if !close(&numbers(&answers)?, &want) {
            let found = "les étiquettes ne correspondent pas aux images.";
            return fault("étiquettes dans le désordre", found);
        }
        Ok(format!(
            "{N} images nettes, {N} imparfaites et {N} transformées, chacune avec son étiquette."
        ))
    })
}
