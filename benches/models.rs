// The six networks that are measured, here and in benches/peers/. This file is
// compiled by the criterion benches and sent as it is into a notebook's kernel.

/// The network of that name, its first weights drawn from `seed`, ready to be
/// trained with Adam.
pub fn build(name: &str, seed: u64) -> Result<Model> {
    let relu = Activation::Relu;
    let image = || Sequential::new(name, (28, 28, 1));
    let network = match name {
        "dense-784" => Sequential::new(name, 784).dense("C1", 784, relu),
        "dense-128-64" => Sequential::new(name, 784).dense("C1", 128, relu).dense("C2", 64, relu),
        "cnn" => image()
            .conv2d("C1", 32, 3, Padding::Valid, relu)
            .max_pool2d("P1", 2)
            .conv2d("C2", 64, 3, Padding::Valid, relu)
            .max_pool2d("P2", 2)
            .flatten("F")
            .dense("C3", 128, relu),
        "lenet" => image()
            .conv2d("C1", 6, 5, Padding::Same, relu)
            .max_pool2d("P1", 2)
            .conv2d("C2", 16, 5, Padding::Valid, relu)
            .max_pool2d("P2", 2)
            .flatten("F")
            .dense("C3", 200, relu)
            .dense("C4", 84, relu),
        // "deep", and "gru" on the same blocks: those of TP4.
        _ => {
            let mut blocks = image();
            for (i, filters) in [32, 64, 128].into_iter().enumerate() {
                for j in 1..=2 {
                    blocks = blocks
                        .conv2d(format!("C{i}{j}"), filters, 3, Padding::Same, relu)
                        .batch_norm(format!("N{i}{j}"));
                }
                blocks = blocks.max_pool2d(format!("P{i}"), 2).dropout(format!("D{i}"), 0.3);
            }
            match name {
                "gru" => blocks
                    .reshape("suite", (3, 384))
                    .bidirectional("R1", LayerSpec::gru(512, true))
                    .bidirectional("R2", LayerSpec::gru(256, false)),
                _ => blocks
                    .flatten("F")
                    .dense("C3", 512, relu)
                    .dropout("D3", 0.25)
                    .dense("C4", 512, relu)
                    .dropout("D4", 0.5)
                    .batch_norm("N4"),
            }
        }
    };
    let loss = Loss::SparseCategoricalCrossentropy;
    let network = network.dense("sortie", 10, Activation::Softmax).seed(seed);
    network.compile(Adam::default(), loss)
}
