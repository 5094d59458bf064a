//! Where weights come from, by the names of their tensors.

/// The names, in order; some of them where there are many.
pub(super) fn list(names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_unstable();
    let more = if names.len() > 24 { ", …" } else { "" };
    names.truncate(24);
    names.join(", ") + more
}

/// Which function reads tensors of such names, where they are those of others.
pub(super) fn reader(names: &[&str]) -> Option<&'static str> {
    let any = |ends: &[&str]| names.iter().any(|name| ends.iter().any(|end| name.ends_with(end)));
    if any(&[".weight", ".weight_ih_l0", ".running_mean"]) {
        Some("ceux de PyTorch se lisent par `modele.load_pytorch(chemin, &[(couche, module), …])`")
    } else if any(&["/kernel", "/kernel:0", "/gamma", "/gamma:0"]) {
        Some("ceux de Keras se lisent par `modele.load_keras(chemin, &[(couche, module), …])`")
    } else {
        None
    }
}

/// How weights of such names are read once the network is built.
pub(super) fn how(names: &[&str]) -> &'static str {
    reader(names).unwrap_or("`modele.load_weights(chemin)` lit ceux de `save_weights`")
}
