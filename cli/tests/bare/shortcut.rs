//! `tp cargo` in the place of `cargo build`: it must answer what cargo answers.

use serde_json::Value;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder like evcxr's: a workspace whose `ctx` uses the library `aide`.
struct Cells {
    root: tempfile::TempDir,
    /// Whether the stand-in is in the way of `cargo`.
    short: bool,
}

const MANIFEST: &str = "[package]\nname = \"ctx\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n\
    [lib]\ncrate-type = [\"cdylib\"]\npath = \"src/lib.rs\"\n\n[dependencies]\naide = { path = \"../aide\" }\n";
const LIBRARY: &str = "[package]\nname = \"aide\"\nversion = \"1.0.0\"\nedition = \"2024\"\n";

fn program(name: &str) -> PathBuf {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap();
    Path::new(String::from_utf8(sysroot.stdout).unwrap().trim()).join("bin").join(name)
}

impl Cells {
    fn new(short: bool) -> Self {
        let cells = Self { root: tempfile::tempdir().unwrap(), short };
        cells.write("Cargo.toml", "[workspace]\nmembers = [\"ctx\"]\nresolver = \"3\"\n");
        cells.write("ctx/Cargo.toml", MANIFEST);
        cells.write("aide/Cargo.toml", LIBRARY);
        cells.write("aide/src/lib.rs", "mod nombre;\npub use nombre::nombre;\n");
        cells.write("aide/src/nombre.rs", "pub fn nombre() -> u32 { 1 }\n");
        let rustc = program("rustc");
        let tp = env!("CARGO_BIN_EXE_tp");
        cells.write(
            "rustc",
            &format!(
                "#!/bin/sh\necho x >> '{0}/calls'\n[ -z \"$TP_RACCOURCI_NOTE\" ] || exec '{tp}' rustc '{1}' -- \"$@\"\nexec '{1}' \"$@\"\n",
                cells.root.path().display(),
                rustc.display()
            ),
        );
        let script = cells.path("rustc");
        fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
        cells
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Writes a file whose date is past, as a build sees what was saved before it.
    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }

    fn command(&self) -> Command {
        self.asked("build")
    }

    fn asked(&self, verb: &str) -> Command {
        let cargo = program("cargo");
        let mut command = if self.short {
            let mut command = Command::new(env!("CARGO_BIN_EXE_tp"));
            command.arg("cargo").arg(cargo).arg("--");
            command
        } else {
            Command::new(cargo)
        };
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CARGO") || name == "LD_LIBRARY_PATH" {
                command.env_remove(name);
            }
        }
        command
            .args([verb, "--offline", "--message-format=json"])
            .current_dir(self.path("ctx"))
            .env("CARGO_TARGET_DIR", "target")
            .env("CARGO_NET_OFFLINE", "true")
            .env("RUSTFLAGS", "-Cprefer-dynamic")
            .env("RUSTC", self.path("rustc"))
            .env("EVCXR_TMPDIR", self.path("ctx"))
            .env("TP_DIR", self.path("tp"))
            .env_remove("TP_SANS_RACCOURCI")
            .stdin(Stdio::null());
        command
    }

    /// Compiles a cell.
    fn cell(&self, code: &str) -> Answer {
        self.write("ctx/src/lib.rs", code);
        self.build(&mut self.command())
    }

    fn build(&self, command: &mut Command) -> Answer {
        // Not a kernel's first cells, which kernels share.
        self.write("ctx/target/debug/libcode_2.so", "");
        let noted = fs::read(self.path("calls")).unwrap_or_default().len();
        let output = command.output().unwrap();
        let asked = fs::read(self.path("calls")).unwrap_or_default().len() - noted;
        Answer::new(self, &output, asked == 0)
    }

    /// A cell that the stand-in does not leave to cargo, however coarse the dates.
    fn settle(&self) {
        for i in 0..10 {
            if self.cell(&format!("// {i}")).without_cargo {
                return;
            }
        }
        panic!("each cell is left to cargo");
    }
}

/// What evcxr is told of `ctx`.
#[derive(Debug)]
struct Answer {
    code: Option<i32>,
    lines: Vec<Value>,
    /// rustc was not called through cargo.
    without_cargo: bool,
}

impl Answer {
    fn new(cells: &Cells, output: &Output, without_cargo: bool) -> Self {
        // Two folders, the same answer.
        let root = cells.root.path().to_str().unwrap();
        let text = String::from_utf8(output.stdout.clone()).unwrap().replace(root, "");
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let of_cells =
            |line: &Value| line["target"]["name"] == "ctx" || line["reason"] == "build-finished";
        Self { code: output.status.code(), lines: lines.filter(of_cells).collect(), without_cargo }
    }
}

impl Answer {
    /// The beginnings of the compiler's messages.
    fn said(&self) -> Vec<&str> {
        self.lines.iter().filter_map(|line| line["message"]["message"].as_str()).collect()
    }
}

#[test]
fn the_stand_in_answers_as_cargo_does() {
    let (long, short) = (Cells::new(false), Cells::new(true));
    long.cell("");
    short.settle();
    let head = "#[unsafe(no_mangle)] pub extern \"C\" fn";
    let cells = [
        format!("{head} f() -> u32 {{ aide::nombre() }}"),
        format!("{head} f() -> u32 {{ let inutile = 1; aide::nombre() + 1 }}"),
        format!("{head} f() -> u32 {{ let s: String = 1; inconnu + 1 }}"),
        "fn é( { « ».x".to_owned(),
        "mod absent;".to_owned(),
        "#[deprecated] fn g() {} pub fn f() { g() }".to_owned(),
        format!(
            "unsafe extern \"C\" {{ fn nulle_part(); }} {head} f() {{ unsafe {{ nulle_part() }} }}"
        ),
        format!("{head} g() -> u32 {{ aide::nombre() + 2 }}"),
    ];
    for code in &cells {
        let (expected, answer) = (long.cell(code), short.cell(code));
        assert!(answer.without_cargo && !expected.without_cargo, "{code}: {answer:#?}");
        assert_eq!(answer.code, expected.code, "{code}");
        if code.contains("nulle_part") {
            // The linker's message has names that are new each time.
            assert_eq!(answer.lines.len(), expected.lines.len(), "{answer:#?}");
            continue;
        }
        assert_eq!(answer.said(), expected.said(), "{code}");
        assert_eq!(answer.lines, expected.lines, "{code}");
    }
}

/// evcxr checks a cell when it cannot tell a type: the mistakes are those of the
/// build, and nothing is compiled in the form that `cargo check` wants.
#[test]
fn a_check_finds_the_mistakes_of_the_build() {
    let cells = Cells::new(true);
    let wrong = "pub fn f() { let a: u32 = \"x\"; inconnu }";
    for off in [true, false] {
        cells.settle();
        let built = cells.cell(wrong);
        for (code, status, said) in [(wrong, 101, built.said()), ("pub fn f() {}", 0, vec![])] {
            cells.write("ctx/src/lib.rs", code);
            let mut check = cells.asked("check");
            // The build says where it is to be found, a check does not.
            check.env("EVCXR_EXECUTION_SO_PATH", "");
            if off {
                check.env("TP_SANS_RACCOURCI", "1");
            }
            let answer = cells.build(&mut check);
            assert_eq!(answer.code, Some(status), "{answer:?}");
            assert_eq!(answer.said(), said);
            assert_eq!(answer.without_cargo, !off, "{code}");
        }
    }
    let metadata = fs::read_dir(cells.path("ctx/target/debug/deps")).unwrap();
    let names = metadata.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let checked: Vec<_> = names.filter(|name| name.ends_with(".rmeta")).collect();
    assert!(checked.iter().all(|name| name.starts_with("libaide")), "{checked:?}");
    cells.write("ctx/src/lib.rs", wrong);
    let mut elsewhere = cells.asked("check");
    let answer = cells.build(elsewhere.env("EVCXR_TMPDIR", cells.root.path()));
    assert!(answer.code == Some(101) && !answer.without_cargo);
}

#[test]
fn a_cell_is_a_file_of_its_own_where_evcxr_expects_it() {
    let cells = Cells::new(true);
    cells.settle();
    let inode = |answer: &Answer| {
        let artifact = answer.lines.iter().find(|line| line["reason"] == "compiler-artifact");
        let name = artifact.unwrap()["filenames"][0].as_str().unwrap().trim_start_matches('/');
        let (path, kept) = (cells.path(name), cells.path(name).with_file_name("libcode_1.so"));
        // As evcxr does with each.
        fs::rename(&path, &kept).unwrap();
        fs::metadata(kept).unwrap().ino()
    };
    let first = cells.cell("pub fn first() {}");
    let held = inode(&first);
    let second = cells.cell("pub fn second() {}");
    assert!(first.without_cargo && second.without_cargo);
    assert_ne!(held, inode(&second));
}

/// Whatever else changes, cargo is asked, and knows what to do.
#[test]
fn any_other_change_is_cargos_business() {
    let cells = Cells::new(true);
    let code = "#[unsafe(no_mangle)] pub extern \"C\" fn f() -> u32 { aide::nombre() }";
    let check = |what: &str| {
        let answer = cells.cell(&format!("{code} // {what}"));
        assert!(!answer.without_cargo, "{what}");
        answer
    };
    assert_eq!(check("the first").code, Some(0));
    cells.settle();

    cells.write("aide/src/nombre.rs", "pub fn nombre() -> i64 { 1 }\n");
    assert_eq!(check("a source of the library").code, Some(101));
    cells.write("aide/src/nombre.rs", "pub fn nombre() -> u32 { 22 }\n");
    assert_eq!(check("and again").code, Some(0));
    cells.settle();
    cells.write("ctx/Cargo.toml", &format!("{MANIFEST}\n[features]\nessai = []\n"));
    check("the manifest");
    cells.settle();
    cells.write("aide/Cargo.toml", &format!("{LIBRARY}description = \"aide\"\n"));
    check("the library's manifest");
    cells.settle();
    cells.write("Cargo.toml", "[workspace]\nmembers = [\"ctx\"]\nresolver = \"2\"\n");
    check("the workspace");
    cells.settle();
    cells.write("ctx/.cargo/config.toml", "[build]\njobs = 1\n");
    check("cargo's settings");
    cells.settle();
    cells.write("ctx/Cargo.toml", &MANIFEST.replace("aide = { path = \"../aide\" }", ""));
    assert_eq!(check("a dependency that is gone").code, Some(101));
    cells.write("ctx/Cargo.toml", MANIFEST);
    assert_eq!(check("and is there again").code, Some(0));
    cells.settle();
    fs::remove_dir_all(cells.path("ctx/target")).unwrap();
    assert_eq!(check("`:clean`").code, Some(0));
    cells.settle();

    for (name, value) in
        [("RUSTFLAGS", "-Copt-level=1"), ("ESSAI", "1"), ("TP_SANS_RACCOURCI", "1")]
    {
        cells.write("ctx/src/lib.rs", &format!("// {name}"));
        assert!(!cells.build(cells.command().env(name, value)).without_cargo, "{name}");
        cells.settle();
    }
    cells.write("ctx/src/lib.rs", "// other arguments");
    assert!(!cells.build(cells.command().arg("--release")).without_cargo);
    cells.write("ctx/src/lib.rs", "// another folder");
    assert!(!cells.build(cells.command().env("EVCXR_TMPDIR", cells.root.path())).without_cargo);
}

/// A rustc that dies, or says what cargo alone understands, is cargo's business.
#[test]
fn a_rustc_that_breaks_down_is_called_by_cargo() {
    let cells = Cells::new(true);
    cells.settle();
    let recipe = cells.path("ctx/target/raccourci.json");
    let good = fs::read_to_string(&recipe).unwrap();
    let rustc = program("rustc").display().to_string();
    for (name, text) in [
        ("dies", "#!/bin/sh\nkill -9 $$\n"),
        ("prints", "#!/bin/sh\necho 'thread rustc panicked' >&2\nexit 101\n"),
        ("is mute", "#!/bin/sh\nexit 1\n"),
        ("builds nothing", "#!/bin/sh\nexit 0\n"),
    ] {
        let broken = cells.path("broken");
        fs::write(&broken, text).unwrap();
        fs::set_permissions(&broken, fs::Permissions::from_mode(0o755)).unwrap();
        // Only the program that is called: what was seen of the real one holds.
        let call = format!("\"rustc\":\"{rustc}\"");
        assert!(good.contains(&call), "{good}");
        let changed = good.replace(&call, &format!("\"rustc\":\"{}\"", broken.display()));
        fs::write(&recipe, changed).unwrap();
        let answer = cells.cell(&format!("// {name}"));
        assert!(!answer.without_cargo && answer.code == Some(0), "{name}: {answer:?}");
    }
    fs::write(&recipe, "{").unwrap();
    assert_eq!(cells.cell("// an unreadable recipe").code, Some(0));
}
