use super::*;
use crate::data::{Dataset, Mnist};
use crate::random::Rng;
use candle_core::Device;

fn mnist() -> Mnist {
    Mnist::load_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/data/mnist")).unwrap()
}

fn remark(set: &Dataset) -> Option<String> {
    super::remark(&set.name, &set.images, &set.labels)
}

fn with(set: &Dataset, images: &Tensor) -> Dataset {
    Dataset::new("essai", images.contiguous().unwrap(), set.labels.clone()).unwrap()
}

#[test]
fn transposed_images_under_mnists_names_are_said() {
    let Mnist { train, test } = mnist();
    for set in [&train, &test, &train.slice(..300).unwrap()] {
        let lying = with(set, &set.images.transpose(1, 2).unwrap());
        let text = remark(&lying).unwrap();
        assert!(text.contains("EMNIST") && text.contains("transpose(1, 2)"), "{text}");
        assert!(lying.to_string().ends_with(&text));
        // What it says to do does it.
        assert_eq!(remark(&with(set, &lying.images.transpose(1, 2).unwrap())), None);
    }
    let folder = tempfile::tempdir().unwrap();
    for (part, set) in [("train", &train), ("t10k", &test)] {
        let set = set.slice(..200).unwrap();
        let bytes = |t: Tensor| t.flatten_all().unwrap().to_vec1::<u8>().unwrap();
        let path = |what: &str| folder.path().join(format!("{part}-{what}-ubyte"));
        let pixels = bytes(set.images.transpose(1, 2).unwrap());
        crate::data::idx::write(&path("images-idx3"), &[200, 28, 28], &pixels).unwrap();
        crate::data::idx::write(&path("labels-idx1"), &[200], &bytes(set.labels)).unwrap();
    }
    let loaded = Mnist::load_dir(folder.path()).unwrap();
    assert_eq!(format!("{loaded}").matches("Attention, ").count(), 2);
}

#[test]
fn other_positions_and_the_negative_are_said_too() {
    let test = mnist().test;
    let flip = |images: &Tensor, axis: usize| {
        let back: Vec<u32> = (0..28).rev().collect();
        images.contiguous().unwrap().index_select(&Tensor::new(back, &Device::Cpu).unwrap(), axis)
    };
    let said = |images: &Tensor| remark(&with(&test, images)).unwrap();
    let lying = test.images.transpose(1, 2).unwrap();
    for axis in [1, 2] {
        assert!(said(&flip(&test.images, axis).unwrap()).contains("miroir"));
        assert!(said(&flip(&lying, axis).unwrap()).contains("quart de tour"));
    }
    let down = |images: &Tensor| flip(&flip(images, 1).unwrap(), 2).unwrap();
    assert!(said(&down(&test.images)).contains("tête en bas"));
    assert!(said(&down(&lying)).contains("couchées et tête en bas"));
    let pixels = test.images.flatten_all().unwrap().to_vec1::<u8>().unwrap();
    let pixels: Vec<u8> = pixels.into_iter().map(|pixel| 255 - pixel).collect();
    let negative = Tensor::from_vec(pixels, test.images.dims(), &Device::Cpu).unwrap();
    assert!(said(&negative).contains("noirs sur fond clair"));
}

#[test]
fn mnist_and_its_parts_are_never_said_to_lie() {
    let Mnist { train, test } = mnist();
    assert_eq!((remark(&train), remark(&test)), (None, None));
    for n in [1, 5, 30, 64, 200] {
        for start in (0..train.len() - n).step_by(997) {
            assert_eq!(remark(&train.slice(start..start + n).unwrap()), None, "{n} from {start}");
        }
    }
    // One digit alone, however few of it, and two digits.
    let labels = train.labels.to_vec1::<u8>().unwrap();
    let all_of = |digits: &[u8]| -> Vec<u32> {
        (0..labels.len()).filter(|i| digits.contains(&labels[*i])).map(|i| i as u32).collect()
    };
    for digit in 0..10 {
        for digits in [vec![digit], vec![digit, (digit + 3) % 10]] {
            for part in all_of(&digits).chunks(30).step_by(7) {
                assert_eq!(remark(&train.select(part).unwrap()), None, "{digits:?}");
            }
        }
    }
}

#[test]
fn images_of_other_things_are_never_said_to_lie() {
    let mut rng = Rng::new(5);
    let n = 400;
    let labels: Vec<u8> = (0..n).map(|i| (i % 10) as u8).collect();
    // Bands and blocks, as clothes, shoes and bags are: filled, to the border.
    let band = |i: usize, row: usize, column: usize| {
        let [top, left] =
            [[0, 6], [2, 11], [0, 5], [0, 9], [1, 4], [14, 2], [0, 5], [12, 1], [6, 2], [4, 3]]
                [i % 10];
        let inside = row >= top && row < 28 - top / 3 && column >= left && column < 28 - left;
        if inside { 150 + (7 * row + column) as u8 % 60 } else { 0 }
    };
    let clothes: Vec<u8> = (0..n * 784).map(|k| band(k / 784, k % 784 / 28, k % 28)).collect();
    let noise: Vec<u8> = (0..n * 784).map(|_| rng.below(256) as u8).collect();
    let grey = vec![128; n * 784];
    // Digits under labels that are not theirs, and letters' labels.
    let digits = mnist().test.slice(..n).unwrap();
    for pixels in [clothes, noise, grey] {
        let images = Tensor::from_vec(pixels, (n, 28, 28), &Device::Cpu).unwrap();
        let labels = Tensor::new(&labels[..], &Device::Cpu).unwrap();
        let set = Dataset::new("essai", images.clone(), labels).unwrap();
        assert_eq!(remark(&set), None);
        assert_eq!(remark(&with(&set, &images.transpose(1, 2).unwrap())), None);
    }
    let letters = (digits.labels.clone() + 10.0).unwrap();
    assert_eq!(remark(&Dataset::new("essai", digits.images, letters).unwrap()), None);
}
