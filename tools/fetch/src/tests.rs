//! What is written, what is refused, and what is said.

use super::*;
use mnist_tp::candle_core::Device;

const REAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/mnist");

/// The embedded test images, as both parts, in the form candle-datasets
/// gives. (The training images are as good a test, six times slower.)
fn real_set() -> Dataset {
    let test = Mnist::load_dir(REAL).unwrap().test;
    let images = test.images.flatten_from(1).unwrap().to_dtype(DType::F32).unwrap();
    let images = (images / 255.0).unwrap();
    Dataset {
        train_images: images.clone(),
        train_labels: test.labels.clone(),
        test_images: images,
        test_labels: test.labels,
        labels: 10,
    }
}

#[test]
fn the_written_files_have_the_published_sums() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("mnist");
    fs::create_dir_all(partial(&folder)).unwrap();
    fs::write(partial(&folder).join("reste"), "d’une interruption").unwrap();
    let [_, _, images, labels] = SOURCES[0].sums[..] else { panic!("four sums") };
    let sums = &[images, labels, images, labels];
    let source = Source { sums: Box::leak(Box::new(*sums)), ..SOURCES[0] };
    install(&source, &real_set(), &folder).unwrap();
    let names = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["mnist"]);
    assert_eq!(Mnist::load_dir(&folder).unwrap().train.len(), 10_000);
    // A second run has nothing to do, and needs no network to see it.
    fetch(&source, &folder).unwrap();
}

#[test]
fn wrong_content_leaves_nothing_behind() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("mnist");
    let set = Dataset {
        train_images: Tensor::zeros((2, 784), DType::F32, &Device::Cpu).unwrap(),
        train_labels: Tensor::zeros(2, DType::U8, &Device::Cpu).unwrap(),
        test_images: Tensor::zeros((2, 784), DType::F32, &Device::Cpu).unwrap(),
        test_labels: Tensor::zeros(2, DType::U8, &Device::Cpu).unwrap(),
        labels: 10,
    };
    let text = install(&SOURCES[0], &set, &folder).unwrap_err().to_string();
    assert!(text.contains("attendu ba891046"), "{text}");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    // Without published sums the same files are accepted.
    install(&SOURCES[1], &set, &folder).unwrap();
    assert_eq!(Mnist::load_dir(&folder).unwrap().test.len(), 2);
}

#[test]
fn a_taken_folder_is_not_touched() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("cours.txt"), "important").unwrap();
    let text = fetch(&SOURCES[1], place.path()).unwrap_err().to_string();
    assert!(text.contains("pas vide"), "{text}");
}

#[test]
fn without_a_network_the_message_says_so() {
    // The port "discard", where nobody answers.
    let cache = tempfile::tempdir().unwrap();
    let builder = HFClient::builder().endpoint("http://127.0.0.1:9").cache_dir(cache.path());
    let client = builder.retry_max_attempts(0).build().unwrap();
    let text = download(&SOURCES[1], client).unwrap_err().to_string();
    assert!(text.contains("fashion-mnist n’a pas pu") && text.contains("réseau"), "{text}");
}
