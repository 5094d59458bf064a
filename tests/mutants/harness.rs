use std::io::Write as _;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;
use mnist_tp::check::Verdict;
use mnist_tp::prelude::*;
use mnist_tp::train::Callback;

/// A network that is told what it was asked to learn, and learns nothing: the
/// parameters of its histories are those of the library, their curves are drawn.
pub struct Dry { model: Model, taught: bool }

impl Dry {
    pub fn new(model: Model) -> Self { Self { model, taught: false } }

    pub fn set_state(&mut self, state: &State) -> Result<()> {
        self.taught = false;
        self.model.set_state(state)
    }

    pub fn fit(&mut self, x: &Tensor, y: &Tensor, settings: Fit<'_>) -> Result<History> {
        let (epochs, callbacks) = (settings.epochs, settings.callbacks.clone());
        let mut history = self.model.fit(x, y, Fit { epochs: 0, verbose: Verbose::Silent, resume: None, ..settings.clone() })?;
        let judged = !matches!(settings.validation, Validation::None);
        let salt = (settings.seed % 7) as f32 * 1e-4 + settings.batch_size as f32 * 1e-5 + x.dims()[0] as f32 * 1e-8;
        let first = if self.taught { 0.01 } else { 0.25 + salt };
        for e in 0..epochs {
            let e = e as f32;
            history.loss.push(first * (-0.3 * e).exp());
            history.accuracy.push(1.0 - 0.1 * first * (-0.3 * e).exp());
            history.seconds.push(1.0 + std::time::UNIX_EPOCH.elapsed().unwrap().subsec_nanos() as f64 * 1e-9);
            if judged {
                history.val_loss.push(0.07 + 0.02 * (e - 4.0).abs());
                history.val_accuracy.push(0.987 - 0.0005 * (e - 6.0).abs());
            }
            let n = history.loss.len();
            let stops = callbacks.iter().any(|callback| match callback {
                Callback::EarlyStopping(stop) => {
                    let (values, sign) = match stop.monitor {
                        Monitor::Loss => (&history.loss, 1.0),
                        Monitor::Accuracy => (&history.accuracy, -1.0),
                        Monitor::ValLoss => (&history.val_loss, 1.0),
                        Monitor::ValAccuracy => (&history.val_accuracy, -1.0),
                    };
                    let best = (0..n).fold(0, |best, i| if sign * values[i] < sign * values[best] { i } else { best });
                    n - 1 - best >= stop.patience.max(1)
                }
                _ => false,
            });
            if stops { break; }
        }
        if let Some(params) = &mut history.params { params.epochs = epochs; }
        self.taught = true;
        Ok(history)
    }
}

impl Deref for Dry { type Target = Model; fn deref(&self) -> &Model { &self.model } }
impl DerefMut for Dry { fn deref_mut(&mut self) -> &mut Model { &mut self.model } }

pub fn mnist() -> &'static Mnist {
    static MNIST: OnceLock<Mnist> = OnceLock::new();
    MNIST.get_or_init(|| Mnist::load().unwrap())
}

pub fn tensors() -> &'static [Tensor; 4] {
    static ALL: OnceLock<[Tensor; 4]> = OnceLock::new();
    ALL.get_or_init(|| {
        let m = mnist();
        let x = |set: &Dataset| set.to_f32().unwrap();
        let y = |set: &Dataset| one_hot(&set.labels, 10).unwrap();
        [x(&m.train), y(&m.train), x(&m.test), y(&m.test)]
    })
}

pub fn dense() -> Model {
    Sequential::new("dense 784-784-10", 784).dense("C1", 784, Activation::Relu)
        .dense("C2", 10, Activation::Softmax).compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap()
}

/// A network of little cost with the name of another.
pub fn small(name: &str) -> Model {
    Sequential::new(name, (28, 28, 1)).flatten("plat").dense("F", 10, Activation::Softmax)
        .compile(Adam::default(), Loss::CategoricalCrossentropy).unwrap()
}

pub fn told(i: usize, verdict: Result<Vec<Verdict>>) {
    let line = match verdict {
        Err(error) => format!("refused\terreur de la cellule\town\t{error:?}"),
        Ok(all) => match all.iter().find(|verdict| !verdict.is_right()) {
            None => "accepted\t\t\t".to_owned(),
            Some(verdict) => {
                let key = verdict.mistake().unwrap_or_default();
                let general = ["inconnue", "panique", "erreur"].contains(&key);
                format!("refused\t{key}\t{}\t{verdict:?}", if general { "general" } else { "own" })
            }
        },
    };
    println!("{i}\t{}", line.replace('\n', " "));
    std::io::stdout().flush().unwrap();
}

pub fn run(all: &[(usize, fn() -> Result<Vec<Verdict>>)]) {
    let from: usize = std::env::args().nth(1).map_or(0, |text| text.parse().unwrap());
    // What a check's own panic hook does not take: panics of the cell around it.
    std::panic::set_hook(Box::new(|_| {}));
    for (i, judge) in all.iter().filter(|(i, _)| *i >= from) {
        match std::panic::catch_unwind(*judge) {
            Ok(verdict) => told(*i, verdict),
            Err(_) => {
                println!("{i}\trefused\tpanique de la cellule\town\t");
                std::io::stdout().flush().unwrap();
            }
        }
    }
}
