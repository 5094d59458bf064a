//! What is said of a cell before evcxr gets it: what evcxr would pass over in
//! silence, or wait for without end.

use super::failure::{COMPILATION, Failure};
use super::scan;
use super::wire::{Key, Message};
use anyhow::Result;
use unicode_normalization::char::is_combining_mark;

/// What stands for a space in texts and is none in Rust.
const SPACES: [char; 6] = ['\u{a0}', '\u{202f}', '\u{2007}', '\u{2009}', '\u{200b}', '\u{feff}'];

/// The code with plain spaces where a text's no-break ones stood (outside of texts
/// and comments), as they come from a page or a text processor.
fn spaced(code: &str) -> Option<String> {
    code.contains(SPACES).then(|| {
        let bare = scan::same_length(code);
        let pairs = code.chars().zip(bare.chars());
        pairs.map(|(c, bare)| if SPACES.contains(&bare) { ' ' } else { c }).collect()
    })
}

/// The request with its code so.
pub fn put_right(message: Message, key: &Key) -> Result<Message> {
    let mut content = message.content();
    match spaced(content["code"].as_str().unwrap_or_default()) {
        None => Ok(message),
        Some(code) => {
            content["code"] = code.into();
            message.rewritten(None, &content, key)
        }
    }
}

/// Why a cell is not run at all.
pub fn refusal(code: &str) -> Option<Failure> {
    let bare = scan::same_length(code);
    for (number, (line, shown)) in bare.split('\n').zip(code.split('\n')).enumerate() {
        if line.trim_start().starts_with(':') {
            continue;
        }
        if let Some(wrong) = line.chars().find(|&c| is_foreign(c)) {
            let what = match instead(wrong) {
                Some(right) => format!("écrivez «\u{a0}{right}\u{a0}»"),
                None => "un nom s’écrit avec des lettres, des chiffres et «\u{a0}_\u{a0}»".into(),
            };
            let evalue = format!(
                "«\u{a0}{wrong}\u{a0}» n’a pas de sens en Rust hors d’un texte ou d’un commentaire\u{a0}: {what}"
            );
            let place = format!("ligne {} de la cellule\u{a0}: {}", number + 1, shown.trim());
            return Some(Failure::new(COMPILATION, &evalue, Some(place)));
        }
    }
    let dense: String = bare.split_whitespace().collect();
    if dense.contains("stdin()") || dense.contains("io::stdinas") {
        let evalue = "un notebook n’a pas de clavier\u{a0}: personne ne répondrait à «\u{a0}stdin()\u{a0}», et la \
                      cellule attendrait sans fin";
        let more = "Donnez le texte dans la cellule\u{a0}: «\u{a0}let nom = String::from(\"Ada\");\u{a0}».";
        return Some(Failure::new(COMPILATION, evalue, Some(more.into())));
    }
    None
}

/// What is said below a cell that ended well, but hardly as it was meant.
pub fn remark(code: &str) -> Option<&'static str> {
    let bare: String = scan::same_length(code).split_whitespace().collect::<Vec<_>>().join(" ");
    if is_lone_main(&bare) {
        return Some(
            "Un notebook n’a pas de «\u{a0}main\u{a0}»\u{a0}: rien n’a été exécuté. Écrivez les lignes telles quelles \
             dans la cellule, ou appelez la fonction\u{a0}: «\u{a0}main()\u{a0}».\n",
        );
    }
    bare.match_indices('^').any(|(at, _)| is_power(&bare[..at], &bare[at + 1..])).then_some(
        "«\u{a0}^\u{a0}» n’est pas une puissance en Rust, mais le «\u{a0}ou exclusif\u{a0}» bit à bit\u{a0}: écrivez \
         «\u{a0}x * x\u{a0}», «\u{a0}x.pow(3)\u{a0}» pour un entier, «\u{a0}x.powi(3)\u{a0}» pour un nombre à virgule.\n",
    )
}

/// Whether a function `main` is defined, and never called.
fn is_lone_main(bare: &str) -> bool {
    let defines = bare
        .match_indices("fn main")
        .any(|(at, _)| bare[at + "fn main".len()..].trim_start().starts_with('('));
    defines && bare.matches("main(").count() + bare.matches("main (").count() == 1
}

/// Whether `^` stands between a value and a number in decimal digits, as an exponent does.
fn is_power(left: &str, right: &str) -> bool {
    let right = right.trim_start();
    let rest = right.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = rest.len() < right.len() && !rest.starts_with(is_name);
    is_number && left.trim_end().ends_with(|c: char| is_name(c) || c == ')' || c == ']')
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether no Rust outside of texts and comments has this character.
fn is_foreign(c: char) -> bool {
    let number = c.is_numeric() && !c.is_alphabetic() && !c.is_ascii();
    let small = matches!(c, '²' | '³' | '¹' | '¼'..='¾' | '⁰'..='₉');
    let blank = c.is_whitespace() || c.is_control() || matches!(c, '\u{200e}' | '\u{200f}');
    !c.is_ascii()
        && !blank
        && !SPACES.contains(&c)
        && (small || !(c.is_alphanumeric() || number || is_combining_mark(c) || c == '·'))
}

/// What was meant by it.
fn instead(c: char) -> Option<&'static str> {
    Some(match c {
        '“' | '”' | '„' | '«' | '»' | '″' => "\"",
        '‘' | '’' | '′' => "'",
        '−' | '–' | '—' => "-",
        '×' | '⋅' | '∗' => "*",
        '÷' => "/",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '→' => "->",
        '⇒' => "=>",
        '…' => "..",
        '²' => "x * x",
        '³' => "x.powi(3)",
        '√' => "x.sqrt()",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_are_no_rust_are_named() {
        for (code, part) in [
            ("let ∑ = 3;", "« ∑ »".replace(' ', "\u{a0}")),
            ("let s = “bonjour”;", "écrivez «\u{a0}\"\u{a0}»".into()),
            ("1;\nlet d = a − b;", "écrivez «\u{a0}-\u{a0}»".into()),
            ("let x² = 3;", "x * x".into()),
            ("let 🦀 = 1;", "des lettres".into()),
        ] {
            let failure = refusal(code).expect(code);
            assert!(failure.evalue.contains(&part), "{code}: {}", failure.evalue);
        }
        assert!(refusal("1;\nlet ∑ = 3;").unwrap().traceback[1].starts_with("ligne 2"));
    }

    #[test]
    fn texts_comments_and_letters_may_hold_anything() {
        for code in [
            "println!(\"∑ “oui” 🦀\"); // ∑ 🦀",
            "let été = 'é'; let e\u{301}te\u{301} = '∑'; let σ_2 = 1;",
            "/* ∑ */ r#\"“\"#",
            ":dep x = \"∑\"",
            "let c = std::process::Command::new(\"ls\").stdin(std::process::Stdio::null());",
            "// stdin()",
        ] {
            assert_eq!(refusal(code), None, "{code}");
        }
    }

    #[test]
    fn the_keyboard_is_refused() {
        for code in [
            "std::io::stdin().read_line(&mut nom)?;",
            "std::io::read_to_string(std::io::stdin ( ))?",
            "use std::io::stdin as lire;",
        ] {
            assert!(refusal(code).unwrap().evalue.contains("clavier"), "{code}");
        }
    }

    #[test]
    fn no_break_spaces_become_spaces_but_in_texts() {
        let code = "let\u{a0}x\u{202f}= \"a\u{a0}b\"; // c\u{a0}d";
        assert_eq!(spaced(code).unwrap(), "let x = \"a\u{a0}b\"; // c\u{a0}d");
        assert_eq!(spaced("let x = 1;"), None);
    }

    #[test]
    fn a_lone_main_is_told_of() {
        assert!(remark("fn main() { println!(\"bonjour\"); }").is_some());
        assert!(remark("fn  main ()\n{}").is_some());
        assert!(remark("fn main() {}\nmain()").is_none());
        assert!(remark("// fn main()\n1").is_none());
        assert!(remark("fn maintenant() {}").is_none());
    }

    #[test]
    fn a_power_that_is_an_exclusive_or_is_told_of() {
        for code in ["2^3", "let y = (x + 1) ^ 2;", "v[0] ^2", "x ^ 2 + 1"] {
            assert!(remark(code).is_some_and(|text| text.contains("puissance")), "{code}");
        }
        for code in ["a ^ b", "x ^ 0xff", "x ^ 1_u8", "x ^= 2", "\"2^3\" // 2^3", "true ^ false"] {
            assert_eq!(remark(code), None, "{code}");
        }
    }
}
