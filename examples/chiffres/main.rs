//! Draws the sample pictures of `data/chiffres` and their list.
//!
//! ```text
//! cargo run --example chiffres -- DOSSIER [GRAINE]
//! ```
//!
//! Another seed gives other pictures, to see whether what reads these also
//! reads those.

mod hand;
mod hard;
mod scene;

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Cursor;
use std::path::Path;

use hard::Trouble;
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use mnist_tp::data::digits::DigitReader;
use mnist_tp::random::Rng;
use scene::{Origin, Pen};

/// The kinds of pictures: origin, pen, height in pixels, pictures of each digit.
const KINDS: [(&str, Origin, Pen, usize); 9] = [
    ("scan_fin", Origin::Scan, Pen::Fine, 260),
    ("scan_bille", Origin::Scan, Pen::Ballpoint, 220),
    ("scan_crayon", Origin::Scan, Pen::Pencil, 240),
    ("scan_marqueur", Origin::Scan, Pen::Marker, 200),
    ("photo_fin", Origin::Photo, Pen::Fine, 420),
    ("photo_bille", Origin::Photo, Pen::Ballpoint, 400),
    ("photo_feutre", Origin::Photo, Pen::Felt, 360),
    ("tableau", Origin::Board, Pen::Felt, 320),
    ("ecran", Origin::Screen, Pen::Felt, 160),
];

/// What makes pictures hard to read: whether a photo, height in pixels, digits.
const TROUBLES: [(&str, Trouble, bool, usize, usize); 26] = [
    ("cadre", Trouble::Frame, false, 180, 3),
    ("cadre", Trouble::Frame, true, 300, 1),
    ("cadre_double", Trouble::DoubleFrame, false, 200, 2),
    ("cadre_double", Trouble::DoubleFrame, true, 300, 1),
    ("cadre_ouvert", Trouble::OpenFrame, false, 200, 2),
    ("cadre_ouvert", Trouble::OpenFrame, true, 280, 1),
    ("cases", Trouble::Boxes, false, 200, 3),
    ("cases", Trouble::Boxes, true, 280, 2),
    ("cadre_serre", Trouble::TightFrame, false, 200, 1),
    ("cadre_serre", Trouble::TightFrame, true, 260, 3),
    ("carreaux", Trouble::Squares, false, 220, 3),
    ("carreaux", Trouble::Squares, true, 340, 2),
    ("carreaux", Trouble::Squares, false, 240, 1),
    ("seyes", Trouble::Seyes, false, 240, 2),
    ("seyes", Trouble::Seyes, true, 340, 1),
    ("lignes", Trouble::Ruled, false, 220, 3),
    ("lignes", Trouble::Ruled, true, 300, 1),
    ("leve", Trouble::Lifted, false, 260, 1),
    ("leve", Trouble::Lifted, true, 320, 3),
    ("brise", Trouble::Broken, false, 240, 2),
    ("brise", Trouble::Broken, true, 320, 2),
    ("coupe", Trouble::Cropped, false, 200, 1),
    ("coupe", Trouble::Cropped, false, 180, 3),
    ("bord", Trouble::Border, false, 200, 2),
    ("colle", Trouble::Touching, false, 200, 2),
    ("colle", Trouble::Touching, true, 300, 2),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        return Err("usage\u{a0}: cargo run --example chiffres -- DOSSIER [GRAINE]".into());
    };
    let seed = arguments.next().map_or(Ok(2026), |text| text.parse())?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let mut list = String::from("fichier,chiffres,origine\n");
    let mut rng = Rng::new(seed);
    for (name, origin, pen, height) in KINDS {
        // Five of the ten digits, drawn by lot, alone on their sheet.
        let order = rng.permutation(10);
        for &digit in &order[..5] {
            let digits = [digit as u8];
            let picture = scene::draw(&digits, origin, pen, height, &mut rng);
            save(folder, &mut list, name, &digits, is_photo(origin), picture)?;
        }
        // And several on one sheet.
        let row: Vec<u8> = (0..3 + rng.below(4)).map(|_| rng.below(10) as u8).collect();
        let picture = scene::draw(&row, origin, pen, height * 2 / 3, &mut rng);
        save(folder, &mut list, name, &row, is_photo(origin), picture)?;
    }
    for (name, trouble, photo, height, count) in TROUBLES {
        // The strokes of these can be apart.
        let lot: &[u8] = if trouble == Trouble::Lifted { &[4, 5, 4, 5, 7] } else { &[] };
        let digit = |rng: &mut Rng| match lot.len() {
            0 => rng.below(10) as u8,
            many => lot[rng.below(many)],
        };
        let (digits, picture) = loop {
            let digits: Vec<u8> = (0..count).map(|_| digit(&mut rng)).collect();
            let picture = hard::draw(&digits, trouble, photo, height, &mut rng);
            // A list of digits has no place for two that nothing tells apart.
            if trouble != Trouble::Touching || found(&picture) == count {
                break (digits, picture);
            }
        };
        save(folder, &mut list, name, &digits, photo, picture)?;
    }
    fs::write(folder.join("etiquettes.csv"), &list)?;
    println!("{} images dans {}", list.lines().count() - 1, folder.display());
    Ok(())
}

/// How many digits the library finds.
fn found(picture: &RgbImage) -> usize {
    let mut file = Cursor::new(Vec::new());
    let written = picture.write_to(&mut file, image::ImageFormat::Png);
    let reading = DigitReader::default().read_bytes("essai", &file.into_inner());
    if written.is_ok() { reading.map_or(0, |reading| reading.len()) } else { 0 }
}

fn is_photo(origin: Origin) -> bool {
    matches!(origin, Origin::Photo | Origin::Board)
}

fn save(
    folder: &Path,
    list: &mut String,
    name: &str,
    digits: &[u8],
    photo: bool,
    picture: RgbImage,
) -> Result<(), Box<dyn Error>> {
    let text: String = digits.iter().map(u8::to_string).collect();
    let file = format!("{name}_{text}.{}", if photo { "jpg" } else { "png" });
    let path = folder.join(&file);
    if photo {
        JpegEncoder::new_with_quality(File::create(&path)?, 80).encode_image(&picture)?;
    } else {
        image::DynamicImage::from(picture).to_luma8().save(&path)?;
    }
    writeln!(list, "{file},{text},{name}")?;
    Ok(())
}
