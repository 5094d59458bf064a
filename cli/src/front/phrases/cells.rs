//! What only a notebook has: variables that go from cell to cell, cells run again.

use crate::front::case::Case;

const BRACES: &str = "mettez toute la cellule entre accolades, « { … } »";

pub fn line(case: &Case) -> Option<String> {
    let said = |part: &str| case.error.says(part);
    let name = case.name();
    if case.error.is_of_wrapper() {
        return Some(
            "« return » ne s'emploie que dans une fonction : la valeur d'une cellule est sa dernière ligne, sans « ; »."
                .into(),
        );
    }
    if said("is a closure, which cannot be persisted") {
        return Some(format!(
            "Une cellule ne garde pas de fermeture (« |x| … ») : écrivez une fonction, « fn {name}(…) … », ou {BRACES}."
        ));
    }
    if said("reference with a non-static lifetime") {
        return Some(format!(
            "Une cellule ne garde pas d'emprunt : dans « {name} », gardez une copie (« .to_vec() », « .to_string() » ou \
             « .clone() »), ou {BRACES}."
        ));
    }
    if said("borrowed data escapes") && case.function().is_none() {
        return Some(format!(
            "Une cellule ne garde ni fermeture (« |x| … ») ni emprunt (« & ») : écrivez une fonction, « fn f(…) … », \
             gardez une copie (« .to_vec() », « .to_string() »), ou {BRACES}."
        ));
    }
    if said("which cannot be persisted") {
        return Some(format!(
            "La variable « {name} » ne peut pas être gardée d'une cellule à l'autre : donnez-lui une valeur qui possède \
             ce qu'elle contient, ou {BRACES}."
        ));
    }
    if said("Couldn't automatically determine type") {
        return Some(format!(
            "Rust ne devine pas le type de « {name} » : écrivez-le, par exemple « let {name}: Vec<f32> = … ; »."
        ));
    }
    if said("Looks like you're missing a semicolon") {
        return Some("Il manque un « ; » à la fin d'une instruction.".into());
    }
    if said("cannot find") && said("<end of input>") {
        return Some(
            "La ligne n'est pas finie : il manque la suite, après le dernier signe.".into(),
        );
    }
    let again = "modifiez-la dans la cellule où elle est, et exécutez cette cellule-là de nouveau ; si la cellule n'existe \
                 plus, redémarrez le noyau";
    if case.code_is(&["E0592"]) && said("duplicate definitions") {
        return Some(format!(
            "La fonction « {name} » est déjà définie pour ce type, dans une autre cellule ou ici : {again}."
        ));
    }
    if case.code_is(&["E0119"]) && said("conflicting implementations") {
        return Some(format!(
            "Le trait « {name} » est déjà implémenté pour ce type (par un « impl » ou un « derive »), dans une autre cellule ou \
             ici. Si l'un des deux est de trop : {}.",
            again.replace("modifiez-la", "modifiez-le").replace("elle est", "il est")
        ));
    }
    None
}
