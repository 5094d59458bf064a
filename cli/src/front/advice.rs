//! One French line above the compile errors that students meet most.
//!
//! The code of the error is in evcxr's report only for cells in pure ASCII
//! (others get a plainer report), so each entry also knows its message.

struct Entry {
    code: &'static str,
    /// What the message contains; all of it.
    message: &'static [&'static str],
    /// The line; `{}` is the first name in backquotes of the message.
    advice: &'static str,
}

const fn entry(
    code: &'static str,
    message: &'static [&'static str],
    advice: &'static str,
) -> Entry {
    Entry { code, message, advice }
}

/// The first entry that fits is used: the particular before the general.
const ENTRIES: &[Entry] = &[
    entry(
        "E0599",
        &["no method named", "enum `Result"],
        "« {} » est appelé sur un résultat qui peut être une erreur : ajoutez « ? » juste avant le point.",
    ),
    entry(
        "E0599",
        &["no method named", "Result<"],
        "« {} » est appelé sur un résultat qui peut être une erreur : ajoutez « ? » juste avant le point.",
    ),
    entry(
        "E0609",
        &["no field", "Result<"],
        "Le champ « {} » est demandé à un résultat qui peut être une erreur : ajoutez « ? » avant le point.",
    ),
    entry(
        "E0277",
        &["Result<"],
        "Une valeur est un « Result » : il manque sans doute un « ? » après l’appel qui la donne.",
    ),
    entry(
        "E0308",
        &["mismatched types", "Result<"],
        "Un « Result » est là où une valeur est attendue (ou l’inverse) : il manque sans doute un « ? ».",
    ),
    entry(
        "E0308",
        &["mismatched types"],
        "Le type donné n’est pas le type attendu : comparez « expected » (attendu) et « found » (trouvé).",
    ),
    entry(
        "E0425",
        &["cannot find function"],
        "La fonction « {} » n’est pas connue : vérifiez son nom, ou exécutez d’abord la cellule qui la définit.",
    ),
    entry(
        "E0425",
        &["cannot find value"],
        "« {} » n’est pas connu : exécutez d’abord la cellule qui le définit (une cellule en erreur ne \
         définit rien), ou vérifiez son nom.",
    ),
    entry(
        "E0412",
        &["cannot find type"],
        "Le type « {} » n’est pas connu : exécutez d’abord la cellule qui contient les « use », ou \
         vérifiez son nom.",
    ),
    entry(
        "E0405",
        &["cannot find trait"],
        "Le trait « {} » n’est pas connu : exécutez d’abord la cellule qui contient les « use ».",
    ),
    entry(
        "",
        &["cannot find macro"],
        "La macro « {} » n’est pas connue : vérifiez son nom, ou exécutez d’abord la cellule des « use ».",
    ),
    entry(
        "E0433",
        &["cannot find"],
        "Un nom n’est pas connu : exécutez d’abord la première cellule (« :dep » et « use »), ou vérifiez-le.",
    ),
    entry(
        "E0433",
        &["failed to resolve"],
        "Un nom n’est pas connu : exécutez d’abord la première cellule (« :dep » et « use »), ou vérifiez-le.",
    ),
    entry(
        "E0432",
        &["unresolved import"],
        "« {} » ne peut pas être importé : exécutez d’abord la cellule « :dep », ou vérifiez le nom.",
    ),
    entry(
        "E0382",
        &["moved value"],
        "« {} » a été déplacé (donné) plus haut : passez une référence « &{} », ou une copie « {}.clone() ».",
    ),
    entry("E0382", &["used binding"], "« {} » n’a pas encore de valeur."),
    entry(
        "E0505",
        &["cannot move out of"],
        "« {} » est encore emprunté : donnez une copie (« .clone() »), ou attendez la fin de l’emprunt.",
    ),
    entry(
        "E0507",
        &["cannot move out of"],
        "Une valeur empruntée ne peut pas être déplacée : utilisez « & » ou « .clone() ».",
    ),
    entry(
        "E0384",
        &["cannot assign twice"],
        "« {} » n’est pas modifiable : déclarez-le avec « let mut {} ».",
    ),
    entry(
        "E0596",
        &["cannot borrow", "as mutable"],
        "« {} » n’est pas modifiable : déclarez-le avec « let mut ».",
    ),
    entry(
        "E0594",
        &["cannot assign to"],
        "« {} » n’est pas modifiable : déclarez-le avec « let mut ».",
    ),
    entry(
        "E0502",
        &["cannot borrow"],
        "« {} » est déjà emprunté : terminez le premier emprunt avant de le modifier.",
    ),
    entry(
        "E0499",
        &["cannot borrow"],
        "« {} » est déjà emprunté en écriture : un seul emprunt « &mut » à la fois.",
    ),
    entry(
        "E0597",
        &["does not live long enough"],
        "Une variable de notebook ne peut pas garder de référence : gardez la valeur elle-même (« .clone() »).",
    ),
    entry(
        "E0716",
        &["temporary value dropped"],
        "La valeur temporaire disparaît trop tôt : donnez-lui d’abord un nom avec « let ».",
    ),
    entry(
        "E0061",
        &["argument"],
        "Le nombre d’arguments n’est pas le bon : regardez la signature dans le message ci-dessous.",
    ),
    entry("E0560", &["has no field named"], "Le champ « {} » n’existe pas : vérifiez son nom."),
    entry(
        "E0063",
        &["missing field"],
        "Il manque un champ : donnez-le, ou terminez par « ..Default::default() ».",
    ),
    entry("E0609", &["no field"], "Le champ « {} » n’existe pas : vérifiez son nom."),
    entry(
        "E0599",
        &["no method named"],
        "La méthode « {} » n’existe pas pour ce type : vérifiez son nom et le type de la valeur.",
    ),
    entry("E0599", &["no variant"], "Cette variante n’existe pas : vérifiez son nom."),
    entry(
        "E0599",
        &["no function or associated item"],
        "« {} » n’existe pas pour ce type : vérifiez son nom.",
    ),
    entry(
        "E0282",
        &["type annotations needed"],
        "Rust ne devine pas le type : écrivez-le, par exemple « let x: Tensor = … ».",
    ),
    entry(
        "E0283",
        &["type annotations needed"],
        "Rust ne devine pas le type : écrivez-le, par exemple « let x: f32 = … ».",
    ),
    entry("E0600", &["cannot apply unary operator"], "Cet opérateur n’existe pas pour ce type."),
    entry(
        "E0369",
        &["binary operation"],
        "Cet opérateur n’existe pas pour ces types ; entre tenseurs, écrivez « (&a + &b)? ».",
    ),
    entry(
        "E0277",
        &["cannot add"],
        "Ces deux types ne s’additionnent pas : convertissez l’un (par exemple « x as f32 »).",
    ),
    entry(
        "E0277",
        &["cannot subtract"],
        "Ces deux types ne se soustraient pas : convertissez l’un (par exemple « x as f32 »).",
    ),
    entry(
        "E0277",
        &["cannot multiply"],
        "Ces deux types ne se multiplient pas : convertissez l’un (par exemple « x as f32 »).",
    ),
    entry(
        "E0277",
        &["cannot divide"],
        "Ces deux types ne se divisent pas : convertissez l’un (par exemple « x as f32 »).",
    ),
    entry(
        "E0277",
        &["can't compare"],
        "Ces deux types ne se comparent pas : convertissez l’un, ou ajoutez ou retirez « & ».",
    ),
    entry(
        "E0277",
        &["cannot be indexed by"],
        "Un indice est un « usize » : écrivez « i as usize ».",
    ),
    entry(
        "E0277",
        &["doesn't implement", "Display"],
        "Ce type ne s’affiche pas avec « {} » : essayez « {:?} ».",
    ),
    entry(
        "E0277",
        &["the `?` operator"],
        "« ? » ne s’emploie que sur un « Result » ou une « Option » : retirez-le.",
    ),
    entry(
        "E0614",
        &["cannot be dereferenced"],
        "« * » est de trop : la valeur n’est pas une référence.",
    ),
    entry("E0015", &["non-const"], "Cette valeur doit être connue à la compilation."),
    entry("", &["expected `;`"], "Il manque un « ; » à la fin d’une instruction."),
    entry(
        "",
        &["expected one of", "`;`"],
        "Il manque sans doute un « ; », une virgule ou une parenthèse à l’endroit indiqué.",
    ),
    entry(
        "",
        &["unclosed delimiter"],
        "Une parenthèse, une accolade ou un crochet n’est pas refermé.",
    ),
    entry(
        "",
        &["this file contains an unclosed delimiter"],
        "Une parenthèse, une accolade ou un crochet n’est pas refermé.",
    ),
    entry(
        "",
        &["mismatched closing delimiter"],
        "Parenthèses, accolades et crochets ne se referment pas dans l’ordre.",
    ),
    entry(
        "",
        &["unexpected closing delimiter"],
        "Une parenthèse, une accolade ou un crochet est refermé sans avoir été ouvert.",
    ),
    entry(
        "",
        &["unterminated double quote string"],
        "Il manque un guillemet « \" » à la fin d’un texte.",
    ),
];

/// The French line for a compile error, from its message and evcxr's report.
pub fn advice(message: &str, report: &str) -> Option<String> {
    let code = code(report);
    let entry = ENTRIES.iter().find(|entry| {
        let right = code.is_none_or(|code| entry.code == code);
        // The report also says "expected …, found …": types stand there.
        let (first, others) = entry.message.split_first().unwrap_or((&"", &[]));
        right
            && (message.contains(first) || (message.is_empty() && report.contains(first)))
            && others.iter().all(|text| message.contains(text) || report.contains(text))
    });
    let entry = entry?;
    if entry.advice.contains("{:?}") {
        return Some(entry.advice.into());
    }
    let name = message.split('`').nth(1).unwrap_or("ce nom");
    Some(entry.advice.replace("{}", name))
}

/// `E0425` out of a report that contains `[E0425]`.
fn code(report: &str) -> Option<&str> {
    report.match_indices("[E").find_map(|(at, _)| {
        let code = report.get(at + 1..at + 6)?;
        let digits = code[1..].bytes().all(|byte| byte.is_ascii_digit());
        (digits && report[at + 6..].starts_with(']')).then_some(code)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_errors_have_a_line() {
        for (message, report, part) in [
            ("cannot find value `x` in this scope", "[E0425] Error: …", "« x » n’est pas connu"),
            ("cannot find value `y` in this scope", "let é = y;", "« y » n’est pas connu"),
            ("borrow of moved value: `v`", "[E0382] Error: …", "« &v »"),
            ("mismatched types", "[E0308] expected `f32`, found `i32`", "attendu"),
            ("mismatched types", "expected `Tensor`, found `Result<Tensor, Error>`", "« ? »"),
            (
                "no method named `dims` found for enum `Result<T, E>` in the current scope",
                "[E0599]",
                "« ? »",
            ),
            ("no method named `dim` found for struct `Tensor`", "[E0599]", "« dim » n’existe pas"),
            ("cannot assign twice to immutable variable `n`", "[E0384]", "let mut n"),
            ("expected `;`, found <end of input>", "", "« ; »"),
            ("`T` doesn't implement `std::fmt::Display`", "[E0277]", "{:?}"),
        ] {
            let line = advice(message, report).unwrap_or_default();
            assert!(line.contains(part), "{message} : {line}");
        }
        assert_eq!(advice("une erreur rare", "[E0999]"), None);
    }

    #[test]
    fn lines_are_whole_and_typeset() {
        for entry in ENTRIES {
            assert!(entry.advice.ends_with('.'), "{}", entry.advice);
            assert!(!entry.advice.contains('\''), "apostrophe droite : {}", entry.advice);
            for mark in [" :", " ;", " ?", " !", "« ", " »"] {
                assert!(!entry.advice.contains(mark), "espace sécable : {}", entry.advice);
            }
        }
    }
}
