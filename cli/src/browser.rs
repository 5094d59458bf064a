//! An installed Chromium, to print pages.

use crate::layout::Layout;
use crate::{files, process};
use anyhow::{Context, Result, bail};
use std::fs;
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
        fs::remove_file(pdf)?;
    }
    // A file: nobody would empty a pipe while the browser runs.
    let said = profile.path().join("stderr.txt");
    let mut command = process::command(browser);
    command
        .args(["--headless", "--disable-gpu", "--disable-background-networking"])
        .args(["--disable-component-update", "--no-first-run", "--no-pdf-header-footer"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--print-to-pdf={}", pdf.display()))
        .arg(format!("file://{}", files::url_path(page)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(&said)?);
    if rustix::process::geteuid().is_root() {
        command.arg("--no-sandbox");
    }
    let mut child =
        command.spawn().with_context(|| format!("« {} » ne démarre pas", browser.display()))?;
    let start = Instant::now();
    while child.try_wait()?.is_none() {
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            let last = last_lines(&said);
            bail!("« {} » n'a pas imprimé la page à temps{last}", browser.display());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    if !pdf.is_file() {
        let last = last_lines(&said);
        bail!("« {} » n'a pas imprimé « {} »{last}", browser.display(), page.display());
    }
    Ok(())
}

/// What the browser said last, to end an error with.
fn last_lines(said: &Path) -> String {
    let bytes = fs::read(said).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines[lines.len().saturating_sub(4)..].iter();
    let last: Vec<_> = last.map(|line| format!("\n  | {}", line.trim_end())).collect();
    if last.is_empty() { String::new() } else { format!(" :{}", last.concat()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_fails_is_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let tp = folder.path().to_owned();
        let layout = Layout { root: tp.clone(), tp };
        let page = folder.path().join("page.html");
        // Any program that complains of Chromium's options.
        let told = print(&layout, Path::new("/bin/ls"), &page, &page.with_extension("pdf"));
        let told = told.unwrap_err().to_string();
        assert!(told.contains("page.html » :\n  | ") && told.contains("headless"), "{told}");

        let said = folder.path().join("stderr.txt");
        fs::write(&said, "1\n2\n\n3\n4\n5\n").unwrap();
        assert_eq!(last_lines(&said), " :\n  | 2\n  | 3\n  | 4\n  | 5");
        assert_eq!(last_lines(&page), "");
    }
}
