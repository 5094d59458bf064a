//! Draws the sample pictures of `data/chiffres` and their list.
//!
//! ```text
//! cargo run --example chiffres -- DOSSIER [GRAINE]
//! ```
//!
//! Another seed gives other pictures, to see whether what reads these also
//! reads those.

mod hand;
mod scene;

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
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
            save(folder, &mut list, name, &[digit as u8], origin, pen, height, &mut rng)?;
        }
        // And several on one sheet.
        let row: Vec<u8> = (0..3 + rng.below(4)).map(|_| rng.below(10) as u8).collect();
        save(folder, &mut list, name, &row, origin, pen, height * 2 / 3, &mut rng)?;
    }
    fs::write(folder.join("etiquettes.csv"), &list)?;
    println!("{} images dans {}", list.lines().count() - 1, folder.display());
    Ok(())
}

#[allow(clippy::too_many_arguments)]
fn save(
    folder: &Path,
    list: &mut String,
    name: &str,
    digits: &[u8],
    origin: Origin,
    pen: Pen,
    height: usize,
    rng: &mut Rng,
) -> Result<(), Box<dyn Error>> {
    let picture = scene::draw(digits, origin, pen, height, rng);
    let text: String = digits.iter().map(u8::to_string).collect();
    let photo = matches!(origin, Origin::Photo | Origin::Board);
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
