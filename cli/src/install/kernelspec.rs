//! The kernelspec « Rust (TP MNIST) », inside the Python environment, and the
//! copy of this program that it starts (so that `cargo clean` breaks nothing).

use crate::files;
use crate::layout::Layout;
use anyhow::{Context, Result};
use serde_json::json;
use std::fs;

/// The kernel's name in the notebooks' metadata.
pub const NAME: &str = "rust-tp";

/// The kernel's picture on JupyterLab's launcher and on its notebooks.
const ICON: [(&str, &[u8]); 3] = [
    ("logo-svg.svg", include_bytes!("icon/logo-svg.svg")),
    ("logo-32x32.png", include_bytes!("icon/logo-32x32.png")),
    ("logo-64x64.png", include_bytes!("icon/logo-64x64.png")),
];

/// Writes what differs from what is there; cheap, so done at every start.
pub fn install(layout: &Layout) -> Result<()> {
    let ours = json!({
        "argv": [layout.kernel_program(), "kernel", "{connection_file}"],
        "env": { "TP_DIR": layout.tp },
        "display_name": "Rust (TP MNIST)",
        "language": "rust",
        "interrupt_mode": "message",
    });
    let plain = json!({
        "argv": [layout.evcxr(), "--control_file", "{connection_file}"],
        "display_name": "Rust",
        "language": "rust",
        "interrupt_mode": "message",
    });
    let folder = layout.tp.join("venv/share/jupyter/kernels").join(NAME);
    for (name, picture) in ICON {
        files::replace(&folder.join(name), picture)?;
    }
    let shared = folder.join("kernel.json");
    let hidden = layout.plain().join("kernels/rust/kernel.json");
    for (path, spec) in [(shared, ours), (hidden, plain)] {
        files::replace(&path, format!("{spec:#}\n").as_bytes())?;
    }
    copy_program(layout)
}

fn copy_program(layout: &Layout) -> Result<()> {
    let executable = crate::process::program()?;
    let copy = layout.kernel_program();
    if executable == copy {
        return Ok(());
    }
    let content = fs::read(&executable)
        .with_context(|| format!("impossible de lire « {} »", executable.display()))?;
    if fs::read(&copy).is_ok_and(|found| found == content) {
        return Ok(());
    }
    // Renamed into place: kernels that run the former copy go on with it.
    let draft = copy.with_extension(std::process::id().to_string());
    // Its folder is there once evcxr_jupyter is, which may come later.
    fs::create_dir_all(layout.tp.join("bin"))
        .and_then(|()| fs::copy(&executable, &draft))
        .and_then(|_| fs::rename(&draft, &copy))
        .with_context(|| format!("impossible d'écrire « {} »", copy.display()))
}
