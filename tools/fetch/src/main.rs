//! Downloads MNIST or Fashion-MNIST from the Hugging Face hub into a folder
//! that `Mnist::load_dir` (or the variable `MNIST_TP_DATA`) reads.
//!
//! ```text
//! cargo run -p fetch -- fashion-mnist data/fashion
//! ```
//!
//! The hub's Parquet files go to its own cache, where an interrupted download
//! goes on; their sha256 is compared with the one the hub announces. The four
//! IDX files are then written into a neighbouring folder, read back, compared
//! (with the published sums for MNIST), and only then given their name: what
//! is there is whole.

mod line;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use candle_datasets::vision::{self, Dataset};
use hf_hub::repository::RepoTreeEntry;
use hf_hub::{HFClient, HFClientSync};
use line::Line;
use mnist_tp::candle_core::{self, DType, Tensor};
use mnist_tp::data::{Mnist, idx};
use sha2::{Digest, Sha256};

type Failure = Box<dyn std::error::Error>;

/// A data set of the hub that has MNIST's form.
struct Source {
    name: &'static str,
    owner: &'static str,
    repository: &'static str,
    /// Folder of the Parquet files in the repository.
    folder: &'static str,
    load: fn() -> candle_core::Result<Dataset>,
    /// sha256 of the uncompressed IDX files, where they are known.
    sums: &'static [&'static str],
}

const REVISION: &str = "refs/convert/parquet";
const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];
const SOURCES: [Source; 2] = [
    Source {
        name: "mnist",
        owner: "ylecun",
        repository: "mnist",
        folder: "mnist",
        load: vision::mnist::load,
        sums: &[
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ],
    },
    Source {
        name: "fashion-mnist",
        owner: "zalando-datasets",
        repository: "fashion_mnist",
        folder: "fashion_mnist",
        load: vision::fashion_mnist::load,
        sums: &[],
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let source = match words[..] {
        [name, _] => SOURCES.iter().find(|source| source.name == name),
        _ => None,
    };
    let Some(source) = source else {
        eprintln!("Usage\u{a0}: cargo run -p fetch -- mnist|fashion-mnist DOSSIER");
        return ExitCode::from(2);
    };
    match fetch(source, Path::new(words[1])) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("Échec\u{a0}: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn fetch(source: &Source, folder: &Path) -> Result<(), Failure> {
    if let Ok(mnist) = Mnist::load_dir(folder) {
        println!("Déjà complet\u{a0}: {}\n{mnist}", folder.display());
        return Ok(());
    }
    check_free(folder)?;
    let client = HFClient::builder().retry_max_attempts(2).build()?;
    download(source, client)?;
    println!("Lecture des fichiers Parquet…");
    install(source, &(source.load)()?, folder)
}

/// Brings the two Parquet files into the hub's cache and checks them.
fn download(source: &Source, client: HFClient) -> Result<(), Failure> {
    let repository = HFClientSync::from_inner(client)?.dataset(source.owner, source.repository);
    let paths = ["train", "test"].map(|part| format!("{}/{part}/0000.parquet", source.folder));
    let advice = |error: hf_hub::HFError| {
        format!(
            "{} n’a pas pu être téléchargé ({}).\nIl faut un accès au réseau\u{202f}; relancez la même \
             commande pour reprendre. MNIST est fourni avec le projet, dans data/mnist\u{a0}: lui seul \
             n’a pas besoin du réseau.",
            source.name,
            cause(&error)
        )
    };
    let announced = repository
        .get_paths_info()
        .paths(paths.to_vec())
        .revision(REVISION)
        .send()
        .map_err(advice)?;
    for path in &paths {
        let progress = Line::new(path);
        let request = repository.download_file().filename(path).revision(REVISION);
        let file = request.progress(progress).send().map_err(advice)?;
        eprintln!();
        let sum = sha256(&fs::read(&file)?);
        let expected = announced.iter().find_map(|entry| match entry {
            RepoTreeEntry::File { path: name, lfs: Some(lfs), .. } if name == path => {
                lfs.sha256.clone()
            }
            _ => None,
        });
        match expected {
            Some(expected) if expected != sum => {
                return Err(format!(
                    "«\u{a0}{}\u{a0}» est abîmé\u{a0}: sha256 {sum}, attendu {expected}. Effacez-le et relancez.",
                    file.display()
                )
                .into());
            }
            Some(_) => println!("{path}\u{a0}: sha256 vérifié"),
            None => println!("{path}\u{a0}: sha256 {sum} (le site n’en annonce pas)"),
        }
    }
    Ok(())
}

/// Writes the four IDX files of `set` and gives them their place when all are right.
fn install(source: &Source, set: &Dataset, folder: &Path) -> Result<(), Failure> {
    let partial = partial(folder);
    // Left over from an interruption.
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial)?;
    let written = write_files(source, set, &partial);
    let installed = written.and_then(|()| {
        let mnist = Mnist::load_dir(&partial)?;
        if folder.exists() {
            fs::remove_dir(folder)?;
        }
        fs::rename(&partial, folder)?;
        Ok(mnist)
    });
    if installed.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_dir_all(&partial);
    }
    let mnist = installed?;
    println!("Écrit dans {}\u{a0}:\n{mnist}", folder.display());
    println!("Pour l’utiliser\u{a0}: Mnist::load_dir({:?})", folder);
    Ok(())
}

fn write_files(source: &Source, set: &Dataset, folder: &Path) -> Result<(), Failure> {
    let tensors = [&set.train_images, &set.train_labels, &set.test_images, &set.test_labels];
    for (i, (name, tensor)) in FILES.iter().zip(tensors).enumerate() {
        let (shape, bytes) = to_idx(tensor)?;
        let path = folder.join(format!("{name}.gz"));
        idx::write(&path, &shape, &bytes)?;
        let mut content = vec![0, 0, 8, shape.len() as u8];
        shape.iter().for_each(|&size| content.extend((size as u32).to_be_bytes()));
        content.extend(bytes);
        let sum = sha256(&content);
        if let Some(expected) = source.sums.get(i).filter(|&&expected| expected != sum) {
            return Err(format!("{name}\u{a0}: sha256 {sum}, attendu {expected}").into());
        }
        println!("{name}\u{a0}: {shape:?}, sha256 {sum}");
    }
    Ok(())
}

/// candle-datasets gives images as f32 `[n, 784]` in `[0, 1]` and labels as u8 `[n]`.
fn to_idx(tensor: &Tensor) -> candle_core::Result<(Vec<usize>, Vec<u8>)> {
    match *tensor.dims() {
        [n, 784] => {
            let bytes = tensor.affine(255.0, 0.0)?.round()?.to_dtype(DType::U8)?;
            Ok((vec![n, 28, 28], bytes.flatten_all()?.to_vec1()?))
        }
        _ => Ok((tensor.dims().to_vec(), tensor.to_dtype(DType::U8)?.flatten_all()?.to_vec1()?)),
    }
}

/// Where the files are written before they get their place.
fn partial(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".partiel");
    name.into()
}

/// Nothing that is already there gets overwritten.
fn check_free(folder: &Path) -> Result<(), Failure> {
    let free = !folder.exists() || folder.is_dir() && fs::read_dir(folder)?.next().is_none();
    let taken = format!(
        "«\u{a0}{}\u{a0}» existe déjà et n’est pas vide\u{a0}: choisissez un autre dossier",
        folder.display()
    );
    if free { Ok(()) } else { Err(taken.into()) }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The last cause of an error, which says most.
fn cause(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.last().unwrap_or(error).to_string()
}
