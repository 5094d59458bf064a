//! What an interruption leaves behind.

use super::tests::{draw, labels};
use crate::prelude::*;
use crate::signs::testing::interrupted_at;

/// Of 20 images in batches of 8: three batches an epoch.
fn data() -> (Tensor, Tensor) {
    (draw(&[20, 6], 1), labels(20, 3))
}

fn network() -> Model {
    Sequential::new("petit", 6)
        .dense("C", 3, Activation::Softmax)
        .compile(Sgd::default(), Loss::SparseCategoricalCrossentropy)
        .unwrap()
}

fn settings(epochs: usize) -> Fit<'static> {
    Fit { epochs, batch_size: 8, verbose: Verbose::Silent, ..Fit::default() }
}

fn answer(model: &Model, x: &Tensor) -> Vec<Vec<f32>> {
    model.predict(x).unwrap().to_vec2().unwrap()
}

#[test]
fn an_interrupted_training_has_the_weights_of_its_last_step() {
    let (x, y) = data();
    let mut whole = network();
    let mut cut = network();
    cut.set_state(&whole.initial_state().unwrap()).unwrap();
    let before = answer(&cut, &x);
    let error = interrupted_at(1, || cut.fit(&x, &y, settings(2))).unwrap_err().to_string();
    assert!(error.contains("l’époque 1, lot 1\u{a0}: le réseau a les poids"), "{error}");
    assert_eq!(answer(&cut, &x), before);

    whole.fit(&x, &y, settings(1)).unwrap();
    let error = interrupted_at(4, || cut.fit(&x, &y, settings(2))).unwrap_err();
    assert!(matches!(error, Error::Interrupted { .. }));
    assert_eq!(answer(&cut, &x), answer(&whole, &x));
    // And it learns on as if nothing had been.
    let rest = |model: &mut Model| model.fit(&x, &y, settings(1)).unwrap().loss;
    assert_eq!(rest(&mut cut), rest(&mut whole));
}

#[test]
fn a_validation_is_interrupted_too() {
    let (x, y) = data();
    let validation = Validation::Data(&x, &y);
    let fit = || network().fit(&x, &y, Fit { validation, ..settings(2) });
    let error = interrupted_at(4, fit).unwrap_err().to_string();
    assert!(error.contains("l’époque 1, pendant la validation"), "{error}");
}

#[test]
fn every_loop_of_the_library_ends() {
    let (x, y) = data();
    let ended = |error: Error| assert!(matches!(error, Error::Interrupted { .. }), "{error}");
    let mut model = network();
    ended(interrupted_at(1, || model.evaluate(&x, &y)).unwrap_err());
    ended(interrupted_at(1, || model.predict(&x)).unwrap_err());
    ended(interrupted_at(1, || model.forward(&x)).unwrap_err());
    let before = answer(&model, &x);
    let finder = RateFinder { steps: 20, batch_size: 8, ..RateFinder::default() };
    ended(interrupted_at(9, || model.find_learning_rate(&x, &y, finder)).unwrap_err());
    assert_eq!(answer(&model, &x), before);
    let space = SearchSpace::new().float("x", 0.0, 1.0);
    let mut search = Search::random("essai", space, 3, 1).unwrap();
    ended(interrupted_at(1, || search.ask()).unwrap_err());
    let turns = interrupted_at(2, || {
        let lots = batches(&x, &y, 8, Some(1)).unwrap();
        lots.map_while(Result::ok).count()
    });
    assert_eq!(turns, 0, "the second question is the first `gather`");
}
