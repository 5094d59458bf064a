//! An installed Chromium, to print pages.

use crate::layout::Layout;
use crate::process;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const MACOS: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const MISSING: &str = "Chromium est introuvable, et le PDF est imprimé par lui : installez-le (Debian/Ubuntu : sudo apt install chromium), indiquez-le par la variable TP_CHROMIUM, ou ouvrez la page HTML et imprimez-la depuis votre navigateur";
/// How long printing one page may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The browser: what `TP_CHROMIUM` names, else one of the usual names.
pub fn find() -> Result<PathBuf> {
    if let Some(program) = std::env::var_os("TP_CHROMIUM") {
        let program = PathBuf::from(program);
        if program.is_file() {
            return Ok(program);
        }
        bail!("la variable TP_CHROMIUM indique « {} », qui n'existe pas", program.display());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .chain(MACOS.iter().map(PathBuf::from))
        .find(|program| program.is_file())
        .context(MISSING)
}

/// Prints a page of this machine, without any request to the network.
pub fn print(layout: &Layout, browser: &Path, page: &Path, pdf: &Path) -> Result<()> {
    let profile = tempfile::Builder::new().prefix("chromium-").tempdir_in(&layout.tp)?;
    if pdf.exists() {
        std::fs::remove_file(pdf)?;
    }
    let mut command = process::command(browser);
    command
        .args(["--headless", "--disable-gpu", "--disable-background-networking"])
        .args(["--disable-component-update", "--no-first-run", "--no-pdf-header-footer"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--print-to-pdf={}", pdf.display()))
        .arg(format!("file://{}", escaped(page)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // SAFETY: `geteuid` has no precondition and cannot fail.
    if unsafe { libc::geteuid() } == 0 {
        command.arg("--no-sandbox");
    }
    let mut child =
        command.spawn().with_context(|| format!("« {} » ne démarre pas", browser.display()))?;
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            bail!("« {} » n'a pas imprimé la page à temps", browser.display());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    if !pdf.is_file() {
        bail!("« {} » n'a pas imprimé « {} »", browser.display(), page.display());
    }
    Ok(())
}

/// A path in a URL.
fn escaped(path: &Path) -> String {
    let mut url = String::new();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => url.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => url.push(byte.into()),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_urls() {
        assert_eq!(escaped(Path::new("/a b/é#.html")), "/a%20b/%C3%A9%23.html");
    }
}
