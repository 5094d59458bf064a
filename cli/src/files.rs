//! Files and links that are written whole or not at all; paths in addresses, text in
//! pages.

use anyhow::{Context, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// Writes a file whole or not at all, and not at all if it already says so.
pub fn replace(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    let folder = path.parent().context("a file has a folder")?;
    fs::create_dir_all(folder)?;
    let name = path.file_name().context("a file has a name")?.to_string_lossy();
    let draft = folder.join(format!(".{name}.{}", std::process::id()));
    fs::write(&draft, content)
        .and_then(|()| fs::rename(&draft, path))
        .with_context(|| format!("impossible d'écrire « {} »", path.display()))
}

/// What a file of a folder where the least used makes room says; its date tells that it
/// was of use just now.
pub fn read_used(path: &Path) -> std::io::Result<Vec<u8>> {
    let content = fs::read(path)?;
    // Somebody else's keeps its date.
    let _ = fs::File::open(path).and_then(|file| file.set_modified(SystemTime::now()));
    Ok(content)
}

/// A symbolic link, replaced if it leads elsewhere.
pub fn link(target: &Path, path: &Path) -> Result<()> {
    if fs::read_link(path).is_ok_and(|found| found == target) {
        return Ok(());
    }
    let draft = path.with_extension("draft");
    let _ = fs::remove_file(&draft);
    std::os::unix::fs::symlink(target, &draft)?;
    Ok(fs::rename(&draft, path)?)
}

/// What stands as it is in the path of an address.
const IN_ADDRESSES: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path as an address has it.
pub fn url_path(path: &Path) -> String {
    percent_encode(path.as_os_str().as_encoded_bytes(), IN_ADDRESSES).to_string()
}

/// Text in a page or an attribute: nothing in it is markup.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_addresses() {
        assert_eq!(url_path(Path::new("/a b/é#.html")), "/a%20b/%C3%A9%23.html");
    }
}
