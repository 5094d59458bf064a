//! A network saved and read back.

use candle_core::{Device, Tensor};

use super::super::hints::hints;
use super::super::probe::{call, close, numbers};
use super::super::{Exercise, Fault, Verdict, fault};
use crate::nn::Model;
use crate::random::Rng;

pub(super) static SAUVEGARDE: Exercise = Exercise {
    id: "tp1-sauvegarde",
    points: 1,
    title: "Enregistrer et relire le réseau",
    hints: &[
        "Deux lignes : `modele.save(chemin)?` écrit structure et poids dans un seul fichier, `Model::load(chemin)?` rend un nouveau réseau.",
        "Les deux réseaux doivent donner exactement les mêmes probabilités sur n'importe quelle image.",
    ],
    mistakes: &hints! {
        "même réseau" => "C'est le même réseau sous deux noms (`clone` en fait une copie sans passer par le fichier) : relisez-le depuis le fichier.";
        "autre architecture" => "Le réseau relu n'a pas la même structure : est-ce le bon fichier ?";
        "poids différents" => "Même structure, autres poids : ce réseau n'a pas été relu du fichier, ou le fichier date d'avant l'entraînement.";
        "une partie des poids" => "Certaines couches sont identiques, d'autres non : tous les poids doivent revenir.";
        "poids nuls" => "Le réseau relu n'a que des poids nuls.";
        "nan" => "Le réseau rend des `NaN` : était-il sain avant l'enregistrement ?";
    },
    #[cfg(test)]
    trials: trials::SAUVEGARDE,
};

/// The network read back equals the one saved.
pub fn sauvegarde(model: &Model, read: &Model) -> Verdict {
    SAUVEGARDE.judge(|| {
        let shapes =
            |m: &Model| -> Vec<Vec<usize>> { m.vars().iter().map(|v| v.dims().to_vec()).collect() };
        if shapes(model) != shapes(read) || model.input_shape() != read.input_shape() {
            return fault("autre architecture", "les deux réseaux n'ont pas les mêmes couches.");
        }
        let (kept, reread) = (model.vars(), read.vars());
        if read.is_copy_of(model) {
            return fault("même réseau", "l'un est l'autre, ou sa copie.");
        }
        let mut rng = Rng::new(12);
        let pixels: usize = model.input_shape().iter().product();
        let x: Vec<f32> = (0..4 * pixels).map(|_| rng.uniform(0.0, 1.0)).collect();
        let x = Tensor::from_vec(x, [&[4], model.input_shape()].concat(), &Device::Cpu)?;
        let predict = |m: &Model| -> Result<Vec<f32>, Fault> {
            numbers(&call("predict", || m.predict(&x))??)
        };
        let (before, after) = (predict(model)?, predict(read)?);
        if before.iter().chain(&after).any(|p| p.is_nan()) {
            return fault("nan", "les prédictions contiennent des `NaN`.");
        }
        let mut same = Vec::new();
        for (a, b) in kept.iter().zip(&reread) {
            let (a, b) = (numbers(a.as_tensor())?, numbers(b.as_tensor())?);
            if a.iter().any(|v| *v != 0.0) {
                same.push((close(&a, &b), b.iter().all(|v| *v == 0.0)));
            }
        }
        if close(&before, &after) && same.iter().all(|(equal, _)| *equal) {
            return Ok("le réseau relu donne exactement les mêmes probabilités.".into());
        }
        let mistake = match () {
            () if same.iter().all(|(_, zero)| *zero) => "poids nuls",
            () if same.iter().any(|(equal, _)| *equal) => "une partie des poids",
            () => "poids différents",
        };
        fault(mistake, "les deux réseaux ne donnent pas les mêmes probabilités.")
    })
}

#[cfg(test)]
mod trials {
    use super::*;
    use crate::check::registry::{Trial, right, wrong};
    use crate::{nn::Loss, nn::Sequential, ops::activation::Activation, ops::optimizer::Adam};

    pub(super) const SAUVEGARDE: &[Trial] = &[
        wrong("poids différents", || {
            // Saved before it learnt more.
            let folder = tempfile::tempdir().unwrap();
            let (model, path) = (tiny(1), folder.path().join("essai.safetensors"));
            model.save(&path).unwrap();
            for var in model.vars() {
                var.set(&(var.as_tensor() * 1.5).unwrap().affine(1.0, 0.1).unwrap()).unwrap();
            }
            sauvegarde(&model, &Model::load(&path).unwrap())
        }),
        wrong("poids différents", || {
            let model = tiny(1);
            let other = model.architecture().clone().seed(5);
            sauvegarde(
                &model,
                &other.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap(),
            )
        }),
        wrong("autre architecture", || {
            let other = Sequential::new("a", 12).dense("C1", 4, Activation::Softmax);
            sauvegarde(&tiny(1), &other.build().unwrap())
        }),
        wrong("une partie des poids", || {
            let (model, copy) = (tiny(1), tiny(2));
            let (from, to) = (model.vars(), copy.vars());
            for i in 1..from.len() {
                to[i].set(from[i].as_tensor()).unwrap();
            }
            sauvegarde(&model, &copy)
        }),
        right("weight by weight", || {
            let (model, copy) = (tiny(1), tiny(2));
            for (from, to) in model.vars().iter().zip(copy.vars()) {
                to.set(from.as_tensor()).unwrap();
            }
            sauvegarde(&model, &copy)
        }),
        right("a file of its state", || {
            let folder = tempfile::tempdir().unwrap();
            let (model, path) = (tiny(3), folder.path().join("poids.safetensors"));
            model.save(&path).unwrap();
            let copy = model.architecture().clone().seed(9);
            let mut copy = copy.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap();
            copy.set_state(&Model::load(&path).unwrap().state().unwrap()).unwrap();
            sauvegarde(&model, &copy)
        }),
        right("through a file", || {
            let folder = tempfile::tempdir().unwrap();
            let (model, path) = (tiny(1), folder.path().join("essai.safetensors"));
            model.save(&path).unwrap();
            sauvegarde(&model, &Model::load(&path).unwrap())
        }),
        right("through the state", || {
            let (model, mut copy) = (tiny(1), tiny(2));
            copy.set_state(&model.state().unwrap()).unwrap();
            sauvegarde(&model, &copy)
        }),
        wrong("même réseau", || {
            let model = tiny(1);
            sauvegarde(&model, &model.clone())
        }),
        wrong("même réseau", || {
            let model = tiny(1);
            sauvegarde(&model, &model)
        }),
        wrong("autre architecture", || {
            let other = Sequential::new("b", 12).dense("C1", 9, Activation::Relu);
            let other = other.dense("C2", 4, Activation::Softmax);
            let other = other.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap();
            sauvegarde(&tiny(1), &other)
        }),
        wrong("poids différents", || sauvegarde(&tiny(1), &tiny(2))),
        wrong("une partie des poids", || {
            let (model, copy) = (tiny(1), tiny(2));
            let (from, to) = (model.vars(), copy.vars());
            to[0].set(from[0].as_tensor()).unwrap();
            sauvegarde(&model, &copy)
        }),
        wrong("poids nuls", || {
            let copy = tiny(2);
            for var in copy.vars() {
                var.set(&var.as_tensor().zeros_like().unwrap()).unwrap();
            }
            sauvegarde(&tiny(1), &copy)
        }),
        wrong("nan", || {
            let copy = tiny(1);
            for var in copy.vars() {
                var.set(&(var.as_tensor() * f64::NAN).unwrap()).unwrap();
            }
            sauvegarde(&copy, &tiny(1))
        }),
    ];

    fn tiny(seed: u64) -> Model {
        let network = Sequential::new("a", 12).seed(seed).dense("C1", 8, Activation::Relu);
        let network = network.dense("C2", 4, Activation::Softmax);
        network.compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap()
    }
}
