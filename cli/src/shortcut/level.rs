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
/// What a cell that may ask with `?` returns: the cell begins at the brace behind it.
const FAULT: &str = "EvcxrUserCodeError";
/// What any other cell begins behind.
const CAUGHT: &str = "AssertUnwindSafe";

/// Words of what may go over many values: loops, iterators, candle's copies. Closures
/// are known by their bars.
const LOOPS: [&str; 33] = [
    "for",
    "while",
    "loop",
    "iter",
    "iter_mut",
    "into_iter",
    "par_iter",
    "into_par_iter",
    "from_iter",
    "map",
    "collect",
    "fold",
    "sum",
    "product",
    "extend",
    "repeat",
    "concat",
    "chars",
    "bytes",
    "lines",
    "windows",
    "chunks",
    "sort",
    "sort_by",
    "sort_by_key",
    "sort_unstable",
    "sort_unstable_by",
    "to_vec1",
    "to_vec2",
    "to_vec3",
    "from_fn",
    "from_elem",
    "macro_rules",
];
/// What comes before the name of an item.
const DECLARE: [&str; 9] =
    ["fn", "struct", "enum", "union", "trait", "type", "const", "static", "mod"];

/// Whether the cell in `source`, as evcxr has it compiled, has nothing that is worth
/// optimising.
pub fn is_light(source: &str) -> bool {
    let text = Text { source, tokens: tokens(source).unwrap_or_default() };
    text.parts().is_some_and(|parts| text.is_light(parts))
}

struct Text<'a> {
    source: &'a str,
    tokens: Vec<Token>,
}

/// Places of tokens.
struct Parts {
    /// The notebook's items.
    items: Range<usize>,
    /// The variables' types, as they are taken up.
    variables: Range<usize>,
    cell: Range<usize>,
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

    fn parts(&self) -> Option<Parts> {
        let all = 1..self.tokens.len();
        let is_after = |at: usize, word: &str| self.word(at - 1) == Some(word);
        let runtime =
            all.clone().find(|&at| self.word(at) == Some(RUNTIME) && is_after(at, "mod"))?;
        let Kind::Open(end) = self.tokens.get(runtime + 1)?.kind else { return None };
        let fault = all.clone().find(|&at| self.word(at) == Some(FAULT) && is_after(at, "struct"));
        let asks = |at: &usize| {
            self.word(*at) == Some(FAULT) && self.is_sign(at + 1, ">") && self.is_sign(at + 2, "{")
        };
        let after = end..self.tokens.len();
        let mut door = after.clone().find(asks);
        door = door.or_else(|| after.clone().find(|&at| self.word(at) == Some(CAUGHT)));
        let (start, cell) =
            (door?..self.tokens.len()).find_map(|at| match self.tokens[at].kind {
                Kind::Open(close) if self.is_sign(at, "{") => Some((at, at + 1..close)),
                _ => None,
            })?;
        let items = 0..fault.filter(|&at| at < runtime).unwrap_or(runtime) - 1;
        Some(Parts { items, variables: end..start, cell })
    }

    fn is_light(&self, Parts { items, variables, cell }: Parts) -> bool {
        if self.loops(cell.clone()) || self.has_array(variables.start..cell.end) {
            return false;
        }
        let mut named: HashSet<&str> = self.words(variables.start..cell.end).collect();
        let mut items: Vec<_> = self.items(items).map(|item| (self.names(&item), item)).collect();
        let mut met = HashSet::new();
        loop {
            let is_meant =
                |(names, _): &mut (Vec<&str>, _)| names.iter().any(|name| named.contains(name));
            let meant: Vec<_> = items.extract_if(.., is_meant).collect();
            if meant.is_empty() {
                return true;
            }
            for (_, item) in &meant {
                let own: Vec<_> = self.declared(item, &["fn"]).collect();
                let count = |name| self.words(item.clone()).filter(|word| word == name).count();
                let recurs = own.iter().any(|name| count(name) > 1)
                    || self.words(item.clone()).any(|word| met.contains(word));
                if recurs || self.loops(self.code(item)) || self.has_array(item.clone()) {
                    return false;
                }
                met.extend(own);
            }
            named.extend(meant.into_iter().flat_map(|(_, item)| self.words(item)));
        }
    }

    fn loops(&self, range: Range<usize>) -> bool {
        range.clone().any(|at| self.is_sign(at, "|"))
            || self.words(range).any(|word| LOOPS.contains(&word))
    }

    /// Whether there is an array of a written length: it may be large, and unoptimised code
    /// copies it on the stack at each step of its way into the kernel's memory.
    fn has_array(&self, range: Range<usize>) -> bool {
        range.into_iter().any(|at| match self.tokens[at].kind {
            Kind::Open(close) if self.is_sign(at, "[") => {
                (at..close).any(|at| self.is_sign(at, ";"))
            }
            _ => false,
        })
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

    /// The head of a block of `impl`, up to its brace; of any other item nothing.
    fn impl_head(&self, item: &Range<usize>) -> Range<usize> {
        let brace = item.clone().find(|&at| self.is_sign(at, "{")).unwrap_or(item.end);
        let first = self.words(item.start..brace).find(|word| ["impl", "fn"].contains(word));
        item.start..if first == Some("impl") { brace } else { item.start }
    }

    /// An item without the `for` of `impl Trait for Type`.
    fn code(&self, item: &Range<usize>) -> Range<usize> {
        self.impl_head(item).end..item.end
    }

    /// By which names an item is meant: those that it declares; a block of `impl` by the
    /// trait and the types before its brace as well.
    fn names(&self, item: &Range<usize>) -> Vec<&'a str> {
        let is_macro = |at: &usize| *at > 1 && self.word(at - 2) == Some("macro_rules");
        // `std` of `std::fmt::Display` is no name of it.
        let is_last = |at: &usize| !(self.is_sign(at + 1, ":") && self.is_sign(at + 2, ":"));
        let macros = item.clone().filter(is_macro);
        let types = self.impl_head(item).filter(is_last);
        let others = macros.chain(types).filter_map(|at| self.word(at));
        let others = others.filter(|word| !["impl", "for", "where", "unsafe"].contains(word));
        self.declared(item, &DECLARE).chain(others).collect()
    }

    /// The names behind these words.
    fn declared(&self, item: &Range<usize>, behind: &[&str]) -> impl Iterator<Item = &'a str> {
        let places = item.clone().skip(1);
        let is_declared = |at: &usize| self.word(at - 1).is_some_and(|word| behind.contains(&word));
        places.filter(is_declared).filter_map(|at| self.word(at)).collect::<Vec<_>>().into_iter()
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
                     impl Forme for P { fn aire(&self) -> f32 { self.x[0] } }\n\
                     struct Couple { x: f32 }\n\
                     impl From<f32> for Couple { fn from(x: f32) -> Self { Couple { x } } }\n\
                     struct Grande { x: f32 }\n\
                     impl std::ops::Add for Grande { fn add(self, b: Self) -> Self { for _ in 0..9 {} b } }\n\
                     macro_rules! tout { ($v:expr) => { for x in $v {} } }";
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
            ("String::from(\"a\")", true),
            ("let c: Couple = Couple::from(1.0);", true),
            ("let g: Grande = Grande { x: 1.0 };", false),
            ("tout!(v)", false),
            ("(0..9).map(carre).collect::<Vec<f32>>()", false),
            ("let t = [[0.0_f32; 784]; 1000];", false),
            ("vec![0.0; 1_000_000]", false),
            ("v[1]", true),
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
        let mutual = "fn pair(n: u64) -> bool { n < 1 && impair(n - 1) }\n\
                      fn impair(n: u64) -> bool { n > 0 && pair(n - 1) }";
        assert!(!is_light(&source(mutual, "pair(30)")));
        // A variable that is an array, or of a type that loops, is taken up by every cell.
        for kind in ["[f32; 9000]", "Boucle"] {
            let taken = format!("let x = store.take_variable::<{kind}>();\n match");
            let text = source(
                "struct Boucle;\nimpl Drop for Boucle { fn drop(&mut self) { loop {} } }",
                "1 + 1",
            );
            assert!(is_light(&text) && !is_light(&text.replacen("match", &taken, 1)), "{kind}");
        }
        assert!(!is_light("fn main() {}"));
        assert!(!is_light(&source("fn f( {", "1 + 1")));
        assert!(!is_light(""));
    }
}
