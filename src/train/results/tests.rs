//! Trainings kept, read, refused.

use super::*;
use crate::prelude::*;

fn data(seed: u64) -> (Tensor, Tensor) {
    let mut rng = crate::random::Rng::new(seed);
    let x: Vec<f32> = (0..400).map(|_| rng.uniform(-1.0, 1.0)).collect();
    let y: Vec<u32> = x.chunks(4).map(|r| u32::from(r[0] > r[1])).collect();
    let x = Tensor::from_vec(x, (100, 4), &Device::Cpu).unwrap();
    (x, Tensor::from_vec(y, 100, &Device::Cpu).unwrap())
}

fn network(name: &str) -> Model {
    let network = Sequential::new(name, 4).dense("C1", 8, Activation::Relu);
    let network = network.dense("C2", 2, Activation::Softmax);
    network.compile(Adam::default(), Loss::SparseCategoricalCrossentropy).unwrap()
}

fn fit<'a>() -> Fit<'a> {
    let validation = Validation::Split(0.2);
    Fit { epochs: 3, validation, verbose: Verbose::Silent, ..Fit::default() }
}

fn answers(model: &Model, x: &Tensor) -> Vec<Vec<f32>> {
    model.predict(x).unwrap().to_vec2().unwrap()
}

#[test]
fn a_training_is_made_once_and_then_read() {
    let dir = tempfile::tempdir().unwrap();
    let results = Results::open(dir.path().join("a/b")).unwrap();
    let (x, y) = data(1);
    let mut model = network("un/deux");
    let history = results.fit(&mut model, &x, &y, fit()).unwrap();
    assert_eq!(results.names().unwrap(), ["un_deux"]);
    let mut again = network("un/deux");
    // The same durations: nothing was trained.
    assert_eq!(results.fit(&mut again, &x, &y, fit()).unwrap(), history);
    assert_eq!(answers(&again, &x), answers(&model, &x));
    let (loaded, read) = results.load("un/deux").unwrap();
    assert_eq!((answers(&loaded, &x), read), (answers(&model, &x), history));
    assert!(loaded.evaluate(&x, &y).is_ok());
    results.remove("un/deux").unwrap();
    assert!(results.names().unwrap().is_empty());
    let message = results.load("un/deux").unwrap_err().to_string();
    assert!(message.contains("un/deux"), "{message}");
}

#[test]
fn an_interruption_between_the_two_files_is_mended() {
    let dir = tempfile::tempdir().unwrap();
    let results = Results::open(dir.path()).unwrap();
    let (x, y) = data(1);
    let mut model = network("a");
    let history = results.fit(&mut model, &x, &y, fit()).unwrap();
    let [json, announced] = ["a.json", "a.json.attente"].map(|name| dir.path().join(name));
    std::fs::rename(&json, &announced).unwrap();
    assert!(results.names().unwrap().is_empty());
    let again = results.fit(&mut network("a"), &x, &y, fit()).unwrap();
    assert_eq!((again.loss, again.val_loss), (history.loss, history.val_loss));
    assert!(json.exists() && !announced.exists());
    std::fs::rename(&json, &announced).unwrap();
    results.remove("a").unwrap();
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_network_that_was_saved_otherwise_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let results = Results::open(dir.path()).unwrap();
    let (x, y) = data(1);
    let path = dir.path().join("a.safetensors");
    network("a").save(&path).unwrap();
    let before = std::fs::read(&path).unwrap();
    let message = results.fit(&mut network("a"), &x, &y, fit()).unwrap_err().to_string();
    let parts = ["a.safetensors", "sans son historique", "un autre nom, ou supprimez"];
    assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn what_follows_is_the_same_after_a_training_and_after_a_reading() {
    let dir = tempfile::tempdir().unwrap();
    let results = Results::open(dir.path()).unwrap();
    let (x, y) = data(1);
    let further = || {
        let mut model = network("a");
        results.fit(&mut model, &x, &y, fit()).unwrap();
        model.fit(&x, &y, fit()).unwrap().loss
    };
    assert_eq!(further(), further());
}

#[test]
fn a_training_without_an_epoch_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let results = Results::open(dir.path()).unwrap();
    let (x, y) = data(1);
    let none = Fit { epochs: 0, ..fit() };
    let message = results.fit(&mut network("a"), &x, &y, none).unwrap_err().to_string();
    assert!(message.starts_with("epochs = 0\u{a0}; il faut"), "{message}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    assert!(results.fit(&mut network("a"), &x, &y, fit()).is_ok());
}

#[test]
fn another_training_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let results = Results::open(dir.path()).unwrap();
    let ((x, y), (other_x, other_y)) = (data(1), data(2));
    results.fit(&mut network("a"), &x, &y, fit()).unwrap();
    let files = || ["a.json", "a.safetensors"].map(|f| std::fs::read(dir.path().join(f)).unwrap());
    let before = files();
    let say = |mut model: Model, x: &Tensor, y: &Tensor, fit: Fit<'_>, part: &str| {
        let message = results.fit(&mut model, x, y, fit).unwrap_err().to_string();
        assert!(message.contains(part) && message.contains("a.json"), "{message}");
    };
    say(network("a"), &x, &y, Fit { epochs: 4, ..fit() }, "3 époques, pas de 4");
    say(network("a"), &x, &y, Fit { batch_size: 8, ..fit() }, "lots de 32");
    say(network("a"), &x, &y, Fit { seed: 8, ..fit() }, "d’autres réglages");
    say(network("a"), &other_x, &other_y, fit(), "d’autres images");
    let mut sgd = network("a");
    sgd.compile(Sgd::default(), Loss::SparseCategoricalCrossentropy).unwrap();
    say(sgd, &x, &y, fit(), "Adam à 0.001, pas par SGD");
    let wide = Sequential::new("a", 4).dense("C1", 9, Activation::Softmax);
    let wide = wide.compile(Adam::default(), Loss::SparseCategoricalCrossentropy).unwrap();
    say(wide, &x, &y, fit(), "d’autres couches");
    assert_eq!(files(), before);
}

#[test]
fn truncated_and_foreign_files_are_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let results = Results::open(dir.path()).unwrap();
    let (x, y) = data(1);
    results.fit(&mut network("a"), &x, &y, fit()).unwrap();
    for file in ["a.json", "a.safetensors"] {
        let path = dir.path().join(file);
        let whole = std::fs::read(&path).unwrap();
        for bytes in [&whole[..0], &whole[..40], &whole[..whole.len() - 3], b"autre chose"] {
            std::fs::write(&path, bytes).unwrap();
            let message = results.fit(&mut network("a"), &x, &y, fit()).unwrap_err().to_string();
            assert!(message.contains(file), "{message}");
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
        std::fs::write(&path, whole).unwrap();
    }
    // Weights without a history, which are not ours.
    std::fs::write(dir.path().join("b.safetensors"), b"autre chose").unwrap();
    assert!(results.fit(&mut network("b"), &x, &y, fit()).is_err());
    assert_eq!(std::fs::read(dir.path().join("b.safetensors")).unwrap(), b"autre chose");
    // A folder that is a file.
    assert!(Results::open(dir.path().join("a.json")).is_err());
}

/// Two trainings, the second one long, then a search of six trials; each is kept.
fn compare(folder: &Path) -> (Vec<History>, Search) {
    let results = Results::open(folder).unwrap();
    let (x, y) = data(1);
    let kept = [("court", 3), ("long", LONG)].map(|(name, epochs)| {
        results.fit(&mut network(name), &x, &y, Fit { epochs, ..fit() }).unwrap()
    });
    let space = SearchSpace::new().log_float("taux", 1e-4, 1.0);
    let search = Search::bayesian("essais", space, 6, 1).unwrap();
    let mut search = search.save_to(results.file("essais.json")).unwrap();
    while let Some(mut trial) = search.ask().unwrap() {
        let mut model = network("essai");
        let rate = trial.float("taux").unwrap();
        let adam = Adam { learning_rate: rate, ..Adam::default() };
        model.compile(adam, Loss::SparseCategoricalCrossentropy).unwrap();
        let history = model.fit(&x, &y, Fit { epochs: LONG / 4, ..fit() }).unwrap();
        trial.report(history.val_accuracy[LONG / 4 - 1]);
        search.tell(trial).unwrap();
    }
    (kept.to_vec(), search)
}

/// Epochs of the long training: a second or less, and far more than a look at the folder takes.
const LONG: usize = 20_000;

#[test]
#[ignore = "run by the test below, and killed"]
fn comparison_to_be_killed() {
    compare(Path::new(&std::env::var_os("MNIST_TP_TEST_FILE").unwrap()));
}

/// Starts the comparison in a process of its own and kills it as soon as
/// `enough` says so.
fn killed_when(folder: &Path, enough: impl Fn() -> bool) {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["train::results::tests::comparison_to_be_killed", "--exact", "--ignored"])
        .env("MNIST_TP_TEST_FILE", folder)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let start = std::time::Instant::now();
    while !enough() {
        assert!(child.try_wait().unwrap().is_none(), "ended before it was killed");
        assert!(start.elapsed().as_secs() < 120, "too slow");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_comparison_killed_at_any_moment_goes_on_where_it_was() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = dir.path();
    let there = |name: &str| folder.join(name).exists();
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    // In the middle of the long training: the short one is kept, nothing of the long one.
    killed_when(folder, || there("court.json"));
    assert!(!there("long.json") && !there("long.safetensors"));
    let short = [read("court.json"), read("court.safetensors")];
    // Half a file, as if the machine had stopped in the middle of a writing.
    std::fs::write(folder.join("long.safetensors.1.partiel"), b"la moi").unwrap();
    // In the middle of the third trial or later: the first two are kept.
    let trials = || -> usize {
        let text = std::fs::read_to_string(folder.join("essais.json")).unwrap_or_default();
        text.matches("\"number\"").count()
    };
    killed_when(folder, || trials() >= 2);
    let kept = trials();
    assert!((2..6).contains(&kept), "{kept} trials");
    let long = [read("long.json"), read("long.safetensors")];
    let told = Search::bayesian("essais", SearchSpace::new().log_float("taux", 1e-4, 1.0), 6, 1);
    let told = told.unwrap().save_to(folder.join("essais.json")).unwrap();

    let (histories, search) = compare(folder);
    // What was there was read, durations included, not made again.
    assert_eq!([read("court.json"), read("court.safetensors")], short);
    assert_eq!([read("long.json"), read("long.safetensors")], long);
    assert_eq!(search.trials()[..kept], *told.trials());
    // And all of it is what a comparison without interruption gives.
    let (whole, never_stopped) = compare(other.path());
    for (a, b) in histories.iter().zip(&whole) {
        assert_eq!((&a.loss, &a.val_accuracy), (&b.loss, &b.val_accuracy));
    }
    let values = |search: &Search| -> Vec<_> {
        search.trials().iter().map(|t| (t.values.clone(), t.scores.clone())).collect()
    };
    assert_eq!(values(&search), values(&never_stopped));
}
