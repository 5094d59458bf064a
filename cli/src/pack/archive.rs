//! The archive's file: a script for the shell, the program `tp`, and a tar
//! compressed by zstd.
//!
//! The script's third line is the manifest, its fourth the SHA-256 of the whole
//! file but that line. A shell and `tail` are all that unpacking needs.

use super::contents::Entry;
use super::manifest::Manifest;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const SCRIPT: &str = include_str!("deballer.sh");
/// More than the script's first four lines will ever be.
const HEAD: u64 = 1 << 16;
/// zstd's: beyond it, a slower compression wins little.
const LEVEL: i32 = 9;

/// What is said of a file that is not as it was written.
const DAMAGED: &str = "est abîmée ou incomplète (copie interrompue, clé débranchée trop tôt ?) : copiez-la de nouveau";

/// Writes an archive, whole or not at all.
pub fn write(path: &Path, manifest: &Manifest, program: &Path, entries: &[Entry]) -> Result<u64> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".partiel");
    let draft = PathBuf::from(draft);
    let written = write_draft(&draft, manifest, program, entries)
        .and_then(|size| Ok(fs::rename(&draft, path).map(|()| size)?));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.with_context(|| format!("impossible d'écrire « {} »", path.display()))
}

fn write_draft(path: &Path, manifest: &Manifest, program: &Path, entries: &[Entry]) -> Result<u64> {
    let program = fs::read(program)?;
    let script = script(manifest, &program)?;
    let sum_at = offset_of_line(&script, 3);
    let after = sum_at + script[sum_at..].find('\n').context("a line has an end")? + 1;
    let mut file = File::create(path)?;
    file.write_all(&script.as_bytes()[..after])?;
    let mut sum = Sha256::new();
    sum.update(&script.as_bytes()[..sum_at]);
    let mut out = Summed { inner: BufWriter::new(file), sum };
    out.write_all(&script.as_bytes()[after..])?;
    out.write_all(&program)?;

    let mut encoder = zstd::Encoder::new(out, LEVEL)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    encoder.multithread(u32::try_from(threads)?)?;
    let mut tar = tar::Builder::new(encoder);
    for entry in entries {
        entry.append(&mut tar)?;
    }
    let out = tar.into_inner()?.finish()?;

    let mut file = out.inner.into_inner().map_err(io::IntoInnerError::into_error)?;
    let size = file.stream_position()?;
    file.seek(SeekFrom::Start(sum_at as u64))?;
    writeln!(file, "# sha256 {}", hex::encode(out.sum.finalize()))?;
    file.sync_all()?;
    Ok(size)
}

/// The script, its sum still to be written.
fn script(manifest: &Manifest, program: &[u8]) -> Result<String> {
    let uname = std::process::Command::new("uname").args(["-s", "-m"]).output()?;
    let needs = match manifest.glibc() {
        Some(version) => format!("il lui faut glibc {version} ou plus récente"),
        None => "il lui faut une machine pareille à celle de l'archive".into(),
    };
    let first = SCRIPT.lines().count() + 1;
    Ok(SCRIPT
        .replace("@SUM@", &"0".repeat(64))
        .replace("@SYSTEM@", String::from_utf8_lossy(&uname.stdout).trim())
        .replace("@FIRST@", &first.to_string())
        .replace("@PROGRAM@", &program.len().to_string())
        .replace("@PROGRAM_SUM@", &hex::encode(Sha256::digest(program)))
        .replace("@NEEDS@", &needs)
        .replace("@MANIFEST@", &serde_json::to_string(manifest)?))
}

fn offset_of_line(text: &str, number: usize) -> usize {
    text.split_inclusive('\n').take(number).map(str::len).sum()
}

/// An archive to be unpacked.
pub struct Archive {
    path: PathBuf,
    pub manifest: Manifest,
    /// The sum that its fourth line tells, and where that line begins and ends.
    sum: String,
    line: (u64, u64),
}

impl Archive {
    /// Reads what it is.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path)
            .with_context(|| format!("impossible de lire l'archive « {} »", path.display()))?;
        let mut head = BufReader::new(file.take(HEAD));
        let (mut lines, mut ends) = (Vec::new(), Vec::new());
        for _ in 0..4 {
            let mut line = Vec::new();
            head.read_until(b'\n', &mut line)?;
            ends.push(ends.last().copied().unwrap_or_default() + line.len() as u64);
            lines.push(String::from_utf8_lossy(&line).trim_end().to_owned());
        }
        let signature = SCRIPT.lines().nth(1).unwrap_or_default();
        if lines[1] != signature {
            bail!("« {} » n'est pas une archive de `cargo tp pack`", path.display());
        }
        let told = (lines[2].strip_prefix("# "), lines[3].strip_prefix("# sha256 "));
        let (Some(manifest), Some(sum)) = told else { return Err(damaged(path)) };
        if serde_json::from_str::<serde_json::Value>(manifest).is_err() {
            return Err(damaged(path));
        }
        Ok(Self {
            path: path.to_owned(),
            manifest: Manifest::read(manifest)?,
            sum: sum.to_owned(),
            line: (ends[2], ends[3]),
        })
    }

    /// Checks that nothing of it is lost or changed.
    pub fn verify(&self) -> Result<()> {
        let mut file = File::open(&self.path)?;
        let mut sum = Summed { inner: io::sink(), sum: Sha256::new() };
        let (start, end) = self.line;
        let read = io::copy(&mut (&mut file).take(start), &mut sum)
            .and_then(|_| file.seek(SeekFrom::Start(end)))
            .and_then(|_| io::copy(&mut file, &mut sum));
        read.with_context(|| format!("l'archive « {} » ne se lit pas", self.path.display()))?;
        if hex::encode(sum.sum.finalize()) == self.sum { Ok(()) } else { Err(damaged(&self.path)) }
    }

    /// Unpacks what [`Archive::verify`] has checked into a folder, and the program
    /// as `program`.
    pub fn unpack(&self, folder: &Path, program: &Path) -> Result<()> {
        let mut file = BufReader::with_capacity(1 << 20, File::open(&self.path)?);
        let lines = SCRIPT.lines().count();
        for _ in 0..lines {
            file.skip_until(b'\n')?;
        }
        fs::create_dir_all(program.parent().context("a program has a folder")?)?;
        io::copy(&mut (&mut file).take(self.manifest.program), &mut File::create(program)?)?;
        let mut tar = tar::Archive::new(zstd::Decoder::with_buffer(file)?);
        tar.unpack(folder).with_context(|| {
            format!("« {} » ne se remplit pas : le disque est-il plein ?", folder.display())
        })
    }
}

fn damaged(path: &Path) -> anyhow::Error {
    anyhow::anyhow!("l'archive « {} » {DAMAGED}", path.display())
}

/// A writer that sums up what passes.
struct Summed<W> {
    inner: W,
    sum: Sha256,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small archive of two files, and its folder.
    fn small() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fichier");
        fs::write(&file, "contenu\n".repeat(1000)).unwrap();
        fs::write(folder.path().join("tp"), "#!/bin/sh\nprogramme\n").unwrap();
        let entries = ["un", "deux/trois"].map(|name| Entry::new(&file, Path::new(name)));
        let path = folder.path().join("a b.run");
        let manifest = Manifest::sample(20);
        write(&path, &manifest, &folder.path().join("tp"), &entries).unwrap();
        (folder, path)
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let (folder, path) = small();
        let archive = Archive::open(&path).unwrap();
        archive.verify().unwrap();
        assert_eq!(archive.manifest, Manifest::sample(20));
        let to = folder.path().join("là bas");
        archive.unpack(&to, &to.join("bin/tp")).unwrap();
        assert_eq!(fs::read(to.join("bin/tp")).unwrap(), b"#!/bin/sh\nprogramme\n");
        assert_eq!(fs::read(to.join("deux/trois")).unwrap().len(), 8000);
        assert!(!folder.path().join("a b.run.partiel").exists());
    }

    #[test]
    fn no_byte_may_be_missing_or_changed() {
        let (folder, path) = small();
        let whole = fs::read(&path).unwrap();
        let other = folder.path().join("copie");
        let refused = |bytes: &[u8]| {
            fs::write(&other, bytes).unwrap();
            Archive::open(&other).and_then(|archive| archive.verify()).is_err()
        };
        assert!(!refused(&whole));
        for length in (0..whole.len()).step_by(97).chain([whole.len() - 1]) {
            assert!(refused(&whole[..length]), "{length} bytes");
        }
        for at in (0..whole.len()).step_by(41) {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(refused(&changed), "byte {at}");
        }
        let longer: Vec<u8> = whole.iter().copied().chain([0]).collect();
        assert!(refused(&longer));
    }

    #[test]
    fn what_is_refused_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let told = |content: &[u8]| {
            let path = folder.path().join("x");
            fs::write(&path, content).unwrap();
            Archive::open(&path).err().unwrap().to_string()
        };
        assert!(told(b"").contains("n'est pas une archive"));
        assert!(told(&[0xff; 100_000]).contains("n'est pas une archive"));
        let head = SCRIPT.lines().take(2).collect::<Vec<_>>().join("\n");
        assert!(told(format!("{head}\n# {{\"for").as_bytes()).contains("abîmée ou incomplète"));
        let newer = format!("{head}\n# {{\"format\":99}}\n# sha256 00\n");
        assert!(told(newer.as_bytes()).contains("autre version du TP"));
        let missing = Archive::open(&folder.path().join("rien")).err().unwrap();
        assert!(format!("{missing:#}").contains("impossible de lire l'archive"));
    }

    #[test]
    fn an_archive_that_cannot_be_written_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let gone = Entry::new(&folder.path().join("absent"), Path::new("absent"));
        fs::write(folder.path().join("tp"), "x").unwrap();
        let path = folder.path().join("a.run");
        let tp = folder.path().join("tp");
        assert!(write(&path, &Manifest::sample(1), &tp, &[gone]).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
