//! Hyper-parameter search: ask for values, try them, tell the score.
//!
//! ```
//! use mnist_tp::prelude::*;
//! let space = SearchSpace::new().float("x", -1.0, 1.0);
//! let mut search = Search::bayesian("exemple", space, 20, 42)?;
//! while let Some(mut trial) = search.ask()? {
//!     let x = trial.float("x")?;
//!     trial.report((1.0 - (x - 0.3).powi(2)) as f32); // here: train and validate
//!     search.tell(trial)?;
//! }
//! assert!(search.best()?.score().unwrap() > 0.9);
//! # Ok::<(), Error>(())
//! ```
//!
//! The loop is the caller's, so a trial may be anything. Two strategies:
//!
//! - **random** (Bergstra and Bengio, *Random search for hyper-parameter
//!   optimization*, 2012): each value is drawn independently of all others. With
//!   as many trials as a grid it tries many more values of each
//!   hyper-parameter, of which few matter;
//! - **Bayesian**: the first trials are random, the next ones are drawn where
//!   the good ones are dense (see `tpe`).
//!
//! A trial's score may be reported after each epoch, and [`Search::should_stop`]
//! then applies the **median rule** (Golovin et al., *Google Vizier*, 2017): a
//! trial whose best score so far is below the median of what the finished trials
//! had reached at the same epoch is not worth its time.
//!
//! Trial `i` depends on the seed and on the trials before it alone. With
//! [`Search::save_to`] each is written to a file as soon as it is told: a search
//! begun again goes on after the last of them, as if it had not been interrupted.

mod space;
#[cfg(test)]
mod tests;
mod tpe;
mod trial;

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};

pub use space::{Domain, HyperParameter, SearchSpace, Value};
pub use trial::Trial;

use super::saved;
use crate::display::Progress;
use crate::french;
use crate::random::Rng;
use crate::{Error, Result, signs};

/// Finished trials that the median rule needs before it stops any.
const MEDIAN_NEEDS: usize = 4;

/// What the file of a search is, for messages.
const FILE: &str = "le fichier d'une recherche (`save_to`)";

/// How the next values are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Independently of all others.
    Random,
    /// Where the good ones are dense.
    Bayesian,
}

/// A search under way.
#[derive(Debug)]
pub struct Search {
    record: Record,
    budget: usize,
    path: Option<PathBuf>,
    progress: Option<Progress>,
    start: Instant,
}

/// What the file of a search holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    name: String,
    strategy: Strategy,
    seed: u64,
    space: SearchSpace,
    trials: Vec<Trial>,
}

impl Search {
    /// A random search of `budget` trials.
    ///
    /// # Errors
    /// When the space is empty or one of its bounds makes no sense.
    pub fn random(name: &str, space: SearchSpace, budget: usize, seed: u64) -> Result<Self> {
        Self::new(name, space, Strategy::Random, budget, seed)
    }

    /// A Bayesian search of `budget` trials, the first ones random.
    ///
    /// # Errors
    /// As [`Search::random`].
    pub fn bayesian(name: &str, space: SearchSpace, budget: usize, seed: u64) -> Result<Self> {
        Self::new(name, space, Strategy::Bayesian, budget, seed)
    }

    fn new(
        name: &str,
        space: SearchSpace,
        strategy: Strategy,
        budget: usize,
        seed: u64,
    ) -> Result<Self> {
        space.check()?;
        let record = Record { name: name.to_owned(), strategy, seed, space, trials: Vec::new() };
        Ok(Self { record, budget, path: None, progress: None, start: Instant::now() })
    }

    /// Writes each trial to the file `path` as soon as it is told, and takes up
    /// the trials that are there already.
    ///
    /// # Errors
    /// When the file is not that of this search (another space, seed or
    /// strategy, or no search at all); it is left alone.
    pub fn save_to(self, path: impl AsRef<Path>) -> Result<Self> {
        self.saved_to(path.as_ref())
    }

    fn saved_to(mut self, path: &Path) -> Result<Self> {
        if let Some(found) = saved::read::<Record>(path, FILE)? {
            let wanted = &self.record;
            let differs = match () {
                () if found.strategy != wanted.strategy => Some("une autre stratégie"),
                () if found.space != wanted.space => Some("un autre espace"),
                () if found.seed != wanted.seed => Some("une autre graine"),
                () if found.name != wanted.name => Some("un autre nom"),
                () => None,
            };
            if let Some(what) = differs {
                let found = format!("une recherche avec {what}");
                return Err(saved::bad(path, found, "les essais de cette recherche-ci"));
            }
            let numbered = found.trials.iter().zip(1..).all(|(trial, i)| trial.number == i);
            let whole =
                found.trials.iter().all(|t| t.belongs_to(&found.space) && t.best().is_some());
            if !numbered || !whole {
                return Err(saved::bad(path, "des essais modifiés ou incomplets", FILE));
            }
            self.record.trials = found.trials;
        }
        self.path = Some(path.to_owned());
        Ok(self)
    }

    /// The values to try next; `None` when the budget is spent.
    ///
    /// A trial that is asked for and never told is asked for again.
    ///
    /// # Errors
    /// When the student interrupts the cell.
    pub fn ask(&mut self) -> Result<Option<Trial>> {
        let done = self.record.trials.len();
        if self.progress.is_none() {
            let title = format!("Recherche « {} »", self.record.name);
            self.progress = Some(Progress::from(&title, done, self.budget));
        }
        signs::go_on()?;
        if done >= self.budget {
            return Ok(None);
        }
        let mut rng = Rng::stream(self.record.seed, done as u64);
        let domains: Vec<&Domain> =
            self.record.space.parameters().iter().map(|p| &p.domain).collect();
        let point: Vec<f64> = match self.split() {
            Some((good, bad)) => tpe::suggest(&domains, &good, &bad, &mut rng),
            None => domains.iter().map(|domain| domain.draw(&mut rng)).collect(),
        };
        let value = |(p, u): (&HyperParameter, &f64)| (p.name.clone(), p.domain.value(*u));
        let values = self.record.space.parameters().iter().zip(&point).map(value).collect();
        self.start = Instant::now();
        let (scores, stopped, seconds) = (Vec::new(), false, 0.0);
        Ok(Some(Trial { number: done + 1, values, scores, stopped, seconds }))
    }

    /// The coordinates of the good trials and of the others, once there are
    /// enough of them; `None` while values are drawn at random.
    fn split(&self) -> Option<(Points, Points)> {
        let random_first = (self.budget / 4).clamp(3, 10);
        let trials = &self.record.trials;
        if self.record.strategy == Strategy::Random || trials.len() < random_first {
            return None;
        }
        let mut sorted: Vec<&Trial> = trials.iter().collect();
        sorted.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then(a.number.cmp(&b.number)));
        let coordinates = |trial: &&Trial| -> Option<Vec<f64>> {
            let pairs = trial.values.iter().zip(self.record.space.parameters());
            pairs.map(|((_, value), p)| p.domain.coordinate(value)).collect()
        };
        let points: Vec<Vec<f64>> = sorted.iter().filter_map(coordinates).collect();
        let (good, bad) = points.split_at(tpe::good_count(points.len()));
        Some((good.to_vec(), bad.to_vec()))
    }

    /// Whether the trial under way is worse, so far, than half of the finished
    /// ones were after as many epochs.
    pub fn should_stop(&self, trial: &mut Trial) -> bool {
        let step = trial.scores.len();
        let finished: Vec<&Trial> = self.record.trials.iter().filter(|t| !t.stopped).collect();
        let longest = finished.iter().map(|t| t.scores.len()).max().unwrap_or(0);
        let mut at_step: Vec<f32> = finished
            .iter()
            .filter(|t| t.scores.len() >= step)
            .filter_map(|t| best(&t.scores[..step]))
            .collect();
        if finished.len() < MEDIAN_NEEDS || at_step.is_empty() || step >= longest {
            return false;
        }
        trial.stopped = trial.best().is_some_and(|best| best < median(&mut at_step));
        trial.stopped
    }

    /// Takes the finished trial back; its score is the last one reported.
    ///
    /// # Errors
    /// When nothing was reported, the trial is not the one that was asked for
    /// last, or the file cannot be written.
    pub fn tell(&mut self, mut trial: Trial) -> Result<()> {
        let (done, expected) = (self.record.trials.len(), self.record.trials.len() + 1);
        if trial.number != expected || !trial.belongs_to(&self.record.space) {
            let expected = format!("l'essai n° {expected}, celui que `ask` vient de donner");
            return Err(Error::parameter("essai", format!("n° {}", trial.number), expected));
        }
        let Some(score) = trial.score() else {
            let expected = "`essai.report(précision)` au moins une fois avant `tell`";
            return Err(Error::parameter("essai", "aucun résultat", expected));
        };
        trial.seconds = self.start.elapsed().as_secs_f64();
        self.record.trials.push(trial);
        if let Some(path) = &self.path {
            saved::write(path, &self.record)?;
        }
        let best = self.best()?.score().unwrap_or(score);
        if let Some(progress) = &mut self.progress {
            let number = |score: f32| french::number(f64::from(score), 4);
            progress.note(format!("dernier essai {}, meilleur {}", number(score), number(best)));
            progress.set(done + 1);
        }
        Ok(())
    }

    /// The trial with the best score, those that ran to their end first.
    ///
    /// # Errors
    /// Before the first trial.
    pub fn best(&self) -> Result<&Trial> {
        let better = |a: &&Trial, b: &&Trial| {
            let complete = b.stopped.cmp(&a.stopped);
            complete.then(rank(a).total_cmp(&rank(b))).then(b.number.cmp(&a.number))
        };
        self.record.trials.iter().max_by(better).ok_or_else(|| {
            Error::parameter("recherche", "aucun essai", "au moins un essai terminé (`tell`)")
        })
    }

    /// The finished trials, in order.
    pub fn trials(&self) -> &[Trial] {
        &self.record.trials
    }

    /// The space.
    pub fn space(&self) -> &SearchSpace {
        &self.record.space
    }

    /// How the values are chosen.
    pub fn strategy(&self) -> Strategy {
        self.record.strategy
    }

    /// The name, for titles and legends.
    pub fn name(&self) -> &str {
        &self.record.name
    }

    /// The number of trials allowed.
    pub fn budget(&self) -> usize {
        self.budget
    }
}

/// Coordinates of trials, one row each.
type Points = Vec<Vec<f64>>;

/// What trials are compared by.
fn rank(trial: &Trial) -> f32 {
    trial.score().unwrap_or(f32::MIN)
}

fn best(scores: &[f32]) -> Option<f32> {
    scores.iter().copied().reduce(f32::max)
}

/// The middle value, or the mean of the two in the middle.
fn median(values: &mut [f32]) -> f32 {
    values.sort_by(f32::total_cmp);
    let (n, half) = (values.len(), values.len() / 2);
    if n % 2 == 1 { values[half] } else { 0.5 * (values[half - 1] + values[half]) }
}
