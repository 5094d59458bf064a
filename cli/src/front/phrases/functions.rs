//! What a function is given, and what it is given as.

use super::numbers::with_point;
use crate::front::case::Case;

pub fn line(case: &Case) -> Option<String> {
    let error = case.error;
    let said = |part: &str| error.says(part);
    match error.code.as_str() {
        "E0061" | "E0057" => Some(case.decimal_comma().map_or_else(|| count(case), |number| with_point(&number))),
        "E0060" => Some("Le nombre d'arguments n'est pas le bon : regardez la signature ci-dessous.".into()),
        "E0107" => Some("Le nombre de types entre « < » et « > » n'est pas le bon.".into()),
        "E0618" => Some(format!(
            "« {} » n'est pas une fonction : retirez les parenthèses qui le suivent, ou vérifiez son nom ; un produit s'écrit \
             avec « * ».",
            case.last_name()
        )),
        "E0593" | "E0631" | "E0271" | "E0282" | "E0308" | "E0277" if signature(case) => Some(
            "La fonction donnée n'a pas la signature attendue : ses paramètres et son résultat doivent être ceux de \
             l'énoncé, types compris (retirez aussi les parenthèses : on donne la fonction elle-même)."
                .into(),
        ),
        _ if said("cannot return without recursing") => Some(
            "La fonction s'appelle elle-même sans jamais s'arrêter : il lui manque un cas où elle répond directement.".into(),
        ),
        _ => None,
    }
}

/// A function that is given to one of the checks, or to a method, does not fit.
fn signature(case: &Case) -> bool {
    let error = case.error;
    match error.code.as_str() {
        "E0593" | "E0631" => true,
        "E0271" => error.message.contains("to return"),
        "E0277" => {
            error.message.starts_with("expected a `Fn")
                || error.message.starts_with("expected a `fn")
        }
        "E0308" if error.says("incorrect number of function parameters") => true,
        "E0308" => error.types().is_some_and(|(expected, found)| {
            let is = |name: &str| {
                name.contains("fn(") || name.contains("fn pointer") || name.contains("fn item")
            };
            is(expected) && (is(found) || case.line().contains("check::"))
        }),
        _ => false,
    }
}

/// « this function takes 2 arguments but 1 argument was supplied »
fn count(case: &Case) -> String {
    let message = &case.error.message;
    let numbers: Vec<usize> =
        message.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let what = if message.contains("method") {
        "Cette méthode"
    } else if message.contains("struct") || message.contains("variant") {
        "Cette valeur"
    } else if message.contains("closure") {
        "Cette fermeture"
    } else {
        "Cette fonction"
    };
    let takes = |n: usize| match n {
        0 => "ne prend aucun argument".to_owned(),
        1 => "prend 1 argument".to_owned(),
        n => format!("prend {n} arguments"),
    };
    match numbers.as_slice() {
        [wanted, given] => {
            let given = if *given == 0 {
                "n'en reçoit aucun".into()
            } else {
                format!("en reçoit {given}")
            };
            let other = match case.error.texts().find_map(missing) {
                Some(kind) => format!(" (il manque celui de type « {kind} »)"),
                None => String::new(),
            };
            format!("{what} {} et {given}{other}.", takes(*wanted))
        }
        _ => {
            format!("{what} ne prend pas ce nombre d'arguments : regardez sa signature ci-dessous.")
        }
    }
}

/// The type in « argument #2 of type `f32` is missing ».
fn missing(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("argument").filter(|_| text.ends_with("is missing"))?;
    rest.split('`').nth(1)
}
