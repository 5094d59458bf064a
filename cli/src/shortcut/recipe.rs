//! How the last cell was compiled, and when that still holds.

use crate::files;
use anyhow::Result;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The crate that evcxr compiles each cell as.
pub const CELLS: &str = "ctx";
/// Names the file in which `rustc` notes its call.
pub const NOTE: &str = "TP_RACCOURCI_NOTE";

/// Where evcxr's own wrapper of rustc, which is not in use here, would say what it
/// has built: named for `cargo build`, not for `cargo check`.
const DELIVERY: &str = "EVCXR_EXECUTION_SO_PATH";

/// How cargo lets rustc share its threads; it ends with cargo.
const JOBSERVER: [&str; 3] = ["MAKEFLAGS", "MFLAGS", "CARGO_MAKEFLAGS"];

/// What a program was asked.
#[derive(Serialize, Deserialize)]
pub struct Request {
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    environment: BTreeMap<String, String>,
}

impl Request {
    /// What is asked of this process; none if it is not text.
    pub fn present(program: &Path, arguments: &[OsString]) -> Option<Self> {
        let text = |word: &OsString| word.to_str().map(str::to_owned);
        Some(Self {
            program: program.to_owned(),
            arguments: arguments.iter().map(text).collect::<Option<_>>()?,
            folder: std::env::current_dir().ok()?,
            environment: std::env::vars_os()
                .filter(|(name, _)| name != DELIVERY)
                .map(|(name, value)| Some((text(&name)?, text(&value)?)))
                .collect::<Option<_>>()?,
        })
    }

    pub fn write(&self, file: &Path) -> Result<()> {
        Ok(fs::write(file, serde_json::to_vec(self)?)?)
    }

    /// The same for the same request. An environment may hold secrets: it is not
    /// written into a kernel's folder.
    fn digest(&self) -> Result<String> {
        Ok(hex::encode(Sha256::digest(serde_json::to_vec(self)?)))
    }
}

/// The last real build: what was asked, how rustc was called, what cargo said.
#[derive(Clone, Serialize, Deserialize)]
pub struct Recipe {
    request: String,
    /// Files that cargo would look at, as they were.
    witnesses: Vec<Witness>,
    /// Such files of which another kernel knows by other means that they are the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    own: Vec<PathBuf>,
    pub rustc: PathBuf,
    pub arguments: Vec<String>,
    pub folder: PathBuf,
    /// What cargo adds to its own environment, or takes away.
    pub environment: BTreeMap<String, Option<String>>,
    /// What rustc writes, and where evcxr expects it.
    pub built: PathBuf,
    pub delivered: PathBuf,
    /// cargo's `compiler-artifact`.
    pub artifact: Value,
}

impl Recipe {
    pub fn read(file: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(file).ok()?).ok()
    }

    pub fn write(&self, file: &Path) -> Result<()> {
        files::replace(file, &serde_json::to_vec(self)?)
    }

    /// Whether cargo would call rustc in the very same way again.
    pub fn is_for(&self, request: &Request) -> bool {
        request.digest().is_ok_and(|digest| digest == self.request)
            && self.witnesses.iter().all(Witness::holds)
    }

    /// The source that rustc compiles.
    pub fn source(&self) -> Option<PathBuf> {
        let name = self.arguments.iter().find(|word| word.ends_with(".rs"))?;
        Some(self.folder.join(name))
    }

    /// Whether cells may name the library.
    pub fn uses_the_library(&self) -> bool {
        values(&self.arguments, "--extern").any(|name| name.starts_with("mnist_tp="))
    }

    /// The recipe for another kernel than that of `folder`: what is in the folder, but for
    /// what was compiled, has other dates there.
    pub fn for_others(&self, folder: &Path) -> Self {
        let mut recipe = Self { request: String::new(), ..self.clone() };
        let compiled = folder.join("ctx/target");
        let is_own = |path: &Path| path.starts_with(folder) && !path.starts_with(&compiled);
        let own = recipe.witnesses.extract_if(.., |witness| is_own(&witness.path));
        recipe.own = own.map(|witness| witness.path).collect();
        recipe
    }

    /// The recipe of another kernel, if it holds here too.
    pub fn adopted(text: &str, request: &Request) -> Option<Self> {
        let mut recipe: Self = serde_json::from_str(text).ok()?;
        if !recipe.witnesses.iter().all(Witness::holds) {
            return None;
        }
        recipe.request = request.digest().ok()?;
        recipe.witnesses.extend(recipe.own.drain(..).map(Witness::new));
        Some(recipe)
    }

    /// The recipe of a build that has succeeded; none if anything is unusual, or
    /// too fresh to tell what the build has seen of it.
    pub fn after(
        request: Request,
        cells: &Path,
        note: &Path,
        lines: &[String],
        start: SystemTime,
    ) -> Option<Self> {
        let noted: Request = serde_json::from_slice(&fs::read(note).ok()?).ok()?;
        let answers: Vec<Value> =
            lines.iter().map(|line| serde_json::from_str(line).ok()).collect::<Option<_>>()?;
        let artifact = answers.iter().rev().find(|answer| {
            answer["reason"] == "compiler-artifact" && answer["target"]["name"] == CELLS
        })?;
        let [delivered] = artifact["filenames"].as_array()?.as_slice() else { return None };
        let delivered = PathBuf::from(delivered.as_str()?);
        let built = Path::new(option(&noted.arguments, "--out-dir")?).join(delivered.file_name()?);

        let mut witnesses = settings(&noted, cells);
        witnesses.extend([noted.program.clone(), request.program.clone()]);
        witnesses.extend(libraries(&noted.arguments));
        witnesses.extend(sources(&delivered.with_extension("d"), cells)?);
        for answer in &answers {
            let package = answer["package_id"].as_str().unwrap_or_default();
            if package.starts_with("path+") && answer["reason"] == "build-script-executed" {
                return None;
            }
            if package.starts_with("path+") && answer["manifest_path"].is_string() {
                witnesses.extend(manifests(Path::new(answer["manifest_path"].as_str()?).parent()?));
            }
        }
        witnesses.sort();
        witnesses.dedup();
        let witnesses: Vec<_> = witnesses.into_iter().map(Witness::new).collect();
        if witnesses.iter().any(|witness| witness.is_younger(start)) {
            return None;
        }
        Some(Self {
            request: request.digest().ok()?,
            witnesses,
            own: Vec::new(),
            environment: changes(&request.environment, noted.environment),
            rustc: noted.program,
            arguments: noted.arguments,
            folder: noted.folder,
            built,
            delivered,
            artifact: artifact.clone(),
        })
    }
}

/// The value of the first option of that name.
fn option<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    values(arguments, name).next()
}

fn values<'a>(arguments: &'a [String], name: &str) -> impl Iterator<Item = &'a str> {
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    pairs.filter(move |(option, _)| *option == name).map(|(_, value)| value.as_str())
}

/// The compiled crates that a cell uses by name (`--extern name=path`).
fn libraries(arguments: &[String]) -> Vec<PathBuf> {
    values(arguments, "--extern")
        .filter_map(|library| library.split_once('='))
        .map(|(_, path)| PathBuf::from(path))
        .collect()
}

/// The manifests, locks and settings that cargo reads for the cells' crate.
fn settings(noted: &Request, cells: &Path) -> Vec<PathBuf> {
    let home = noted.environment.get("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(Path::new(noted.environment.get("HOME")?).join(".cargo")));
    let folders = cells.ancestors().map(|folder| folder.join(".cargo")).chain(home);
    let settings =
        folders.flat_map(|folder| ["config.toml", "config"].map(|name| folder.join(name)));
    settings.chain(manifests(cells)).collect()
}

/// The manifest in this folder, and those of the workspaces it may be in.
fn manifests(folder: &Path) -> Vec<PathBuf> {
    let names = ["Cargo.toml", "Cargo.lock"];
    folder.ancestors().flat_map(|folder| names.map(|name| folder.join(name))).collect()
}

/// The sources of all crates that are not from a registry, as cargo lists them
/// beside the result for `make`; those of the cells, which may change, excepted.
fn sources(list: &Path, cells: &Path) -> Option<Vec<PathBuf>> {
    let text = fs::read_to_string(list).ok()?;
    let (_, names) = text.split_once(": ")?;
    let names = names.trim_end().replace("\\ ", "\0");
    let paths: Vec<_> =
        names.split(' ').map(|name| PathBuf::from(name.replace('\0', " "))).collect();
    // cargo looks into the folders that a build script names.
    let usual = paths.iter().all(|path| path.is_absolute() && path.is_file());
    usual.then(|| paths.into_iter().filter(|path| !path.starts_with(cells.join("src"))).collect())
}

/// What cargo has changed in its environment before it called rustc.
fn changes(
    before: &BTreeMap<String, String>,
    after: BTreeMap<String, String>,
) -> BTreeMap<String, Option<String>> {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let mut changes: BTreeMap<_, _> = gone.map(|name| (name.clone(), None)).collect();
    let new = after.into_iter().filter(|(name, value)| before.get(name) != Some(value));
    changes.extend(new.map(|(name, value)| (name, Some(value))));
    changes.retain(|name, _| name != NOTE && !JOBSERVER.contains(&name.as_str()));
    changes
}

/// A file, or a place for one, as a build has seen it.
#[derive(Clone, Serialize, Deserialize)]
struct Witness {
    path: PathBuf,
    /// Size and date; none if it is not there.
    state: Option<(u64, i64, i64)>,
}

impl Witness {
    fn new(path: PathBuf) -> Self {
        Self { state: Self::state(&path), path }
    }

    fn state(path: &Path) -> Option<(u64, i64, i64)> {
        let metadata = fs::metadata(path).ok()?;
        Some((metadata.len(), metadata.mtime(), metadata.mtime_nsec()))
    }

    fn holds(&self) -> bool {
        Self::state(&self.path) == self.state
    }

    /// Whether it changed after that moment, or is dated so.
    fn is_younger(&self, moment: SystemTime) -> bool {
        let date = fs::metadata(&self.path).and_then(|metadata| metadata.modified());
        date.is_ok_and(|date| date >= moment)
    }
}
