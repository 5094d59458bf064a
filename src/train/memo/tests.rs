use super::*;
use crate::prelude::*;

const IMAGES: usize = 60;

fn data() -> (Tensor, Tensor) {
    let x: Vec<f32> = (0..IMAGES * 16).map(|i| (i * 7 % 11) as f32 / 11.0).collect();
    let x = Tensor::from_vec(x, (IMAGES, 4, 4, 1), &Device::Cpu).unwrap();
    let y = (0..IMAGES as u32).map(|i| i % 3).collect();
    (x, Tensor::from_vec(y, IMAGES, &Device::Cpu).unwrap())
}

/// Everything that a training changes, or that is drawn: running means, dropout,
/// an optimiser with two moments.
fn network(seed: u64) -> Model {
    let mut network = Sequential::new("r", (4, 4, 1))
        .conv2d("C1", 2, 3, Padding::Same, Activation::Relu)
        .batch_norm("N")
        .flatten("F")
        .dropout("D", 0.3)
        .dense("C2", 3, Activation::Softmax);
    network.seed = seed;
    network.compile(Adam::default(), Loss::SparseCategoricalCrossentropy).unwrap()
}

fn settings<'a>() -> Fit<'a> {
    let stopping = EarlyStopping { patience: 2, min_delta: 0.5, ..EarlyStopping::default() };
    Fit {
        epochs: 6,
        batch_size: 16,
        validation: Validation::Split(0.25),
        callbacks: vec![stopping.into()],
        verbose: Verbose::Silent,
        ..Fit::default()
    }
}

/// Weights, running means and the optimiser's memory, and the history without
/// its durations, to the last bit.
fn outcome(model: &Model, history: &History) -> String {
    sum(model, history, "").unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// No two trainings take the same time to some nanoseconds.
fn same_times(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-8)
}

#[test]
fn a_training_handed_on_is_the_same_to_the_last_bit() {
    let ((x, y), folder) = (data(), tempfile::tempdir().unwrap());
    let train = |memo: Option<&Path>| {
        let mut model = network(3);
        let first = model.train(&x, &y, settings(), memo).unwrap();
        // Goes on from weights and memory that the first left.
        let second = model.train(&x, &y, Fit { seed: 7, ..settings() }, memo).unwrap();
        (outcome(&model, &first), outcome(&model, &second), first.seconds)
    };
    let (plain_first, plain_second, _) = train(None);
    let (first, second, seconds) = train(Some(folder.path()));
    assert_eq!(files(folder.path()).len(), 2);
    assert_eq!((&first, &second), (&plain_first, &plain_second));

    let (first, second, seconds_again) = train(Some(folder.path()));
    assert_eq!((&first, &second), (&plain_first, &plain_second));
    assert!(same_times(&seconds, &seconds_again), "read");
    // A check refuses a history that is the copy of another.
    let (.., seconds_once_more) = train(Some(folder.path()));
    assert!(seconds != seconds_again && seconds_again != seconds_once_more);
}

#[test]
fn names_change_no_number_and_are_each_ones_own() {
    let ((x, y), folder) = (data(), tempfile::tempdir().unwrap());
    let train = |names: [&str; 3], memo: Option<&Path>| {
        let [name, hidden, output] = names;
        let mut network = Sequential::new(name, (4, 4, 1))
            .flatten("F")
            .dense(hidden, 5, Activation::Relu)
            .dense(output, 3, Activation::Softmax);
        network.seed = 4;
        let mut model =
            network.compile(Adam::default(), Loss::SparseCategoricalCrossentropy).unwrap();
        let history = model.train(&x, &y, settings(), memo).unwrap();
        (outcome(&model, &history), history)
    };
    let first = train(["réseau", "C1", "C2"], Some(folder.path()));
    let renamed = ["autre", "cachée", "sortie"];
    let second = train(renamed, Some(folder.path()));
    assert_eq!(files(folder.path()).len(), 1, "one training");
    assert!(same_times(&first.1.seconds, &second.1.seconds), "read");
    let plain = train(renamed, None);
    assert_eq!((&second.0, &second.1.name), (&plain.0, &plain.1.name));
    assert_eq!(History { seconds: plain.1.seconds.clone(), ..second.1 }, plain.1);
}

#[test]
fn the_code_at_work_is_found() {
    assert!(code().is_some() || !cfg!(target_os = "linux"));
    let line = "7f10-7f2a r-xp 00001000 fe:00 42    /un dossier/libmnist_tp.so";
    assert_eq!(mapped(line, 0x7f10), Some("/un dossier/libmnist_tp.so"));
    assert_eq!(mapped(line, 0x7f29), Some("/un dossier/libmnist_tp.so"));
    assert_eq!(mapped(line, 0x7f2a), None);
    assert_eq!(mapped("7f10-7f2a rw-p 00000000 00:00 0 [heap]", 0x7f11), None);
}

#[test]
fn nothing_is_handed_on_unless_asked_for() {
    assert_eq!(folder(), None, "MNIST_TP_MEMO is for grading");
    let (x, y) = data();
    assert!(Memo::new(None, &network(3), &x, &y, &settings()).unwrap().is_none());
}

#[test]
fn whatever_changes_a_training_changes_its_key() {
    let ((x, y), folder) = (data(), tempfile::tempdir().unwrap());
    let key = |model: &Model, x: &Tensor, y: &Tensor, settings: &Fit<'_>| {
        Memo::new(Some(folder.path()), model, x, y, settings).unwrap().unwrap().path
    };
    let model = network(3);
    let usual = key(&model, &x, &y, &settings());
    assert_eq!(usual, key(&network(3), &x, &y, &settings()));

    let mut numbers: Vec<f32> = x.flatten_all().unwrap().to_vec1().unwrap();
    numbers[500] += f32::EPSILON;
    let other_x = Tensor::from_vec(numbers, x.dims(), &Device::Cpu).unwrap();
    let other_y = Tensor::ones(IMAGES, DType::U32, &Device::Cpu).unwrap();
    let mut faster = network(3);
    let adam = Adam { learning_rate: 0.01, ..Adam::default() };
    faster.compile(adam, Loss::SparseCategoricalCrossentropy).unwrap();
    let mut trained = network(3);
    trained.fit(&x, &y, settings()).unwrap();
    let mut keys = vec![
        usual,
        key(&network(4), &x, &y, &settings()),
        key(&faster, &x, &y, &settings()),
        key(&trained, &x, &y, &settings()),
        key(&model, &other_x, &y, &settings()),
        key(&model, &x, &other_y, &settings()),
        key(&model, &x, &y, &Fit { epochs: 7, ..settings() }),
        key(&model, &x, &y, &Fit { batch_size: 15, ..settings() }),
        key(&model, &x, &y, &Fit { shuffle: false, ..settings() }),
        key(&model, &x, &y, &Fit { seed: 1, ..settings() }),
        key(&model, &x, &y, &Fit { validation: Validation::Split(0.5), ..settings() }),
        key(&model, &x, &y, &Fit { validation: Validation::Data(&x, &y), ..settings() }),
        key(&model, &x, &y, &Fit { validation: Validation::Data(&other_x, &y), ..settings() }),
        key(&model, &x, &y, &Fit { callbacks: Vec::new(), ..settings() }),
        key(&model, &x, &y, &Fit { augment: vec![Change::None], ..settings() }),
    ];
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count);
}

#[test]
fn a_spoilt_file_or_folder_counts_for_nothing() {
    let ((x, y), folder) = (data(), tempfile::tempdir().unwrap());
    let train = |memo: &Path| {
        let mut model = network(3);
        let history = model.train(&x, &y, settings(), Some(memo)).unwrap();
        outcome(&model, &history)
    };
    let right = train(folder.path());
    let [path] = &files(folder.path())[..] else { panic!("one training") };
    let whole = std::fs::read(path).unwrap();
    let last = whole.len() - 1;
    let mut flipped = whole.clone();
    flipped[last] ^= 1;
    for spoilt in [&whole[..last], &whole[..10], b"", &flipped] {
        std::fs::write(path, spoilt).unwrap();
        assert_eq!(train(folder.path()), right);
        // And it was written anew: the next one reads it, and leaves it alone.
        let written = std::fs::read(path).unwrap();
        assert_ne!(written, spoilt);
        assert_eq!(train(folder.path()), right);
        assert_eq!(std::fs::read(path).unwrap(), written);
    }
    // A file where the folder should be.
    assert_eq!(train(path), right);
}

#[test]
fn a_training_that_writes_files_is_made() {
    let ((x, y), folder) = (data(), tempfile::tempdir().unwrap());
    let checkpoint =
        ModelCheckpoint { path: folder.path().join("poids"), monitor: Monitor::ValLoss };
    let saved = Fit { callbacks: vec![checkpoint.into()], ..settings() };
    let resumed =
        Fit { resume: Some(folder.path().join("suite")), callbacks: Vec::new(), ..settings() };
    for settings in [saved, resumed] {
        let memo = Memo::new(Some(folder.path()), &network(3), &x, &y, &settings).unwrap();
        assert!(memo.is_none());
    }
}
