use super::*;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use proptest::prelude::*;
use std::io::Cursor;

/// A 3 of two arcs on a `size×size` sheet: `paper` and `pen` in grey levels.
fn three(size: u32, width: f32, paper: u8, pen: u8) -> GrayImage {
    GrayImage::from_fn(size, size, |x, y| {
        let (x, y) = (x as f32 / size as f32, y as f32 / size as f32);
        let arc = |cy: f32| {
            let (dx, dy) = (x - 0.45, y - cy);
            if dx > -0.05 {
                (dx.hypot(dy) - 0.14).abs()
            } else {
                (dx + 0.05).hypot(dy.abs() - 0.14)
            }
        };
        let inked = arc(0.36).min(arc(0.62)) < width / 2.0;
        Luma([if inked { pen } else { paper }])
    })
}

fn bytes(picture: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    DynamicImage::from(picture.clone()).write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn read(picture: &GrayImage) -> Reading {
    DigitReader::default().read_bytes("essai", &bytes(picture, ImageFormat::Png)).unwrap()
}

fn pixels(reading: &Reading) -> Vec<f32> {
    reading.to_f32().unwrap().flatten_all().unwrap().to_vec1().unwrap()
}

/// Mean difference between the first digits of two readings.
fn difference(a: &Reading, b: &Reading) -> f32 {
    let pairs = pixels(a).into_iter().zip(pixels(b));
    pairs.take(784).map(|(a, b)| (a - b).abs()).sum::<f32>() / 784.0
}

fn message(bytes: &[u8]) -> String {
    DigitReader::default().read_bytes("essai", bytes).unwrap_err().to_string()
}

#[test]
fn the_image_has_the_form_of_mnist() {
    for width in [0.008, 0.03, 0.1] {
        let reading = read(&three(300, width, 245, 20));
        assert_eq!((reading.len(), reading.images.dims()), (1, &[1, 28, 28][..]));
        let image = pixels(&reading);
        let inked = |i: &usize| image[*i] > 0.3;
        let rows: Vec<usize> = (0..784).filter(inked).map(|i| i / 28).collect();
        let height = rows.iter().max().unwrap() - rows.iter().min().unwrap() + 1;
        assert!((19..=21).contains(&height), "{height}");
        let mass: f32 = image.iter().sum();
        let centre = |f: fn(usize) -> usize| {
            image.iter().enumerate().map(|(i, v)| v * f(i) as f32).sum::<f32>() / mass
        };
        assert!((centre(|i| i % 28) - 13.5).abs() <= 0.5, "{}", centre(|i| i % 28));
        assert!((centre(|i| i / 28) - 13.5).abs() <= 0.5);
        // Nine images of MNIST out of ten have a mean between 0.07 and 0.2.
        assert!((0.07..0.2).contains(&(mass / 784.0)), "{width}: {}", mass / 784.0);
    }
}

#[test]
fn chalk_reads_like_ink_and_a_shadow_does_not_show() {
    let ink = three(300, 0.03, 240, 20);
    let chalk = GrayImage::from_fn(300, 300, |x, y| Luma([255 - ink.get_pixel(x, y)[0]]));
    let (ink_read, chalk_read) = (read(&ink), read(&chalk));
    assert_eq!(ink_read.polarity, Polarity::DarkOnLight);
    assert_eq!(chalk_read.polarity, Polarity::LightOnDark);
    assert!(difference(&ink_read, &chalk_read) < 0.01);
    let shaded = GrayImage::from_fn(300, 300, |x, y| {
        let light = 0.45 + 0.55 / (1.0 + (-(x as f32 - 140.0) / 12.0).exp());
        Luma([(f32::from(ink.get_pixel(x, y)[0]) * light) as u8])
    });
    let shaded_read = read(&shaded);
    assert_eq!(shaded_read.len(), 1);
    assert!(difference(&ink_read, &shaded_read) < 0.01, "{}", difference(&ink_read, &shaded_read));
}

#[test]
fn digits_come_in_reading_order_and_specks_do_not_count() {
    let digit = three(200, 0.04, 255, 0);
    let sheet = GrayImage::from_fn(900, 560, |x, y| {
        let speck = x.abs_diff(450) < 3 && y.abs_diff(280) < 3;
        let place = [(20, 30), (330, 10), (640, 40), (60, 320), (500, 330)]
            .iter()
            .find(|(left, top)| (*left..left + 200).contains(&x) && (*top..top + 200).contains(&y));
        match place {
            Some((left, top)) => *digit.get_pixel(x - left, y - top),
            None => Luma([if speck { 0 } else { 255 }]),
        }
    });
    let reading = read(&sheet);
    let corners: Vec<_> = reading.frames.iter().map(|f| (f.left / 100, f.top / 200)).collect();
    assert_eq!(corners, [(0, 0), (4, 0), (7, 0), (1, 1), (5, 1)], "{:?}", reading.frames);
    assert_eq!(reading.with_labels(&[3; 5]).unwrap().len(), 5);
    assert!(reading.with_labels(&[3; 4]).unwrap_err().to_string().contains("5"));
}

#[test]
fn deskewing_straightens() {
    let straight = three(300, 0.03, 255, 0);
    let leaning = GrayImage::from_fn(300, 300, |x, y| {
        let source = x as f32 - 0.4 * (150.0 - y as f32);
        let inside = (0.0..300.0).contains(&source);
        if inside { *straight.get_pixel(source as u32, y) } else { Luma([255]) }
    });
    let apart = |deskew| {
        let reader = DigitReader { deskew, ..DigitReader::default() };
        let read = |picture| reader.read_bytes("essai", &bytes(picture, ImageFormat::Png)).unwrap();
        difference(&read(&leaning), &read(&straight))
    };
    assert!(apart(true) < 0.4 * apart(false), "{} {}", apart(true), apart(false));
}

#[test]
fn steps_are_small_pictures() {
    let reading = read(&three(1000, 0.03, 250, 10));
    assert_eq!(reading.steps.len(), 7);
    for step in &reading.steps {
        let (height, width) = step.image.dims2().unwrap();
        assert!(height <= 400 && width <= 400 && !step.name.is_empty());
    }
    assert!(format!("{reading:?}").contains("u8 [1, 28, 28], 1 chiffre, traits sombres"));
    reading.evcxr_display();
}

#[test]
fn a_photo_stored_lying_is_turned_upright() {
    let upright = three(240, 0.05, 250, 10);
    let lying = image::imageops::rotate270(&upright);
    let jpeg = bytes(&lying, ImageFormat::Jpeg);
    // EXIF: one entry, orientation (0x0112) = 6, "turn right to see it upright".
    let mut noted = jpeg[..2].to_vec();
    noted.extend(
        b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
    );
    noted.extend(&jpeg[2..]);
    let turned = DigitReader::default().read_bytes("essai", &noted).unwrap();
    assert!(difference(&turned, &read(&upright)) < 0.02);
}

#[test]
fn transparent_drawings_are_read() {
    for pen in [0u8, 255] {
        let drawing = three(200, 0.05, 0, 255);
        let rgba = image::RgbaImage::from_fn(200, 200, |x, y| {
            image::Rgba([pen, pen, pen, drawing.get_pixel(x, y)[0]])
        });
        let mut out = Cursor::new(Vec::new());
        DynamicImage::from(rgba).write_to(&mut out, ImageFormat::Png).unwrap();
        let reading = DigitReader::default().read_bytes("essai", &out.into_inner()).unwrap();
        assert!(difference(&reading, &read(&three(200, 0.05, 255, 0))) < 0.01);
    }
}

#[test]
fn blank_pages_are_said_to_be_blank() {
    let mut rng = crate::random::Rng::new(3);
    let flat = GrayImage::from_pixel(300, 200, Luma([255]));
    let black = GrayImage::from_pixel(300, 200, Luma([0]));
    let grainy = GrayImage::from_fn(500, 400, |x, _| {
        Luma([(200.0 - x as f32 / 5.0 + 6.0 * rng.normal()).clamp(0.0, 255.0) as u8])
    });
    for page in [flat, black, grainy] {
        let text = message(&bytes(&page, ImageFormat::Png));
        assert!(text.contains("page blanche") && text.contains("stylo"), "{text}");
    }
}

#[test]
fn what_is_not_a_picture_is_named() {
    let png = bytes(&three(200, 0.05, 255, 0), ImageFormat::Png);
    let jpeg = bytes(&three(200, 0.05, 255, 0), ImageFormat::Jpeg);
    assert!(message(&png[..png.len() / 2]).contains("Png illisible"));
    assert!(message(&jpeg[..100]).contains("Jpeg illisible"));
    assert!(message(b"").contains("fichier vide"));
    assert!(message(b"fichier,chiffres\n").contains("pas une image connue"));
    assert!(message(b"%PDF-1.7 and so on").contains("PDF"));
    assert!(message(b"GIF89a and so on").contains("Gif"));
    assert!(message(b"\0\0\0\x18ftypheic\0\0\0\0").contains("HEIC"));
    assert!(
        message(&bytes(&GrayImage::new(4, 4), ImageFormat::Png))
            .contains("au moins 8\u{a0}×\u{a0}8")
    );
    let text = read_digits("/nulle/part.png").unwrap_err().to_string();
    assert!(text.contains("/nulle/part.png"), "{text}");
}

#[test]
fn giant_pictures_are_refused_before_decoding() {
    // A real header that announces 60,000×60,000 pixels, with its sum.
    let mut png = bytes(&GrayImage::new(8, 8), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let mut sum = flate2::Crc::new();
    sum.update(&png[12..29]);
    png[29..33].copy_from_slice(&sum.sum().to_be_bytes());
    let text = message(&png);
    assert!(text.contains("60000\u{a0}×\u{a0}60000") && text.contains("réduisez-la"), "{text}");
}

#[test]
fn pictures_in_mnist_s_form_pass_untouched() {
    let form = read(&three(300, 0.06, 245, 20)).images;
    let pixels: Vec<u8> = form.flatten_all().unwrap().to_vec1().unwrap();
    for inverted in [false, true] {
        let own = |v: u8| if inverted { 255 - v } else { v };
        let raw = pixels.iter().map(|&v| own(v)).collect();
        let again = read(&GrayImage::from_raw(28, 28, raw).unwrap());
        assert_eq!(again.images.flatten_all().unwrap().to_vec1::<u8>().unwrap(), pixels);
        assert_eq!((&again.remarks[..], again.is_doubtful()), (&[Remark::AsMnist][..], false));
    }
    // MNIST's own images, the first of each kind or not, are in that form.
    let test = crate::data::Mnist::load().unwrap().test.slice(..500).unwrap();
    let images: Vec<Vec<u8>> = test.images.flatten_from(1).unwrap().to_vec2().unwrap();
    for (i, image) in images.into_iter().enumerate() {
        let again = read(&GrayImage::from_raw(28, 28, image.clone()).unwrap());
        assert_eq!(again.images.flatten_all().unwrap().to_vec1::<u8>().unwrap(), image, "{i}");
    }
}

#[test]
fn a_small_picture_of_a_5_in_two_strokes_is_one_digit() {
    // Not centred as MNIST's: a body, a bar that does not touch it.
    let picture = GrayImage::from_fn(28, 28, |x, y| {
        let (u, v) = (x as f32, y as f32);
        let belly = ((u - 10.0).hypot(v - 17.0) - 5.0).abs() < 1.2 && (u > 9.0 || v > 19.0);
        let stem = (6..8).contains(&x) && (7..13).contains(&y);
        let bar = (12..20).contains(&x) && (4..6).contains(&y);
        Luma([if belly || stem || bar { 10 } else { 250 }])
    });
    let reading = read(&picture);
    assert_eq!(reading.len(), 1, "{reading}");
}

#[test]
fn what_is_doubtful_is_said_in_french() {
    // Cut through the left of the 3.
    let whole = three(300, 0.05, 250, 10);
    let cut = image::imageops::crop_imm(&whole, 118, 0, 182, 300).to_image();
    let reading = read(&cut);
    assert!(reading.is_doubtful() && reading.remarks.contains(&Remark::InkOnBorder), "{reading}");
    assert!(reading.to_string().contains("attention\u{a0}: encre au bord de l’image"));
    assert!(reading.warnings()[0].starts_with("Attention, essai\u{a0}: de l’encre touche"));
    assert!(!read(&whole).is_doubtful());
}

#[test]
fn a_folder_is_read_along_its_list() {
    let folder = tempfile::tempdir().unwrap();
    let write = |list: &str| std::fs::write(folder.path().join("etiquettes.csv"), list).unwrap();
    let message = || read_folder(folder.path()).unwrap_err().to_string();
    assert!(message().contains("etiquettes.csv"));
    three(150, 0.05, 255, 0).save(folder.path().join("a.png")).unwrap();
    write("fichier,chiffres\na.png,3\na.png,3,encore\n");
    let set = read_folder(folder.path()).unwrap();
    assert_eq!(set.labels.to_vec1::<u8>().unwrap(), [3, 3]);
    write("a.png,33\n");
    assert!(message().contains("1 chiffre(s)") && message().contains("«\u{a0}33\u{a0}»"));
    write("a.png,trois\n");
    assert!(message().contains("ligne 1"), "{}", message());
    write("b.png,3\n");
    assert!(message().contains("b.png"));
    write("\n");
    assert!(message().contains("liste vide"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_files_never_panic(at in 0usize..4000, value: u8, cut in 0usize..4000, jpeg: bool) {
        let format = if jpeg { ImageFormat::Jpeg } else { ImageFormat::Png };
        let mut file = bytes(&three(120, 0.05, 230, 40), format);
        let (at, cut) = (at % file.len(), cut % file.len());
        file[at] = value;
        let _ = DigitReader::default().read_bytes("essai", &file);
        let _ = DigitReader::default().read_bytes("essai", &file[..cut]);
    }

    #[test]
    fn any_grey_picture_never_panics(width in 8u32..40, height in 8u32..40, seed: u64, deskew: bool) {
        let mut rng = crate::random::Rng::new(seed);
        let steep = rng.uniform(0.0, 200.0);
        let picture = GrayImage::from_fn(width, height, |_, _| Luma([(128.0 + steep * rng.normal()) as u8]));
        let reader = DigitReader { deskew, ..DigitReader::default() };
        if let Ok(reading) = reader.read_bytes("essai", &bytes(&picture, ImageFormat::Png)) {
            prop_assert_eq!(reading.images.dims(), &[reading.len(), 28, 28]);
        }
    }
}
