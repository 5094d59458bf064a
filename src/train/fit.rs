//! The training loop: epochs of shuffled batches, validation, callbacks.

use std::path::Path;
use std::time::Instant;

use candle_core::Tensor;

use super::asked;
use super::callback::Watcher;
use super::engine::{Engine, Source};
use super::evaluate::{Evaluated, Evaluation};
use super::history::History;
use super::memo::{self, Memo};
use super::resume::Resume;
use super::settings::{Fit, Validation};
use super::targets::{HostTargets, TargetBatch};
use super::watch::{self, Watch};
use crate::data::Change;
use crate::data::images::pixels_of;
use crate::fast::threads::together;
use crate::french;
use crate::nn::Model;
use crate::ops::Pass;
use crate::ops::softmax_cross_entropy::Score;
use crate::random::Rng;
use crate::{Error, Result, signs};

impl Model {
    /// Trains the network on images `x`: `[n, input_shape…]` with targets `y`
    /// (`[n, classes]` or `[n]`, as the loss wants them).
    ///
    /// The same seeds give the same weights bit for bit, on any processor and any
    /// number of threads (`docs/performance.md` says how, and what is not promised).
    /// Called again, it goes on from the present weights; but the order of the
    /// images begins anew: three calls of one epoch show them three times in the
    /// same order, one call of three epochs in three ([`Fit::seed`] changes it).
    ///
    /// # Errors
    /// When a shape, type or setting does not fit, the network is not compiled,
    /// or the loss is no longer a number (the weights are then useless too:
    /// start again from `initial_state()` with a smaller learning rate). When the
    /// student interrupts the cell: the weights are then those of the last step, best
    /// ones are not put back.
    pub fn fit(&mut self, x: &Tensor, y: &Tensor, settings: Fit<'_>) -> Result<History> {
        settings.check()?;
        let memo = memo::folder();
        let history = together(|| self.train(x, y, settings, memo.as_deref()))?;
        asked::note(&history);
        Ok(history)
    }

    /// [`Model::fit`], a training made before being read from the folder `memo`.
    pub(super) fn train(
        &mut self,
        x: &Tensor,
        y: &Tensor,
        settings: Fit<'_>,
        memo: Option<&Path>,
    ) -> Result<History> {
        let training = self.training()?.clone();
        let n = self.check_input(x)?;
        let targets = HostTargets::new(y, training.loss, n, self.classes())?;
        let (n_train, validation) = match settings.validation {
            Validation::None => (n, None),
            Validation::Data(x, y) => (n, Some(Evaluated::new(self, x, y, training.loss)?)),
            Validation::Split(share) => {
                let n_train = (n as f64 * (1.0 - share)) as usize;
                if n_train == 0 || n_train == n {
                    let expected = "assez d'images pour les deux parts";
                    return Err(Error::parameter("Validation::Split", share, expected));
                }
                (n_train, Some(Evaluated::new(self, x, y, training.loss)?.part(n_train..n)))
            }
        };
        if !settings.augment.is_empty() {
            pixels_of("augment", x)?;
        }
        let memo = Memo::new(memo, self, x, y, &settings)?;
        if let Some((history, sentence)) = memo.as_ref().and_then(|memo| memo.recall(self)) {
            watch::replay(&settings, n_train.div_ceil(settings.batch_size), &history, &sentence);
            return Ok(history);
        }
        let source = Source::new(x)?;
        let mut engine = Engine::new(self)?;
        let mut watchers: Vec<Watcher<'_>> = settings.callbacks.iter().map(Watcher::new).collect();
        let batches = n_train.div_ceil(settings.batch_size);
        let resume = Resume::new(self, x, y, &settings, batches)?;
        let mut history = match &resume {
            Some(resume) => resume.read(self)?,
            None => History::default(),
        };
        history.name = self.name().to_owned();
        history.params = Some(settings.params(training.optimizer, self.trainable_count(), x, y)?);
        let mut watch = watch::begin(&settings, batches, history.epochs());
        let mut batch = Batch::default();
        let mut sentences = Vec::new();
        for epoch in history.epochs()..settings.epochs {
            let start = Instant::now();
            let mut rng = Rng::stream(settings.seed, epoch as u64);
            let order = match settings.shuffle {
                true => rng.permutation(n_train),
                false => (0..n_train as u32).collect(),
            };
            let mut total = Score::default();
            let mut seen = 0;
            for (i, indices) in order.chunks(settings.batch_size).enumerate() {
                if signs::interrupted() {
                    let place = format!("{}, lot {}", place(epoch), i + 1);
                    return Err(interrupted(watch, &history, &place));
                }
                source.gather(indices, &mut batch.images)?;
                let answers = targets.gather(indices, &mut batch.targets);
                let mut memory = training.memory();
                let pass = Pass { training: true, seed: settings.seed, step: memory.steps };
                if !settings.augment.is_empty() {
                    Change::vary(&settings.augment, &mut batch.images, pass.seed, pass.step);
                }
                let optimizer = &training.optimizer;
                let len = indices.len();
                let score =
                    engine.train(&batch.images, answers, len, pass, optimizer, &mut memory)?;
                if !score.loss.is_finite() {
                    let learning_rate = training.optimizer.learning_rate();
                    return Err(Error::Diverged { epoch: epoch + 1, batch: i + 1, learning_rate });
                }
                total.loss += score.loss;
                total.correct += score.correct;
                seen += len;
                if let Some(watch) = &mut watch {
                    let Evaluation { loss, accuracy } = total.mean(seen);
                    watch.batch(epoch, i, loss, accuracy);
                }
            }
            let Evaluation { loss, accuracy } = total.mean(n_train);
            history.loss.push(loss);
            history.accuracy.push(accuracy);
            if let Some(data) = &validation {
                let Evaluation { loss, accuracy } = match data.evaluate(&mut engine) {
                    Err(Error::Interrupted { .. }) => {
                        let place = format!("{}, pendant la validation", place(epoch));
                        history.loss.pop();
                        history.accuracy.pop();
                        return Err(interrupted(watch, &history, &place));
                    }
                    evaluated => evaluated?,
                };
                history.val_loss.push(loss);
                history.val_accuracy.push(accuracy);
            }
            history.seconds.push(start.elapsed().as_secs_f64());
            if let Some(watch) = &mut watch {
                watch.epoch(&history);
            }
            if let Some(resume) = &resume {
                resume.write(self, &history)?;
            }
            let mut stop = None;
            for watcher in &mut watchers {
                stop = stop.or(watcher.epoch(self, &history)?);
            }
            if let Some(sentence) = stop {
                sentences.push(sentence);
                break;
            }
        }
        for watcher in watchers {
            sentences.extend(watcher.finish(self, history.epochs())?);
        }
        let sentence = sentences.join(" ");
        if let Some(memo) = memo {
            memo.keep(self, &history, &sentence);
        }
        if let Some(watch) = watch {
            watch.finish(&history, &sentence);
        }
        Ok(history)
    }
}

/// Where a training is, for a sentence; `epoch` counts from 0.
fn place(epoch: usize) -> String {
    format!("l'époque {}", epoch + 1)
}

/// Ends the panel of a training that the student interrupts; the error says how the
/// network is left.
fn interrupted(watch: Option<Box<dyn Watch>>, history: &History, place: &str) -> Error {
    if let Some(watch) = watch {
        watch.finish(history, &french::typography(&format!("Interrompu à {place}.")));
    }
    let what = format!(
        "entraînement interrompu à {place} : le réseau a les poids du dernier pas (`fit` les \
         prend pour départ, `initial_state()` rend ceux du début)"
    );
    Error::Interrupted { what }
}

/// Buffers of one batch.
#[derive(Debug, Default)]
struct Batch {
    images: Vec<f32>,
    targets: TargetBatch,
}
