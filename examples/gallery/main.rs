//! Every figure, table and verdict on one sheet, as a light and as a dark notebook
//! shows them: `cargo run --example gallery -- FOLDER`.

mod figures;

use std::error::Error;
use std::path::PathBuf;

use mnist_tp::check::bilan;

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage : gallery DOSSIER")?);
    std::fs::create_dir_all(&folder)?;
    let figures = figures::all()?;
    let mut sheet: String = figures.iter().map(|(_, figure)| figure.html()).collect();
    sheet.extend(figures::pieces().into_iter().map(|(_, html)| html));
    sheet += &bilan().html();
    for (theme, light) in [("clair", true), ("sombre", false)] {
        // As JupyterLab has it.
        let (text, paper) = if light { ("#000", "#fff") } else { ("#fff", "#111") };
        let page = format!(
            "<!doctype html>\n<html lang=\"fr\">\n<meta charset=\"utf-8\">\n<title>{theme}</title>\n\
             <body data-jp-theme-light=\"{light}\" style=\"background:{paper};color:{text};\
             width:960px;font-family:sans-serif;font-size:14px\">\n{sheet}\n"
        );
        std::fs::write(folder.join(format!("{theme}.html")), page)?;
    }
    for (name, figure) in &figures {
        figure.save(folder.join(format!("{name}.svg")))?;
        println!("{figure:?}");
    }
    Ok(())
}
