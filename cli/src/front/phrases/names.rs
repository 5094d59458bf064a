//! Names that nobody knows.

use crate::front::case::Case;
use crate::front::words::NAMES;

pub fn line(case: &Case) -> Option<String> {
    let error = case.error;
    let name = case.name();
    let said = |part: &str| error.says(part);
    if case.code_is(&["E0423"]) && said("expected value, found enum")
        || said("use the path separator")
    {
        let variant = case.after_mark().trim_start_matches(['.', ':', ' ']);
        let variant: String =
            variant.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let written = if variant.is_empty() { "…".into() } else { variant };
        return Some(format!(
            "Une variante s'écrit avec « :: » et non avec un point : « {name}::{written} »."
        ));
    }
    if case.code_is(&["E0423"]) && said("found struct") {
        return Some(format!(
            "« {name} » est un type, pas une valeur ni une fonction : écrivez « {name}::default() » ou « {name}::new(…) » \
             s'il en a une, ou donnez ses champs entre accolades, « {name} {{ … }} »."
        ));
    }
    if case.code_is(&["E0424"]) {
        return Some("« self » n'existe que dans une méthode dont « self » ou « &self » est le premier paramètre.".into());
    }
    if case.code_is(&["E0434"]) {
        return Some(
            "Une fonction ne voit pas les variables qui l'entourent : ajoutez celle-ci à ses paramètres, et donnez-la à \
             l'appel."
                .into(),
        );
    }
    if case.code_is(&["E0435"]) {
        return Some(format!(
            "La longueur d'un tableau doit être connue à la compilation : avec « {name} », écrivez « vec![valeur; {name}] »."
        ));
    }
    if case.code_is(&["E0432", "E0433"]) {
        return Some(path(case));
    }
    let unknown = error.message.starts_with("cannot find ");
    if !unknown
        || !(case.code_is(&["E0425", "E0412", "E0405", "E0531", "E0422"])
            || said("cannot find macro"))
    {
        return None;
    }
    if let Some(line) = named_argument(case, name) {
        return Some(line);
    }
    // rustc's own proposal comes first.
    if let Some(similar) = error.similar().filter(|similar| *similar != name && is_name(similar)) {
        return Some(format!(
            "« {name} » n'est pas connu ; un nom voisin l'est : « {similar} ». Sinon, exécutez d'abord la cellule qui \
             définit « {name} »."
        ));
    }
    if said("introduce a new binding") && assigns(case.line(), name) {
        return Some(format!(
            "« {name} » n'existe pas encore : une variable se déclare par « let {name} = … ; », ou « let mut {name} = … ; » \
             si elle change ensuite."
        ));
    }
    if let Some((_, whole)) = NAMES.iter().find(|(short, _)| *short == name) {
        return Some(format!("« {name} » s'écrit ici « {whole} »."));
    }
    let imports: Vec<&str> = error
        .notes
        .iter()
        .filter(|note| note.message.contains("import"))
        .flat_map(|note| note.proposals.iter().map(String::as_str))
        .filter(|proposal| proposal.starts_with("use "))
        .collect();
    if let Some(import) = imports.first() {
        return Some(format!(
            "« {name} » n'est pas connu ici : ajoutez « {import} » en haut de la cellule (ou exécutez d'abord celle qui \
             contient les « use »)."
        ));
    }
    Some(of_a_cell(case, name))
}

/// `f(x, epochs=15)`, as Python writes it.
fn named_argument(case: &Case, name: &str) -> Option<String> {
    let after = case.after_mark().trim_start();
    let assigned = after.starts_with('=') && !after.starts_with("==");
    (assigned && case.is_enclosed()).then(|| {
        format!(
            "Rust n'a pas d'arguments nommés, « {name}=… » : les réglages d'un entraînement sont les champs de « Fit {{ epochs: 15, \
             ..Fit::default() }} », et les autres arguments se donnent dans l'ordre."
        )
    })
}

/// A name that a cell should have defined.
fn of_a_cell(case: &Case, name: &str) -> String {
    let message = &case.error.message;
    if message.contains("cannot find macro") {
        return format!(
            "La macro « {name} » n'est pas connue : vérifiez son nom, ou exécutez d'abord la cellule des « use »."
        );
    }
    if message.contains("cannot find type") {
        return format!(
            "Le type « {name} » n'est pas connu : vérifiez son nom, ou exécutez d'abord la cellule qui le définit ou qui \
             contient les « use »."
        );
    }
    if message.contains("cannot find trait") {
        return format!(
            "Le trait « {name} » n'est pas connu : exécutez d'abord la cellule qui contient les « use »."
        );
    }
    if message.contains("cannot find function") {
        return format!(
            "La fonction « {name} » n'est pas connue : vérifiez son nom, ou exécutez d'abord la cellule qui la définit."
        );
    }
    if message.contains("cannot find value") {
        match case.function() {
            Some(function) if case.is_variable(name) => {
                return format!(
                    "« {name} » est une variable du notebook, et une fonction ne les voit pas : ajoutez « {name} » aux \
                     paramètres de « {} », et donnez-la à l'appel.",
                    function.name
                );
            }
            Some(function) => {
                return format!(
                    "« {name} » n'est pas connu dans la fonction « {} » : vérifiez son nom. Si c'est une variable du \
                     notebook, la fonction ne la voit que comme paramètre.",
                    function.name
                );
            }
            None => {}
        }
    }
    format!(
        "« {name} » n'est pas connu : exécutez d'abord la cellule qui le définit (une cellule en erreur ne définit rien), \
         ou vérifiez son nom. S'il n'est que dans le texte, copiez-en la ligne dans une cellule."
    )
}

/// A path with `::`, or an import.
fn path(case: &Case) -> String {
    let error = case.error;
    let name = case.last_unknown();
    if let Some((_, whole)) = NAMES.iter().find(|(short, _)| *short == name) {
        return format!("« {name} » s'écrit ici « {whole} ».");
    }
    if let Some(similar) = error.similar().filter(|similar| *similar != name && is_name(similar)) {
        return format!("« {name} » n'est pas connu ; un nom voisin l'est : « {similar} ».");
    }
    if name == "mnist_tp" {
        return "La bibliothèque n'est pas encore chargée : exécutez d'abord la première cellule, celle de « :dep »."
            .into();
    }
    let import = error
        .notes
        .iter()
        .flat_map(|note| note.proposals.iter())
        .find(|proposal| proposal.starts_with("use ") && !proposal.contains("crate::evcxr"));
    if let Some(import) = import {
        return format!(
            "« {name} » n'est pas connu ici : ajoutez « {import} » en haut de la cellule."
        );
    }
    if error.says("crate") && name.chars().next().is_some_and(char::is_lowercase) {
        return format!(
            "« {name} » n'est pas connu : vérifiez le nom, ou exécutez d'abord la première cellule (« :dep » et « use »). \
             Une autre bibliothèque se demande par « :dep {name} = \"*\" », avec le réseau."
        );
    }
    format!(
        "« {name} » n'est pas connu : vérifiez son nom, ou exécutez d'abord la première cellule (« :dep » et « use »)."
    )
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || "_:!".contains(c))
}

/// Whether a line gives a value to `name`, as Python would.
fn assigns(line: &str, name: &str) -> bool {
    let rest = line.trim_start().strip_prefix(name).map(str::trim_start);
    rest.is_some_and(|rest| rest.starts_with('=') && !rest.starts_with("=="))
}
