//! The folders of the living kernels, and what is left of dead ones.

use crate::layout::{Layout, is_private};
use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// A kernel's folder. A lock held for the kernel's life tells the living from
/// the dead: the system frees it however the process ends.
pub struct KernelFolder {
    pub path: PathBuf,
    _lock: fs::File,
}

impl KernelFolder {
    /// Removes the folders of dead kernels, then makes one for this kernel.
    pub fn create(layout: &Layout) -> Result<Self> {
        let kernels = layout.kernels()?;
        let made = || -> Result<Self> {
            make(&kernels)?;
            let gate = gate(&kernels.join(".gate"))?;
            gate.lock()?;
            sweep(&kernels)?;
            Self::first_free(&kernels, std::process::id())
        };
        made().with_context(|| {
            let folder = kernels.display();
            format!("le dossier des noyaux, « {folder} », ne va pas : rendez-le inscriptible ou donnez-en un autre par la variable TP_KERNELS")
        })
    }

    /// The folder of this number, or of the next one that is free: another account,
    /// or a container with its own numbers, may have left or hold one of that name.
    fn first_free(kernels: &Path, number: u32) -> Result<Self> {
        for number in number..number.saturating_add(1000) {
            let path = kernels.join(number.to_string());
            if let Ok(lock) = fs::File::create(path.with_extension("lock"))
                && lock.try_lock().is_ok()
                && !path.exists()
            {
                return Ok(Self { path, _lock: lock });
            }
        }
        bail!("aucun nom libre à partir de {number}")
    }
}

/// Makes the folder of all kernels, for this account alone. In a folder where anybody
/// may make one, another's is refused: who writes there changes what cells load.
fn make(kernels: &Path) -> Result<()> {
    let parent = kernels.parent().context("un dossier de noyaux est dans un dossier")?;
    fs::create_dir_all(parent)?;
    match fs::DirBuilder::new().mode(0o700).create(kernels) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error)?,
        _ => {}
    }
    let anybody = fs::metadata(parent)?.mode() & 0o002 != 0;
    if anybody && !is_private(kernels) {
        bail!("d'autres comptes peuvent y écrire");
    }
    Ok(())
}

/// The file whose lock lets one kernel at a time sweep. Several accounts may share
/// the folder: who may not write the file of another can still lock it.
fn gate(path: &Path) -> Result<fs::File> {
    let file = fs::File::open(path).or_else(|_| fs::File::create(path));
    file.with_context(|| format!("{} ne s'ouvre pas", path.display()))
}

/// How many kernels run.
pub fn living(layout: &Layout) -> Result<usize> {
    let Ok(entries) = fs::read_dir(layout.kernels()?) else { return Ok(0) };
    let held = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "lock")
            && fs::File::open(path)
                .is_ok_and(|file| matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)))
    };
    Ok(entries.filter_map(|entry| Some(entry.ok()?.path())).filter(held).count())
}

/// Removes what kernels left that were killed together with their reaper.
fn sweep(kernels: &Path) -> Result<()> {
    for entry in fs::read_dir(kernels)? {
        let lock = entry?.path();
        // A file that cannot be opened is another account's, or gone by now.
        if lock.extension().is_some_and(|extension| extension == "lock")
            && fs::File::open(&lock).is_ok_and(|file| file.try_lock().is_ok())
        {
            remove(&lock.with_extension(""));
        }
    }
    Ok(())
}

/// Removes a kernel's folder and its lock file. What cannot be removed now is
/// tried again when the next kernel starts; what is another account's is left to it.
pub fn remove(folder: &Path) {
    for _ in 0..20 {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => return,
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            _ => {
                let _ = fs::remove_file(folder.with_extension("lock"));
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_another_kernel_holds_is_left_to_it() {
        let root = tempfile::tempdir().unwrap();
        let first = KernelFolder::first_free(root.path(), 57).unwrap();
        fs::create_dir(root.path().join("58")).unwrap();
        let second = KernelFolder::first_free(root.path(), 57).unwrap();
        assert_eq!(first.path, root.path().join("57"));
        assert_eq!(second.path, root.path().join("59"));
        let error = KernelFolder::first_free(&root.path().join("none"), 57).err().unwrap();
        assert!(error.to_string().contains("57"));
    }

    #[test]
    fn what_others_may_change_is_refused_where_anybody_may_make_folders() {
        use std::fs::Permissions;
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let kernels = root.path().join("all/kernels");
        make(&kernels).unwrap();
        assert!(is_private(&kernels));
        let rights = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode));
        rights(&kernels, 0o777).unwrap();
        make(&kernels).unwrap();
        rights(&root.path().join("all"), 0o1777).unwrap();
        assert!(make(&kernels).unwrap_err().to_string().contains("autres comptes"));
        rights(&kernels, 0o700).unwrap();
        make(&kernels).unwrap();
        std::os::unix::fs::symlink(&kernels, root.path().join("all/link")).unwrap();
        assert!(make(&root.path().join("all/link")).is_err());
    }

    #[test]
    fn only_dead_kernels_are_swept() {
        let root = tempfile::tempdir().unwrap();
        for name in ["1", "2"] {
            fs::create_dir_all(root.path().join(name).join("ctx")).unwrap();
        }
        let living = fs::File::create(root.path().join("1.lock")).unwrap();
        living.lock().unwrap();
        fs::write(root.path().join("2.lock"), "").unwrap();
        gate(&root.path().join(".gate")).unwrap().lock().unwrap();
        sweep(root.path()).unwrap();
        assert!(root.path().join("1/ctx").exists());
        assert!(!root.path().join("2").exists());
        assert!(!root.path().join("2.lock").exists());
    }
}
