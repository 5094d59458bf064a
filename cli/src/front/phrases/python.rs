//! What is Python, or another language, and not Rust.

use crate::front::case::Case;

pub fn line(case: &Case) -> Option<String> {
    let line = case.line().trim();
    let said = |part: &str| case.error.says(part);
    let first = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
    if case.is_syntax() {
        let block = line.ends_with(':');
        let rest = line[first.len()..].trim_start();
        let is_word = rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let text = match first {
            "def" if is_word => {
                "Rust n'a pas de « def » : une fonction s'écrit « fn nom(x: f32) -> f32 { … } », avec le type de chaque \
                 paramètre et du résultat."
            }
            "import" | "from" if is_word => {
                "Rust n'a pas de « import » : un nom d'une bibliothèque s'apporte par « use mnist_tp::prelude::*; »."
            }
            "elif" => "« elif » s'écrit « else if », et chaque branche se met entre accolades.",
            "lambda" => "Une fonction sans nom s'écrit « |x| x + 1.0 » en Rust, sans « lambda ».",
            "class" if is_word => {
                "Rust n'a pas de « class » : les champs se déclarent dans « struct Nom { … } », les méthodes dans \
                 « impl Nom { … } »."
            }
            "try" | "except" | "raise" | "with" if block || is_word => {
                "Ce mot est de Python : en Rust, une erreur se rend par « ? » ou « Err(…) », et se regarde avec « match »."
            }
            "if" | "else" | "while" | "for" if block && !line.contains('{') => {
                "En Rust, un bloc se met entre accolades, « { … } », et non après « : » avec un retrait."
            }
            "auto" | "var" | "int" | "float" | "double" | "const"
                if is_word && rest.contains('=') =>
            {
                "Une variable se déclare par « let x = … ; », ou « let mut x = … ; » si elle change ensuite."
            }
            _ if line.starts_with('#') && !line.starts_with("#[") && !line.starts_with("#!") => {
                "Un commentaire commence par « // » en Rust, et non par « # »."
            }
            _ if line.starts_with('%') => {
                "« % » est une commande des notebooks Python : ce notebook est en Rust, retirez la ligne."
            }
            _ => "",
        };
        if !text.is_empty() {
            return Some(text.into());
        }
        if let Some(text) = inside(line) {
            return Some(text.into());
        }
    }
    let before = case.before_mark().trim_end();
    let texts = ["found `\"", "found string", "found literal"];
    let prefixed = before.ends_with('f')
        && !before[..before.len() - 1].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    if said("prefix `f` is unknown")
        || prefixed && texts.iter().any(|part| case.error.message.contains(part))
    {
        let text = "Rust n'a pas de texte f\"…\" : écrivez « format!(\"… {x} …\") », ou « println!(\"… {x} …\") » pour \
                    l'afficher.";
        return Some(text.into());
    }
    if said("is not a logical operator")
        || said("unexpected") && words(line).any(|word| word == "not")
    {
        return Some(
            "Les opérateurs logiques s'écrivent « && » (et), « || » (ou) et « ! » (non).".into(),
        );
    }
    if said("character literal may only contain one codepoint")
        || said("unterminated character literal")
    {
        let text = "Un texte se met entre guillemets doubles, « \"texte\" » ; l'apostrophe est pour un seul caractère.";
        return Some(text.into());
    }
    if case.is_syntax() && before.ends_with("vec") && case.error.message.contains("found `[`") {
        return Some(
            "« vec » est une macro, et son nom se suit d'un « ! » : « vec![1.0, 2.0] ».".into(),
        );
    }
    if case.code_is(&["E0614"]) && (line.contains("**") || line.contains("* *")) {
        let text = "Rust n'a pas d'opérateur « ** » : une puissance s'écrit « x.powi(2) » pour un nombre à virgule, \
                    « x.pow(2) » pour un entier.";
        return Some(text.into());
    }
    if said("Rust has no postfix") || said("Rust has no prefix") {
        return Some("Rust n'a ni « ++ » ni « -- » : écrivez « i += 1 » ou « i -= 1 ».".into());
    }
    if case.code_is(&["E0423"]) && said("found macro") {
        let name = case.name();
        let more = match name {
            "print" | "println" => {
                " : « println!(\"{x}\") » affiche la valeur de « x », puis passe à la ligne".into()
            }
            "vec" => " : « vec![1.0, 2.0] »".into(),
            _ => format!(" : « {name}!(…) »"),
        };
        return Some(format!("« {name} » est une macro, et son nom se suit d'un « ! »{more}."));
    }
    None
}

/// What stands further on in a line that does not parse.
fn inside(line: &str) -> Option<&'static str> {
    let has = |word: &str| words(line).any(|other| other == word);
    let list = line.contains('[') && has("for") && has("in") && !line.contains('{');
    if list {
        return Some(
            "Une liste ne s'écrit pas « [f(x) for x in v] » : écrivez « v.iter().map(|x| f(*x)).collect() », ou une \
             boucle qui remplit un « Vec ».",
        );
    }
    if has("lambda") {
        return Some("Une fonction sans nom s'écrit « |x| x + 1.0 » en Rust, sans « lambda ».");
    }
    if has("elif") {
        return Some("« elif » s'écrit « else if », et chaque branche se met entre accolades.");
    }
    let at_block = line.ends_with(':') && !line.contains('{');
    if at_block && (has("if") || has("else") || has("for") || has("while")) {
        return Some(
            "En Rust, un bloc se met entre accolades, « { … } », et non après « : » avec un retrait.",
        );
    }
    if has("if") && has("else") && !line.contains('{') {
        return Some("Le choix entre deux valeurs s'écrit « if condition { a } else { b } ».");
    }
    if has("is") {
        return Some(
            "Deux valeurs se comparent par « == » ; une « Option », par « x.is_none() » ou « x.is_some() ».",
        );
    }
    if has("and") || has("or") || has("not") {
        return Some("Les opérateurs logiques s'écrivent « && » (et), « || » (ou) et « ! » (non).");
    }
    let compared = ["== True", "== False", "!= True", "!= False"];
    if compared.iter().any(|part| line.contains(part)) {
        return Some(
            "« True » et « False » s'écrivent « true » et « false » en Rust ; une condition se passe d'ailleurs de « == true ».",
        );
    }
    let slice = line.split('[').skip(1).any(|rest| {
        rest.split(']').next().is_some_and(|inside| {
            inside.contains(':') && !inside.contains("::") && !inside.contains(['"', '{', '|', ','])
        })
    });
    if slice {
        return Some(
            "Une tranche s'écrit avec deux points l'un après l'autre, « &x[1..3] », et non « x[1:3] ».",
        );
    }
    None
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}
