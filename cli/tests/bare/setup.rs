//! The set-up, with stand-ins for Python, cargo and the C compiler: what is
//! missing is told in one sentence, and what is done is not done again.

mod machine;

use machine::{CARGO, CC, Machine, PYTHON, RUSTC, RUSTUP, comes};
use std::fs;
use std::path::Path;
use std::process::Stdio;

#[test]
fn a_missing_program_is_told_in_one_sentence() {
    let old = "echo 3.8; exit 3";
    let without_venv = "case \"$2\" in import\\ venv*) exit 1 ;; *) echo 3.12 ;; esac";
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("rustc", RUSTC), ("cc", CC)], "Python 3 est introuvable"),
        (&[("rustc", RUSTC), ("cc", CC), ("python3", old)], "Python 3.8 est trop ancien"),
        (
            &[("rustc", RUSTC), ("cc", CC), ("python3", without_venv)],
            "le module venv de Python manque",
        ),
        (&[("rustc", RUSTC), ("python3", PYTHON)], "aucun compilateur C"),
    ];
    for (programs, expected) in cases {
        let machine = Machine::new(programs);
        let (success, said) = machine.install();
        assert!(!success && said.contains(expected), "{expected}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert_eq!(machine.count("venv"), 0, "{expected}");
    }
}

const TOOLS: [(&str, &str); 4] =
    [("rustc", RUSTC), ("cc", CC), ("python3", PYTHON), ("cargo", CARGO)];

/// Without them a notebook could store nothing, and no kernel is to find that out
/// in a classroom without network.
#[test]
fn the_sources_of_the_standard_library_are_part_of_the_set_up() {
    let machine = Machine::new(&TOOLS);
    let (success, said) = machine.install();
    let told = said.lines().last().unwrap_or_default();
    assert!(!success && told.contains("rustup component add rust-src"), "{said}");

    let offline = "echo 'error: could not download file: Could not resolve host'; exit 1";
    machine.program("rustup", offline);
    let (success, said) = machine.install();
    let told = said.lines().last().unwrap_or_default();
    assert!(!success && told.contains("rustup component add rust-src"), "{said}");
    assert!(told.contains("le réseau ne répond pas"), "{said}");

    machine.program("rustup", RUSTUP);
    let (success, said) = machine.install();
    assert!(success, "{said}");
    assert_eq!(machine.count("rust-src"), 1);
    let link = fs::read_link(machine.path("tp/analyzer/std/core/src")).unwrap();
    assert_eq!(link, Path::new("/core/src"));
}

#[test]
fn a_failed_set_up_goes_on_where_it_stopped() {
    let mut programs = TOOLS.to_vec();
    programs.push(("rustup", RUSTUP));
    let machine = Machine::new(&programs);
    fs::create_dir_all(machine.path("tp")).unwrap();
    fs::write(machine.path("tp/full"), "").unwrap();
    let (success, said) = machine.install();
    assert!(!success && said.contains("le disque est plein"), "{said}");

    fs::remove_file(machine.path("tp/full")).unwrap();
    let before = (machine.count("pip"), machine.count("evcxr"));
    let python_was_done = machine.path("tp/stamps/python").exists();
    let (success, said) = machine.install();
    assert!(success, "{said}");
    assert_eq!(machine.count("pip"), before.0 + usize::from(!python_was_done), "{said}");
    assert_eq!(machine.count("evcxr"), before.1 + 1, "{said}");

    // Complete: nothing is run, nothing is said.
    let complete = fs::read_to_string(machine.path("count")).unwrap();
    assert_eq!(machine.install(), (true, String::new()));
    assert_eq!(fs::read_to_string(machine.path("count")).unwrap(), complete);
    assert!(machine.path("tp/bin/tp").exists());

    // The system's Python was upgraded under the environment.
    fs::rename(machine.path("tp/venv/lib/python3.12"), machine.path("tp/venv/lib/python3.11"))
        .unwrap();
    let before = machine.count("venv");
    assert!(machine.install().0);
    assert_eq!(machine.count("venv"), before + 1);

    let spec = machine.path("tp/venv/share/jupyter/kernels/rust-tp/kernel.json");
    assert!(fs::read_to_string(spec).unwrap().contains("Rust (TP MNIST)"));
}

fn complete_machine() -> Machine {
    let mut programs = TOOLS.to_vec();
    programs.push(("rustup", RUSTUP));
    Machine::new(&programs)
}

const ADDRESS: &str = "http://localhost:8888/lab/tree/notebooks/TP1_MNIST_dense.ipynb?token=abc ";

#[test]
fn jupyterlab_opens_while_the_rest_is_installed() {
    let machine = complete_machine();
    machine.sign("held");
    let mut lab = machine.lab();
    let line = lab.first_line();
    assert!(line.starts_with("JupyterLab : ") && line.contains(ADDRESS), "{line}");
    assert!(!machine.path("tp/bin/evcxr_jupyter").exists());
    let log = fs::read_to_string(machine.path("tp/log/jupyter.log")).unwrap();
    assert!(log.contains("--no-browser") && log.contains("preferred_dir"), "{log}");
    assert!(log.contains("/notebooks/TP1_MNIST_dense.ipynb"), "{log}");

    // A second one joins; what is open is not uninstalled.
    let mut second = machine.lab();
    assert!(second.first_line().contains(ADDRESS));
    let told = second.end("-INT").1;
    assert!(told.contains("Une installation est en cours : encore environ"), "{told}");
    let refused = machine.tp("desinstaller").arg("--oui").output().unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && told.contains("JupyterLab est ouvert"), "{told}");

    // Ctrl-C ends JupyterLab, not the installation.
    let (success, told) = lab.end("-INT");
    assert!(success && told.contains("JupyterLab est arrêté."), "{told}");
    assert!(
        told.contains("se compilent encore") && told.contains("installation continue"),
        "{told}"
    );
    let log = fs::read_to_string(machine.path("tp/log/jupyter.log")).unwrap();
    assert_eq!(log.matches("stopped").count(), 2, "{log}");
    let waits = machine.tp("install").stderr(Stdio::piped()).spawn().unwrap();
    machine.unsign("held");
    let joined = waits.wait_with_output().unwrap();
    assert!(joined.status.success());
    assert!(machine.path("tp/bin/evcxr_jupyter").exists());
    assert_eq!((machine.count("evcxr"), machine.count("venv")), (1, 1));

    // All is there: nothing goes on, nothing is said but the address and the end.
    let mut lab = machine.lab();
    assert!(lab.first_line().contains(ADDRESS));
    assert_eq!(lab.end("-INT"), (true, "\nJupyterLab est arrêté.\n".into()));
}

#[test]
fn the_end_of_the_terminal_ends_jupyterlab_and_not_the_installation() {
    let machine = complete_machine();
    machine.sign("held");
    let mut lab = machine.lab();
    lab.first_line();
    lab.end("-HUP");
    machine.unsign("held");
    comes("the installation goes on", || machine.path("tp/bin/evcxr_jupyter").exists());
    assert!(machine.install().0);
    assert_eq!(machine.count("evcxr"), 1);
}

#[test]
fn ctrl_c_before_jupyterlab_is_open_stops_the_installation() {
    let machine = complete_machine();
    machine.sign("slow");
    let lab = machine.lab();
    comes("python -m venv", || machine.count("venv") == 1);
    let (success, told) = lab.end("-INT");
    assert!(!success && told.contains("la même commande la reprend"), "{told}");
    machine.unsign("slow");
    assert!(machine.install().0);
    assert_eq!(machine.count("venv"), 2);
}

#[test]
fn a_jupyterlab_that_does_not_start_is_quoted() {
    let machine = complete_machine();
    machine.sign("broken");
    let (success, told) = machine.lab().wait();
    assert!(!success && told.contains("JupyterLab ne démarre pas"), "{told}");
    assert!(told.contains("ImportError: jupyter") && told.contains("log/jupyter.log"), "{told}");
    assert!(machine.install().0);
}

#[test]
fn a_set_up_that_fails_before_jupyterlab_says_why() {
    let machine = complete_machine();
    machine.program(
        "python3",
        "case \"$1\" in -c) echo 3.12 ;; *) echo 'No route to host'; exit 1 ;; esac",
    );
    let (success, told) = machine.lab().wait();
    assert!(!success && told.contains("le réseau ne répond pas"), "{told}");
    assert!(told.contains("log/venv.log"), "{told}");
}
