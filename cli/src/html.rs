//! `cargo tp html`: notebooks as pages that need nothing but themselves.
//!
//! nbconvert renders them with a template of ours (`cli/python/html/`):
//! formulas as MathML, style in the page, no script, and a policy that forbids
//! the browser any request.

use crate::layout::Layout;
use crate::{browser, files, install, notebook, process, python, run};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

const INDEX: &str = include_str!("../python/html/index.html");
/// What tells our pages from others in the folder of exports.
const SIGN: &str = "content=\"cargo tp html\"";

#[derive(clap::Args)]
pub struct Args {
    /// Les notebooks [par défaut : ceux de notebooks/, ou de solutions/ avec --executed].
    notebooks: Vec<PathBuf>,
    /// Les exécute d'abord, et échoue à la première cellule fautive comme `tp run`.
    #[arg(long)]
    executed: bool,
    /// Imprime aussi chaque page en PDF, avec un Chromium installé.
    #[arg(long)]
    pdf: bool,
    /// Dossier des pages [par défaut : html].
    #[arg(long)]
    out: Option<PathBuf>,
}

/// What tells the page of a network (`modele.page(…)`, `cargo tp web`).
const NETWORK: &str = "content=\"mnist_tp page\"";

/// Exports the notebooks, then writes the folder's index.
pub fn run(args: Args) -> Result<ExitCode> {
    let layout = Layout::find()?;
    // What is missing is told before minutes of execution.
    let browser = if args.pdf { Some(browser::find()?) } else { None };
    let sources = sources(&layout, &args)?;
    match args.executed {
        true => install::ensure(&layout)?,
        false => install::ensure_python(&layout)?,
    }
    let out = std::path::absolute(args.out.unwrap_or_else(|| layout.root.join("html")))?;
    let executed = layout.tp.join(format!("html-{}", std::process::id()));
    let exported = (|| {
        let mut pages = Vec::new();
        for source in &sources {
            let name = source.file_name().context("un notebook a un nom")?;
            let content = if args.executed {
                if !run::cleanly(&layout, source, &executed)? {
                    bail!("« {} » échoue : pas de page", source.display());
                }
                executed.join(name)
            } else {
                notebook::for_python(source, &executed)?
            };
            let folder = source.parent().context("un notebook est dans un dossier")?;
            let target = out.join(name).with_extension("html");
            pages.push(Page { content, target, folder: folder.to_owned() });
        }
        export(&layout, &pages)?;
        Ok(pages)
    })();
    if executed.exists() {
        fs::remove_dir_all(&executed)?;
    }
    for Page { target, .. } in exported? {
        println!("écrit    {}", target.display());
        if let Some(browser) = &browser {
            let pdf = target.with_extension("pdf");
            browser::print(&layout, browser, &target, &pdf)?;
            println!("imprimé  {}", pdf.display());
        }
    }
    for page in networks(&sources, &out)? {
        println!("copié    {}", page.display());
    }
    let index = out.join("index.html");
    match write_index(&out)? {
        true => println!("écrit    {}", index.display()),
        false => println!(
            "laissé   {} (cette page n'est pas de cargo tp html : déplacez-la pour avoir la liste)",
            index.display()
        ),
    }
    Ok(ExitCode::SUCCESS)
}

/// The notebooks to export; each page needs a name of its own.
fn sources(layout: &Layout, args: &Args) -> Result<Vec<PathBuf>> {
    let sources = match args.notebooks.as_slice() {
        [] => {
            let folder = if args.executed { "solutions" } else { "notebooks" };
            notebook::in_folder(&layout.root.join(folder))?
        }
        some => some.iter().map(|path| notebook::existing(path)).collect::<Result<_>>()?,
    };
    notebook::distinct(&sources)?;
    Ok(sources)
}

/// Brings the pages of networks that lie beside the notebooks along: what the solutions
/// made of theirs.
fn networks(sources: &[PathBuf], out: &Path) -> Result<Vec<PathBuf>> {
    let mut folders: Vec<&Path> = sources.iter().filter_map(|source| source.parent()).collect();
    folders.sort();
    folders.dedup();
    let mut copies = Vec::new();
    for folder in folders {
        for page in html_files(folder)? {
            let target = out.join(page.file_name().context("a file has a name")?);
            let foreign = target.exists() && !text(&target)?.contains(NETWORK);
            if page != target && !foreign && text(&page)?.contains(NETWORK) {
                files::replace(&target, &fs::read(&page)?)?;
                copies.push(target);
            }
        }
    }
    Ok(copies)
}

/// The pages in a folder, in order of their names.
fn html_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.retain(|path| {
        path.is_file() && path.extension().is_some_and(|extension| extension == "html")
    });
    paths.sort();
    Ok(paths)
}

/// A page to render.
struct Page {
    /// The notebook's file: its own, or a copy that was executed or mended.
    content: PathBuf,
    target: PathBuf,
    /// Where the notebook looks for its images.
    folder: PathBuf,
}

/// Renders pages.
fn export(layout: &Layout, pages: &[Page]) -> Result<()> {
    if pages.is_empty() {
        bail!("aucun notebook à exporter");
    }
    let program = python::program(layout, python::PAGES)?;
    let mut python = process::command(layout.venv_bin("python"));
    python.arg(program.path().join("export.py")).envs(layout.jupyter_env()).stdin(Stdio::null());
    for page in pages {
        python.args([&page.content, &page.target, &page.folder]);
    }
    let output = python.stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let output = output.context("Python ne démarre pas ; relancez `cargo tp install`")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("nbconvert n'a pas pu exporter : {}", said.trim().lines().last().unwrap_or_default());
    }
    eprint!("{said}");
    Ok(())
}

/// Writes the list of our pages that are in the folder, unless the index there is
/// somebody else's; whether it did.
fn write_index(folder: &Path) -> Result<bool> {
    let index = folder.join("index.html");
    if index.exists() && !text(&index)?.contains(SIGN) {
        return Ok(false);
    }
    let (mut items, mut last) = (String::new(), String::new());
    for path in html_files(folder)?.iter().filter(|path| !path.ends_with("index.html")) {
        let text = text(path)?;
        let Some(title) = between(&text, "<title>", "</title>") else { continue };
        if text.contains(SIGN) {
            items.push_str(&item(path, title)?);
        } else if text.contains(NETWORK) {
            // Networks stand after the notebooks that they come from.
            last.push_str(&item(path, title)?);
        }
    }
    items.push_str(&last);
    let page = INDEX.replace("<!--style-->", python::STYLE).replace("<!--pages-->", &items);
    files::replace(&index, page.as_bytes())?;
    Ok(true)
}

/// A page's text. Foreign pages may be in another encoding: of them, only what is
/// ASCII matters.
fn text(page: &Path) -> Result<String> {
    let bytes =
        fs::read(page).with_context(|| format!("impossible de lire « {} »", page.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A page's line in the index; the title is HTML already.
fn item(path: &Path, title: &str) -> Result<String> {
    let name = path.file_name().context("a file has a name")?.to_string_lossy();
    let link = |name: &str| files::url_path(Path::new(name));
    let kilobytes = fs::metadata(path)?.len().div_ceil(1000);
    let mut line = format!(
        "<li><a href=\"{}\">{title}</a> <span class=\"detail\"><code>{name}</code>, {kilobytes}\u{a0}ko",
        link(&name)
    );
    let pdf = path.with_extension("pdf");
    if pdf.is_file() {
        let name = link(&name.replace(".html", ".pdf"));
        line.push_str(&format!(", <a href=\"{name}\" aria-label=\"PDF : {title}\">PDF</a>"));
    }
    Ok(line + "</span></li>\n")
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_lists_our_pages_only() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("TP1.html", &format!("<meta {SIGN}><title>Un &amp; deux</title>"));
        write("TP1.pdf", "");
        write("autre.html", "<title>Autre</title>");
        write("Chiffres.html", &format!("<meta {NETWORK}><title>Dessinez</title>"));
        fs::write(folder.path().join("latin1.html"), b"<title>\xc9t\xe9</title>").unwrap();
        assert!(write_index(folder.path()).unwrap());
        let index = fs::read_to_string(folder.path().join("index.html")).unwrap();
        assert!(index.contains("<a href=\"TP1.html\">Un &amp; deux</a>"));
        assert!(index.contains("TP1.pdf") && !index.contains("Autre"));
        assert!(index.find("TP1.html") < index.find("<a href=\"Chiffres.html\">Dessinez</a>"));
    }

    #[test]
    fn pages_of_networks_come_along_and_take_nobodys_place() {
        let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let network = format!("<meta {NETWORK}><title>Dessinez</title>");
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("chiffres.html", &network);
        write("pris.html", &network);
        write("autre.html", "<title>Autre</title>");
        fs::write(out.path().join("pris.html"), "<title>Mon site</title>").unwrap();
        let sources = ["TP1.ipynb", "TP2.ipynb"].map(|name| folder.path().join(name));
        let expected = [out.path().join("chiffres.html")];
        assert_eq!(networks(&sources, out.path()).unwrap(), expected);
        assert_eq!(networks(&sources, out.path()).unwrap(), expected);
        assert_eq!(networks(&sources, folder.path()).unwrap(), [""; 0].map(PathBuf::from));
        let taken = fs::read_to_string(out.path().join("pris.html")).unwrap();
        assert!(taken.contains("Mon site") && !out.path().join("autre.html").exists());
    }

    #[test]
    fn an_index_of_somebody_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let index = folder.path().join("index.html");
        fs::write(&index, "<title>Mon site</title>").unwrap();
        assert!(!write_index(folder.path()).unwrap());
        assert_eq!(fs::read_to_string(&index).unwrap(), "<title>Mon site</title>");
        fs::remove_file(&index).unwrap();
        // Ours is written, and written again.
        assert!(write_index(folder.path()).unwrap() && write_index(folder.path()).unwrap());
    }

    #[test]
    fn pages_ask_for_nothing_outside_themselves() {
        for page in [python::PAGE, INDEX] {
            assert!(page.contains("default-src 'none'") && page.contains("lang=\"fr\""));
            assert!(!page.contains("<script"));
        }
    }
}
