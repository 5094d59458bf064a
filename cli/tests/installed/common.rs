//! What the tests of the command line share: the checkout, what is installed in
//! it, the browser, and Python packages that only tests need.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The short notebook that earns points, answers in it.
pub const SOLUTION: &str = "tests/notebooks/notation/Sol_notation.ipynb";

/// `tp` with these arguments, called in the checkout.
pub fn tp_command(arguments: &[&str]) -> Command {
    let mut tp = Command::new(env!("CARGO_BIN_EXE_tp"));
    tp.args(arguments).env("TP_DIR", installed()).current_dir(root());
    tp
}

/// What came of it; what it said is that of the test.
pub fn tp(arguments: &[&str]) -> Output {
    output(&mut tp_command(arguments))
}

pub fn output(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    println!("{}", said(&output));
    output
}

/// The student's row of a table of marks.
pub fn line<'a>(table: &'a str, student: &str) -> &'a str {
    let found = table.lines().find(|line| line.starts_with(&format!("{student},")));
    found.unwrap_or_else(|| panic!("{student}: {table}"))
}

/// What a command said.
pub fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// The folder of what is installed. A relative `TP_DIR` is meant from the checkout,
/// wherever cargo runs the tests.
pub fn installed() -> PathBuf {
    root().join(std::env::var_os("TP_DIR").unwrap_or_else(|| ".tp".into()))
}

/// One installs at a time: Debian's tools and pip take no turns of their own.
static TURN: Mutex<()> = Mutex::new(());

/// The Python of the practical sessions; what it lacks is installed first.
pub fn python() -> PathBuf {
    let python = installed().join("venv/bin/python");
    if !python.exists() || !installed().join("bin/evcxr_jupyter").exists() {
        install();
    }
    python
}

/// `tp install`: what is missing, or has changed.
pub fn install() {
    let status = tp_command(&["install"]).status().unwrap();
    assert!(status.success(), "cargo tp install");
}

/// The browser: what `TP_CHROMIUM` names, as for `tp` itself, else an installed one,
/// if need be from Debian's packages where that is possible.
pub fn browser() -> Option<PathBuf> {
    static BROWSER: OnceLock<Option<PathBuf>> = OnceLock::new();
    BROWSER.get_or_init(find_browser).clone()
}

fn find_browser() -> Option<PathBuf> {
    if let Some(program) = std::env::var_os("TP_CHROMIUM").map(PathBuf::from) {
        assert!(program.is_file(), "TP_CHROMIUM: {}", program.display());
        return Some(program);
    }
    let find = || {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path)
            .flat_map(|folder| {
                ["chromium", "chromium-browser", "google-chrome"].map(|n| folder.join(n))
            })
            .find(|program| program.is_file())
    };
    find().or_else(|| if debian("chromium") { find() } else { None })
}

/// Installs a package of Debian's where that is possible.
fn debian(package: &str) -> bool {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut apt = Command::new("apt-get");
    apt.args(["install", "-y", "--no-install-recommends", package])
        .env("DEBIAN_FRONTEND", "noninteractive");
    apt.output().is_ok_and(|output| output.status.success())
}

/// The options by which `tp grade` and `tp check` run here: none where there is a
/// sandbox (from Debian's packages if need be), else the one that goes without.
pub fn sandbox() -> &'static [&'static str] {
    static OPTIONS: OnceLock<&[&str]> = OnceLock::new();
    OPTIONS.get_or_init(|| {
        let starts = || {
            let mut bwrap = Command::new("bwrap");
            bwrap.args(["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]);
            bwrap.output().is_ok_and(|output| output.status.success())
        };
        if starts() || (debian("bubblewrap") && starts()) {
            return &[];
        }
        println!("no sandbox (bubblewrap) here: submissions run without");
        &["--sans-bac-a-sable"]
    })
}

/// The folder of a Python package that only tests need, kept in `.tp/NAME`: what
/// pip is asked for, and a file that is there afterwards.
pub fn package(name: &str, requirements: &[&str], file: &str) -> Option<PathBuf> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = installed().join(name);
    if !folder.join(file).exists() {
        let mut pip = Command::new(python());
        pip.args(["-m", "pip", "install", "--quiet", "--target"]).arg(&folder);
        pip.args(requirements).output().ok()?;
    }
    folder.join(file).exists().then_some(folder)
}
