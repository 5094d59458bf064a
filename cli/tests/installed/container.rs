//! The image of `deploy/Containerfile`: built, and started as a hub, OpenShift or a
//! student's own podman would start it. It takes minutes and some GB, so it is asked for:
//!
//! ```sh
//! cargo test -p tp --test installed container -- --ignored --nocapture
//! ```

use crate::common::{install, installed, root, said};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const IMAGE: &str = "localhost/mnist-tp-essai";
/// What the image may weigh.
const MOST: u64 = 3_000_000_000;
/// How long the first cell may take from the container's start. A machine that is busy
/// with other work gets more by `TP_SECONDS`.
const FIRST_CELL: u64 = 15;

/// Bounds that every machine may set: podman's own are above those of some.
const BOUNDS: [&str; 4] = ["--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"];

/// Starts a kernel, runs a cell that trains, and says how long that took.
const CELLS: &str = r#"
import sys, time
from jupyter_client.manager import start_new_kernel
cells = sys.argv[1:]
manager, client = start_new_kernel(kernel_name="rust-tp", startup_timeout=300)
for cell in cells:
    begin = time.time()
    text = []
    def note(message):
        content = message["content"]
        text.append(content.get("text") or content.get("data", {}).get("text/plain") or "")
    reply = client.execute_interactive(cell, timeout=300, allow_stdin=False, output_hook=note)
    print("cell", reply["content"]["status"], round(time.time() - begin, 1), "".join(text).strip(), flush=True)
manager.shutdown_kernel(now=True)
"#;

/// podman, and with which runtime it starts something here: crun, its own choice, knows
/// no hybrid control groups.
struct Podman {
    runtime: &'static [&'static str],
}

impl Podman {
    /// None, and why, where there is no podman.
    fn find() -> Option<Self> {
        let found = Command::new("podman").arg("info").output();
        if !found.is_ok_and(|output| output.status.success()) {
            println!("skipped: no podman here (Debian: apt-get install podman)");
            return None;
        }
        Some(Self { runtime: &[] })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut podman = Command::new("podman");
        podman.args(self.runtime).args(arguments);
        podman
    }

    fn succeeds(&self, arguments: &[&str]) -> bool {
        self.command(arguments).output().is_ok_and(|output| output.status.success())
    }

    /// What it prints; fails with what it said.
    fn answer(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "podman {arguments:?}:\n{}", said(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The base image is there from now on, or what stands in for it.
    fn prepare(&mut self, base: &str) {
        if !self.succeeds(&["image", "exists", base]) && !self.succeeds(&["pull", base]) {
            println!("{base} cannot be fetched: its stand-in is made of Debian's packages");
            shell(&["deploy/stand-in.sh", base]);
        }
        for runtime in [&[][..], &["--runtime", "runc"]] {
            self.runtime = runtime;
            let trial = [&["run", "--rm", "--network", "none"], &BOUNDS[..], &[base, "true"]];
            if self.succeeds(&trial.concat()) {
                return;
            }
        }
        panic!("podman starts nothing here, neither by its own runtime nor by runc");
    }

    /// Runs a command in the image as an account that it does not know, nothing to be
    /// written but a home and what is temporary, without network.
    fn run(&self, home: &Path, command: &[&str]) -> String {
        let home = format!("{}:/home/jovyan", home.display());
        let options = [
            "run",
            "--rm",
            "--read-only",
            "--network",
            "none",
            "--user",
            "123456:0",
            "--cap-drop",
            "all",
            "--security-opt",
            "no-new-privileges",
            "--volume",
            &home,
        ];
        self.answer(&[&options, &BOUNDS[..], &[IMAGE], command].concat())
    }
}

/// The name of the public image that the Containerfile begins with.
fn base() -> String {
    let text = fs::read_to_string(root().join("deploy/Containerfile")).unwrap();
    text.lines().find_map(|line| line.strip_prefix("ARG RUST=")).unwrap().to_owned()
}

fn shell(arguments: &[&str]) {
    let status = Command::new("sh").args(arguments).current_dir(root()).status().unwrap();
    assert!(status.success(), "sh {arguments:?}");
}

/// Builds the image out of what is installed here: an archive of it, and Python's
/// packages for the hub.
fn build(podman: &Podman) {
    let given = tempfile::tempdir().unwrap();
    let archive = given.path().join("mnist-tp-essai.run");
    install();
    let tp = env!("CARGO_BIN_EXE_tp");
    let packed = Command::new(tp).args(["pack", "--out"]).arg(&archive).status().unwrap();
    assert!(packed.success());
    let mut pip = Command::new(installed().join("venv/bin/python"));
    pip.args(["-m", "pip", "wheel", "--quiet", "--wheel-dir"]).arg(given.path().join("wheels"));
    pip.arg("--requirement").arg(root().join("deploy/requirements.txt"));
    pip.arg("--constraint").arg(root().join("cli/constraints.txt"));
    assert!(pip.status().unwrap().success());

    let volume = format!("{}:/archive:ro", given.path().display());
    let (file, context) = (root().join("deploy/Containerfile"), root().to_str().unwrap());
    let start = Instant::now();
    podman.answer(&[
        "build",
        "--quiet",
        "--network",
        "host",
        "--volume",
        &volume,
        "--tag",
        IMAGE,
        "--file",
        file.to_str().unwrap(),
        context,
    ]);
    println!("built in {} s", start.elapsed().as_secs());
}

#[test]
#[ignore = "builds an image: minutes, and some GB"]
fn a_notebook_runs_in_the_image() {
    let Some(mut podman) = Podman::find() else { return };
    podman.prepare(&base());
    build(&podman);
    let size: u64 = podman
        .answer(&["image", "inspect", "--format", "{{.Size}}", IMAGE])
        .trim()
        .parse()
        .unwrap();
    println!("{size} bytes");
    assert!(size < MOST, "{size} bytes");

    let home = tempfile::tempdir().unwrap();
    // The group 0 may write there, as OpenShift has it.
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o775)).unwrap();
    std::os::unix::fs::chown(home.path(), None, Some(0)).unwrap();

    let start = Instant::now();
    let said = podman.run(
        home.path(),
        &[
            "python",
            "-c",
            CELLS,
            "let x = 3;",
            "x + 1",
            "(Tensor::ones((2, 3), DType::F32, &Device::Cpu)?).sum_all()?.to_scalar::<f32>()?",
        ],
    );
    println!("{said}");
    let cells: Vec<_> = said.lines().filter(|line| line.starts_with("cell ")).collect();
    assert_eq!(cells.len(), 3, "{said}");
    assert!(cells.iter().all(|line| line.starts_with("cell ok ")), "{said}");
    assert!(cells[1].ends_with(" 4") && cells[2].contains('6'), "{said}");
    println!("three cells in {} s", start.elapsed().as_secs());
    let start = Instant::now();
    podman.run(home.path(), &["python", "-c", CELLS, "let x = 3;"]);
    let most = std::env::var("TP_SECONDS").map_or(FIRST_CELL, |text| text.parse().unwrap());
    println!("container to first cell and its end: {:.1} s", start.elapsed().as_secs_f64());
    assert!(start.elapsed() < Duration::from_secs(most), "{:?}", start.elapsed());

    // The notebooks are in the home; a student's own are left as they are.
    let own = home.path().join("TP/TP1_MNIST_dense.ipynb");
    assert!(own.is_file());
    fs::write(&own, "le mien").unwrap();
    podman.run(home.path(), &["true"]);
    assert_eq!(fs::read_to_string(&own).unwrap(), "le mien");
    assert!(
        podman
            .run(home.path(), &["sh", "-c", "ls /opt/mnist-tp"])
            .lines()
            .all(|name| name != "solutions")
    );

    // A whole notebook, in its quick size; of a solution, since a student's has blanks.
    let notebook = root().join("tests/notebooks/notation/Sol_notation.ipynb");
    fs::copy(notebook, home.path().join("essai.ipynb")).unwrap();
    let executed = podman.run(
        home.path(),
        &[
            "jupyter",
            "nbconvert",
            "--to",
            "notebook",
            "--execute",
            "--stdout",
            "/home/jovyan/essai.ipynb",
        ],
    );
    let executed: serde_json::Value = serde_json::from_str(&executed).unwrap();
    let outputs: Vec<_> = executed["cells"].as_array().unwrap().iter().collect();
    assert!(outputs.iter().any(|cell| cell["outputs"].to_string().contains("data-points")));
    assert!(!outputs.iter().any(|cell| cell["outputs"].to_string().contains("\"error\"")));
}
