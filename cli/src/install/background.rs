//! A set-up that goes on by itself: `tp install` in a session of its own, which
//! neither Ctrl-C nor the end of the terminal or of a kernel reaches.

use super::progress::Progress;
use crate::layout::Layout;
use crate::process;
use anyhow::{Context, Result, bail};
use rustix::process::Pid;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

/// Between two looks at a set-up.
pub const PAUSE: Duration = Duration::from_millis(500);

/// A set-up that is waited for: one that was found under way, or started here.
pub struct Background {
    layout: Layout,
    /// Set where it was started here.
    child: Option<Child>,
}

impl Background {
    /// The set-up that is under way, else a new one.
    pub fn join_or_start(layout: &Layout) -> Result<Self> {
        let child = if is_under_way(layout) { None } else { Some(start(layout)?) };
        Ok(Self { layout: layout.clone(), child })
    }

    /// The process group of a set-up that was started here.
    pub fn group(&self) -> Option<Pid> {
        self.child.as_ref().map(Pid::from_child)
    }

    pub fn is_over(&mut self) -> bool {
        let ended = self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
        ended && !is_under_way(&self.layout)
    }

    /// Waits until `is_done`, which the set-up's end without it makes an error.
    pub fn wait(
        &mut self,
        is_done: impl Fn(&Layout) -> bool,
        mut tell: impl FnMut(&Progress),
    ) -> Result<()> {
        loop {
            // Asked in this order: it may be done and over between the two.
            let over = self.is_over();
            if is_done(&self.layout) {
                return Ok(());
            }
            if over {
                bail!(failure(&self.layout));
            }
            tell(&Progress::read(&self.layout));
            std::thread::sleep(PAUSE);
        }
    }
}

/// Where a set-up in the background says what it does.
pub fn log(layout: &Layout) -> PathBuf {
    layout.tp.join("log/installation.log")
}

/// The file whose lock is held by who installs.
pub fn lock_file(layout: &Layout) -> PathBuf {
    layout.tp.join("install.lock")
}

/// Whether a set-up is under way.
pub fn is_under_way(layout: &Layout) -> bool {
    let lock = fs::File::open(lock_file(layout));
    lock.is_ok_and(|file| matches!(file.try_lock_shared(), Err(fs::TryLockError::WouldBlock)))
}

fn start(layout: &Layout) -> Result<Child> {
    let path = log(layout);
    let made = || {
        fs::create_dir_all(path.parent().unwrap_or(&layout.tp))?;
        let log = fs::File::create(&path)?;
        Ok::<_, std::io::Error>((log.try_clone()?, log))
    };
    let (output, errors) =
        made().with_context(|| format!("impossible d'écrire « {} »", path.display()))?;
    let mut tp = process::command(process::program()?);
    tp.arg("install").env("TP_DIR", &layout.tp).current_dir(&layout.root);
    tp.stdin(Stdio::null()).stdout(output).stderr(errors);
    // SAFETY: between fork and exec only `setsid` is called, which is
    // async-signal-safe and takes no pointer.
    unsafe {
        tp.pre_exec(|| {
            rustix::process::setsid()?;
            Ok(())
        });
    }
    tp.spawn().context("l'installation ne démarre pas ; lancez `cargo tp install`")
}

/// Why the last set-up ended before its time.
fn failure(layout: &Layout) -> String {
    let path = log(layout);
    let noted = Progress::read(layout).error;
    let said = fs::read_to_string(&path).unwrap_or_default();
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    let last = last.map(|line| line.trim_start_matches("Erreur : ").to_owned());
    let why = noted.or(last).unwrap_or_else(|| "elle s'est arrêtée sans message".to_owned());
    if why.contains("(détails : ") {
        why
    } else {
        format!("{why} (détails : {})", path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_lock_is_a_set_up_under_way() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout { root: folder.path().to_owned(), tp: folder.path().to_owned() };
        assert!(!is_under_way(&layout));
        let lock = fs::File::create(lock_file(&layout)).unwrap();
        assert!(!is_under_way(&layout));
        lock.lock().unwrap();
        assert!(is_under_way(&layout));
        let mut joined = Background::join_or_start(&layout).unwrap();
        assert!(joined.group().is_none() && !joined.is_over());
        drop(lock);
        assert!(joined.is_over());
        joined.wait(|_| true, |_| {}).unwrap();
        let error = joined.wait(|_| false, |_| {}).unwrap_err().to_string();
        assert!(error.contains("sans message (détails : "), "{error}");
        Progress::note(&layout, Some("le disque est plein (détails : a.log)".into())).unwrap();
        let error = joined.wait(|_| false, |_| {}).unwrap_err().to_string();
        assert_eq!(error, "le disque est plein (détails : a.log)");
    }
}
