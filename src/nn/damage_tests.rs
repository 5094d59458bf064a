//! Files that are damaged, older, or announce what they do not hold.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::prelude::*;

/// A small network with a batch normalisation, and a folder.
fn small() -> (TempDir, PathBuf, Model) {
    let network = Sequential::new("r", 2).dense("C", 3, Activation::Relu).batch_norm("N");
    let network = network.dense("S", 2, Activation::Softmax).seed(4);
    let model = network.compile(Adam::default(), Loss::SparseCategoricalCrossentropy).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    (folder, path, model)
}

fn values(model: &Model) -> Vec<Vec<f32>> {
    let tensors = model.state().unwrap().values;
    tensors.iter().map(|t| t.flatten_all().unwrap().to_vec1().unwrap()).collect()
}

/// Calls `read` on the file with each of its bits flipped in turn.
fn each_bit(path: &Path, mut read: impl FnMut() -> Option<String>) {
    let whole = std::fs::read(path).unwrap();
    assert_eq!(read(), None, "the whole file");
    for bit in 0..8 * whole.len() {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(path, &bytes).unwrap();
        let said = read();
        assert!(said.is_some(), "bit {bit}: {}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_flipped_bit_anywhere_in_a_saved_network_is_refused() {
    let (_folder, path, model) = small();
    model.save(&path).unwrap();
    let (mut other, before) = (model.clone(), values(&model));
    each_bit(&path, || {
        let loaded = Model::load(&path).err().map(|e| e.to_string());
        let weights = other.load_weights(&path).err().map(|e| e.to_string());
        assert_eq!(loaded.is_some(), weights.is_some());
        loaded
    });
    assert_eq!(values(&other), before);
    // What is said of a weight that has changed.
    model.save(&path).unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let said = Model::load(&path).err().unwrap().to_string();
    assert!(said.contains("somme de contrôle") && said.contains("de nouveau"), "{said}");
}

#[test]
fn a_flipped_bit_anywhere_in_saved_weights_is_refused() {
    let (_folder, path, mut model) = small();
    model.save_weights(&path).unwrap();
    each_bit(&path, || model.load_weights(&path).err().map(|e| e.to_string()));
}

#[test]
fn a_flipped_bit_anywhere_in_an_interrupted_training_is_refused() {
    let (_folder, path, mut model) = small();
    let x = Tensor::zeros((4, 2), DType::F32, &Device::Cpu).unwrap();
    let y = Tensor::new(&[0u32, 1, 0, 1], &Device::Cpu).unwrap();
    let quiet = Fit { verbose: Verbose::Silent, ..Fit::default() };
    model.fit(&x, &y, quiet).unwrap();
    model.state().unwrap().save(&path, "note").unwrap();
    each_bit(&path, || State::load(&path).err().map(|e| e.to_string()));
}

/// A file as it was written before there were checksums.
fn former(path: &Path, json: Option<&str>, tensors: Vec<(String, Tensor)>) {
    let metadata = json.map(|json| HashMap::from([("mnist_tp".to_owned(), json.to_owned())]));
    std::fs::write(path, safetensors::serialize(tensors, metadata).unwrap()).unwrap();
}

#[test]
fn files_without_a_checksum_still_load() {
    let (_folder, path, model) = small();
    let json = serde_json::to_string(model.architecture()).unwrap();
    former(&path, Some(&json), model.named_values().unwrap());
    let loaded = Model::load(&path).unwrap();
    assert_eq!(values(&loaded), values(&model));
    let mut fresh = model.architecture().clone().seed(9).build().unwrap();
    assert_ne!(values(&fresh), values(&model));
    former(&path, None, model.named_values().unwrap());
    fresh.load_weights(&path).unwrap();
    assert_eq!(values(&fresh), values(&model));
    // The same network gives the same file, and other programs read it.
    let bytes = || {
        model.save(&path).unwrap();
        std::fs::read(&path).unwrap()
    };
    assert_eq!(bytes(), bytes());
    assert_eq!(safetensors::SafeTensors::deserialize(&bytes()).unwrap().len(), 8);
}

#[test]
fn sizes_that_a_file_announces_are_those_of_its_tensors() {
    let (_folder, path, model) = small();
    let network = |input: &str, layer: &str| {
        format!(
            r#"{{"name":"r","input_shape":{input},"layers":[{{"name":"C",{layer}}}],"seed":0,"initializer":"glorot_uniform"}}"#
        )
    };
    let dense = r#""kind":"dense","units":1000000000,"activation":"relu""#;
    let reshape = r#""kind":"reshape","shape":[4294967296,4294967296]"#;
    let gru = r#""kind":"gru","units":1000000,"return_sequences":false"#;
    let largest = r#""kind":"dense","units":16777216,"activation":"relu""#;
    let flatten = r#""kind":"flatten""#;
    for json in [
        network("[784]", dense),
        network("[30000,30000,1]", flatten),
        network("[18446744073709551615,18446744073709551615]", flatten),
        network("[28,28,1]", reshape),
        network("[28,28]", gru),
        // Allowed, but the file has not the weights.
        network("[15]", largest),
    ] {
        former(&path, Some(&json), model.named_values().unwrap());
        let said = Model::load(&path).err().unwrap().to_string();
        assert!(said.contains("m.safetensors") && said.contains("attendu"), "{said}");
    }
}

#[test]
fn what_is_no_safetensors_file_is_called_by_its_name() {
    let (folder, path, mut model) = small();
    let cases: [(&[u8], &str); 5] = [
        (b"\x89HDF\r\n\x1a\n\0\0\0", "HDF5"),
        (b"PK\x03\x04\x14\0\0\0\0\0\0", "`.keras`"),
        (b"", "illisible"),
        (b"\xff\xff\xff\xff\xff\xff\xff\xff{", "illisible"),
        (b"\x10\0\0\0\0\0\0\0{\"a\":", "illisible"),
    ];
    for (bytes, word) in cases {
        std::fs::write(&path, bytes).unwrap();
        let errors = [Model::load(&path).err(), model.load_weights(&path).err()];
        for said in errors.map(|e| e.unwrap().to_string()) {
            assert!(said.contains(word) && said.contains("m.safetensors"), "{said}");
        }
    }
    let said = Model::load(folder.path()).err().unwrap().to_string();
    assert!(said.contains("c’est un dossier"), "{said}");
    // A file without end.
    #[cfg(unix)]
    assert!(Model::load("/dev/zero").err().unwrap().to_string().contains("illisible"));
}

#[test]
fn a_memory_of_another_network_is_refused() {
    let (_folder, _, mut model) = small();
    let x = Tensor::zeros((4, 2), DType::F32, &Device::Cpu).unwrap();
    let y = Tensor::new(&[0u32, 1, 0, 1], &Device::Cpu).unwrap();
    model.fit(&x, &y, Fit { verbose: Verbose::Silent, ..Fit::default() }).unwrap();
    let (state, before) = (model.state().unwrap(), values(&model));
    assert_eq!(model.doubt(&state, 1).unwrap(), None);
    type Change = fn(&mut State);
    let changes: [(Change, &str); 5] = [
        (|state| state.memory.steps = 0, "0 pas d'optimiseur"),
        (|state| state.optimizer = Some("AdamW".into()), "AdamW"),
        (|state| state.memory.slots.truncate(3), "mémoire d'optimiseur"),
        (|state| state.memory.slots[0].first.truncate(2), "mémoire d'optimiseur"),
        (|state| state.memory.slots[1].second.clear(), "mémoire d'optimiseur"),
    ];
    for (i, (change, word)) in changes.into_iter().enumerate() {
        let mut other = state.clone();
        change(&mut other);
        let said = model.doubt(&other, 1).unwrap().unwrap();
        assert!(said.contains(word), "{said}");
        // Lengths that no network of this form has are refused by `set_state` too.
        if matches!(i, 2 | 3) {
            assert!(model.set_state(&other).unwrap_err().to_string().contains("longueurs"));
            assert_eq!(values(&model), before);
        }
    }
}
