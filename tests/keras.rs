//! `docs/keras.md` says what is so: its programs are doctests of the library, the
//! calls of its tables are pieces of them, its defaults are the library's. (What it
//! says of Keras is compared by `benches/peers/defaults.py`.)

use mnist_tp::prelude::*;

const PAGE: &str = include_str!("../docs/keras.md");

/// The cells of the tables between two headings.
fn rows(from: &str, to: &str) -> Vec<Vec<&'static str>> {
    let section = PAGE.split_once(from).unwrap().1.split_once(to).unwrap().0;
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.contains("| ici |"));
    rows.map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// The pieces of code in a cell.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_call_of_the_tables_is_in_a_program_that_runs() {
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    let programs = PAGE.split("```rust\n").skip(1);
    let programs: String = programs.map(|block| block.split("\n```").next().unwrap()).collect();
    let programs = plain(&programs);
    let rows = rows("## Chaque appel", "## Valeurs par défaut");
    assert!(rows.len() > 40, "{}", rows.len());
    for row in rows {
        assert_eq!(row.len(), 3, "{row:?}");
        let calls = code(row[1]);
        assert!(!calls.is_empty(), "{row:?}");
        for call in calls {
            assert!(programs.contains(&plain(call)), "{call} is in no program");
        }
    }
}

#[test]
fn the_defaults_are_the_librarys() {
    let (sgd, rms, adam) = (Sgd::default(), RmsProp::default(), Adam::default());
    let (fit, stop) = (Fit::default(), EarlyStopping::default());
    let norm = Sequential::new("r", 1).batch_norm("N").layers.remove(0).spec;
    let LayerSpec::BatchNorm { momentum, epsilon } = norm else { panic!("{norm:?}") };
    let network = Sequential::new("r", (6, 6, 1))
        .conv2d("C", 3, 2, Padding::Valid, Activation::Linear)
        .reshape("R", (15, 5))
        .gru("G", 4, false)
        .dense("D", 2, Activation::Linear)
        .build()
        .unwrap();
    let values = |layer: &str, param: usize| -> Vec<f32> {
        let param = &network.layer(layer).unwrap().params()[param].var;
        param.as_tensor().flatten_all().unwrap().to_vec1().unwrap()
    };
    // Uniform up to √(6 / (fan_in + fan_out)), hence more than 9/10 of it at most.
    let glorot = |layer: &str, fans: f32| {
        let limit = (6.0 / fans).sqrt();
        let largest = values(layer, 0).into_iter().fold(0f32, |max, w| max.max(w.abs()));
        assert!(largest <= limit && largest > 0.6 * limit, "{layer}: {largest} {limit}");
        "glorot_uniform".to_owned()
    };
    let orthogonal = || {
        let rows = values("G", 1);
        let length: f32 = rows[..12].iter().map(|w| w * w).sum();
        let product: f32 = rows[..12].iter().zip(&rows[12..24]).map(|(a, b)| a * b).sum();
        assert!((length - 1.0).abs() < 1e-5 && product.abs() < 1e-5, "{length} {product}");
        "orthogonal".to_owned()
    };
    let truth = |value: bool| if value { "True" } else { "False" }.to_owned();
    let float = |value: f64| format!("{value:?}").replace("e-7", "e-07");
    let expected = |key: &str| match key {
        "layers.Dense.kernel_initializer" => glorot("D", 4.0 + 2.0),
        "layers.Dense.bias_initializer" => {
            assert_eq!(values("D", 1), [0.0; 2]);
            "zeros".to_owned()
        }
        "layers.Conv2D.kernel_initializer" => glorot("C", 4.0 + 12.0),
        "layers.BatchNormalization.momentum" => momentum.to_string(),
        "layers.BatchNormalization.epsilon" => epsilon.to_string(),
        "layers.GRU.recurrent_initializer" => orthogonal(),
        // There are two biases.
        "layers.GRU.reset_after" => {
            truth(network.layer("G").unwrap().params()[2].var.dims() == [2, 12])
        }
        "optimizers.SGD.learning_rate" => float(sgd.learning_rate),
        "optimizers.SGD.momentum" => float(sgd.momentum),
        "optimizers.SGD.nesterov" => truth(sgd.nesterov),
        "optimizers.RMSprop.learning_rate" => float(rms.learning_rate),
        "optimizers.RMSprop.rho" => float(rms.rho),
        "optimizers.RMSprop.epsilon" => float(rms.epsilon),
        "optimizers.Adam.learning_rate" => float(adam.learning_rate),
        "optimizers.Adam.beta_1" => float(adam.beta_1),
        "optimizers.Adam.beta_2" => float(adam.beta_2),
        "optimizers.Adam.epsilon" => float(adam.epsilon),
        "optimizers.AdamW.weight_decay" => float(AdamW::default().weight_decay),
        "Model.fit.epochs" => fit.epochs.to_string(),
        "Model.fit.batch_size" => fit.batch_size.to_string(),
        "Model.fit.shuffle" => truth(fit.shuffle),
        "callbacks.EarlyStopping.monitor" => {
            assert_eq!(stop.monitor, Monitor::ValLoss);
            "val_loss".to_owned()
        }
        "callbacks.EarlyStopping.patience" => stop.patience.to_string(),
        "callbacks.EarlyStopping.min_delta" => stop.min_delta.to_string(),
        "callbacks.EarlyStopping.baseline" => format!("{:?}", stop.baseline),
        "callbacks.EarlyStopping.start_from_epoch" => stop.start_from_epoch.to_string(),
        "callbacks.EarlyStopping.restore_best_weights" => truth(stop.restore_best_weights),
        // `train::tests`: the file did not go on past the best epoch.
        "callbacks.ModelCheckpoint.save_best_only" => truth(true),
        other => panic!("nothing here knows {other}"),
    };
    let rows = rows("## Valeurs par défaut", "## Ce qui diffère");
    assert!(rows.len() > 20);
    for row in rows {
        let (key, told) = (code(row[0])[0], code(row[2])[0]);
        assert_eq!(told, expected(key), "{key}");
    }
}
