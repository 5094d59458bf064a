//! What the start of one kernel has compiled, for the next one.
//!
//! Each kernel begins with the same cells: evcxr's own, then `init.evcxr`, each compiled
//! twice, since evcxr first tries what may not hold. How they were compiled, and what came
//! of it, is kept beside the answers of cargo and rustc, under names made of all that
//! counts (see [`question`](super::question)): a kernel whose first cells are these starts
//! without cargo and without rustc.

use super::question::Question;
use super::recipe::{Recipe, Request};
use super::replay::Answer;
use crate::files;
use crate::layout::Layout;
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// What evcxr calls the last of a kernel's first cells, once it is compiled.
const LAST: &str = "code_2";

/// What kernels share of their beginning.
pub struct Shared {
    folder: PathBuf,
    question: Question,
}

impl Shared {
    /// What there is to share with whoever calls; none beyond the first cells.
    pub fn present(program: &Path, arguments: &[OsString]) -> Option<Self> {
        let question = Question::of_build(program, arguments)?;
        Some(Self { folder: folder(&Layout::find().ok()?), question })
    }

    /// How another kernel has compiled the same beginning, if that still holds here.
    pub fn recipe(&self, request: &Request) -> Option<Recipe> {
        let text = String::from_utf8(files::read_used(&self.file("recette")).ok()?).ok()?;
        let recipe = Recipe::adopted(&self.question.kernel.shown(&text), request)?;
        is_beginning(&recipe).then_some(recipe)
    }

    /// Lets other kernels know how this one has compiled.
    pub fn offer(&self, recipe: &Recipe) -> Option<()> {
        files::replace(&self.file("recette"), self.text(recipe)?.as_bytes()).ok()
    }

    /// What came of the present cell in another kernel.
    pub fn answer(&self, recipe: &Recipe) -> Option<Answer> {
        let file = self.result(recipe)?;
        let text = String::from_utf8(files::read_used(&file).ok()?).ok()?;
        let answer: Answer = serde_json::from_str(&self.question.kernel.shown(&text)).ok()?;
        if answer.success {
            let compiled = file.with_extension(std::env::consts::DLL_EXTENSION);
            let compiled = files::read_used(&compiled).ok()?;
            let _ = fs::remove_file(&recipe.delivered);
            fs::write(&recipe.delivered, compiled).ok()?;
        }
        Some(answer)
    }

    /// Keeps what came of the present cell.
    pub fn keep(&self, recipe: &Recipe, answer: &Answer) -> Option<()> {
        let file = self.result(recipe)?;
        let text = self.question.kernel.hidden(&serde_json::to_string(answer).ok()?)?;
        if answer.success {
            let compiled = fs::read(&recipe.delivered).ok()?;
            files::replace(&file.with_extension(std::env::consts::DLL_EXTENSION), &compiled)
                .ok()?;
        }
        // Last: it says that the other is there.
        files::replace(&file, text.as_bytes()).ok()
    }

    fn file(&self, kind: &str) -> PathBuf {
        self.folder.join(self.question.name()).with_extension(kind)
    }

    /// The same for all kernels that compile in the same way.
    fn text(&self, recipe: &Recipe) -> Option<String> {
        let kernel = &self.question.kernel;
        kernel.hidden(&serde_json::to_string(&recipe.for_others(kernel.folder())).ok()?)
    }

    /// The file for the present cell; none beyond the first ones.
    fn result(&self, recipe: &Recipe) -> Option<PathBuf> {
        if !is_beginning(recipe) {
            return None;
        }
        let mut digest = Sha256::new();
        digest.update(self.text(recipe)?);
        digest.update(fs::read(recipe.source()?).ok()?);
        Some(self.folder.join(hex::encode(digest.finalize())).with_extension("cellule"))
    }
}

/// Whether the kernel still begins.
pub fn is_beginning(recipe: &Recipe) -> bool {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    !recipe.delivered.with_file_name(format!("{prefix}{LAST}{suffix}")).exists()
}

/// Where kernels leave for each other what cargo and rustc have done.
pub fn folder(layout: &Layout) -> PathBuf {
    layout.analyzer().join("answers")
}
