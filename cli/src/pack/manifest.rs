//! What an archive was made on and from, and whether it fits this machine and
//! this checkout.

use super::sources;
use crate::layout::Layout;
use crate::process;
use crate::{toolchain, warm};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// The archive's form; another one is not read.
const FORMAT: u32 = 1;

/// One line of JSON at the head of the archive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    format: u32,
    /// The system and the processor's family, as Rust names them.
    system: String,
    processor: String,
    /// What the programs were compiled to need of the processor.
    features: Vec<String>,
    /// The version of the C library, where that is glibc.
    glibc: Option<String>,
    /// `rustc -vV` and `cargo -V`: what they compiled is of no use to others.
    rustc: String,
    cargo: String,
    /// The flags of the compiled library, the linker among them.
    flags: String,
    /// Python's version, `3.11`.
    pub python: String,
    /// The contents of the sources, as [`sources::sum`] sums them up.
    sources: String,
    /// How much it all weighs once unpacked.
    pub bytes: u64,
    /// The size of the program that follows the script.
    pub program: u64,
}

impl Manifest {
    /// That of this machine and checkout.
    pub fn here(layout: &Layout, python: String) -> Result<Self> {
        Ok(Self {
            format: FORMAT,
            system: std::env::consts::OS.into(),
            processor: std::env::consts::ARCH.into(),
            features: features()
                .into_iter()
                .filter(|feature| feature.needed)
                .map(|feature| feature.name.into())
                .collect(),
            glibc: system_glibc(),
            rustc: toolchain::version()?,
            cargo: cargo()?,
            flags: warm::flags(),
            python,
            sources: sources::sum(&layout.root)?,
            bytes: 0,
            program: 0,
        })
    }

    /// Reads one.
    ///
    /// # Errors
    /// When it is not one, or is of another form than this program knows.
    pub fn read(line: &str) -> Result<Self> {
        let value: serde_json::Value = serde_json::from_str(line)?;
        if value["format"] != FORMAT {
            bail!(
                "l'archive est d'une autre version du TP (forme {}, et ce dépôt lit la forme {FORMAT}) : refaites-la par `cargo tp pack`",
                value["format"]
            );
        }
        Ok(serde_json::from_value(value)?)
    }

    /// The C library that is needed, where it is glibc.
    pub fn glibc(&self) -> Option<&str> {
        self.glibc.as_deref()
    }

    /// Refuses what would not run here, or was made from other sources.
    pub fn check(&self, layout: &Layout) -> Result<()> {
        use std::env::consts::{ARCH, OS};
        if (self.system.as_str(), self.processor.as_str()) != (OS, ARCH) {
            bail!(
                "l'archive est pour {} {}, et cette machine est {OS} {ARCH} : faites-en une sur une machine pareille à celle-ci",
                self.system,
                self.processor
            );
        }
        let known = features();
        let has = |name: &String| known.iter().any(|feature| feature.name == name && feature.found);
        if let Some(missing) = self.features.iter().find(|name| !has(name)) {
            bail!(
                "l'archive demande à la machine des instructions « {missing} », que ce processeur n'a pas : faites-la sur une machine pareille à celle-ci"
            );
        }
        if let (Some(theirs), Some(ours)) = (&self.glibc, &system_glibc())
            && numbers(ours) < numbers(theirs)
        {
            bail!(
                "l'archive demande glibc {theirs} ou plus récente, et cette machine a glibc {ours} : faites l'archive sur la plus ancienne des machines"
            );
        }
        same_tool("Rust", &self.rustc, &toolchain::version()?)?;
        same_tool("cargo", &self.cargo, &cargo()?)?;
        if self.flags != warm::flags() {
            bail!(
                "l'éditeur de liens n'est pas celui de l'archive (ici « {} », là-bas « {} ») : installez ou retirez lld, pour qu'il soit présent sur les deux machines ou absent des deux",
                warm::flags(),
                self.flags
            );
        }
        if self.sources != sources::sum(&layout.root)? {
            bail!(
                "les sources de « {} » ne sont pas celles de l'archive : donnez à cette machine le même dépôt, ou refaites l'archive par `cargo tp pack`",
                layout.root.display()
            );
        }
        Ok(())
    }
}

/// Refuses another version than the archive's.
fn same_tool(name: &str, theirs: &str, ours: &str) -> Result<()> {
    if theirs == ours {
        return Ok(());
    }
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let (theirs, ours) = (first(theirs), first(ours));
    let number = theirs.split(' ').nth(1).unwrap_or_default();
    bail!(
        "l'archive est faite avec « {theirs} », et cette machine a {name} en version « {ours} » : il faut la même (une fois connecté : rustup default {number})"
    )
}

fn cargo() -> Result<String> {
    let output = process::command("cargo")
        .arg("-V")
        .output()
        .context("cargo est introuvable : installez Rust (https://rustup.rs)")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The numbers of a version: `2.36` is older than `2.100`.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn system_glibc() -> Option<String> {
    // SAFETY: the call has no precondition and answers a constant, nul-terminated string.
    let version = unsafe { std::ffi::CStr::from_ptr(libc::gnu_get_libc_version()) };
    Some(version.to_string_lossy().into_owned())
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn system_glibc() -> Option<String> {
    None
}

/// Instructions that not every processor of the family has.
struct Feature {
    name: &'static str,
    /// Whether this program, and what cargo compiles beside it, cannot do without.
    needed: bool,
    /// Whether this machine has them.
    found: bool,
}

#[cfg(target_arch = "x86_64")]
fn features() -> Vec<Feature> {
    macro_rules! features {
        ($($name:tt)*) => {
            vec![$(Feature {
                name: $name,
                needed: cfg!(target_feature = $name),
                found: std::arch::is_x86_feature_detected!($name),
            }),*]
        };
    }
    features!("sse3" "ssse3" "sse4.1" "sse4.2" "popcnt" "avx" "avx2" "fma" "bmi1" "bmi2" "lzcnt" "f16c"
        "avx512f" "avx512bw" "avx512cd" "avx512dq" "avx512vl")
}

#[cfg(not(target_arch = "x86_64"))]
fn features() -> Vec<Feature> {
    Vec::new()
}

#[cfg(test)]
impl Manifest {
    /// One that fits nowhere in particular.
    pub fn sample(program: u64) -> Self {
        let text = String::new;
        Self {
            format: FORMAT,
            system: std::env::consts::OS.into(),
            processor: std::env::consts::ARCH.into(),
            features: Vec::new(),
            glibc: None,
            rustc: text(),
            cargo: text(),
            flags: text(),
            python: "3.11".into(),
            sources: text(),
            bytes: 0,
            program,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A checkout of a few small files.
    fn checkout() -> (tempfile::TempDir, Layout) {
        let root = tempfile::tempdir().unwrap();
        for name in sources::SOURCES {
            let name = if name.ends_with("src") { format!("{name}/lib.rs") } else { name.into() };
            fs::create_dir_all(root.path().join(&name).parent().unwrap()).unwrap();
            fs::write(root.path().join(&name), &name).unwrap();
        }
        let layout = Layout { root: root.path().to_owned(), tp: root.path().join(".tp") };
        (root, layout)
    }

    #[test]
    fn an_archive_fits_the_same_contents_elsewhere() {
        let _turn = process::TURN.lock();
        let (_first, here) = checkout();
        let manifest = Manifest::here(&here, "3.11".into()).unwrap();
        let (_second, there) = checkout();
        let file = fs::File::options().write(true).open(there.root.join("src/lib.rs")).unwrap();
        file.set_modified(std::time::UNIX_EPOCH).unwrap();
        fs::write(there.root.join("src/.lib.rs.swp"), "draft").unwrap();
        fs::write(there.root.join("README.md"), "other").unwrap();
        manifest.check(&there).unwrap();

        fs::write(there.root.join("src/lib.rs"), "changed").unwrap();
        let told = manifest.check(&there).unwrap_err().to_string();
        assert!(told.contains("ne sont pas celles de l'archive"), "{told}");
        // A file more, with the same text over all, is another checkout too.
        fs::write(there.root.join("src/lib.rs"), "src/lib.rs").unwrap();
        fs::write(there.root.join("src/more.rs"), "").unwrap();
        assert!(manifest.check(&there).is_err());
    }

    #[test]
    fn what_does_not_fit_is_told_with_what_to_do() {
        let _turn = process::TURN.lock();
        let (_root, layout) = checkout();
        let fits = Manifest::here(&layout, "3.11".into()).unwrap();
        let told = |change: fn(&mut Manifest)| {
            let mut manifest = fits.clone();
            change(&mut manifest);
            manifest.check(&layout).unwrap_err().to_string()
        };
        type Change = fn(&mut Manifest);
        let cases: [(Change, &str); 6] = [
            (|m| m.system = "plan9".into(), "pour plan9"),
            (|m| m.processor = "sparc".into(), "sparc"),
            (|m| m.features = vec!["amx".into()], "instructions « amx »"),
            (|m| m.rustc = "rustc 1.2.3 (x)\nhost: y".into(), "rustup default 1.2.3"),
            (|m| m.cargo = "cargo 1.2.4".into(), "cargo en version"),
            (|m| m.flags.push_str(" -Clink-arg=-fuse-ld=wild"), "éditeur de liens"),
        ];
        for (change, expected) in cases {
            let told = told(change);
            assert!(told.contains(expected), "{told}");
        }
        if system_glibc().is_some() {
            let told = told(|m| m.glibc = Some("2.999".into()));
            assert!(told.contains("glibc 2.999 ou plus récente"), "{told}");
        }
        assert!(numbers("2.36") < numbers("2.100") && numbers("2.9") < numbers("2.36"));
    }

    #[test]
    fn a_manifest_is_read_back() {
        let manifest = Manifest::sample(7);
        let line = serde_json::to_string(&manifest).unwrap();
        assert_eq!(Manifest::read(&line).unwrap(), manifest);
        assert!(Manifest::read("{\"format\":1}").is_err());
    }
}
