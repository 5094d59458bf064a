//! What does not parse: marks that are missing or too many.

use super::numbers::with_point;
use crate::front::case::Case;

pub fn line(case: &Case) -> Option<String> {
    let message = case.error.message.as_str();
    let said = |part: &str| message.contains(part);
    if said("delimiter") {
        return Some(brackets(case));
    }
    if said("unterminated double quote string") {
        return Some("Il manque un guillemet « \" » à la fin d'un texte.".into());
    }
    if said("unterminated block comment") {
        return Some("Le commentaire « /* » n'est pas refermé par « */ ».".into());
    }
    if said("unknown start of token") {
        return Some(format!("Le signe « {} » n'a pas de sens ici en Rust.", case.name()));
    }
    if !case.is_syntax() {
        return None;
    }
    if case.marked() == "," {
        if let Some(number) = case.decimal_comma() {
            return Some(with_point(&number));
        }
        let before = case.before_mark();
        let open = before.rfind('[').filter(|at| !before[*at..].contains(']'));
        if let Some(line) = open.and_then(|at| two_indices(&before[..at])) {
            return Some(line);
        }
    }
    // « m[1, 2] = … » at the beginning of a statement.
    if said("found `[`") {
        let inside = case.line()[case.before_mark().len()..].trim_start().strip_prefix('[');
        let inside = inside.and_then(|rest| rest.split(']').next()).unwrap_or_default();
        if let Some(line) = inside.contains(',').then(|| two_indices(case.before_mark())).flatten()
        {
            return Some(line);
        }
    }
    if said("found `=`") && said("`:`") {
        let before = case.before_mark().trim_end();
        let field = before.rsplit(|c: char| !is_name(c)).next().unwrap_or_default();
        return Some(format!(
            "Un champ reçoit sa valeur par « : », et non par « = » : « {field}: … »."
        ));
    }
    if said("expected `;`") {
        let shown = case.text_before_mark();
        return Some(if shown.is_empty() {
            "Il manque un « ; » à la fin d'une instruction.".into()
        } else {
            format!("Il manque un « ; » à la fin d'une instruction, après « {shown} ».")
        });
    }
    if said("expected `{`") {
        return Some("Il manque un bloc entre accolades, « { … } » : après « if », « else », « for », « while » ou « fn ».".into());
    }
    if said("missing type for") || said("missing parameter type") || said("expected one of `:`") {
        return Some(
            "Chaque paramètre d'une fonction se donne avec son type : « x: f32 », « v: &[f32] »."
                .into(),
        );
    }
    if said("expected expression, found `let`") {
        return Some("« let » déclare une variable à lui seul : il ne se met pas à l'intérieur d'une expression.".into());
    }
    if said("found keyword") {
        let word = message.rsplit('`').nth(1).unwrap_or_default();
        if said("expected identifier") {
            return Some(format!(
                "« {word} » est un mot de Rust : choisissez un autre nom (« {word}_ »)."
            ));
        }
    }
    if said("missing `fn`") || said("missing condition") || said("missing `in`") {
        return None;
    }
    if said("expected one of") || said("expected expression") || said("expected pattern") {
        return Some(
            "Ce n'est pas du Rust à l'endroit indiqué : il manque sans doute, juste avant, une virgule, un « ; », un opérateur, \
             une parenthèse ou une accolade."
                .into(),
        );
    }
    None
}

/// The line for `m[i, j]`, of which this stands before the bracket.
fn two_indices(before: &str) -> Option<String> {
    let name = before.rsplit(|c: char| !is_name(c)).next().filter(|name| !name.is_empty())?;
    Some(format!("Chaque indice a ses crochets : « {name}[i][j] », et non « {name}[i, j] »."))
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Which bracket has no other half.
fn brackets(case: &Case) -> String {
    // rustc suspects one by the indentation.
    let suspect =
        case.error.marks.iter().find(|mark| mark.label.contains("might not be properly closed"));
    if let Some(mark) = suspect {
        let sign = case.text(mark).trim();
        return format!(
            "« {sign} », ouvert à la ligne {}, n'est sans doute pas refermé.",
            mark.line + 1
        );
    }
    match unbalanced(case.cell) {
        Some(Odd::Open(line, sign)) => {
            format!(
                "« {sign} », ouvert à la ligne {line}, n'est pas refermé : ajoutez « {} ».",
                closing(sign)
            )
        }
        Some(Odd::Closed(line, sign)) => {
            format!(
                "« {sign} », à la ligne {line}, ferme ce qui n'est pas ouvert : retirez-le, ou ouvrez-le plus haut."
            )
        }
        Some(Odd::Crossed(from, open, line, sign)) => format!(
            "« {open} », ouvert à la ligne {from}, est fermé par « {sign} » à la ligne {line} : il faut « {} » avant.",
            closing(open)
        ),
        None => "Une parenthèse, une accolade ou un crochet n'a pas son pendant.".into(),
    }
}

#[derive(Debug, PartialEq)]
enum Odd {
    Open(usize, char),
    Closed(usize, char),
    Crossed(usize, char, usize, char),
}

fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// The first bracket of a cell without its other half, with its line.
fn unbalanced(cell: &str) -> Option<Odd> {
    let mut open: Vec<(usize, char)> = Vec::new();
    for (at, line) in crate::front::scan::same_length(cell).split('\n').enumerate() {
        for sign in line.chars() {
            match sign {
                '(' | '[' | '{' => open.push((at + 1, sign)),
                ')' | ']' | '}' => match open.pop() {
                    Some((_, last)) if closing(last) == sign => {}
                    Some((from, last)) => return Some(Odd::Crossed(from, last, at + 1, sign)),
                    None => return Some(Odd::Closed(at + 1, sign)),
                },
                _ => {}
            }
        }
    }
    open.pop().map(|(line, sign)| Odd::Open(line, sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bracket_without_its_half_is_named() {
        assert_eq!(unbalanced("f(1, [2]); // ("), None);
        assert_eq!(unbalanced("fn f() {\n  g(1;\n}"), Some(Odd::Crossed(2, '(', 3, '}')));
        assert_eq!(unbalanced("fn f() {\n  g(\"(\");"), Some(Odd::Open(1, '{')));
        assert_eq!(unbalanced("g(1))"), Some(Odd::Closed(1, ')')));
    }
}
