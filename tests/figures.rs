//! No figure changes unseen: what the present code draws and what it drew when the
//! references in `tests/figures` were accepted, both by the Chromium of this machine
//! and with its fonts, pixel by pixel, in a light and in a dark notebook.
//!
//! `TP_ACCEPT=1 cargo test --test figures` accepts the present look, after a look at
//! it (`cargo run --example gallery -- FOLDER`).

#[path = "../examples/gallery/figures.rs"]
mod figures;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use image::RgbImage;

/// The sheet that figures stand on.
const WIDTH: u32 = 2400;
/// Two channels that differ by less are one: the arithmetic of two machines.
const SAME: u8 = 32;
/// Of this many pixels, one may differ.
const SHARE: usize = 5000;

fn references() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/figures")
}

/// The present figures: name of the file, content.
fn present() -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut all = BTreeMap::new();
    for (name, figure) in figures::all().unwrap() {
        let path = folder.path().join("figure.svg");
        figure.save(&path).unwrap();
        all.insert(format!("{name}.svg"), std::fs::read_to_string(path).unwrap());
    }
    all.extend(figures::pieces().into_iter().map(|(name, html)| (format!("{name}.html"), html)));
    all
}

/// The accepted figures.
fn accepted() -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(references()).into_iter().flatten();
    let path = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().path();
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    entries.map(path).map(read).collect()
}

/// The size that an SVG document says it has; that of the place of anything else.
fn size(content: &str) -> (u32, u32) {
    let number = |name: &str| {
        let (_, rest) = content.strip_prefix("<svg ")?.split_once(&format!(" {name}=\""))?;
        rest.split('"').next()?.parse::<u32>().ok()
    };
    (number("width").unwrap_or(700), number("height").unwrap_or(300))
}

/// Where each figure stands, shelf by shelf, and the height of the sheet.
fn places(figures: &[(&String, (u32, u32))]) -> (Vec<(u32, u32)>, u32) {
    let (mut x, mut y, mut shelf) = (0, 0, 0);
    let mut places = Vec::new();
    for (_, (w, h)) in figures {
        if x > 0 && x + w > WIDTH {
            (x, y, shelf) = (0, y + shelf, 0);
        }
        places.push((x, y));
        (x, shelf) = (x + w, shelf.max(*h));
    }
    (places, y + shelf)
}

fn browser() -> Option<PathBuf> {
    if let Some(program) = std::env::var_os("TP_CHROMIUM") {
        return Some(program.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

/// The sheet as the browser draws it in a notebook of this theme.
fn draw(browser: &Path, sheet: &str, light: bool, height: u32, shot: &Path) -> RgbImage {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let (ink, paper) = if light { ("#000", "#fff") } else { ("#fff", "#111") };
    let style = format!("background:{paper};color:{ink}");
    let body = format!("<body data-jp-theme-light=\"{light}\" style=\"{style}\">");
    std::fs::write(&page, format!("<!doctype html><meta charset=\"utf-8\">{body}{sheet}")).unwrap();
    let status = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .args(["--disable-background-networking", "--no-first-run"])
        .arg("--force-device-scale-factor=1")
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--window-size={WIDTH},{height}"))
        .arg(format!("--screenshot={}", shot.display()))
        .arg(format!("file://{}", page.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.unwrap().success(), "{}", browser.display());
    image::open(shot).unwrap().into_rgb8()
}

/// How many pixels of a rectangle differ.
fn differing(a: &RgbImage, b: &RgbImage, (x, y): (u32, u32), (w, h): (u32, u32)) -> usize {
    let columns = x..(x + w).min(a.width());
    let rows = y..(y + h).min(a.height());
    let differ = |x, y| {
        let (a, b) = (a.get_pixel(x, y).0, b.get_pixel(x, y).0);
        a.iter().zip(b).any(|(a, b)| a.abs_diff(b) > SAME)
    };
    rows.map(|y| columns.clone().filter(|x| differ(*x, y)).count()).sum()
}

#[test]
fn no_figure_changes_unseen() {
    let now = present();
    if std::env::var_os("TP_ACCEPT").is_some() {
        let _ = std::fs::remove_dir_all(references());
        std::fs::create_dir_all(references()).unwrap();
        for (name, content) in &now {
            std::fs::write(references().join(name), content).unwrap();
        }
        println!("{} figures accepted", now.len());
        return;
    }
    let before = accepted();
    let names = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&before), names(&now), "figures come or gone: TP_ACCEPT=1 once looked at");
    let Some(browser) = browser() else {
        println!("SKIPPED: no Chromium; figures not compared");
        return;
    };
    let mut changed: BTreeSet<String> = BTreeSet::new();
    let mut keep = |(name, content): (&String, &String)| {
        let same = size(content) == size(&before[name]);
        if !same {
            changed.insert(format!("{name} (size)"));
        }
        same
    };
    let kept: BTreeMap<_, _> = now.iter().filter(|entry| keep(*entry)).collect();
    let sizes: Vec<_> = kept.iter().map(|(name, content)| (*name, size(content))).collect();
    let (places, height) = places(&sizes);
    let sheet = |all: &BTreeMap<String, String>| {
        let mut sheet = String::new();
        for ((name, (w, h)), (x, y)) in sizes.iter().zip(&places) {
            let style = format!(
                "position:absolute;overflow:hidden;left:{x}px;top:{y}px;width:{w}px;height:{h}px"
            );
            sheet += &format!("<div style=\"{style}\">{}</div>", all[*name]);
        }
        sheet
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("figures");
    std::fs::create_dir_all(&folder).unwrap();
    for (theme, light) in [("light", true), ("dark", false)] {
        let shot = |when: &str| folder.join(format!("{theme}-{when}.png"));
        let a = draw(&browser, &sheet(&before), light, height, &shot("before"));
        let b = draw(&browser, &sheet(&now), light, height, &shot("now"));
        assert_eq!((a.dimensions(), a.height()), (b.dimensions(), height));
        for ((name, size), place) in sizes.iter().zip(&places) {
            let count = differing(&a, &b, *place, *size);
            if count * SHARE > (size.0 * size.1) as usize {
                changed.insert(format!("{name} ({theme}, {count} pixels)"));
            }
        }
    }
    assert!(
        changed.is_empty(),
        "these figures look different: {changed:#?}\nlook at {} (before, now); if they are right, \
         TP_ACCEPT=1 cargo test --test figures",
        folder.display()
    );
}

#[test]
fn a_changed_pixel_is_seen() {
    let mut a = RgbImage::new(10, 10);
    let b = a.clone();
    assert_eq!(differing(&a, &b, (0, 0), (10, 10)), 0);
    a.get_pixel_mut(4, 4).0[1] = SAME;
    assert_eq!(differing(&a, &b, (0, 0), (20, 20)), 0);
    a.get_pixel_mut(5, 5).0[1] = SAME + 1;
    assert_eq!(differing(&a, &b, (0, 0), (20, 20)), 1);
    assert_eq!(differing(&a, &b, (6, 0), (4, 10)), 0);
    assert_eq!(size("<svg xmlns=\"u\" width=\"30\" height=\"40\" viewBox=\"0\">"), (30, 40));
}
