//! Networks written as ONNX, judged by `onnx.checker` and run by onnxruntime beside
//! the library. Both come from PyPI into an environment of this test's own,
//! `.tp/onnx`, which is made once.

mod common;
#[path = "common/networks.rs"]
mod networks;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mnist_tp::prelude::*;
use serde_json::{Value, json};

const IMAGES: usize = 1000;
const RELU: Activation = Activation::Relu;

/// The Python of the environment; nothing where it cannot be had.
fn python() -> Option<PathBuf> {
    let (here, venv) = (common::root().join("tests/onnx"), common::installed().join("onnx"));
    let requirements = std::fs::read_to_string(here.join("requirements.txt")).unwrap();
    let (python, stamp) = (venv.join("bin/python"), venv.join("complete"));
    if std::fs::read_to_string(&stamp).is_ok_and(|made| made == requirements) {
        return Some(python);
    }
    let done = |command: &mut Command| {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    };
    let system = std::env::var_os("TP_PYTHON").unwrap_or_else(|| "python3".into());
    let install = ["-m", "pip", "install", "--quiet", "--no-input", "--retries", "1", "-r"];
    let made = done(Command::new(system).args(["-m", "venv", "--clear"]).arg(&venv))
        && done(Command::new(&python).args(install).arg(here.join("requirements.txt")));
    made.then(|| std::fs::write(stamp, requirements).unwrap())?;
    Some(python)
}

/// Weights, biases and averages that no layer starts with; the last kernel is large,
/// so that probabilities depend on the image.
fn shaken(network: Sequential) -> Model {
    let model = network.build().unwrap();
    let mut rng = Rng::new(5);
    if let Some(kernel) = model.vars().iter().rev().find(|var| var.dims().len() > 1) {
        kernel.set(&(kernel.as_tensor() * 6.0).unwrap()).unwrap();
    }
    for layer in model.layers() {
        for param in layer.params().iter().filter(|p| !p.name.ends_with("kernel")) {
            let middle = if param.name == "gamma" { 1.0 } else { 0.0 };
            let len = param.var.elem_count();
            let values: Vec<f32> = (0..len).map(|_| middle + 0.3 * rng.normal()).collect();
            let values = Tensor::from_vec(values, param.var.dims(), &Device::Cpu).unwrap();
            param.var.set(&values).unwrap();
        }
        if let Some(mut running) = layer.running() {
            running.mean.iter_mut().for_each(|mean| *mean = 0.3 * rng.normal());
            running.variance.iter_mut().for_each(|variance| *variance = rng.uniform(0.3, 2.0));
        }
    }
    model
}

fn image(name: &str) -> Sequential {
    Sequential::new(name, (28, 28, 1))
}

/// What the four do not have: odd strides and borders, windows that leave a rest,
/// other activations, names that are those of other tensors.
fn odd_images() -> Sequential {
    let conv = |kernel_size, stride, padding, activation| LayerSpec::Conv2d {
        filters: 5,
        kernel_size,
        stride,
        padding,
        activation,
    };
    image("étrange")
        .layer("C1", conv([4, 3], [3, 2], Padding::Same, Activation::Tanh))
        .layer("images", LayerSpec::AvgPool2d { size: [2, 3], stride: [1, 2] })
        .batch_norm("C1.kernel")
        .activation("A", Activation::Sigmoid)
        .layer("C2", conv([2, 2], [1, 1], Padding::Valid, Activation::Softmax))
        .layer("C3", conv([2, 5], [2, 3], Padding::Same, Activation::Linear))
        .layer("P", LayerSpec::MaxPool2d { size: [2, 1], stride: [1, 1] })
        .activation("A2", RELU)
        .flatten("F")
        .dense("S", 6, Activation::Linear)
        .activation("fin", Activation::Softmax)
}

fn odd_sequences() -> Sequential {
    image("suites")
        .reshape("lignes", (28, 28))
        .batch_norm("N")
        .gru("R1", 7, true)
        .batch_norm("N2")
        .gru("R2", 6, true)
        .activation("A3", Activation::Linear)
        .flatten("F")
        .batch_norm("N3")
        .dropout("D", 0.5)
        .reshape("encore", (12, 14))
        .gru("R3", 8, false)
        .dense("S", 4, Activation::Sigmoid)
}

/// Outputs that are images, and sequences.
fn open_ended() -> [Sequential; 3] {
    [
        image("carte").conv2d("C1", 3, 3, Padding::Same, RELU),
        image("carte normalisée").conv2d("C1", 3, 7, Padding::Valid, RELU).batch_norm("N"),
        image("suite").reshape("S", (28, 28)).bidirectional("R", LayerSpec::gru(5, true)),
    ]
}

/// The network's file, inputs and outputs in `folder`; how the check is to read them.
fn write(folder: &Path, network: Sequential, x: &Tensor) -> Value {
    let model = shaken(network);
    let y = model.forward(x).unwrap();
    let raw = |end: &str, tensor: &Tensor| {
        let values: Vec<f32> = tensor.flatten_all().unwrap().to_vec1().unwrap();
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        std::fs::write(folder.join(format!("{}.{end}", model.name())), bytes).unwrap();
    };
    raw("x", x);
    raw("y", &y);
    model.save_onnx(folder.join(format!("{}.onnx", model.name()))).unwrap();
    let layers: Vec<&str> = model.layers().iter().map(|layer| layer.name()).collect();
    json!({ "name": model.name(), "input": x.dims(), "output": y.dims(), "layers": layers })
}

#[test]
fn onnxruntime_gives_the_librarys_probabilities() {
    let Some(python) = python() else {
        println!("SKIPPED: onnx and onnxruntime could not be fetched");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let test = Mnist::load().unwrap().test.slice(..IMAGES).unwrap().to_f32().unwrap();
    let images = test.reshape((IMAGES, 28, 28, 1)).unwrap();
    let networks = [
        networks::lenet("lenet"),
        networks::cnn("cnn"),
        networks::deep("profond"),
        networks::recurrent("récurrent", [512, 256]),
        odd_images(),
        odd_sequences(),
    ]
    .into_iter()
    .chain(open_ended());
    let mut cases: Vec<Value> =
        networks.map(|network| write(folder.path(), network, &images)).collect();
    let dense = Sequential::new("dense", 784).dense("C1", 30, RELU).batch_norm("N");
    let vectors = images.reshape((IMAGES, 784)).unwrap();
    cases.push(write(folder.path(), dense.dense("S", 10, Activation::Softmax), &vectors));
    std::fs::write(folder.path().join("cases.json"), json!(cases).to_string()).unwrap();

    let check = common::root().join("tests/onnx/check.py");
    let output = Command::new(python).arg(check).arg(folder.path()).output().unwrap();
    let (text, errors) = (&output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{errors}");
    let rows: Vec<Value> = String::from_utf8_lossy(text)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), cases.len());
    for row in rows {
        println!("{row}");
        let [worst, spread] = ["worst", "spread"].map(|key| row[key].as_f64().unwrap());
        // Outputs that do not depend on the image would prove nothing.
        assert!(worst < 1e-5 && spread > 1e3 * worst && spread > 1e-4, "{row}");
        assert_eq!((&row["unnamed"], &row["free"]), (&json!([]), &json!(true)), "{row}");
    }
}
