//! The kernel as notebooks meet it: what evcxr, candle and Jupyter get wrong
//! when they are put together naively, one test a trap.

use crate::common::processes::{kilobytes, processes_of, wait_until_gone};
use crate::common::{Session, installed, run_notebook, said, tp, write_notebook};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// evcxr links each cell by itself: with two copies of candle, two variables
/// made in two cells would have the same id, and each other's gradient.
#[test]
fn gradients_are_right_across_cells() {
    let mut session = Session::start();
    println!("kernel ready after {:.1} s", session.start_seconds);
    let first = session.cell("let prêt = 1;");
    println!("first let after {:.1} s more", first.seconds());

    let dep = session.cell(":dep mnist_tp = { path = \"..\" }");
    assert_eq!(dep.result(), "");
    println!("the notebook's own :dep takes {:.2} s", dep.seconds());
    nothing_was_compiled_again(session.pid());

    session.cell("use mnist_tp::prelude::*;").result();
    session.cell("let v = Var::new(&[1f32, 2.0], &Device::Cpu)?;").result();
    session.cell("let w = Var::new(&[10f32, 20.0], &Device::Cpu)?;").result();
    session.cell("let sum = (v.as_tensor() * w.as_tensor())?.sum_all()?;").result();
    session.cell("let gradients = sum.backward()?;").result();
    let dv = session.cell("gradients.get(&v).unwrap().to_vec1::<f32>()?");
    assert_eq!(dv.result(), "[10.0, 20.0]");
    let dw = session.cell("gradients.get(&w).unwrap().to_vec1::<f32>()?");
    assert_eq!(dw.result(), "[1.0, 2.0]");

    results_are_compiled_once(&mut session);
    outputs_are_complete_and_in_order(&mut session);
    cells_keep_the_checks_that_teach(&mut session);
    a_training_moves_and_can_be_interrupted(&mut session);
    session.control("stop");
}

/// The library that the kernel loads is the warmed one, not a new one.
fn nothing_was_compiled_again(pid: u32) {
    let warm = dylib(&installed().join("warm"));
    let own = dylib(&installed().join("kernels").join(pid.to_string()));
    let inode = |path: &PathBuf| std::fs::metadata(path).unwrap().ino();
    assert_eq!(inode(&warm), inode(&own), "{}", own.display());
}

fn dylib(folder: &Path) -> PathBuf {
    let target = folder.join("ctx/target");
    let triples = std::fs::read_dir(&target).unwrap().map(|entry| entry.unwrap().path());
    let name = format!("{}mnist_tp{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let mut found = triples.map(|triple| triple.join("debug/deps").join(&name));
    found.find(|path| path.exists()).unwrap_or_else(|| panic!("no {name} in {}", target.display()))
}

/// evcxr tries `evcxr_display` first; where there is none, it compiles the cell
/// again in another form.
fn results_are_compiled_once(session: &mut Session) {
    let source = installed().join("kernels").join(session.pid().to_string()).join("ctx/src/lib.rs");
    for (code, shown) in [
        ("1 + 1", "2"),
        ("let z = 3; z", "3"),
        ("vec![0.5, 1.0]", "[0.5, 1.0]"),
        ("format!(\"é{}\", 1)", "\"é1\""),
        ("(1u8, \"a\")", "(1, \"a\")"),
        ("[1, 2].iter().max()", "Some(2)"),
        ("sum.to_scalar::<f32>()? > 0.0", "true"),
        ("sum.dtype()", "F32"),
    ] {
        assert_eq!(session.cell(code).result(), shown, "{code}");
        let compiled = std::fs::read_to_string(&source).unwrap();
        assert!(compiled.contains(").evcxr_display();"), "{code}\n{compiled}");
    }
    // Pictures stay pictures, through references and boxes too.
    let bars = "plot_bars(\"barres\", &[(\"a\", 1.0)], 1)?";
    for code in [bars.to_owned(), format!("&&{bars}"), format!("Box::new({bars})")] {
        assert_eq!(session.cell(&code).figures(), 1, "{code}");
    }
    // What has no such method is shown as before.
    assert_eq!(session.cell("std::cell::Cell::new(4)").result(), "Cell { value: 4 }");
}

fn outputs_are_complete_and_in_order(session: &mut Session) {
    let many = session.cell("for i in 0..10_000 { println!(\"{i}\"); }");
    let expected: String = (0..10_000).map(|i| format!("{i}\n")).collect();
    assert!(many.stdout() == expected, "{} bytes", many.stdout().len());
}

/// Overflow is an error in a cell, even though it is optimised.
fn cells_keep_the_checks_that_teach(session: &mut Session) {
    session.cell("let octet: u8 = 255;").result();
    let overflow =
        session.cell("let suivant: u8 = octet + std::env::args().count() as u8; suivant");
    let told = overflow.complaints();
    assert!(told.contains("overflow") || told.contains("Panic"), "{overflow:?}");
}

/// Epochs of some milliseconds: both displays move, none more than ten times a second.
fn a_training_moves_and_can_be_interrupted(session: &mut Session) {
    session.cell("let few = Mnist::load()?.train.slice(0..500)?;").result();
    session.cell("let x = few.to_f32()?.reshape((500, 784))?;").result();
    let network = "Sequential::new(\"sans fin\", 784).dense(\"C\", 10, Activation::Softmax)";
    let compiled = format!(
        "let mut model = {network}.compile(Adam::default(), Loss::SparseCategoricalCrossentropy)?;"
    );
    session.cell(&compiled).result();
    let fit = "model.fit(&x, &few.labels, Fit { epochs: 1_000_000, ..Fit::default() })?";
    let training = session.cell_without_end(fit, 200);
    let (moves, seconds) = (training.displays(), training.seconds_of_showing());
    // Two displays, ten times a second; two seconds more, as the first may be read late.
    assert!((moves as f64) < 20.0 * (seconds + 2.0) + 2.0, "{moves} displays in {seconds} s");
    assert!(moves >= 10, "{training:?}");
    let start = Instant::now();
    session.control("interrupt");
    // What comes before the training has ended is aborted with it.
    let mut next = session.cell("1 + 1");
    while next.was_aborted() && start.elapsed() < Duration::from_secs(120) {
        next = session.cell("1 + 1");
    }
    assert_eq!(next.result(), "2");
}

/// Whether one of a kernel's compiled cells leaves its variables to the library's store.
fn has_lent_store(kernel: &Path) -> bool {
    // In the name of each of the store's functions.
    const STORE: &[u8] = b"notebook9variables";
    let triples = std::fs::read_dir(kernel.join("ctx/target")).unwrap().flatten();
    let folders = triples.filter_map(|triple| std::fs::read_dir(triple.path().join("debug")).ok());
    let files = folders.flatten().flatten().map(|entry| entry.path());
    let mut cells = files.filter(|path| path.to_string_lossy().contains("code_"));
    cells.any(|cell| std::fs::read(cell).unwrap().windows(STORE.len()).any(|bytes| bytes == STORE))
}

/// Cells are compiled without cargo where that is the same (see the command
/// line's `shortcut`): two kernels at once, one with cargo for each cell, say the
/// same of everything.
#[test]
fn a_cell_compiled_without_cargo_is_the_same() {
    drop(tp());
    let cells = [
        ":dep mnist_tp = { path = \"..\" }",
        "use mnist_tp::prelude::*;",
        "1 + 1",
        "let a: u8 = 255;",
        "let b = a + std::env::args().count() as u8;",
        "let liste = vec![a, 2]; let inutilisée = 1;",
        "liste.iter().map(|x| u32::from(*x)).sum::<u32>()",
        "let e: u32 = \"texte\"; inconnu",
        "fn f(x: u32) -> u32 { x +",
        "#[derive(Debug)] struct Point { x: u32 } let p = Point { x: 3 };",
        "p",
        "struct Muet; Muet",
        "panic!(\"tombée\")",
        "let n: i32 = \"x\".parse()?;",
        "println!(\"{}\", p.x); eprintln!(\"attention\");",
        ":dep evcxr_runtime = \"1\"",
        "let t = Tensor::zeros((2, 3), DType::F32, &Device::Cpu)?; t.dims2()?",
        "let f = |x: u32| x + 1;",
        "let x = Default::default();",
        ":opt 3",
        "let c = 4; a",
        ":clear",
        "a",
    ];
    let talk = |variables: &[(&str, &str)]| {
        let mut session = Session::start_with(variables);
        let told: Vec<_> = cells.iter().map(|code| session.cell(code).told()).collect();
        let folder = installed().join("kernels").join(session.pid().to_string());
        let is_short = folder.join("ctx/target/raccourci.json").exists();
        assert_eq!(has_lent_store(&folder), is_short, "whose store the variables are in");
        session.cell_without_end("println!(\"parti\"); loop { std::hint::black_box(1); }", 1);
        session.control("interrupt");
        // What comes before the loop has ended is aborted with it.
        let mut after = session.cell("1 + 2");
        while after.was_aborted() {
            after = session.cell("1 + 2");
        }
        session.control("stop");
        (told, is_short, after.result().to_owned())
    };
    let ((short, is_short, first), (long, is_long, second)) = std::thread::scope(|scope| {
        let short = scope.spawn(|| talk(&[]));
        let long = scope.spawn(|| talk(&[("TP_SANS_RACCOURCI", "1")]));
        (short.join().unwrap(), long.join().unwrap())
    });
    for (code, (short, long)) in cells.iter().zip(short.iter().zip(&long)) {
        assert_eq!(short, long, "{code}");
    }
    assert_eq!((first.as_str(), second.as_str()), ("3", "3"));
    assert!(is_short && !is_long);
}

/// evcxr says "ok" after a panic or an `Err`: the runner does not believe it.
#[test]
fn a_run_fails_on_panic_err_stderr_and_compile_error() {
    let folder = tempfile::tempdir().unwrap();
    let cells = [
        "let clean = 1;",
        "let v: Vec<u8> = Vec::new(); let n = v[3];",
        "let n: i32 = \"x\".parse()?;",
        "eprintln!(\"attention\");",
        "let typo: u32 = \"texte\";",
        "clean + 1",
    ];
    let notebook = write_notebook(folder.path(), "pannes.ipynb", &cells);
    let (output, executed) = run_notebook(&notebook, &folder.path().join("out"), true);
    let said = said(&output);
    assert!(!output.status.success(), "{said}");
    let verdicts: Vec<_> = said.lines().filter(|line| line.contains("cellule")).collect();
    assert_eq!(verdicts.len(), cells.len(), "{said}");
    for (number, verdict) in [(0, " ok "), (5, " ok ")] {
        assert!(verdicts[number].contains(verdict), "{said}");
    }
    for verdict in &verdicts[1..5] {
        assert!(!verdict.contains(" ok "), "{verdict}\n{said}");
    }
    assert!(said.contains("indice 3") && said.contains("attention"), "{said}");
    assert_eq!(executed["cells"][5]["outputs"][0]["data"]["text/plain"][0], "2", "{executed}");

    // Without --keep-going the run ends at the first failure.
    let short = write_notebook(folder.path(), "arrêt.ipynb", &["panic!(\"fin\")", "1 + 1"]);
    let (output, _) = run_notebook(&short, &folder.path().join("out"), false);
    let said = crate::common::said(&output);
    assert!(!output.status.success() && said.contains("cellule   1"), "{said}");
    assert!(!said.contains("cellule   2"), "{said}");
}

/// Two kernels at once do not run each other's cells, and leave nothing behind,
/// the one stopped in order, the other killed in the middle of a cell.
#[test]
fn two_kernels_at_once_are_strangers() {
    drop(tp());
    let talk = |offset: u32| {
        let mut session = Session::start();
        for i in 0..8 {
            let value = offset + i;
            session.cell(&format!("let x{i}: u32 = {value};")).result();
            let answer = session.cell(&format!("fn f{i}() -> u32 {{ {value} }} x{i} + f{i}()"));
            assert_eq!(answer.result(), (2 * value).to_string());
        }
        session
    };
    let (mut first, mut second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| talk(100));
        let second = scope.spawn(|| talk(5000));
        (first.join().unwrap(), second.join().unwrap())
    });

    // A kernel that starts sweeps what dead ones left, and nothing of the living.
    let mut third = Session::start();
    assert_eq!(third.cell("1 + 1").result(), "2");
    assert_eq!(first.cell("x0 + x7").result(), "207");
    assert_eq!(second.cell("x0 + x7").result(), "10007");
    third.control("stop");

    let (stopped, killed) = (first.pid(), second.pid());
    first.control("stop");
    wait_until_gone(stopped);
    second.cell_without_end("println!(\"parti\"); loop { std::hint::black_box(1); }", 1);
    assert!(!processes_of(killed).is_empty());
    let status = std::process::Command::new("kill").args(["-KILL", &killed.to_string()]).status();
    assert!(status.unwrap().success());
    wait_until_gone(killed);
}

/// A class on one server: each of ten students gets all of a small notebook's
/// outputs. Says what an idle kernel holds.
#[test]
#[ignore = "takes minutes and 5 GB: cargo test --test kernel ten -- --ignored --nocapture"]
fn ten_kernels_at_once() {
    drop(tp());
    let student = |number: u32| {
        let mut session = Session::start();
        session.cell("use mnist_tp::prelude::*;").result();
        session.cell("let mnist = Mnist::load()?;").result();
        for i in 0..5 {
            let printed =
                session.cell(&format!("for j in 0..100 {{ println!(\"{number} {i} {{j}}\"); }}"));
            let expected: String = (0..100).map(|j| format!("{number} {i} {j}\n")).collect();
            assert_eq!(printed.stdout(), expected);
            let figure = session.cell(&format!("show_digit(&mnist.train, {i})?"));
            assert_eq!(figure.complaints(), "[]");
            assert_eq!(figure.figures(), 1, "{figure:?}");
        }
        session
    };
    let start = Instant::now();
    let mut sessions: Vec<_> = std::thread::scope(|scope| {
        let students: Vec<_> = (0..10).map(|number| scope.spawn(move || student(number))).collect();
        students.into_iter().map(|student| student.join().unwrap()).collect()
    });
    println!("ten small notebooks after {:.0} s", start.elapsed().as_secs_f64());
    for session in &mut sessions {
        let pid = session.pid();
        let mut processes = processes_of(pid);
        processes.push(PathBuf::from(format!("/proc/{pid}/environ")));
        let held: u64 = processes.iter().map(|process| kilobytes(process)).sum();
        println!("kernel {pid}: {} MB in {} processes", held / 1000, processes.len());
    }
}
