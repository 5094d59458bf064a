//! Own digits, from pictures to recognition: the samples that come with the
//! project, and pictures that nobody has seen before.

#[path = "../examples/chiffres/hand.rs"]
mod hand;
#[path = "../examples/chiffres/scene.rs"]
mod scene;

use image::ImageFormat;
use mnist_tp::data::digits::{DigitReader, Reading, sample_digits};
use mnist_tp::data::{Dataset, Mnist};
use mnist_tp::random::Rng;
use scene::{Origin, Pen};
use std::io::Cursor;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/chiffres");

/// A judge without training: the nearest of some images of MNIST.
struct Nearest {
    images: Vec<Vec<f32>>,
    labels: Vec<u8>,
}

impl Nearest {
    fn new() -> Self {
        let train = Mnist::load().unwrap().train.slice(..10_000).unwrap();
        let labels = train.labels.to_vec1().unwrap();
        Self { images: blurred(&train), labels }
    }

    /// How many digits of `set` it recognises.
    fn score(&self, set: &Dataset) -> usize {
        let labels: Vec<u8> = set.labels.to_vec1().unwrap();
        let right = |(image, label): (Vec<f32>, u8)| {
            let distance = |other: &Vec<f32>| -> f32 {
                image.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum()
            };
            let distances: Vec<f32> = self.images.iter().map(distance).collect();
            let nearest =
                (0..distances.len()).min_by(|&a, &b| distances[a].total_cmp(&distances[b]));
            self.labels[nearest.unwrap()] == label
        };
        blurred(set).into_iter().zip(labels).filter(|pair| right(pair.clone())).count()
    }
}

/// Each image at 14×14: a shift by one pixel then counts for less.
fn blurred(set: &Dataset) -> Vec<Vec<f32>> {
    let images: Vec<Vec<u8>> = set.images.flatten_from(1).unwrap().to_vec2().unwrap();
    let sum = |image: &[u8], i: usize| {
        let (row, column) = (i / 14 * 2, i % 14 * 2);
        let at = |dy: usize, dx: usize| f32::from(image[(row + dy) * 28 + column + dx]);
        at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)
    };
    images.iter().map(|image| (0..196).map(|i| sum(image, i)).collect()).collect()
}

fn read(
    digits: &[u8],
    origin: Origin,
    pen: Pen,
    height: usize,
    seed: u64,
) -> mnist_tp::Result<Reading> {
    let picture = scene::draw(digits, origin, pen, height, &mut Rng::new(seed));
    let photo = matches!(origin, Origin::Photo | Origin::Board);
    let format = if photo { ImageFormat::Jpeg } else { ImageFormat::Png };
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    DigitReader::default().read_bytes("essai", &file.into_inner())
}

#[test]
fn the_samples_are_complete_and_recognised() {
    let set = sample_digits().unwrap();
    let list = std::fs::read_to_string(format!("{FOLDER}/etiquettes.csv")).unwrap();
    let pictures = list.lines().count() - 1;
    assert!(pictures >= 30);
    // Every picture is listed.
    let files = std::fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name());
    let files = files.filter(|name| !name.to_string_lossy().ends_with(".csv"));
    assert_eq!(files.count(), pictures);
    assert!(set.counts().unwrap().iter().all(|&count| count > 0));
    let right = Nearest::new().score(&set);
    println!("{right} of {}", set.len());
    assert!(right * 100 >= 88 * set.len(), "{right} of {}", set.len());
}

#[test]
fn unseen_pictures_are_read_and_recognised() {
    let kinds = [
        (Origin::Scan, Pen::Fine, 260),
        (Origin::Scan, Pen::Pencil, 240),
        (Origin::Photo, Pen::Fine, 420),
        (Origin::Photo, Pen::Ballpoint, 400),
        (Origin::Photo, Pen::Marker, 360),
        (Origin::Board, Pen::Felt, 320),
        (Origin::Screen, Pen::Felt, 160),
    ];
    let judge = Nearest::new();
    let (mut found, mut right, mut all) = (0, 0, 0);
    for (k, (origin, pen, height)) in kinds.into_iter().enumerate() {
        for turn in 0..3u8 {
            let digits: Vec<u8> = (0..5).map(|i| (3 * i + 5 * turn + k as u8) % 10).collect();
            all += digits.len();
            let seed = 1000 + 10 * k as u64 + u64::from(turn);
            let reading = read(&digits, origin, pen, height, seed);
            // A digit too many or too few makes the whole row wrong.
            if let Ok(set) = reading.and_then(|reading| reading.with_labels(&digits)) {
                found += set.len();
                right += judge.score(&set);
            }
        }
    }
    println!("{found} found and {right} recognised of {all}");
    assert!(found * 100 >= 95 * all && right * 100 >= 88 * all, "{found} {right} {all}");
}

#[test]
fn an_empty_sheet_stays_empty_in_any_light() {
    for seed in 0..20 {
        let reading = read(&[], Origin::Photo, Pen::Fine, 400, seed);
        let text = reading.map(|reading| reading.frames).unwrap_err().to_string();
        assert!(text.contains("page blanche"), "{text}");
    }
}
