//! Methods, fields and variants that a type has not.

use crate::front::case::Case;

/// Python's and NumPy's names, and what stands in their place.
const ELSEWHERE: [(&str, &str); 18] = [
    ("append", "v.push(x)"),
    ("add", "v.push(x)"),
    ("length", "v.len()"),
    ("size", "v.len()"),
    ("count", "v.len()"),
    ("shape", "x.dims()"),
    ("dot", "a.matmul(&b)?"),
    ("mm", "a.matmul(&b)?"),
    ("T", "x.t()?"),
    ("transpose_", "x.t()?"),
    ("astype", "x.to_dtype(DType::F32)?"),
    ("view", "x.reshape((n, m))?"),
    ("item", "x.to_scalar::<f32>()?"),
    ("numpy", "x.to_vec1::<f32>()?"),
    ("tolist", "x.to_vec1::<f32>()?"),
    ("argmax_", "x.argmax(1)?"),
    ("exp2f", "x.exp2()"),
    ("format", "format!(\"{x}\")"),
];

pub fn line(case: &Case) -> Option<String> {
    let error = case.error;
    let said = |part: &str| error.says(part);
    let name = case.name();
    let on_result = of_result(&error.message);
    match error.code.as_str() {
        "E0599" | "E0609" | "E0610" | "E0615" | "E0616" | "E0608" => {}
        "" if error.message.starts_with("no method named")
            || error.message.starts_with("no field") => {}
        _ => return None,
    }
    if on_result == Some("Result") {
        let asks = case.function().is_none_or(|function| function.may_ask());
        return Some(if asks {
            format!(
                "« {name} » est demandé à un résultat qui peut être une erreur : ajoutez « ? » juste avant le point."
            )
        } else {
            format!(
                "« {name} » est demandé à un résultat qui peut être une erreur : mettez « .unwrap() » avant le point, ou \
                 faites rendre un « Result » à la fonction et mettez « ? »."
            )
        });
    }
    if on_result == Some("Option") {
        return Some(format!(
            "« {name} » est demandé à une « Option », qui peut être vide : prenez d'abord sa valeur, par « if let Some(x) \
             = … », ou « .unwrap() » si elle n'est jamais vide."
        ));
    }
    if case.code_is(&["E0615"]) || said(&format!("a method `{name}` also exists")) {
        return Some(format!(
            "« {name} » est une méthode : ajoutez les parenthèses, « .{name}() »."
        ));
    }
    if case.code_is(&["E0616"]) {
        return Some(format!(
            "Le champ « {name} » n'est pas accessible : cherchez une méthode de ce nom, avec des parenthèses."
        ));
    }
    if case.code_is(&["E0608"]) {
        let tensor = case.last_name().ends_with("Tensor");
        return Some(if tensor {
            "Un tenseur ne s'indexe pas par des crochets : « x.get(0)? » en prend une ligne, « x.narrow(dim, début, longueur)? » \
             une tranche."
                .into()
        } else {
            format!("Une valeur de type « {} » ne s'indexe pas par des crochets.", case.last_name())
        });
    }
    // What rustc proposes with other arguments is no more than a guess.
    let guessed = said("but with different arguments");
    if let Some(similar) = error.similar().filter(|similar| !guessed && *similar != name) {
        let similar = similar.trim_end_matches("()");
        return Some(format!(
            "« {name} » n'existe pas pour ce type ; rustc propose un nom voisin : « {similar} »."
        ));
    }
    if error.message.contains("no variant") {
        return Some(format!(
            "La variante « {name} » n'existe pas : vérifiez son nom, majuscules comprises."
        ));
    }
    if said("field, not a method") {
        return Some(format!(
            "« {name} » est un champ et non une méthode : retirez les parenthèses, « .{name} »."
        ));
    }
    if error.message.starts_with("no field") || case.code_is(&["E0609", "E0610"]) {
        return Some(match ELSEWHERE.iter().find(|(other, _)| *other == name) {
            Some((_, here)) => format!("Le champ « {name} » n'existe pas : écrivez « {here} »."),
            None => format!(
                "Le champ « {name} » n'existe pas pour ce type : vérifiez son nom et le type de la valeur."
            ),
        });
    }
    if let Some((_, here)) = ELSEWHERE.iter().find(|(other, _)| *other == name) {
        return Some(format!(
            "« {name} » n'existe pas pour ce type ; en Rust, ce serait « {here} »."
        ));
    }
    if said("but its trait bounds were not satisfied") && said(": Iterator`") {
        return Some(format!(
            "« {name} » s'applique à un parcours, et non à la liste elle-même : écrivez « .iter().{name}(…) »."
        ));
    }
    if error.message.contains("found for array `")
        && ["push", "pop", "insert", "extend"].contains(&name)
    {
        return Some("Un tableau « […] » a une longueur fixe : déclarez un « Vec », « let mut v = vec![…]; ».".into());
    }
    if said("but its trait bounds were not satisfied") {
        return Some(format!(
            "« {name} » existe, mais pas pour des éléments de ce type : vérifiez ce que contient la valeur."
        ));
    }
    if error.message.starts_with("no function or associated item") {
        return Some(format!("« {name} » n'existe pas pour ce type : vérifiez son nom."));
    }
    Some(format!(
        "La méthode « {name} » n'existe pas pour ce type : vérifiez son nom et le type de la valeur."
    ))
}

/// `Result` or `Option`, if the message says that something is asked of one.
fn of_result(message: &str) -> Option<&'static str> {
    let (_, owner) =
        message.split_once(" found for ").or_else(|| message.split_once(" on type "))?;
    let owner = owner.trim_start_matches(|c: char| c != '`').trim_start_matches(['`', '&']);
    let owner = owner.rsplit("::").next().filter(|_| !owner.contains('<')).unwrap_or(owner);
    let owner = owner.split('<').next()?.rsplit("::").next()?;
    ["Result", "Option"].into_iter().find(|name| owner.trim_end_matches('`') == *name)
}
