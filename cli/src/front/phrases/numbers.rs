//! Numbers of two types, and sums.

use super::compared;
use crate::front::case::Case;

const WHOLE: [&str; 13] = [
    "{integer}",
    "integer",
    "usize",
    "u8",
    "u32",
    "i32",
    "i64",
    "u64",
    "i8",
    "u16",
    "i16",
    "isize",
    "u128",
];
const DECIMAL: [&str; 5] =
    ["{float}", "floating-point number", "floating-point variable", "f32", "f64"];

pub fn line(case: &Case) -> Option<String> {
    if case.code_is(&["E0308"]) {
        let (expected, found) = case.error.types()?;
        return given(case, expected, found);
    }
    if case.code_is(&["E0277", "E0283", "E0282"]) {
        return sum(case).or_else(|| operation(case)).or_else(|| from(case));
    }
    if case.code_is(&["E0689"]) {
        return Some(format!(
            "Le type de ce nombre n'est pas fixé, et ses méthodes non plus : écrivez-le, « let x: f32 = … ; », ou \
             « {} ».",
            literal(case)
        ));
    }
    if case.error.says("negative integers cannot be used to index") {
        let text = "Un indice n'est jamais négatif : l'élément qui est le dernier s'écrit « x[x.len() - 1] », ou « x.last() ».";
        return Some(text.into());
    }
    if case.error.says("literal out of range for") {
        let name = case.last_name();
        return Some(format!(
            "Ce nombre est trop grand (ou négatif) pour le type « {name} » : choisissez un type plus large."
        ));
    }
    if case.code_is(&["E0600"]) && case.error.says("`-`") {
        return Some(format!(
            "Un « {} » n'est jamais négatif : compter depuis la fin s'écrit « x[x.len() - 1] », et un nombre négatif \
             demande un type signé (« i32 », « f32 »).",
            case.last_name()
        ));
    }
    None
}

/// The line for a number with a decimal comma.
pub(super) fn with_point(number: &str) -> String {
    format!("Un nombre à virgule s'écrit en Rust avec un point : « {number} ».")
}

/// The number of which rustc wants the type, with that: `f32`, the one that has the
/// methods which beginners call on numbers.
fn literal(case: &Case) -> String {
    let mut proposed = case.error.notes.iter().flat_map(|note| &note.proposals);
    let number = proposed.find_map(|text| {
        let (number, _) = text.rsplit_once('_')?;
        number.starts_with(|c: char| c.is_ascii_digit()).then_some(number)
    });
    format!("{}_f32", number.unwrap_or("2.0"))
}

/// Whether this is a type of numbers.
pub(super) fn is_number(name: &str) -> bool {
    is_whole(name) || is_decimal(name)
}

fn is_whole(name: &str) -> bool {
    WHOLE.contains(&name)
}

fn is_decimal(name: &str) -> bool {
    DECIMAL.contains(&name)
}

/// A number where one of another type is asked for.
fn given(case: &Case, expected: &str, found: &str) -> Option<String> {
    let marked = case.typed().trim();
    let shown = if marked.is_empty() || marked.chars().count() > 24 { "x" } else { marked };
    let literal = marked.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    // Between brackets a comma parts two arguments.
    let whole = literal && !case.is_enclosed();
    if let Some(number) = whole.then(|| case.decimal_comma()).flatten() {
        return Some(with_point(&number));
    }
    if is_decimal(expected) && (found == "integer" || found == "{integer}") {
        return Some(if literal && marked.chars().all(|c| c.is_ascii_digit() || c == '-') {
            format!("Il faut ici un nombre à virgule : écrivez « {marked}.0 ».")
        } else if marked.contains('/') {
            "Il faut ici un nombre à virgule : écrivez chaque nombre avec un point (« 1.0 / 255.0 ») ; entre entiers, \
             « 1 / 255 » vaudrait 0."
                .into()
        } else {
            "Il faut ici un nombre à virgule : écrivez-le avec un point (« 1.0 »).".into()
        });
    }
    if is_whole(expected) && (found.starts_with("floating-point") || found == "{float}") {
        return Some(format!(
            "Il faut ici un entier (« {expected} ») : écrivez-le sans point ni décimales."
        ));
    }
    if (is_whole(expected) || is_decimal(expected))
        && (is_whole(found) || is_decimal(found))
        && found != expected
    {
        if is_decimal(expected) && is_whole(found) && shown.contains('/') {
            let (one, other) = shown.split_once('/').unwrap_or_default();
            let plain =
                |text: &str| text.chars().all(|c| c.is_alphanumeric() || "_.*[]".contains(c));
            let (one, other) = (one.trim(), other.trim());
            let (one, other) = if plain(one) && plain(other) { (one, other) } else { ("a", "b") };
            return Some(format!(
                "Il faut ici un « {expected} », et c'est un « {found} » : convertissez avant de diviser, « {one} as \
                 {expected} / {other} as {expected} » ; entre entiers, la division perd les décimales."
            ));
        }
        if let Some(first) = compared::narrower(case, expected, found) {
            return Some(format!(
                "L'un est un « {expected} », l'autre un « {found} » : convertissez, « {first} »."
            ));
        }
        let of = if shown.contains([' ', '-']) { format!("({shown})") } else { shown.into() };
        return Some(format!(
            "Il faut ici un « {expected} », et c'est un « {found} » : convertissez, « {of} as {expected} »{}.",
            if is_whole(expected) && is_decimal(found) {
                " (les décimales sont coupées)"
            } else {
                ""
            }
        ));
    }
    if marked.starts_with('&') {
        return None;
    }
    if is_number(expected) && found.strip_prefix('&').is_some_and(is_number) {
        return Some(
            "C'est une référence à un nombre, et il faut le nombre : mettez « * » devant.".into(),
        );
    }
    if is_number(found) && expected.strip_prefix('&').is_some_and(is_number) {
        let proposed =
            case.error.proposed_line().map_or_else(String::new, |line| format!(" : « {line} »"));
        return Some(format!(
            "L'un est une référence à un nombre, l'autre le nombre : mettez « * » devant la référence{proposed}, ou « & » \
             devant le nombre s'il est donné à une fonction."
        ));
    }
    None
}

/// `.sum()` of something else, or into nothing that has a type.
fn sum(case: &Case) -> Option<String> {
    let error = case.error;
    let product = error.says("multiplying all elements") || case.line().contains(".product()");
    let (word, other) = if product { ("product", "multiplient") } else { ("sum", "additionnent") };
    if error.says("by summing") || error.says("multiplying all elements") {
        let from = case.last_name();
        let to = case.name();
        if from.trim_start_matches('&') == to {
            return None;
        }
        return Some(format!(
            "Des « {from} » ne s'{other} pas en un « {to} » : convertissez-les d'abord, par exemple \
             « .map(|&x| x as {to}).{word}::<{to}>() »."
        )
        .replace("s'multiplient", "se multiplient"));
    }
    if case.code_is(&["E0283", "E0282"]) && case.line().contains(&format!(".{word}() as ")) {
        return Some(format!(
            "Rust ne devine pas le type du résultat de « {word}() » : c'est celui des éléments, par exemple \
             « .{word}::<u32>() as f32 »."
        ));
    }
    if case.code_is(&["E0283", "E0282"]) && case.line().contains(&format!(".{word}()")) {
        return Some(format!(
            "Rust ne devine pas le type du résultat de « {word}() » : écrivez « let s: f32 = ….{word}(); », ou \
             « .{word}::<f32>() »."
        ));
    }
    None
}

/// `a + b` of two types: « cannot add `f32` to `{integer}` ».
fn operation(case: &Case) -> Option<String> {
    let message = case.error.message.as_str();
    let compared = message.starts_with("can't compare");
    let verbs =
        ["cannot add", "cannot subtract", "cannot multiply", "cannot divide", "cannot calculate"];
    if !compared && !verbs.iter().any(|verb| message.starts_with(verb)) {
        return None;
    }
    let names = case.names();
    let float_to_integer =
        message.contains("a float to an integer") || message.contains("an integer by a float");
    let integer_to_float =
        message.contains("an integer to a float") || message.contains("a float by an integer");
    let (one, other) = match names.as_slice() {
        [one, other, ..] => (*one, *other),
        _ if float_to_integer => ("{float}", "{integer}"),
        _ if integer_to_float => ("{integer}", "{float}"),
        _ => return None,
    };
    let verb = if compared { "se comparent" } else { "se combinent" };
    let plain = |name: &str| name.trim_start_matches('&').to_owned();
    let (first, second) = (plain(one), plain(other));
    let mixed =
        (is_decimal(&first) && is_whole(&second)) || (is_whole(&first) && is_decimal(&second));
    if mixed && (first == "{integer}" || second == "{integer}") {
        return Some(format!(
            "Un entier et un nombre à virgule ne {verb} pas : écrivez les nombres avec un point (« 1.0 », « let mut s = \
             0.0; »), ou, pour une variable entière, « n as f32 »."
        ));
    }
    if (is_decimal(&first) || is_whole(&first))
        && (is_decimal(&second) || is_whole(&second))
        && first != second
    {
        let to = if is_decimal(&first) { &first } else { &second };
        let to = if to.starts_with('{') { "f32" } else { to.as_str() };
        let to = if is_whole(to) { "usize" } else { to };
        return Some(format!(
            "« {first} » et « {second} » ne {verb} pas : convertissez l'un des deux, par exemple « x as {to} »."
        ));
    }
    if first == second && one != other {
        let text = "L'un des deux est une référence (« & ») : mettez « * » devant lui, « *x », pour sa valeur.";
        return Some(text.into());
    }
    let tensor = |name: &str| name.ends_with("Tensor");
    if tensor(&first) || tensor(&second) {
        return Some(if first.contains("Result") || second.contains("Result") {
            "Entre tenseurs, chaque opération peut échouer : « (&a + &b)? », le « ? » avant l'opération suivante.".into()
        } else {
            "Entre tenseurs, « (&a + &b)? » ; entre un tenseur et un nombre, le nombre est un « f64 » : « (&a * 2.0)? », \
             « (&a * x as f64)? »."
                .into()
        });
    }
    if first.contains("Result") || second.contains("Result") {
        return Some(
            "L'un des deux est un « Result » : ajoutez « ? » après l'appel qui le donne.".into(),
        );
    }
    if first.contains("Option") || second.contains("Option") {
        return Some("L'un des deux est une « Option » : prenez-en d'abord la valeur, « if let Some(x) = … ».".into());
    }
    Some(format!("« {one} » et « {other} » ne {verb} pas : convertissez l'un des deux."))
}

/// `usize::from(x)` of something that does not fit into it without loss.
fn from(case: &Case) -> Option<String> {
    let message = case.error.message.as_str();
    let bound = message.contains("From<") || message.contains("Into<");
    if !message.starts_with("the trait bound") || !bound {
        return None;
    }
    let bound = case.name();
    let (to, rest) = bound.split_once(": ")?;
    let from = rest.split_once('<')?.1.trim_end_matches('>');
    if to.ends_with("String") && (is_whole(from) || is_decimal(from)) {
        return Some("Il faut ici un texte, entre guillemets, et c'est un nombre : vérifiez l'ordre des arguments.".into());
    }
    if from.starts_with('&') {
        return Some(format!(
            "C'est une référence (« {from} ») : écrivez « *e » pour sa valeur, ou « for &e in … » pour l'avoir dès la boucle."
        ));
    }
    (is_whole(to) || is_decimal(to)).then(|| {
        format!("Un « {from} » ne tient pas toujours dans un « {to} » : écrivez « x as {to} ».")
    })
}
