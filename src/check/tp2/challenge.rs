//! The final challenge: accurate with few parameters.

use super::super::hints::hints;
use super::super::history::{Asked, Judges};
use super::super::{Exercise, Verdict, fault};
use super::training::RUN;
use crate::french::{number, plural};
use crate::nn::Model;
use crate::train::{History, Params, Validated};

/// What the challenge asks for.
const CHALLENGE_ACCURACY: f32 = 0.985;
const CHALLENGE_PARAMETERS: usize = 60_000;

/// Fewer images to validate on prove nothing.
const JUDGES: usize = 1_000;

pub(super) static DEFI: Exercise = Exercise {
    id: "tp2-defi",
    points: 3,
    title: "Le défi : petit mais bon",
    hints: &[
        "L'essentiel des paramètres est presque toujours dans la première couche dense, juste après `flatten` : comment la rendre plus petite ?",
        "Un pooling de plus, ou une couche dense de 32 neurones au lieu de 128, divisent le nombre de paramètres ; la précision, elle, vient surtout des filtres.",
    ],
    mistakes: &(
        RUN,
        hints! {
            "trop de paramètres" => "Le réseau dépasse 60 000 paramètres : `summary()` dit quelle couche en prend le plus.";
            "pas assez précis" => "La précision de validation n'atteint pas encore 98,5 % : plus d'époques, plus de filtres, ou moins de dropout ?";
            "trop peu de juges" => "Une précision mesurée sur si peu d'images ne veut rien dire : `Validation::Split(0.2)` en met 12 000 de côté.";
            "historique d'un autre réseau" => "L'historique est celui d'un autre réseau : donnez celui que `fit` a rendu pour ce réseau-ci.";
        },
    ),
    #[cfg(test)]
    trials: trials::DEFI,
};

/// How many images a training was validated on.
fn judges(params: &Params) -> Option<usize> {
    match params.validated? {
        Validated::Split(share) => Some((params.data?.images as f64 * share).round() as usize),
        Validated::Data { seen, .. } => Some(seen.images),
        Validated::Nothing => None,
    }
}

/// A network of the student's own: accurate on validation with few parameters.
pub fn defi(model: &Model, history: &History) -> Verdict {
    DEFI.judge(|| {
        if history.name != model.name() {
            let found = format!("réseau « {} », historique de « {} ».", model.name(), history.name);
            return fault("historique d'un autre réseau", found);
        }
        let count = model.trainable_count();
        if let Some(trained) = history.params.and_then(|params| params.trained)
            && trained != count
        {
            let found = format!(
                "l'historique est celui d'un réseau de {trained} paramètres, et non {count}."
            );
            return fault("historique d'un autre réseau", found);
        }
        // A network that went on training is welcome here.
        let asked = Asked {
            images: None,
            batch_size: None,
            judges: Judges::Others,
            adam: false,
            first_loss: None,
            ..Asked::MNIST
        };
        asked.check(history)?;
        if let Some(judges) = history.params.as_ref().and_then(judges)
            && judges < JUDGES
        {
            let found = format!("la validation se fait sur {} seulement.", plural(judges, "image"));
            return fault("trop peu de juges", found);
        }
        let best = history.val_accuracy.iter().copied().fold(0.0, f32::max);
        let percent = number(f64::from(100.0 * best), 2);
        if count > CHALLENGE_PARAMETERS {
            return fault(
                "trop de paramètres",
                format!("{}, {percent} % en validation.", plural(count, "paramètre")),
            );
        }
        if best < CHALLENGE_ACCURACY {
            return fault(
                "pas assez précis",
                format!("{percent} % en validation, {}.", plural(count, "paramètre")),
            );
        }
        Ok(format!("{percent} % en validation avec {count} paramètres seulement."))
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::astray::{astray, trained};
    use crate::check::registry::{Trial, right, wrong};
    use crate::check::tp2::training::made;
    use crate::{nn::Loss, nn::Sequential, ops::activation::Activation, ops::optimizer::Adam};

    pub(super) const DEFI: &[Trial] = &[
        right("small", || defi(&small(32), &made_for("petit", 0.04))),
        right("smaller", || defi(&small(16), &made_for("petit", 0.07))),
        right("as `fit` leaves it", || {
            defi(&small(32), &trained(made_for("petit", 0.04), |p| p.batch_size = 64))
        }),
        right("another optimiser", || {
            defi(&small(32), &astray(made_for("petit", 0.04), "optimiseur"))
        }),
        wrong("trop peu de juges", || {
            defi(
                &small(32),
                &trained(made_for("petit", 0.04), |p| {
                    p.validated = Some(Validated::Split(0.001));
                }),
            )
        }),
        wrong("validé sur le test", || {
            defi(&small(32), &astray(made_for("petit", 0.04), "validé sur le test"))
        }),
        wrong("validation sur l'apprentissage", || {
            defi(&small(32), &astray(made_for("petit", 0.04), "validation sur l'apprentissage"))
        }),
        wrong("appris sur le test", || {
            defi(&small(32), &astray(made_for("petit", 0.04), "appris sur le test"))
        }),
        wrong("vide", || defi(&small(32), &History { name: "petit".into(), ..History::default() })),
        wrong("nan", || defi(&small(32), &made_for("petit", f32::NAN))),
        wrong("sans validation", || {
            defi(&small(32), &History { val_loss: vec![], ..made_for("petit", 0.04) })
        }),
        wrong("n'apprend pas", || {
            defi(&small(32), &History { accuracy: vec![0.1; 5], ..made_for("petit", 0.04) })
        }),
        wrong("trop de paramètres", || defi(&small(256), &made_for("petit", 0.04))),
        wrong("pas assez précis", || defi(&small(32), &made_for("petit", 0.4))),
        right("as `fit` notes the network", || {
            defi(&small(32), &trained(made_for("petit", 0.04), |p| p.trained = Some(25_450)))
        }),
        wrong("historique d'un autre réseau", || defi(&small(32), &made_for("cnn", 0.04))),
        wrong("historique d'un autre réseau", || {
            defi(&small(32), &trained(made_for("petit", 0.04), |p| p.trained = Some(225_034)))
        }),
    ];

    fn made_for(name: &str, loss: f32) -> History {
        History { name: name.into(), ..made(0.4, &[loss; 5]) }
    }

    fn small(units: usize) -> Model {
        let network = Sequential::new("petit", 784).dense("C1", units, Activation::Relu);
        let network = network.dense("C2", 10, Activation::Softmax);
        network.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap()
    }
}
