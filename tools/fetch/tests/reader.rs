//! The library's reader of MNIST beside that of candle-datasets.

use mnist_tp::candle_core::{DType, Tensor};
use mnist_tp::data::Mnist;
use std::fs;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/mnist");

#[test]
fn the_real_files_equal_the_reference_readers() {
    let ours = Mnist::load_dir(FOLDER).unwrap();
    // candle-datasets reads uncompressed files only, as f32 / 255.
    let plain = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        let mut file = flate2::read::GzDecoder::new(fs::File::open(&path).unwrap());
        let target = plain.path().join(path.file_stem().unwrap());
        std::io::copy(&mut file, &mut fs::File::create(target).unwrap()).unwrap();
    }
    let reference = candle_datasets::vision::mnist::load_dir(plain.path()).unwrap();
    for (set, images, labels) in [
        (&ours.train, &reference.train_images, &reference.train_labels),
        (&ours.test, &reference.test_images, &reference.test_labels),
    ] {
        let pixels = (images * 255.0).unwrap().round().unwrap().to_dtype(DType::U8).unwrap();
        let bytes = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<u8>().unwrap();
        assert!(bytes(&set.images) == bytes(&pixels));
        assert_eq!(bytes(&set.labels), bytes(labels));
    }
    let from_plain = Mnist::load_dir(plain.path()).unwrap();
    assert_eq!(from_plain.train.images.dims(), [60_000, 28, 28]);
    assert_eq!(ours.train.label(600).unwrap(), from_plain.train.label(600).unwrap());
}
