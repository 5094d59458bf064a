//! What does not parse: marks that are missing or too many.

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
    if let Some((whole, decimals)) = decimal_comma(case) {
        return Some(format!(
            "Un nombre à virgule s'écrit en Rust avec un point : « {whole}.{decimals} »."
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

/// The digits around the comma that rustc stumbles over: « let x = 3,5; ».
fn decimal_comma<'a>(case: &Case<'a>) -> Option<(&'a str, &'a str)> {
    let after = case.after_mark();
    let before = case.before_mark();
    let digit = |c: char| c.is_ascii_digit();
    let whole = &before[before.trim_end_matches(digit).len()..];
    let decimals = &after[..after.len() - after.trim_start_matches(digit).len()];
    let lone = !before.trim_end_matches(digit).ends_with(['.', '_', ',']);
    let comma = case.marked() == ",";
    (comma && lone && !whole.is_empty() && !decimals.is_empty()).then_some((whole, decimals))
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
