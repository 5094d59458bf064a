//! Two numbers of two types that are compared.

use crate::front::case::Case;

/// Whether all numbers of one type are numbers of the other, and it is the larger one.
fn fits(small: &str, large: &str) -> bool {
    let kind = |name: &str| match name {
        "usize" => Some(('u', 64)),
        "isize" => Some(('i', 64)),
        _ => Some((name.chars().next()?, name.get(1..)?.parse::<u32>().ok()?)),
    };
    let (Some((one, bits)), Some((other, room))) = (kind(small), kind(large)) else { return false };
    match (one, other) {
        ('u' | 'i', 'f') => bits <= room / 2,
        ('i', 'u') | ('f', 'u' | 'i') => false,
        _ => bits < room,
    }
}

/// Of two numbers that are compared, of which the second is marked, the first one
/// converted, if it fits into the type of the other.
pub(super) fn narrower(case: &Case, expected: &str, found: &str) -> Option<String> {
    if !fits(expected, found) {
        return None;
    }
    let before = case.before_mark().trim_end();
    let sign =
        ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|sign| before.ends_with(sign))?;
    let first = before.strip_suffix(sign)?.trim_end();
    let (rest, name) = first.split_at(start_of_operand(first)?);
    let rest = rest.trim_end();
    let is_whole = !rest.ends_with(['+', '-', '*', '/', '%', '^', '.', ')', ']'])
        && !rest.ends_with(" as")
        && (rest.ends_with("&&") || !rest.ends_with('&'));
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    (is_whole && starts_well).then(|| match sign {
        // Behind a type, `<` opens a list of types.
        "<" => format!("({name} as {found})"),
        _ => format!("{name} as {found}"),
    })
}

/// Where the last operand of `text` begins: a name, its fields, calls and indices.
fn start_of_operand(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        match c {
            ')' | ']' => depth += 1,
            '(' | '[' if depth == 0 => break,
            '(' | '[' => depth -= 1,
            _ if depth > 0 || c.is_alphanumeric() || "_.".contains(c) => {}
            _ => break,
        }
        start = at;
    }
    (depth == 0).then_some(start)
}
