//! How much rustc optimises a cell.
//!
//! Level 1, which makes loops written by hand fast, is half of rustc's time on a cell of a
//! few tensors. Where there is no loop in sight, it gains nothing: neither in what the
//! cell does nor in the functions of the notebook that it comes to call.

use crate::tokens::{Kind, Token, tokens};
use std::collections::HashSet;
use std::ops::Range;

/// The module that evcxr puts between the notebook's items and the cell.
const RUNTIME: &str = "evcxr_internal_runtime";
/// After these the cell begins, at the next brace: the inner one is there if it may ask
/// with `?`.
const DOORS: [&str; 2] = ["EvcxrUserCodeError", "AssertUnwindSafe"];

/// What may go over many values: loops, closures aside, and candle's copies.
const LOOPS: [&str; 20] = [
    "for",
    "while",
    "loop",
    "iter",
    "iter_mut",
    "into_iter",
    "from_iter",
    "chars",
    "bytes",
    "lines",
    "windows",
    "chunks",
    "sum",
    "sort",
    "sort_by",
    "sort_unstable",
    "to_vec1",
    "to_vec2",
    "to_vec3",
    "macro_rules",
];
/// What comes before the name of an item.
const DECLARE: [&str; 9] =
    ["fn", "struct", "enum", "union", "trait", "type", "const", "static", "mod"];

/// Whether the cell in `source`, as evcxr has it compiled, has nothing that is worth
/// optimising.
pub fn is_light(source: &str) -> bool {
    let text = Text { source, tokens: tokens(source).unwrap_or_default() };
    text.cell().is_some_and(|(items, cell)| text.is_light(items, cell))
}

struct Text<'a> {
    source: &'a str,
    tokens: Vec<Token>,
}

impl<'a> Text<'a> {
    fn word(&self, at: usize) -> Option<&'a str> {
        let token = self.tokens.get(at).filter(|token| token.kind == Kind::Word)?;
        Some(&self.source[token.start..token.end])
    }

    fn words(&self, range: Range<usize>) -> impl Iterator<Item = &'a str> {
        range.filter_map(|at| self.word(at))
    }

    fn is_sign(&self, at: usize, sign: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| &self.source[token.start..token.end] == sign)
    }

    /// The tokens of the notebook's items, and those of the cell.
    fn cell(&self) -> Option<(Range<usize>, Range<usize>)> {
        let runtime = (1..self.tokens.len())
            .find(|&at| self.word(at) == Some(RUNTIME) && self.word(at - 1) == Some("mod"))?;
        let Kind::Open(end) = self.tokens.get(runtime + 1)?.kind else { return None };
        let door = DOORS
            .iter()
            .find_map(|door| (end..self.tokens.len()).find(|&at| self.word(at) == Some(door)))?;
        (door..self.tokens.len()).find_map(|at| match self.tokens[at].kind {
            Kind::Open(close) if self.is_sign(at, "{") => Some((0..runtime - 1, at + 1..close)),
            _ => None,
        })
    }

    fn is_light(&self, items: Range<usize>, cell: Range<usize>) -> bool {
        if self.loops(cell.clone()) {
            return false;
        }
        let mut named: HashSet<&str> = self.words(cell).collect();
        let mut items: Vec<_> = self.items(items).map(|item| (self.names(&item), item)).collect();
        loop {
            let is_meant =
                |(names, _): &mut (Vec<&str>, _)| names.iter().any(|name| named.contains(name));
            let meant: Vec<_> = items.extract_if(.., is_meant).collect();
            for (names, item) in &meant {
                let count = |name| self.words(item.clone()).filter(|word| word == name).count();
                if self.loops(item.clone()) || names.iter().any(|name| count(name) > 1) {
                    return false;
                }
            }
            if meant.is_empty() {
                return true;
            }
            named.extend(meant.into_iter().flat_map(|(_, item)| self.words(item)));
        }
    }

    fn loops(&self, range: Range<usize>) -> bool {
        range.clone().any(|at| self.is_sign(at, "|"))
            || self.words(range).any(|word| LOOPS.contains(&word))
    }

    /// The items in a range, one after the other.
    fn items(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let mut at = range.start;
        std::iter::from_fn(move || {
            let start = at;
            while at < range.end {
                let is_end = self.is_sign(at, ";") || self.is_sign(at, "{");
                if let Kind::Open(close) = self.tokens[at].kind {
                    at = close;
                }
                at += 1;
                if is_end {
                    break;
                }
            }
            (start < at).then_some(start..at)
        })
    }

    /// By which names an item is meant: those that it declares; a block of `impl` by all
    /// that stand before its brace as well.
    fn names(&self, item: &Range<usize>) -> Vec<&'a str> {
        let declared = item
            .clone()
            .skip(1)
            .filter(|&at| self.word(at - 1).is_some_and(|word| DECLARE.contains(&word)));
        let declared = declared.filter_map(|at| self.word(at));
        let is_impl = self.words(item.clone()).next() == Some("impl");
        let head = item.clone().take_while(|&at| is_impl && !self.is_sign(at, "{"));
        declared.chain(head.filter_map(|at| self.word(at))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What evcxr has compiled for a cell after these items.
    fn source(items: &str, cell: &str) -> String {
        format!(
            "#![allow(dead_code)]\n{items}\nstruct EvcxrUserCodeError {{}}\n\
             impl<T: std::fmt::Display> From<T> for EvcxrUserCodeError {{ fn from(error: T) -> Self {{ loop {{}} }} }}\n\
             mod evcxr_internal_runtime {{ pub fn merge() {{ for x in y {{}} }} }}\n\
             pub extern \"C\" fn run_user_code_6(mut store: *mut S) -> *mut S {{\n\
             match std::panic::catch_unwind(std::panic::AssertUnwindSafe(||{{\n{cell}\n}})) {{ Ok(_) => {{}} Err(_) => {{}} }}\n\
             for x in store {{}} store }}"
        )
    }

    fn asking(cell: &str) -> String {
        format!(
            "let _ = (|| -> std::result::Result<(), EvcxrUserCodeError> {{\n{cell}\nOk(())}})();"
        )
    }

    #[test]
    fn only_what_a_cell_comes_to_is_looked_at() {
        let items = "fn somme(v: &[f32]) -> f32 { let mut s = 0.0; for x in v { s += x; } s }\n\
                     fn moyenne(v: &[f32]) -> f32 { somme(v) / v.len() as f32 }\n\
                     const N: usize = 3;\n\
                     fn carre(x: f32) -> f32 { x * x }\n\
                     struct P { x: [f32; 2] }\n\
                     impl Forme for P { fn aire(&self) -> f32 { self.x[0] } }";
        for (cell, is_light) in [
            ("1 + 1", true),
            ("carre(2.0)", true),
            ("let n: usize = N; // for x in 0..N", true),
            ("println!(\"for x in y {{}}\");", true),
            ("moyenne(&[1.0])", false),
            ("check::tp1::somme(somme)", false),
            ("let p: P = P { x: [1.0, 2.0] };", false),
            ("for i in 0..10 { print!(\"{i}\"); }", false),
            ("let f = move |x: f32| x + 1.0;", false),
            ("v.iter().max()", false),
            ("t.to_vec1::<f32>()?", false),
        ] {
            assert_eq!(super::is_light(&source(items, cell)), is_light, "{cell}");
            assert_eq!(super::is_light(&source(items, &asking(cell))), is_light, "{cell}");
        }
    }

    #[test]
    fn what_calls_itself_or_is_not_understood_is_optimised() {
        let recursive = "fn fib(n: u64) -> u64 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }";
        assert!(!is_light(&source(recursive, "fib(30)")));
        assert!(is_light(&source(recursive, "1 + 1")));
        assert!(!is_light("fn main() {}"));
        assert!(!is_light(&source("fn f( {", "1 + 1")));
        assert!(!is_light(""));
    }
}
