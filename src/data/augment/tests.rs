use super::*;
use crate::data::images::PIXELS;
use candle_core::{DType, Device};

/// A slanted stroke, not symmetric in any way.
fn stroke() -> Vec<f32> {
    (0..PIXELS)
        .map(|i| {
            let (x, y) = ((i % SIDE) as f32, (i / SIDE) as f32);
            (2.5 - (x - 10.0 - 0.3 * y).abs()).clamp(0.0, 1.0) * f32::from((6.0..22.0).contains(&y))
        })
        .collect()
}

fn batch(n: usize) -> Tensor {
    Tensor::from_vec(stroke().repeat(n), (n, SIDE, SIDE, 1), &Device::Cpu).unwrap()
}

fn values(x: &Tensor) -> Vec<f32> {
    x.flatten_all().unwrap().to_vec1().unwrap()
}

fn warped(matrix: [[f32; 2]; 2], shift: [f32; 2]) -> Vec<f32> {
    let mut image = stroke();
    warp(&mut image, matrix, shift, None);
    image
}

fn centre(image: &[f32]) -> (f32, f32) {
    let mass: f32 = image.iter().sum();
    let mean = |f: fn(usize) -> usize| {
        image.iter().enumerate().map(|(i, v)| v * f(i) as f32).sum::<f32>() / mass
    };
    (mean(|i| i % SIDE), mean(|i| i / SIDE))
}

#[test]
fn whole_moves_are_exact() {
    let image = stroke();
    let unit = [[1.0, 0.0], [0.0, 1.0]];
    assert_eq!(warped(unit, [0.0, 0.0]), image);
    let moved = warped(unit, [3.0, -2.0]);
    for y in 2..SIDE {
        for x in 0..SIDE - 3 {
            assert_eq!(moved[y * SIDE + x], image[(y - 2) * SIDE + x + 3]);
        }
    }
    // A quarter turn puts columns in the place of rows.
    let turned = warped([[0.0, -1.0], [1.0, 0.0]], [0.0, 0.0]);
    for y in 0..SIDE {
        for x in 0..SIDE {
            assert_eq!(turned[y * SIDE + x], image[x * SIDE + SIDE - 1 - y]);
        }
    }
}

#[test]
fn half_pixels_are_interpolated_and_the_outside_is_background() {
    let mut image = vec![0.0; PIXELS];
    image[0] = 1.0;
    warp(&mut image, [[1.0, 0.0], [0.0, 1.0]], [-0.5, 0.0], None);
    assert_eq!(image[..3], [0.5, 0.5, 0.0]);
    let mut full = vec![1.0; PIXELS];
    warp(&mut full, [[1.0, 0.0], [0.0, 1.0]], [100.0, 0.0], None);
    assert!(full.iter().all(|&v| v == 0.0));
}

#[test]
fn one_seed_one_result_on_any_number_of_threads() {
    let all = Augment { noise: 0.1, elastic: 1.0, ..Augment::default() };
    let x = batch(37);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let imperfect = Imperfect::default().apply(&x, 5).unwrap();
            [values(&all.apply(&x, 5).unwrap()), values(&imperfect)].concat()
        })
    };
    assert_eq!(on(1), on(3));
    assert_ne!(values(&all.apply(&x, 5).unwrap()), values(&all.apply(&x, 6).unwrap()));
    let y = values(&all.apply(&x, 5).unwrap());
    assert_ne!(y[..PIXELS], y[PIXELS..2 * PIXELS]);
    assert!(y.iter().all(|v| (0.0..=1.0).contains(v)));
    assert_eq!(values(&Augment::none().apply(&x, 5).unwrap()), values(&x));
    // The shape of the tensor does not change the result.
    let flat = x.reshape((37, PIXELS)).unwrap();
    assert_eq!(values(&all.apply(&flat, 5).unwrap()), y);
}

#[test]
fn each_change_has_the_size_asked_for() {
    let x = batch(400);
    let middle = centre(&stroke());
    let spread = |augment: Augment, measure: &dyn Fn(&[f32]) -> f32| {
        let y = values(&augment.apply(&x, 3).unwrap());
        let all: Vec<f32> = y.chunks(PIXELS).map(measure).collect();
        let low = all.iter().copied().fold(f32::MAX, f32::min);
        (low, all.iter().copied().fold(f32::MIN, f32::max))
    };
    let close = |(low, high): (f32, f32), expected: (f32, f32), slack: f32| {
        let near = (low - expected.0).abs() < slack && (high - expected.1).abs() < slack;
        assert!(near, "{low} {high} instead of {expected:?}");
    };
    let column = |image: &[f32]| centre(image).0 - middle.0;
    let shift = Augment { shift: 0.15, ..Augment::none() };
    close(spread(shift, &column), (-4.2, 4.2), 0.2);
    let mass: f32 = stroke().iter().sum();
    let area = |image: &[f32]| image.iter().sum::<f32>() / mass;
    let zoom = Augment { zoom: 0.2, ..Augment::none() };
    close(spread(zoom, &area), (0.64, 1.44), 0.1);
    let turn = Augment { rotation: 30.0, ..Augment::none() };
    close(spread(turn, &area), (1.0, 1.0), 0.06);
    let angle = |image: &[f32]| {
        let (cx, cy) = centre(image);
        let moment = |f: &dyn Fn(f32, f32) -> f32| {
            let value =
                |(i, v): (usize, &f32)| v * f((i % SIDE) as f32 - cx, (i / SIDE) as f32 - cy);
            image.iter().enumerate().map(value).sum::<f32>()
        };
        let (xx, yy) = (moment(&|x, _| x * x), moment(&|_, y| y * y));
        (0.5 * (2.0 * moment(&|x, y| x * y)).atan2(yy - xx)).to_degrees()
    };
    let upright = angle(&stroke());
    let turned = |image: &[f32]| angle(image) - upright;
    close(spread(turn, &turned), (-30.0, 30.0), 1.5);
}

#[test]
fn the_field_is_smooth_and_as_strong_as_asked() {
    let mut rng = Rng::new(1);
    let (mut square, mut step, mut count) = (0f32, 0f32, 0f32);
    for _ in 0..200 {
        let field = Field::new(1.5, &mut rng);
        for i in 0..PIXELS - 1 {
            square += field.at(i).0.powi(2) + field.at(i).1.powi(2);
            if i % SIDE + 1 < SIDE {
                step += (field.at(i + 1).0 - field.at(i).0).powi(2);
            }
            count += 2.0;
        }
    }
    let strength = (square / count).sqrt();
    assert!((1.2..1.55).contains(&strength), "{strength}");
    assert!((2.0 * step / count).sqrt() < 0.35 * strength);
}

#[test]
fn imperfect_digits_are_smaller_moved_and_of_another_width() {
    let image = stroke();
    let mass = |image: &[f32]| image.iter().sum::<f32>();
    assert!(mass(&imperfect::outlined(&image, 1.0)) > 1.4 * mass(&image));
    assert!(mass(&imperfect::outlined(&image, -1.0)) < 0.7 * mass(&image));
    assert_eq!(imperfect::outlined(&image, 0.0), image);
    let unchanged = Imperfect { shrink: 1.0, thickness: 0.0, canvas: 28 };
    let x = batch(60);
    let y = values(&unchanged.apply(&x, 1).unwrap());
    // Only the mean over four points blurs.
    assert!((mass(&y) / mass(&values(&x)) - 1.0).abs() < 0.01);
    let strong = Imperfect { shrink: 0.7, thickness: 0.0, canvas: 40 };
    let y = values(&strong.apply(&x, 1).unwrap());
    let ratios: Vec<f32> = y.chunks(PIXELS).map(|other| mass(other) / mass(&image)).collect();
    // (28/40)² at most, 0.7² of that at least: nothing falls off the sheet.
    assert!(ratios.iter().all(|ratio| (0.23..0.51).contains(ratio)), "{ratios:?}");
    let columns: Vec<f32> = y.chunks(PIXELS).map(|other| centre(other).0).collect();
    let farthest = columns.iter().copied().fold(f32::MIN, f32::max);
    let nearest = columns.iter().copied().fold(f32::MAX, f32::min);
    assert!(farthest - nearest > 7.0, "{nearest} {farthest}");
}

#[test]
fn mistakes_are_named() {
    let x = batch(1);
    let text = |result: Result<Tensor>| result.unwrap_err().to_string();
    assert!(
        text(Augment { rotation: -5.0, ..Augment::none() }.apply(&x, 0)).contains("rotation = -5")
    );
    assert!(text(Augment { zoom: 1.0, ..Augment::none() }.apply(&x, 0)).contains("0 à 0,9"));
    assert!(
        text(Augment { elastic: f32::NAN, ..Augment::none() }.apply(&x, 0)).contains("elastic")
    );
    assert!(
        text(Imperfect { canvas: 20, ..Imperfect::default() }.apply(&x, 0)).contains("28 à 56")
    );
    assert!(
        text(Imperfect { shrink: 0.0, ..Imperfect::default() }.apply(&x, 0)).contains("shrink")
    );
    let bytes = x.to_dtype(DType::U8).unwrap();
    assert!(text(Augment::default().apply(&bytes, 0)).contains("u8"));
}

/// `cargo test --lib augment -- --ignored --nocapture`
#[test]
#[ignore = "measures time"]
fn speed() {
    let x = batch(32);
    let full = Augment { noise: 0.1, ..Augment::default() };
    let time = |name: &str, change: &dyn Fn(u64) -> Result<Tensor>| {
        let fastest = (0..300)
            .map(|seed| {
                let start = std::time::Instant::now();
                change(seed).unwrap();
                start.elapsed()
            })
            .min();
        println!("{name}: {fastest:?} for 32 images");
    };
    time("default", &|seed| Augment::default().apply(&x, seed));
    time("without elastic", &|seed| Augment { elastic: 0.0, ..Augment::default() }.apply(&x, seed));
    time("with noise", &|seed| full.apply(&x, seed));
    time("imperfect", &|seed| Imperfect::default().apply(&x, seed));
}
