//! What a viewer shows of the graph. (`tests/onnx.rs` runs the files.)

use super::graph::{Data, Graph};
use super::translate::graph;
use crate::prelude::*;

fn lenet() -> Graph {
    let network = Sequential::new("LeNet", (28, 28, 1))
        .conv2d("C1", 6, 5, Padding::Same, Activation::Relu)
        .max_pool2d("S2", 2)
        .flatten("F")
        .dense("sortie", 10, Activation::Softmax);
    graph(&network.build().unwrap()).unwrap()
}

#[test]
fn nodes_bear_the_names_of_the_layers() {
    let graph = lenet();
    let nodes: Vec<String> = graph
        .nodes
        .iter()
        .map(|n| {
            format!("{} {}({}) → {}", n.name, n.operator, n.inputs.join(" "), n.outputs.join(" "))
        })
        .collect();
    assert_eq!(
        nodes,
        [
            "C1.channels_first Transpose(images) → C1.channels_first",
            "C1 Conv(C1.channels_first C1.kernel C1.bias) → C1.linear",
            "C1.relu Relu(C1.linear) → C1",
            "S2 MaxPool(C1) → S2",
            "F.channels_last Transpose(S2) → F.channels_last",
            "F Flatten(F.channels_last) → F",
            "sortie Gemm(F sortie.kernel sortie.bias) → sortie.linear",
            "sortie.softmax Softmax(sortie.linear) → sortie",
        ]
    );
    let shapes: Vec<_> = graph.values.iter().map(|v| (&*v.name, &v.shape[..])).collect();
    let expected: [(&str, &[usize]); 3] =
        [("C1", &[6, 28, 28]), ("S2", &[6, 14, 14]), ("F", &[1176])];
    assert_eq!(shapes, expected);
    assert_eq!((&*graph.input.name, &graph.input.shape[..]), ("images", &[28, 28, 1][..]));
    assert_eq!((&*graph.output.name, &graph.output.shape[..]), ("sortie", &[10][..]));
}

#[test]
fn a_layer_called_as_another_tensor_keeps_its_name() {
    let network = Sequential::new("r", (4, 4, 1))
        .conv2d("images", 2, 3, Padding::Same, Activation::Relu)
        .batch_norm("images.kernel")
        .activation("images.linear", Activation::Tanh);
    let graph = graph(&network.build().unwrap()).unwrap();
    let mut names: Vec<&str> = graph.nodes.iter().flat_map(|n| &n.outputs).map(|n| &**n).collect();
    names.extend(graph.constants.iter().map(|c| &*c.name));
    names.push(&graph.input.name);
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "{names:?}");
    for layer in ["images", "images.kernel", "images.linear"] {
        assert!(graph.nodes.iter().any(|n| n.name == layer));
    }
    assert_eq!((&*graph.output.name, &graph.output.shape[..]), ("images.linear", &[4, 4, 2][..]));
}

/// A kernel `[kh, kw, c_in, c_out]` is written as `[c_out, c_in, kh, kw]`.
#[test]
fn kernels_are_turned() {
    let network = Sequential::new("r", (5, 5, 2));
    let model = network.conv2d("C", 3, 2, Padding::Valid, Activation::Relu).build().unwrap();
    let graph = graph(&model).unwrap();
    let kernel = &graph.constants[0];
    assert_eq!((&*kernel.name, &kernel.shape[..]), ("C.kernel", &[3, 2, 2, 2][..]));
    let Data::Floats(values) = &kernel.data else { panic!("{:?}", kernel.data) };
    let ours = model.layer("C").unwrap().kernel().unwrap();
    let ours: Vec<f32> = ours.flatten_all().unwrap().to_vec1().unwrap();
    for (o, c, a, b) in (0..24).map(|i| (i / 8, i / 4 % 2, i / 2 % 2, i % 2)) {
        assert_eq!(values[((o * 2 + c) * 2 + a) * 2 + b], ours[((a * 2 + b) * 2 + c) * 3 + o]);
    }
}
