use super::*;
use candle_core::Device;
use std::fs;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/mnist");

/// A folder with `train` and `test` images whose pixels and labels count up.
fn folder(train: usize, test: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (part, n) in [("train", train), ("t10k", test)] {
        let pixels: Vec<u8> = (0..n * 784).map(|i| i as u8).collect();
        let labels: Vec<u8> = (0..n).map(|i| (i % 10) as u8).collect();
        let path = |what: &str| folder.path().join(format!("{part}-{what}-ubyte"));
        idx::write(&path("images-idx3"), &[n, 28, 28], &pixels).unwrap();
        idx::write(&path("labels-idx1"), &[n], &labels).unwrap();
    }
    folder
}

fn message(folder: &Path) -> String {
    Mnist::load_dir(folder).unwrap_err().to_string()
}

#[test]
fn shapes_come_first() {
    let mnist = Mnist::load_dir(FOLDER).unwrap();
    let text = format!("{mnist:?}");
    assert!(text.starts_with("MNIST, entraînement\u{a0}: images u8 [60000, 28, 28]"), "{text}");
    assert!(text.ends_with("MNIST, test\u{a0}: images u8 [10000, 28, 28], étiquettes u8 [10000]"));
    assert_eq!(mnist.train.len(), 60_000);
    assert_eq!(
        mnist.test.counts().unwrap(),
        [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    );
    mnist.evcxr_display();
    let x = mnist.test.to_f32().unwrap();
    assert_eq!(x.dims(), [10_000, 28, 28, 1]);
    assert_eq!(x.max_all().unwrap().to_scalar::<f32>().unwrap(), 1.0);
}

#[test]
fn choosing_images() {
    let folder = folder(12, 3);
    let set = Mnist::load_dir(folder.path()).unwrap().train;
    assert_eq!(set.image(2).unwrap().dims(), [28, 28]);
    assert_eq!(set.label(11).unwrap(), 1);
    let labels = |set: Dataset| set.labels.to_vec1::<u8>().unwrap();
    assert_eq!(labels(set.select(&[3, 0, 3]).unwrap()), [3, 0, 3]);
    assert_eq!(labels(set.slice(8..).unwrap()), [8, 9, 0, 1]);
    assert_eq!(labels(set.slice(..=1).unwrap()), [0, 1]);
    assert!(set.slice(4..4).unwrap().is_empty());
    for error in [
        set.slice(5..40).unwrap_err(),
        set.image(12).unwrap_err(),
        set.label(12).unwrap_err(),
        set.select(&[12]).unwrap_err(),
    ] {
        assert!(error.to_string().contains("12"), "{error}");
    }
}

#[test]
fn what_is_wrong_in_a_folder_is_said() {
    let good = folder(4, 2);
    let path = |name: &str| good.path().join(name);
    fs::rename(path("train-labels-idx1-ubyte"), path("ailleurs")).unwrap();
    let text = message(good.path());
    assert!(text.contains("train-labels-idx1-ubyte.gz") && text.contains("absent"), "{text}");
    // The test labels in the place of the training ones: fewer than images.
    fs::copy(path("t10k-labels-idx1-ubyte"), path("train-labels-idx1-ubyte")).unwrap();
    let text = message(good.path());
    assert!(text.contains("2 étiquettes") && text.contains("4, une par image"), "{text}");
    // Images in the place of labels.
    fs::copy(path("train-images-idx3-ubyte"), path("train-labels-idx1-ubyte")).unwrap();
    assert!(message(good.path()).contains("échangés"));
    // Images of another size.
    fs::copy(path("ailleurs"), path("train-labels-idx1-ubyte")).unwrap();
    idx::write(&path("train-images-idx3-ubyte"), &[4, 8, 8], &[0; 256]).unwrap();
    assert!(message(good.path()).contains("8\u{a0}×\u{a0}8 pixels"));
    let text = message(Path::new("/nulle/part"));
    assert!(text.contains("dossier absent") && text.contains("MNIST_TP_DATA"), "{text}");
}

#[test]
fn a_set_checks_its_tensors() {
    let zeros = |dims: &[usize], dtype| Tensor::zeros(dims, dtype, &Device::Cpu).unwrap();
    let images = zeros(&[3, 28, 28], DType::U8);
    assert!(Dataset::new("x", images.clone(), zeros(&[3], DType::U8)).is_ok());
    let text = Dataset::new("x", images.clone(), zeros(&[4], DType::U8)).unwrap_err().to_string();
    assert!(text.contains("u8 [4]") && text.contains("u8 [3]"), "{text}");
    assert!(Dataset::new("x", images, zeros(&[3], DType::F32)).is_err());
    assert!(Dataset::new("x", zeros(&[3, 784], DType::U8), zeros(&[3], DType::U8)).is_err());
}
