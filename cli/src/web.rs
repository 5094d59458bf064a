//! `cargo tp web`: a saved network as a page on which one draws.
//!
//! The library makes the page (`Page` in its `web`); this command runs it in a kernel, as a
//! notebook's cell would, so that both say and refuse the same.

use crate::layout::Layout;
use crate::run::{Session, Verdict};
use crate::{files, install};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Seconds that a large network may take.
const TIMEOUT: u64 = 300;

#[derive(clap::Args)]
pub struct Args {
    /// Le réseau, un fichier écrit par `modele.save(…)`.
    #[arg(value_name = "MODELE.safetensors")]
    model: PathBuf,
    /// La page à écrire [par défaut : à côté du réseau, avec son nom].
    #[arg(long, value_name = "PAGE")]
    out: Option<PathBuf>,
    /// Poids en 16 bits : une page deux fois plus petite, et ce que l'arrondi change.
    #[arg(long)]
    half: bool,
}

/// Writes the page.
pub fn run(args: Args) -> Result<ExitCode> {
    let model = &args.model;
    if model.is_dir() {
        bail!("« {} » est un dossier, pas un réseau", model.display());
    }
    if !model.is_file() {
        bail!(
            "le réseau « {} » n'existe pas : enregistrez-le dans le notebook par `modele.save(…)?`",
            model.display()
        );
    }
    let page = args.out.unwrap_or_else(|| model.with_extension("html"));
    if page.is_dir() {
        bail!("« {} » est un dossier : donnez le nom d'une page", page.display());
    }
    let (model, page) = (fs::canonicalize(model)?, std::path::absolute(page)?);
    let layout = Layout::find()?;
    install::ensure(&layout)?;
    println!("{}", told(&layout, &model, &page, args.half)?.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// What the library says of the page that it wrote.
fn told(layout: &Layout, model: &Path, page: &Path, half: bool) -> Result<String> {
    let folder = tempfile::Builder::new().prefix("web-").tempdir_in(&layout.tp)?;
    let source = folder.path().join("web.ipynb");
    files::replace(&source, notebook(model, page, half)?.to_string().as_bytes())?;
    let session = Session {
        source: &source,
        target: &folder.path().join("executed.ipynb"),
        folder: folder.path(),
        plain: false,
        timeout: TIMEOUT,
        interrupt: false,
        sandbox: None,
    };
    let (mut said, mut failure) = (String::new(), None);
    session.execute(layout, |executed, verdict| {
        let streams = executed.outputs.iter().filter(|output| output["name"] == "stdout");
        said.extend(streams.filter_map(|output| output["text"].as_str()));
        if let Verdict::Failed { message, .. } = verdict {
            failure = Some(message.trim().to_owned());
        }
        *verdict == Verdict::Clean
    })?;
    match failure {
        Some(message) => bail!("{message}"),
        None if said.is_empty() => bail!("le noyau n'a pas répondu"),
        None => Ok(said),
    }
}

/// The notebook that makes the page.
fn notebook(model: &Path, page: &Path, half: bool) -> Result<Value> {
    // A string of Rust, whatever the path holds.
    let text = |path: &Path| -> Result<String> {
        let text = path.to_str().context("le chemin d'un fichier n'est pas en UTF-8")?;
        Ok(format!("{text:?}"))
    };
    let write = format!(
        "println!(\"{{}}\", Page {{ half: {half}, ..Page::default() }}.write(&Model::load({})?, {})?);",
        text(model)?,
        text(page)?
    );
    let cell = |id: &str, source: &str| json!({"cell_type": "code", "id": id, "metadata": {}, "source": source, "execution_count": null, "outputs": []});
    let cells = [cell("prelude", "use mnist_tp::prelude::*;"), cell("page", &write)];
    Ok(json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_strings_of_rust_whatever_they_hold() {
        let (model, page) = (Path::new("/a \"b\"/é\\.safetensors"), Path::new("/p{}.html"));
        let cells = notebook(model, page, true).unwrap();
        let source = cells["cells"][1]["source"].as_str().unwrap();
        assert!(source.contains(r#"Model::load("/a \"b\"/é\\.safetensors")?, "/p{}.html")?"#));
        assert!(source.contains("half: true"), "{source}");
    }

    #[test]
    fn what_is_no_network_is_told_before_a_kernel_starts() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |model: PathBuf, out: Option<PathBuf>| {
            run(Args { model, out, half: false }).unwrap_err().to_string()
        };
        assert!(refused(folder.path().to_owned(), None).contains("est un dossier"));
        let missing = folder.path().join("rien.safetensors");
        assert!(refused(missing.clone(), None).contains("n'existe pas"));
        fs::write(&missing, "x").unwrap();
        assert!(refused(missing, Some(folder.path().to_owned())).contains("nom d'une page"));
    }
}
