//! Answers that the tests try: one turn of a cross-validation.

use super::*;
use crate::check::registry::{Trial, right, wrong};
use crate::{
    data::gather,
    nn::Loss,
    ops::optimizer::Adam,
    train::{Fit, Validation, Verbose},
};

pub(super) const VALIDATION_CROISEE: &[Trial] = &[
    right("gather", || {
        validation_croisee(|net, x, y, fold, epochs| {
            turn(
                net,
                x,
                y,
                (&fold.train, &fold.train),
                (&fold.validation, &fold.validation),
                epochs,
            )
        })
    }),
    right("small batches", || {
        validation_croisee(|net, x, y, fold, epochs| {
            let mut model = net.clone().build()?;
            model.compile(
                Sgd { learning_rate: 0.05, ..Sgd::default() },
                Loss::CategoricalCrossentropy,
            )?;
            let fit = Fit { epochs, batch_size: 8, verbose: Verbose::Silent, ..Fit::default() };
            model.fit(&gather(x, &fold.train)?, &gather(y, &fold.train)?, fit)?;
            let (x, y) = (gather(x, &fold.validation)?, gather(y, &fold.validation)?);
            Ok(model.evaluate(&x, &y)?.accuracy)
        })
    }),
    right("the last of its history", || {
        validation_croisee(|net, x, y, fold, epochs| {
            let (judges, answers) = (gather(x, &fold.validation)?, gather(y, &fold.validation)?);
            let mut model = net.clone().compile(SGD, Loss::CategoricalCrossentropy)?;
            let validation = Validation::Data(&judges, &answers);
            let fit = Fit { epochs, validation, verbose: Verbose::Silent, ..Fit::default() };
            let h = model.fit(&gather(x, &fold.train)?, &gather(y, &fold.train)?, fit)?;
            Ok(h.val_accuracy[h.epochs() - 1])
        })
    }),
    right("sorted rows", || {
        validation_croisee(|net, x, y, fold, epochs| {
            let mut sorted = fold.train.clone();
            sorted.sort_unstable();
            let rows = (&fold.validation[..], &fold.validation[..]);
            turn(net, x, y, (&sorted, &sorted), rows, epochs)
        })
    }),
    wrong("optimiseur", || {
        validation_croisee(|net, x, y, fold, epochs| by(Adam::default(), net, x, y, fold, epochs))
    }),
    wrong("optimiseur", || {
        validation_croisee(|net, x, y, fold, epochs| {
            by(Sgd { momentum: 0.9, ..SGD }, net, x, y, fold, epochs)
        })
    }),
    wrong("taux d'apprentissage", || {
        validation_croisee(|net, x, y, fold, epochs| by(Sgd::default(), net, x, y, fold, epochs))
    }),
    wrong("n'apprend pas", || validation_croisee(|net, x, y, fold, _| by(SGD, net, x, y, fold, 5))),
    wrong("fuite", || {
        validation_croisee(|net, x, y, fold, epochs| {
            let all = [&fold.train[..], &fold.validation].concat();
            turn(net, x, y, (&all, &all), (&fold.validation, &fold.validation), epochs)
        })
    }),
    wrong("évalué sur l'apprentissage", || {
        validation_croisee(|net, x, y, fold, epochs| {
            turn(net, x, y, (&fold.train, &fold.train), (&fold.train, &fold.train), epochs)
        })
    }),
    wrong("rôles échangés", || {
        validation_croisee(|net, x, y, fold, epochs| {
            turn(
                net,
                x,
                y,
                (&fold.validation, &fold.validation),
                (&fold.train, &fold.train),
                epochs,
            )
        })
    }),
    wrong("perte", || {
        validation_croisee(|net, x, y, fold, _| {
            let model = net.clone().compile(Adam::default(), Loss::CategoricalCrossentropy)?;
            Ok(model.evaluate(&gather(x, &fold.validation)?, &gather(y, &fold.validation)?)?.loss)
        })
    }),
    wrong("taux d'erreur", || {
        validation_croisee(|net, x, y, fold, epochs| {
            let rows = (&fold.validation[..], &fold.validation[..]);
            Ok(1.0 - turn(net, x, y, (&fold.train, &fold.train), rows, epochs)?)
        })
    }),
    wrong("pourcentage", || {
        validation_croisee(|net, x, y, fold, epochs| {
            let rows = (&fold.validation[..], &fold.validation[..]);
            Ok(100.0 * turn(net, x, y, (&fold.train, &fold.train), rows, epochs)?)
        })
    }),
    wrong("n'apprend pas", || {
        validation_croisee(|net, x, y, fold, _| {
            let rows = (&fold.validation[..], &fold.validation[..]);
            turn(net, x, y, (&fold.train, &fold.train), rows, 0)
        })
    }),
    wrong("lignes décalées", || {
        validation_croisee(|net, x, y, fold, epochs| {
            let mut sorted = fold.train.clone();
            sorted.sort_unstable();
            let rows = (&fold.validation[..], &fold.validation[..]);
            turn(net, x, y, (&fold.train, &sorted), rows, epochs)
        })
    }),
    wrong("produit de formes différentes", || {
        validation_croisee(|_, x, y, _, _| Ok(x.matmul(y)?.to_scalar()?))
    }),
];

/// Rows of images and rows of targets, which a wrong answer takes apart.
type Rows<'a> = (&'a [u32], &'a [u32]);

fn turn(
    net: &Sequential,
    x: &Tensor,
    y: &Tensor,
    learn: Rows<'_>,
    judge: Rows<'_>,
    epochs: usize,
) -> Result<f32> {
    let mut model = net.clone().compile(SGD, Loss::CategoricalCrossentropy)?;
    let fit = Fit { epochs, verbose: Verbose::Silent, ..Fit::default() };
    model.fit(&gather(x, learn.0)?, &gather(y, learn.1)?, fit)?;
    Ok(model.evaluate(&gather(x, judge.0)?, &gather(y, judge.1)?)?.accuracy)
}

/// A right turn but for the optimiser.
fn by(
    optimizer: impl Into<Optimizer>,
    net: &Sequential,
    x: &Tensor,
    y: &Tensor,
    fold: &Fold,
    epochs: usize,
) -> Result<f32> {
    let mut model = net.clone().compile(optimizer, Loss::CategoricalCrossentropy)?;
    let fit = Fit { epochs, verbose: Verbose::Silent, ..Fit::default() };
    model.fit(&gather(x, &fold.train)?, &gather(y, &fold.train)?, fit)?;
    Ok(model.evaluate(&gather(x, &fold.validation)?, &gather(y, &fold.validation)?)?.accuracy)
}

const SGD: Sgd = Sgd { learning_rate: 0.05, momentum: 0.0, nesterov: false };
