//! The training loop: epochs of shuffled batches, validation, callbacks.

use std::path::PathBuf;
use std::time::Instant;

use candle_core::Tensor;

use super::callback::{Callback, Watcher};
use super::engine::{Engine, Source};
use super::evaluate::{Evaluated, Evaluation};
use super::history::{History, Params};
use super::resume::Resume;
use super::targets::{HostTargets, TargetBatch};
use crate::data::Change;
use crate::data::images::pixels_of;
use crate::fast::threads::together;
use crate::nn::Model;
use crate::notebook::FitPanel;
use crate::ops::Pass;
use crate::ops::softmax_cross_entropy::Score;
use crate::random::Rng;
use crate::{Error, Result};

/// Data that the network is measured on after each epoch, without learning from it.
#[derive(Clone, Copy, Debug, Default)]
pub enum Validation<'a> {
    /// None.
    #[default]
    None,
    /// The last share of the training data, in `]0, 1[`, which is then not trained on:
    /// `⌊(1 - share)·n⌋` images are, as in Keras.
    Split(f64),
    /// Images and targets of their own.
    Data(&'a Tensor, &'a Tensor),
}

/// What a training shows while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbose {
    /// Nothing.
    Silent,
    /// A live panel, or a line per epoch where nothing can move.
    #[default]
    Panel,
}

/// Settings of a training.
#[derive(Clone, Debug)]
pub struct Fit<'a> {
    /// Number of times the network sees each image.
    pub epochs: usize,
    /// Number of images per step.
    pub batch_size: usize,
    /// Validation data.
    pub validation: Validation<'a>,
    /// Whether the images come in another order at each epoch.
    pub shuffle: bool,
    /// Seed of the order and of dropout.
    pub seed: u64,
    /// Changes of which each image undergoes one, drawn anew at every step; none
    /// leaves the images as they are.
    pub augment: Vec<Change>,
    /// A file where the training is kept after each epoch; an interrupted one goes
    /// on from it, bit for bit, and one that is over is read from it. Not together
    /// with callbacks, whose memory it does not hold.
    pub resume: Option<PathBuf>,
    /// What happens at the end of each epoch.
    pub callbacks: Vec<Callback>,
    /// What is shown.
    pub verbose: Verbose,
}

impl Default for Fit<'_> {
    fn default() -> Self {
        Self {
            epochs: 1,
            batch_size: 32,
            validation: Validation::None,
            shuffle: true,
            seed: 0,
            augment: Vec::new(),
            resume: None,
            callbacks: Vec::new(),
            verbose: Verbose::Panel,
        }
    }
}

impl Fit<'_> {
    /// What the history keeps of the settings.
    pub(super) fn params(&self) -> Params {
        Params { batch_size: self.batch_size, shuffle: self.shuffle, seed: self.seed }
    }

    fn check(&self) -> Result<()> {
        if self.batch_size == 0 {
            return Err(Error::parameter("batch_size", 0, "au moins une image par lot"));
        }
        if let Validation::Split(share) = self.validation
            && !(share > 0.0 && share < 1.0)
        {
            return Err(Error::parameter("Validation::Split", share, "une part de ]0, 1["));
        }
        self.augment.iter().try_for_each(Change::check)?;
        if self.resume.is_some() && !self.callbacks.is_empty() {
            let expected =
                "l'un ou l'autre : la reprise ne sait pas ce que retenaient les callbacks";
            return Err(Error::parameter("resume", "donné avec `callbacks`", expected));
        }
        let validated = !matches!(self.validation, Validation::None);
        match self.callbacks.iter().find(|c| c.monitor().needs_validation() && !validated) {
            Some(callback) => Err(Error::parameter(
                "monitor",
                format!("{:?} sans données de validation", callback.monitor()),
                "`validation: Validation::Split(0.2)`, ou un monitor Loss ou Accuracy",
            )),
            None => Ok(()),
        }
    }
}

impl Model {
    /// Trains the network on images `x`: `[n, input_shape…]` with targets `y`
    /// (`[n, classes]` or `[n]`, as the loss wants them).
    ///
    /// The same seeds give the same weights bit for bit, on any number of threads.
    /// Called again, it goes on from the present weights.
    ///
    /// # Errors
    /// When a shape, type or setting does not fit, the network is not compiled,
    /// or the loss is no longer a number (the weights are then useless too:
    /// start again from `initial_state()` with a smaller learning rate).
    pub fn fit(&mut self, x: &Tensor, y: &Tensor, settings: Fit<'_>) -> Result<History> {
        settings.check()?;
        together(|| self.train(x, y, settings))
    }

    fn train(&mut self, x: &Tensor, y: &Tensor, settings: Fit<'_>) -> Result<History> {
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
        let source = Source::new(x)?;
        let mut engine = Engine::new(self)?;
        let mut watchers: Vec<Watcher<'_>> = settings.callbacks.iter().map(Watcher::new).collect();
        let resume = Resume::new(self, x, y, &settings)?;
        let mut history = match &resume {
            Some(resume) => resume.read(self)?,
            None => History::default(),
        };
        history.name = self.name().to_owned();
        history.params = Some(settings.params());
        let batches = n_train.div_ceil(settings.batch_size);
        let mut panel = (settings.verbose == Verbose::Panel)
            .then(|| FitPanel::new(settings.epochs, batches).after(history.epochs()));
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
                if let Some(panel) = &mut panel {
                    let Evaluation { loss, accuracy } = total.mean(seen);
                    panel.batch(epoch, i, loss, accuracy);
                }
            }
            let Evaluation { loss, accuracy } = total.mean(n_train);
            history.loss.push(loss);
            history.accuracy.push(accuracy);
            if let Some(data) = &validation {
                let Evaluation { loss, accuracy } = data.evaluate(&mut engine)?;
                history.val_loss.push(loss);
                history.val_accuracy.push(accuracy);
            }
            history.seconds.push(start.elapsed().as_secs_f64());
            if let Some(panel) = &mut panel {
                panel.epoch(&history);
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
        if let Some(panel) = panel {
            panel.finish(&history, &sentences.join(" "));
        }
        Ok(history)
    }
}

/// Buffers of one batch.
#[derive(Debug, Default)]
struct Batch {
    images: Vec<f32>,
    targets: TargetBatch,
}
